# The one door. `make` alone lists what it opens. What the labs are stands in labs/table.
#
# On the command line may stand, with any target:
#   LAB=03         the lab: 03, 3, pool or 03-pool; several: LAB="02 03"
#   SRC=folder     whose answers: a folder of the shape of labs/ (its name may hold any character)
#   CC=clang       the compiler; CFLAGS="-O0 -g" replaces the flags for optimising
#   SAN=address,undefined   with sanitisers
#   ARGS="--help"  options for the program that is run
#   V=1            show the commands; STRICT=1: fail where the score is not full; WERROR=1

CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS ?= -O2 -g
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Several things are built at a time, unless -j says how many.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# ---- small helpers -------------------------------------------------------------------------------

comma := ,
define newline


endef
space := $() $()
# One word for the shell, whatever characters it holds.
quote = '$(subst ','\'',$1)'
same = $(and $(findstring <$1>,<$2>),$(findstring <$2>,<$1>))
say = @printf '  %-3s %s\n' $1 $(@:$(B)/%=%)
# What people are told, in their language: a format of printf, and values.
tell = . common/scripts/words.sh; say
# Ends make with such words. $(shell) does not know what make was told behind its name.
fail = $(error $(shell $(if $(LOCKSTEP_LANG),LOCKSTEP_LANG=$(call quote,$(LOCKSTEP_LANG));) $(tell) $1))
Q := $(if $(V),,@)

# The names are in capitals: make takes lab=03 without a word, and all labs are graded.
$(foreach v,lab src cc san args test,$(if $(filter command line,$(origin $v)),\
    $(call fail,'write %s (in capitals)' $(call quote,$(shell echo $v | tr a-z A-Z)=$($v)))))

# These pin a program to a CPU before it begins, or keep its teams from having threads, and nothing
# in its figures would say why.
unexport OMP_PROC_BIND OMP_PLACES OMP_MAX_ACTIVE_LEVELS GOMP_CPU_AFFINITY GOMP_SPINCOUNT
unexport KMP_AFFINITY KMP_HW_SUBSET
# What is read by programs, or shown on English pages, is English.
check check-site unit soak steady bigclass packages mutants machines site peers bench scale: \
    export LOCKSTEP_LANG := en

# ---- whose answers -------------------------------------------------------------------------------

# labs and solutions are built by the rules below; the answers of any other folder, each time anew,
# in a folder of build/ that is called "other".
source := $(value SRC)
ifneq ($(findstring $(newline),$(source)),)
$(call fail,'make takes no folder whose name has a line break in it: give it another name')
endif
room = $(or $(call is,labs,$1),$(call is,solutions,$1),other)
is = $(and $(or $(call same,$1,$2),$(call same,$1/,$2)),$1)
yours := $(if $(source),$(call room,$(source)),labs)
shown := $(if $(source),$(call room,$(source)),solutions)
folder := $(if $(source),$(source),labs)

# ---- the labs ------------------------------------------------------------------------------------

