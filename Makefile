# The one door. `make` alone lists what it opens.

CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
# Whose topic.c files are used, a folder of the shape of labs/. V=1 shows the commands.
# Not by way of "..": what is made of them would lie outside build/.
theirs := $(if $(findstring ..,$(SRC)),$(abspath $(SRC)),$(SRC))
yours := $(or $(theirs),labs)
shown := $(or $(theirs),solutions)

comma := ,
B := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
G := build/grade
jobs := $(if $(filter 0,$(MAKELEVEL)),$(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc)))
MAKEFLAGS += --no-builtin-rules --no-print-directory $(jobs)

Q := $(if $(V),,@)
say = printf '  %-3s %s\n' $1 $(2:$(B)/%=%)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
export COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE $(CFLAGS) $(WARNINGS) -fopenmp $(SANFLAGS) -I. -Ilabs
# -z now: no child looks up again, after its fork, what was looked up before.
export LINK = $(CC) -fopenmp -Wl,-z,now $(SANFLAGS) $(LDFLAGS)
export NEEDS = $(call needs,check)
# Half-written code has things it does not use yet.
export UNFINISHED = -Wno-unused -Wno-unused-parameter
export OBJECTS = $(B)
export SAN

# A lab is a folder of solutions/; its one .c file there has its contract's name.
LABS := $(patsubst solutions/%/,%,$(sort $(wildcard solutions/*/)))
stem = $(basename $(notdir $(wildcard solutions/$1/*.c)))
topic = $1/$(call stem,$1).c
# LAB=03, LAB=pool, LAB=03-pool, or several of them.
lab = $(sort $(foreach l,$1,$(or $(filter $l $l-% %-$l,$(LABS)),$(error there is no lab '$l': $(LABS)))))
CHOSEN = $(if $(LAB),$(call lab,$(LAB)),$(LABS))
ONE = $(if $(word 2,$(CHOSEN)),$(error which lab? make $@ LAB=03),$(CHOSEN))

topics := $(foreach l,$(LABS),$(call topic,$l))
given := $(filter-out %/main.c $(topics:%=labs/%),$(wildcard labs/*/*.c))
object = $(patsubst %.c,$(B)/%.o,$1)
program = $(B)/$2/$1/$(call stem,$1)
suites = $(LABS:%=$(B)/solutions/%/suite)
needs = $(shell pkg-config --libs $1 || echo $1-is-missing-run-make-setup)

.PHONY: help setup doctor demo tour run grade hint debug memcheck race reset compare peers bench check soak unit mutants skeletons format lint clean compile_commands.json
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  With: LAB=03 (or pool), SRC=folder, CC=clang, SAN=address,undefined, ARGS="--help"'

.SECONDARY .DELETE_ON_ERROR:
# In `make setup demo` nothing is compiled before setup is done.
$(B)/%.o: %.c | $(filter setup,$(MAKECMDGOALS))
	@$(call say,CC,$@); mkdir -p $(@D)
	$Q$(COMPILE) $(if $(filter common/% solutions/% tests/%,$<),,$(UNFINISHED)) -MMD -MP -c $< -o $@

$(B)/libcommon.a: $(call object,$(wildcard common/*.c common/program/*.c))
$(B)/libreference.a: $(call object,$(topics:%=solutions/%) $(given))
$(B)/libgrader.a: $(call object,$(wildcard tests/harness/*.c tests/watch/*.c))
$(B)/libwatch.a: $(call object,$(wildcard tests/watch/*.c))
$(B)/libjudge.a: $(call object,$(filter-out %/main.c,$(wildcard tests/judge/*.c)))
$(B)/lib%.a:
	@$(call say,AR,$@); rm -f $@
	$Qar rcs $@ $^

# A lab's program, over the references of all other labs; the contrast, over all that $2 has.
define program_rule
$(call program,$1,$2): $(B)/labs/$1/main.o $(B)/$2/$1/$(call stem,$1).o $(if $(filter 10-contrast,$1),$(patsubst %.c,$(B)/%.o,$(wildcard $(topics:%=$2/%)))) $(B)/libreference.a $(B)/libcommon.a
	@$$(call say,LD,$$@)
	$Q$$(LINK) $$^ -lm $(if $(filter 10-contrast,$1),$$(call needs,jansson)) -o $$@
endef
$(foreach s,$(sort solutions $(yours)),$(foreach l,$(LABS),$(eval $(call program_rule,$l,$s))))

# What a suite is linked from (tests/judge/build.sh), and the references' own suites.
parts := $(call object,$(topics:%=solutions/%) $(wildcard tests/suites/*.c)) $(B)/libgrader.a $(B)/libreference.a $(B)/libcommon.a
$(B)/solutions/%/suite: $(parts) tests/judge/build.sh tests/harness/redirected
	@$(call say,LD,$@); sh tests/judge/build.sh $* solutions/$(call topic,$*) $(@D)

$(B)/libunit.a: $(call object,$(wildcard tests/unit/support/*.c))
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libunit.a $(B)/libjudge.a $(B)/libgrader.a $(B)/libreference.a $(B)/libcommon.a
	@$(call say,LD,$@)
	$Q$(LINK) $^ -lm $(NEEDS) -o $@

# How things are built, for judge and tools (tests/watch/description.h).
$(B)/build: Makefile
	@mkdir -p $(@D); printf '%s\n' 'compiler $(CC)' 'family $(if $(findstring clang,$(CC)),clang,gcc)' \
	    'compile $(COMPILE)' 'unfinished $(UNFINISHED)' 'link $(LINK)' 'check $(NEEDS)' \
	    'jansson $(call needs,jansson)' 'mpi -' 'sanitize $(or $(SAN),-)' 'objects $(B)' >$@

judge := $(B)/tests/judge/judge
$(judge): $(B)/build
$(judge): $(B)/tests/judge/main.o $(B)/libjudge.a $(B)/libwatch.a $(B)/libcommon.a
	@$(call say,LD,$@)
	$Q$(LINK) $(filter-out %/build,$^) $(call needs,jansson) -o $@

.SECONDEXPANSION:
$(B)/tests/peers/lockstep $(B)/tests/bench/bench: $$(call object,$$(wildcard $$(subst $(B)/,,$$(@D))/*.c)) $(B)/libgrader.a $(B)/libreference.a $(B)/libcommon.a
	@$(call say,LD,$@)
	$Q$(LINK) $^ -lm $(NEEDS) $(call needs,jansson) -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

setup: ## install what is missing (DEV=1: what maintainers need, too)
	@sh common/scripts/setup.sh $(if $(DEV),--dev)

doctor: ; @sh common/scripts/doctor.sh ## what is missing or odd on this machine, and the exact fix

demo: $(call program,10-contrast,$(shown)) ## the lock-vs-no-lock contrast (PYTHON=python3: and CPython); build/demo/contrast.json
	@mkdir -p build/demo; $< --json build/demo/contrast.json $(ARGS)$(if $(PYTHON), && $(PYTHON) tests/peers/contrast.py build/demo/contrast.json)

tour: $(foreach l,$(LABS),$(call program,$l,$(shown))) ## the programs with the document's parameters (TASK_MS=50: quicker)
	@sh labs/tour.sh $(B)/$(shown) $(or $(TASK_MS),1000)

run: $(foreach l,$(CHOSEN),$(call program,$l,$(yours))) ## one lab's program: LAB=03 ARGS="--workers 2"
	@$(call program,$(ONE),$(yours)) $(ARGS)

judged = $(judge) --build $(B)/build --src $(yours) --out $G --labs $(subst $() ,$(comma),$(CHOSEN)) $(ARGS)
grade: $(judge) $(suites) ## grade your work (LAB=03: one lab); build/grade/results.json
	@$(judged)

hint: $(judge) $(suites) ## the next hint for the first test that fails: LAB=03
	@: $(ONE); $(judged) --hint

debug: ## one graded test under gdb: LAB=03 TEST=results
memcheck: ## a lab's tests under valgrind: LAB=03
debug memcheck: $(parts)
debug memcheck:
	@LAB=$(ONE) TEST=$(TEST) SOURCE=$(yours)/$(call topic,$(ONE)) sh tests/tools/$@.sh
race: ; @$(if $(LAB),LAB=$(ONE) SOURCE=$(yours)/$(call topic,$(ONE)) sh tests/tools/race.sh,sh tests/check/races.sh $(LABS)) ## look for data races (clang, libomp, Archer): LAB=07; or whether they are found

reset: ## begin a lab anew; your file is kept beside it: LAB=03
	@sh tests/tools/skeletons.sh reset $(call topic,$(ONE))

compare: $(judge) $(suites) ## the reference beside yours, once the lab scores full: LAB=03
	@$(judged) >/dev/null || { echo 'Not yet: make grade LAB=$(ONE) must score full first.' >&2; exit 1; }
	@echo 'Left: the reference. Right: yours.'; sed -e '/\/\* answer:.*\*\//d' -e '/\/\* answer:/,/\*\//d' -e '/end of answer/d' solutions/$(call topic,$(ONE)) | diff -y -W 210 - $(yours)/$(call topic,$(ONE)) || true

peers: $(B)/tests/peers/lockstep $$(references) ## side by side with CPython (PYTHON=python3); build/peers/peers.json
	@sh tests/peers/peers.sh $(B) $(ARGS)

bench: $(B)/tests/bench/bench ## how cost grows: tables and pictures (QUICK=1: less than a minute and a half)
	@sh tests/bench/bench.sh $< $(if $(QUICK),quick)

references := $(foreach l,$(LABS),$(call program,$l,solutions))
check: unit $(judge) $(suites) $(B)/tests/bench/bench $(B)/tests/peers/lockstep $(references) ## everything that must hold
	@sh tests/check/check.sh $(judge) $(CHOSEN)

soak: $(judge) $(suites) ## grade the same N times under changing load (N=50)
	@sh tests/check/soak.sh $(judge) $(or $(N),50) $(CHOSEN)

unit: $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c)) ; @sh tests/check/unit.sh $^

mutants: $(judge) $(suites) ## judge small mistakes made by machine (SEED=1 COUNT=200, LAB=03: no report); tests/mutants.md
	@python3 -B tests/mutants/mutants.py $(judge) --seed $(or $(SEED),1) --count $(or $(COUNT),200) $(if $(LAB),,--report tests/mutants.md) $(CHOSEN)

skeletons: ; @sh tests/tools/skeletons.sh write $(topics) ## cut the answers out of the solutions into labs/

format: ; @find common labs solutions tests -name '*.[ch]' | xargs clang-format -i ## let clang-format decide

lint: ; @sh tests/check/lint.sh ## formatting, sizes, clang-tidy

compile_commands.json: ; @rm -rf $B; bear -- $(MAKE) unit $(suites) ## for clangd and other tools (needs bear)

clean: ; rm -rf build ## remove everything made
