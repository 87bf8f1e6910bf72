# The one door. `make` alone lists what it opens.

ifeq ($(origin CC),default)
CC := gcc
endif
# Whose topic.c files are used: solutions, or any folder of the same shape.
SRC ?= solutions
# Sanitisers, such as SAN=address,undefined.
SAN ?=

comma := ,
B := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

# V=1 shows the commands.
Q := $(if $(V),,@)
say = printf '  %-3s %s\n' $1 $(2:$(B)/%=%)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
# An ASan report ends the program, and so does UBSan's.
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE $(CFLAGS) $(WARNINGS) -fopenmp $(SANFLAGS) -I. -Ilabs
# -z now: what a child would otherwise look up again after every fork is looked up once.
LINK = $(CC) -fopenmp -Wl,-z,now $(SANFLAGS) $(LDFLAGS)

# A lab is a folder of solutions/; its one .c file there is the stem of its contract.
LABS := $(patsubst solutions/%/,%,$(sort $(wildcard solutions/*/)))
stem = $(basename $(notdir $(wildcard solutions/$1/*.c)))
# LAB=03, LAB=pool, LAB=03-pool, or several of them.
lab = $(sort $(foreach l,$1,$(or $(filter $l $l-% %-$l,$(LABS)),$(error there is no lab '$l': $(LABS)))))
CHOSEN = $(if $(LAB),$(call lab,$(LAB)),$(LABS))

topics := $(foreach l,$(LABS),$l/$(call stem,$l).c)
given := $(filter-out %/main.c $(topics:%=labs/%),$(wildcard labs/*/*.c))
common := $(wildcard common/*.c)
grader := $(wildcard tests/grader/*.c)
units := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
object = $(patsubst %.c,$(B)/%.o,$1)
program = $(B)/$(SRC)/$1/$(call stem,$1)
suite = $(B)/$(SRC)/$1/suite
needs = $(shell pkg-config --libs $1 || echo $1-is-missing-run-make-setup)

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  With: LAB=03 (or pool), SRC=folder, CC=clang, SAN=address,undefined, ARGS="--help"'

# ---- building -------------------------------------------------------------------------------

.SECONDARY:
.DELETE_ON_ERROR:
$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(call say,CC,$@)
	$Q$(COMPILE) -MMD -MP -c $< -o $@

$(B)/libcommon.a: $(call object,$(common))
$(B)/libreference.a: $(call object,$(topics:%=solutions/%) $(given))
$(B)/libgrader.a: $(call object,$(grader))
$(B)/lib%.a:
	@rm -f $@
	@$(call say,AR,$@)
	$Qar rcs $@ $^

# A lab's program and its suite: whoever's topic.c, over the references of all other labs.
define lab_rules
$(call program,$1): $(B)/labs/$1/main.o $(B)/$(SRC)/$1/$(call stem,$1).o $(B)/libreference.a $(B)/libcommon.a
	@$(call say,LD,$$@)
	$Q$$(LINK) $$^ -lm $(if $(filter 10-contrast,$1),$$(call needs,jansson)) -o $$@

# Only the contract's symbols of a topic.o are linked to a suite, and what it asks of the system goes
# through the harness (tests/grader/faults.h). Constructors are left out, but ASan needs its own.
$(B)/$(SRC)/$1/graded.o: $(SRC)/$1/$(call stem,$1).c $(B)/solutions/$1/$(call stem,$1).o tests/grader/redirected
	@mkdir -p $$(@D)
	@$(call say,CC,$$@)
	$Q$$(COMPILE) -U_FORTIFY_SOURCE $(if $(SAN),,$(if $(filter 07-threads,$1),-fsanitize=thread)) -MMD -MP -c $$< -o $$@
	@nm -g --defined-only $(B)/solutions/$1/$(call stem,$1).o | awk '{print $$$$3}' >$$(@D)/contract
	$Qobjcopy --redefine-syms=tests/grader/redirected $(if $(SAN),,--keep-global-symbols=$$(@D)/contract --remove-section=.init_array) $$@

$(call suite,$1): $(call object,$(wildcard tests/$1.c tests/$1-*.c)) $(B)/$(SRC)/$1/graded.o $(B)/libgrader.a $(B)/libreference.a $(B)/libcommon.a
	@$(call say,LD,$$@)
	$Q$$(LINK) $$^ -lm $$(call needs,check) -o $$@
endef
$(foreach l,$(LABS),$(eval $(call lab_rules,$l)))

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libgrader.a $(B)/libreference.a $(B)/libcommon.a
	@$(call say,LD,$@)
	$Q$(LINK) $^ -lm $(call needs,check) -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- students and instructors ---------------------------------------------------------------

.PHONY: setup demo tour run
setup: ## install what is missing (DEV=1: what maintainers need, too)
	@sh common/scripts/setup.sh $(if $(DEV),--dev)

demo: $(call program,10-contrast) ## the lock-vs-no-lock contrast; build/demo/contrast.json
	@mkdir -p build/demo
	@$< --json build/demo/contrast.json $(ARGS)

tour: $(foreach l,$(LABS),$(call program,$l)) ## the programs with the document's parameters (TASK_MS=50: quicker)
	@sh common/scripts/tour.sh $(B)/$(SRC) $(or $(TASK_MS),1000)

run: $(foreach l,$(CHOSEN),$(call program,$l)) ## one lab's program: LAB=03 ARGS="--workers 2"
	@$(if $(word 2,$(CHOSEN)),echo 'Which lab? make run LAB=03' >&2; exit 2,$< $(ARGS))

# ---- maintainers ----------------------------------------------------------------------------

.PHONY: check unit suites format lint compile_commands.json clean
check: unit suites ## everything that must hold

unit: $(units:%=$(B)/tests/unit/%)
	@sh tests/check.sh unit $^

suites: unit $(foreach l,$(CHOSEN),$(call suite,$l))
	@sh tests/check.sh $(SRC) $(filter %/suite,$^)

sources := common labs solutions tests
format: ## let clang-format decide
	find $(sources) -name '*.[ch]' | xargs clang-format -i

lint: ## formatting, sizes, clang-tidy
	@sh tests/lint.sh

compile_commands.json: ## for clangd and other tools (needs bear)
	rm -rf $(B)
	bear -- $(MAKE) check

clean: ## remove everything made
	rm -rf build