B := build/$(subst $(space),-,$(notdir $(CC)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
G := build/grade

object = $(patsubst %.c,$(B)/%.o,$1)
# The objects of the answers in room $1 (labs, solutions, other) to the labs $2.
answers = $(foreach l,$2,$(patsubst %.c,$(B)/$1/%.o,$(files.$l)))
program = $(foreach l,$1,$(B)/$2/$(program.$l))
libraries = $(if $1,$$(pkg-config --libs $(patsubst mpich,$(or $(mpi_package),mpich),$1)))
parts = $(B)/libharness.a $(B)/libwatch.a $(B)/libreference.a $(B)/libcommon.a

define link
$(call say,LD)
$Q$(LINK) $(filter %.o,$^) $(filter %.a,$^) -lm -o $@
endef
# What labs with the flag mpi are compiled with besides (as MORE: a variable of some targets only,
# which what they depend on sees, too); nothing where MPI is not installed. Tests want MPICH; programs
# run with Open MPI, too, where that is all there is.
MORE :=
mpi_package := $(shell for one in mpich $(if $(filter-out run cluster,$(or $(MAKECMDGOALS),help)),,ompi-c); do \
    pkg-config --exists $$one 2>/dev/null && echo $$one && break; done)
MPI_FLAGS := $(if $(mpi_package),$(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(mpi_package))))
# In build/labs.mk: LABS, and of each lab its files and the rules for its programs and its suite;
# and ABSENT, the labs that cannot be built here.
include build/labs.mk
build/labs.mk: labs/table common/scripts/rules.awk
	@sh common/scripts/room.sh build
	@awk -f common/scripts/rules.awk labs/table >$@
# An older file knows no lab that is new: make writes it anew before it complains about LAB=.
ifneq ($(shell [ labs/table -nt build/labs.mk ] && echo old),)
LABS :=
endif

not_here = 'lab %s is not here: it wants MPI (MPICH). make setup MPI=1' $1
found = $(if $(filter $1,$(ABSENT)),$(call fail,$(call not_here,$1)),$1)
no_lab = $(call fail,'there is no lab %s; there are: %s' $(call quote,'$1') '$(LABS)')
chosen = $(foreach l,$1,$(or $(call found,$(lab.$l)),$(if $(LABS),$(call no_lab,$l))))
CHOSEN = $(strip $(if $(LAB),$(foreach l,$(LABS),$(filter $l,$(call chosen,$(LAB)))),$(LABS)))
ONE = $(if $(word 2,$(CHOSEN)),$(call fail,'which lab? For instance: make %s LAB=03' $@),$(CHOSEN))
suites = $(LABS:%=$(B)/solutions/%/suite)
asked = $(CHOSEN:%=$(B)/solutions/%/suite)
# A student's tree (make dist) has no solutions: of each reference it has an object, and of each
# skeleton a second copy, which builds if anything does.
machine := $(shell uname -m)
sure := $(firstword $(wildcard reference/skeletons) solutions)
maintained := $(if $(wildcard tests/check),,check unit soak steady mutants machines skeletons format \
    lint class autograder similar ready bigclass packages dist release site check-site pages \
    translations scale compile_commands.json)
ifneq ($(wildcard reference),)
ifeq ($(wildcard reference/$(machine)),)
$(call fail,'reference/ has nothing for this machine (%s): only for %s. Ask whoever gave you this' \
    $(machine) '$(filter-out skeletons,$(notdir $(wildcard reference/*)))')
endif
endif

# ---- what everything is built from ---------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow $(if $(WERROR),-Werror)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Whatever CFLAGS hold (a distribution's, -Ofast): the judge looks into objects, which -flto would
# leave empty, and answers are right or wrong by C's arithmetic.
KEPT := -fno-lto -fno-fast-math
COMPILE := $(CC) -std=gnu11 -D_GNU_SOURCE $(CFLAGS) $(KEPT) $(WARNINGS) -fopenmp $(SANFLAGS) -I. -Ilabs
# -z now: no child looks up again, after its fork, what was looked up before.
LINK := $(CC) -fopenmp -Wl,-z,now $(SANFLAGS) $(LDFLAGS)
# What judges need not be quick, but soon there. What measures must be as quick as what it measures.
$(B)/tests/%.o: SOON = $(if $(filter file,$(origin CFLAGS)),-O1 -g1)
$(B)/tests/bench/%.o $(B)/tests/peers/%.o $(B)/tests/scale/%.o: SOON :=
# Half-written code has things that it does not use yet.
UNFINISHED := -Wno-unused -Wno-unused-parameter

.PHONY: help setup doctor run grade watch break predict hint debug memcheck race reset
.PHONY: handin compare
.PHONY: demo tour cluster scale peers bench site pages translations class similar autograder
.PHONY: dist release
.PHONY: check check-site soak steady unit outside mutants machines skeletons format lint clean
.PHONY: ready bigclass packages compile_commands.json FORCE
.SECONDARY:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# How things are built here, for the judge and the scripts: a key and its value a line, "-" for none.
# In `make setup demo` nothing is built, and in `make setup doctor` nothing is looked for, before setup
# is done.
doctor: | $(filter setup,$(MAKECMDGOALS))
$(B)/build: FORCE | $(filter setup,$(MAKECMDGOALS))
	@sh common/scripts/room.sh build && mkdir -p $(@D)
	@new=$@.$$$$ && sh common/scripts/describe.sh $(call quote,$(CC)) >$$new \
	    compile $(call quote,$(COMPILE)) unfinished $(call quote,$(UNFINISHED)) \
	    link $(call quote,$(LINK)) sanitize $(call quote,$(or $(SAN),-)) objects $(B) && \
	    if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi

$(B)/%.o: %.c $(B)/build
	$(call say,CC)
	@mkdir -p $(@D)
	$Q$(COMPILE) $(SOON) $(MORE) $(if $(filter labs/%,$<),$(UNFINISHED)) -MMD -MP -c $< -o $@

$(B)/solutions/%.o: reference/$(machine)/%.o $(B)/build
	$(call say,CP)
	@mkdir -p $(@D)
	$Qcp $< $@

# The answers of another folder than labs and solutions; what is not there is the reference's.
$(B)/other/%.o: FORCE $(B)/build $(B)/solutions/%.o
	@mkdir -p $(@D)
	$Q[ -d $(call quote,$(folder)) ] || { $(tell) 'There is no folder %s.' $(call quote,$(folder)) >&2; exit 2; }
	$Qif [ -e $(call quote,$(folder)/$*.c) ]; then \
	    printf '  CC  %s\n' $(@:$(B)/%=%); \
	    $(COMPILE) $(MORE) $(UNFINISHED) -c $(call quote,$(folder)/$*.c) -o $@; \
	else \
	    printf '  --  %s is not in SRC: the reference instead\n' $*.c; cp $(B)/solutions/$*.o $@; fi

given := $(filter-out %/main.c $(foreach l,$(LABS),$(files.$l:%=labs/%)),$(wildcard $(LABS:%=labs/%/*.c)))
sources = $(wildcard $(1:%=%/*.c))
# What is said in other languages (LOCKSTEP_LANG=ko). Without msgfmt it is said in English (an archive for students
# brings what msgfmt makes).
locale := $(patsubst handouts/po/%.po,build/locale/%/LC_MESSAGES/lockstep.mo,$(wildcard handouts/po/*.po))
build/locale/%/LC_MESSAGES/lockstep.mo: handouts/po/%.po
	@mkdir -p $(@D)
	$Qif [ -e handouts/po/$*.mo ]; then cp handouts/po/$*.mo $@; \
	    elif command -v msgfmt >/dev/null; then msgfmt -o $@ $<; fi
$(B)/libcommon.a: | $(locale)
$(B)/libcommon.a: $(call object,$(call sources,common common/program))
$(B)/libreference.a: $(call answers,solutions,$(LABS)) $(call object,$(given))
$(B)/libwatch.a: $(call object,$(call sources,tests/watch))
$(B)/libharness.a: $(call object,$(call sources,tests/harness))
$(B)/libunit.a: $(call object,$(call sources,tests/unit/support))
$(B)/libjudge.a: $(call object,$(filter-out %/main.c,$(call sources,tests/judge tests/judge/build)))
$(B)/lib%.a:
	$(call say,AR)
	@rm -f $@
	$Qar rcs $@ $^

judge := $(B)/tests/judge/judge
builder := $(B)/tests/judge/build/builder
$(judge): $(B)/tests/judge/main.o
$(builder): $(B)/tests/judge/build/main.o
$(judge) $(builder): $(B)/libjudge.a $(B)/libwatch.a $(B)/libcommon.a
	$(link) $(call libraries,jansson)

# What goes wrong, to be looked at, and what shows it.
lessons = $(foreach l,$1,$(wildcard labs/$l/break/*.c))
breaks := $(B)/tests/judge/breaks/breaks
$(patsubst %.c,$(B)/%,$(call lessons,$(LABS))): %: %.o
	$(link)
$(breaks): $(call object,$(call sources,tests/judge/breaks)) $(B)/libjudge.a $(B)/libwatch.a $(B)/libcommon.a
	$(link) $(call libraries,jansson)

define build-suite
$(call say,LD)
$Q$(builder) --build $(B)/build --lab $(@:$(B)/solutions/%/suite=%) --src $(sure) --out $(@D)
endef
$(suites): $(builder) tests/harness/redirected

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libunit.a $(B)/libjudge.a $(parts)
	$(link) $(call libraries,check jansson)
units := $(patsubst %.c,$(B)/%,$(call sources,tests/unit))

$(B)/tests/peers/lockstep: $(call object,$(call sources,tests/peers))
$(B)/tests/bench/bench: $(call object,$(call sources,tests/bench))
$(B)/tests/peers/lockstep $(B)/tests/bench/bench: $(parts)
	$(link)
# And what messages cost, where MPI is.
bench_ranks := $(if $(filter $(OPTIONAL),$(LABS)),$(B)/tests/bench/ranks/ranks)
$(B)/tests/bench/ranks/%.o: MORE := $(MPI_FLAGS)
$(B)/tests/bench/ranks/ranks: $(call object,$(call sources,tests/bench/ranks)) $(parts)
	$(link) $(call libraries,mpich)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- the doors: learn ----------------------------------------------------------------------------

help: ## this list
	@awk -v hidden='$(maintained)' -f common/scripts/words.awk -f common/scripts/help.awk $(firstword $(MAKEFILE_LIST))

setup: ## install what is missing (DEV=1: what maintainers need, too; SITE=1: for make site; MPI=1: for several machines)
	@sh common/scripts/setup.sh $(call quote,$(CC)) $(if $(DEV),--dev) $(if $(SITE),--site) \
	    $(if $(BROWSER),--browser) $(if $(MPI),--mpi)

doctor: ## what is missing or odd on this machine, and what mends it
	@sh common/scripts/doctor.sh $(call quote,$(CC)) $(judge) $(call quote,$(MAKE))

run: $(if $(LAB),$(call program,$(CHOSEN),$(yours))) ## one lab's program: LAB=03 ARGS="--workers 2"
	@$(call program,$(ONE),$(yours)) $(ARGS)

# Where everything was asked for: what was left out.
say_absent = $(if $(LAB),,$(foreach l,$(ABSENT),$(tell) $(call not_here,$l);))
judged = $(judge) --build $(B)/build --src $(call quote,$(folder)) --out $G \
    --labs $(subst $(space),$(comma),$(CHOSEN)) $(if $(V),--verbose) $(ARGS)
# The judge's own exit status (0 full score, 1 less, 2 no verdict) is in build/grade/status: make
# itself ends with 2 whatever fails.
grade: $(judge) $(builder) $(asked) ## grade your work (LAB=03: one lab); build/grade/results.json
	@$(judged); status=$$?; echo $$status >$G/status; $(say_absent) \
	    [ $$status = 1 ] && [ -z "$(STRICT)" ] || exit $$status
# Whatever goes wrong from here on, nobody takes the last grading's results for this one's.
ifneq ($(filter grade,$(MAKECMDGOALS)),)
$(shell rm -f $G/results.json $G/status)
endif

watch: $(judge) $(builder) $(asked) ## grade whenever your file is saved, the first failure only: LAB=03
	@command -v entr >/dev/null || \
	    { $(tell) 'make %s needs %s: sudo apt-get install %s' $@ entr entr >&2; exit 2; }
	@printf '%s\n' $(foreach f,$(files.$(ONE)),$(call quote,$(folder)/$f)) | \
	    entr -cn $(judged) --first

break: $(breaks) $(if $(LAB),$(patsubst %.c,$(B)/%,$(call lessons,$(CHOSEN)))) ## see live, and safely, what a handout warns of: LAB=02 (ONLY=zombies; without LAB: what there is)
	@$(breaks) --objects $(B) --sources '$(subst $(space),$(comma),$(call lessons,$(CHOSEN)))' \
	    $(if $(LAB),,--list) $(if $(ONLY),--only $(call quote,$(ONLY))) $(ARGS)

predict: $(locale) ## your predictions: asks them, then what came out: LAB=03 (without LAB: all, beside what came out)
	@command -v python3 >/dev/null || \
	    { $(tell) 'make %s needs %s: sudo apt-get install %s' $@ python3 python3 >&2; exit 2; }
	@python3 -B tests/tools/predict.py $(if $(LAB),$(ONE))

hint: $(judge) $(builder) $(asked) ## the next hint for the first test that fails: LAB=03
	@: $(ONE); $(judged) --hint

debug: $(builder) $(asked) ## one graded test under gdb: LAB=03 TEST=results (HANG=1: who waits where)
	@sh tests/tools/debug.sh $(B)/build $(ONE) $(call quote,$(folder)) $(call quote,$(TEST)) \
	    $(if $(HANG),hang)

memcheck: $(builder) $(asked) ## a lab's tests under valgrind: LAB=03
	@sh tests/tools/memcheck.sh $(B)/build $(ONE) $(call quote,$(folder)) $(call quote,$(TEST))

race: $(B)/build ## look for data races: LAB=07 (without LAB: whether they are found)
	@$(if $(LAB)$(maintained),sh tests/tools/race.sh $(B)/build $(ONE) $(call quote,$(folder)),\
	    python3 -B tests/check/races.py --build $(B)/build $(LABS))

handin: $(judge) $(builder) $(asked) ## your answers in one archive, to hand in: build/handin/*.tar.gz (QUICK=1: ungraded)
	@sh tests/tools/handin.sh $(B)/build build/handin $(call quote,$(folder)) \
	    $(call quote,$(QUICK)) $(CHOSEN)

reset: ## begin a lab anew; your file is kept beside it: LAB=03
	@sh tests/tools/skeletons.sh reset $(files.$(ONE))

compare: $(judge) $(builder) $(asked) ## the reference beside yours, once the lab scores full: LAB=03
	@for file in $(files.$(ONE)); do sh tests/tools/compare.sh --there "solutions/$$file" || exit; done
	@$(judged) --full || \
	    { $(tell) 'Not yet: make grade LAB=%s must score full first.' $(ONE) >&2; exit 1; }
	@for file in $(files.$(ONE)); do \
	    sh tests/tools/compare.sh "solutions/$$file" $(call quote,$(folder))/"$$file"; done

# ---- teach ---------------------------------------------------------------------------------------

# Ranks are shown where MPI is, and not with somebody's own engines.
demo_ranks := $(if $(source),,$(call program,$(filter $(OPTIONAL),$(LABS)),$(shown)))
demo: $(if $(FROM),,$(call program,$(CONTRAST),$(shown)) $(demo_ranks)) ## the lock-vs-no-lock contrast (STEP=1, FROM=build/demo, PYTHON=python3); build/demo/contrast.html
	@$(if $(FROM),python3 -B handouts/site/earlier.py $(call quote,$(FROM)),\
	    sh handouts/site/demo.sh build/demo $(if $(demo_ranks),--ranks $(demo_ranks)) $< $(if $(STEP),--step) $(ARGS))
	@$(if $(PYTHON),$(PYTHON) tests/peers/contrast.py build/demo/contrast.json)

tour: $(call program,$(LABS),$(shown)) ## the programs with the document's parameters (TASK_MS=50: quicker; PAUSE=1; LAB=02)
	@sh labs/tour.sh $(B)/$(shown) $(call quote,$(or $(TASK_MS),1000)) $(if $(PAUSE),--pause) $(CHOSEN); \
	    status=$$?; $(say_absent) exit $$status

peers: $(B)/tests/peers/lockstep $(call program,$(LABS),solutions) ## side by side with CPython (PYTHON=python3); build/peers/peers.json
	@sh tests/peers/peers.sh $(call quote,$(or $(PYTHON),python3)) build/peers $(B) \
	    $(if $(FREE),--free $(call quote,$(FREE))) $(ARGS)

# The lab that wants MPI: its program on machines that are made here.
cluster: $(call program,$(filter $(OPTIONAL),$(LABS)),$(shown)) ## one program on several machines, made here (NODES=4 DELAY_MS=2 ARGS="--threads 2")
	@: $(if $(ABSENT),$(call fail,$(call not_here,$(ABSENT))))
	@sh common/scripts/cluster.sh $(call quote,$(or $(NODES),4)) $(call quote,$(or $(DELAY_MS),0)) \
	    $< $(if $(filter mpich,$(mpi_package)),--leave) --picture $(ARGS)

bench: $(B)/tests/bench/bench $(bench_ranks) ## how cost grows: tables and pictures (QUICK=1: less than a minute and a half)
	@sh tests/bench/bench.sh $(if $(bench_ranks),--ranks $(bench_ranks)) $< build/bench $(if $(QUICK),quick)

# ---- the doors of a tree with the answers: first the rest of those to teach with ------------------

ifneq ($(maintained),)
.PHONY: $(maintained)
$(maintained):
	@$(tell) 'make %s is not for this tree, which is for students: it needs the answers.' $@ >&2; exit 2
else

# The same lab on simulated machines.
scale_lab := $(filter $(OPTIONAL),$(LABS))
$(B)/tests/scale/%.o: MORE := $(MPI_FLAGS)
$(B)/$(shown)/scale: $(call object,$(call sources,tests/scale)) $(call answers,$(shown),$(scale_lab)) $(parts)
	$(link) $(call libraries,mpich)
scale: $(if $(scale_lab),$(B)/$(shown)/scale) ## the pool of ranks on thousands of simulated machines (QUICK=1: a minute)
	@: $(if $(ABSENT),$(call fail,$(call not_here,$(ABSENT))))
	@sh tests/scale/scale.sh $< $(call quote,$(if $(source),$(folder),$(shown))/$(firstword $(files.$(scale_lab)))) \
	    build/scale $(if $(QUICK),quick)

site: ## the course as pages for a browser: build/site/index.html (PDF=1: and as a book)
	@python3 -B tests/check/translate.py --for-site build/translated
	@python3 -B handouts/site/build.py --translated build/translated $(if $(PDF),--book)

dist: $(B)/build ## the archive for students, without any answer: build/dist/*.tar.gz
	@sh tests/dist/dist.sh $(B)/build build/dist

release: ## what opens make compare in a student's tree, after the deadline: LAB=03
	@sh tests/dist/release.sh build/dist $(ONE) $(files.$(ONE))

graded = --build $(B)/build --src $(call quote,$(or $(source),hand-ins)) \
    --out $(call quote,$(or $(OUT),build/class)) $(if $(CLASS),--class $(call quote,$(CLASS))) \
    $(if $(ANON),--anon $(call quote,$(ANON))) $(if $(REGRADE),--regrade $(call quote,$(REGRADE)))
class: $(judge) $(builder) $(suites) ## grade a class: SRC=hand-ins LAB=03 (CLASS=class.toml ANON=salt REGRADE=old-out)
	@python3 -B tests/class/classroom.py $(graded) $(CHOSEN)

# What grading needs of the chosen labs, and no more: the packages' scripts call it.
ready: $(judge) $(builder) $(asked)

autograder: ## a package for a system that grades: FOR=gradescope LAB=03
	@python3 -B tests/class/autograder.py --for $(call quote,$(FOR)) \
	    --out $(call quote,$(or $(OUT),build/autograder)) $(CHOSEN)

similar: $(B)/build ## answers that are too much alike: SRC=hand-ins LAB=03 (LAST=last-year EXPORT=jplag)
	@python3 -B tests/class/similar.py --build $< --src $(call quote,$(or $(source),hand-ins)) \
	    --out $(call quote,$(or $(OUT),build/similar)) $(if $(LAST),--last $(call quote,$(LAST))) \
	    $(if $(EXPORT),--export $(call quote,$(EXPORT))) $(ONE)

# ---- maintain ------------------------------------------------------------------------------------

checked = --build $(B)/build $(if $(ALL),--all) $(if $(filter 2,$(ALL)),--by-all) $(if $(ONLY),--only $(call quote,$(ONLY))) \
    $(if $(V),--verbose) $(if $(STRICT),--strict) $(CHOSEN)
# Of one lab, its submissions; of all, what is beside them, too.
beside := $(if $(LAB),,unit $(B)/tests/bench/bench $(bench_ranks) $(B)/tests/peers/lockstep $(breaks) \
    $(patsubst %.c,$(B)/%,$(call lessons,$(LABS))))
needed = $(judge) $(builder) $(suites) $(beside) $(if $(LAB),,$(call program,$(LABS),solutions))
check: $(if $(DIST),$(B)/build,$(needed)) ## everything that must hold (ALL=1: every submission; ALL=2: by every test; DIST=1: the archive for students)
	@$(if $(DIST),python3 -B tests/check/archive.py --build $(B)/build $(CHOSEN),\
	    python3 -B tests/check/check.py $(checked)); status=$$?; $(say_absent) exit $$status

check-site: site $(call program,$(CONTRAST),solutions) ## look at the pages of site and demo in a browser
	@sh tests/site/check.sh build/site build/browser $(call program,$(CONTRAST),solutions)

unit: $(units) ## the tests of common/, the harness and the judge
	@sh tests/check/unit.sh $^

soak: $(judge) $(builder) $(suites) ## grade the same N times under changing load (N=50)
	@python3 -B tests/check/soak.py --build $(B)/build --times $(call quote,$(or $(N),50)) $(CHOSEN)

steady: $(judge) $(builder) $(suites) ## grade every wrong answer N times: the same tests must fail (N=20)
	@python3 -B tests/check/steady.py --build $(B)/build --times $(call quote,$(or $(N),20)) \
	    $(if $(ONLY),--only $(call quote,$(ONLY))) $(if $(AGAIN),--again) $(CHOSEN)

bigclass: $(judge) $(builder) $(suites) ## grade a made class of N undisturbed, under load, and killed and resumed (N=120)
	@python3 -B tests/class/try_many.py --build $(B)/build --count $(call quote,$(or $(N),120)) \
	    $(CHOSEN)

packages: ## each system's package, tried as that system would use it (ONLY=vpl)
	@python3 -B tests/class/try_packages.py $(if $(ONLY),--only $(call quote,$(ONLY)))

outside: $(judge) $(builder) $(suites) ## judge answers written without a look at the tests: SRC=folder LAB=03
	@python3 -B tests/check/outside.py --build $(B)/build --src $(call quote,$(source)) $(CHOSEN)

mutants: $(judge) $(builder) $(suites) ## judge the mistakes that machines and students make (COUNT=200: some)
	@python3 -B tests/mutants/mutants.py --build $(B)/build --seed $(or $(SEED),1) \
	    $(if $(COUNT),--count $(COUNT)) $(CHOSEN)

machines: ## grade on odd machines, which it makes, as root (ONLY=hidepid; CHECK=1; QUICK=1)
	@python3 -B tests/machines/machines.py $(if $(ONLY),--only $(call quote,$(ONLY))) \
	    $(if $(CHECK),--check) $(if $(QUICK),--quick) $(if $(V),--keep)

# Of all labs: the manifest is written anew, and cutting needs no MPI.
skeletons: ## cut the answers out of the solutions into labs/
	@sh tests/tools/skeletons.sh write $(if $(FORCE),--force) $(foreach l,$(sort $(LABS) $(ABSENT)),$(files.$l))

pages: ## the pages in other languages: build/pages/ko
	@python3 -B tests/check/translate.py

translations: ## bring handouts/po up to date after a page or a text has changed
	@python3 -B tests/check/translate.py --update
	@python3 -B tests/check/spoken.py --update

format: ## let clang-format decide
	@find common labs solutions tests -name '*.[ch]' | xargs clang-format -i

lint: ## formatting, sizes, arrows between the folders, clang-tidy
	@python3 -B tests/check/lint.py

compile_commands.json: ## for clangd and other tools (needs bear)
	@rm -rf $(B)
	@bear -- $(MAKE) unit $(suites)
endif

clean: ## remove everything made
	rm -rf build
