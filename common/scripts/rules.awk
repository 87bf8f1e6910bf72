# Makes, of labs/table, what make must know of each lab: its names, its files, and the rules for its
# programs and its suite. The Makefile includes what this prints.
# usage: awk -f common/scripts/rules.awk labs/table

function print_rules(lab, stem, libraries, engines,    room, r, answers, given) {
    split("solutions labs other", room)
    if (mpi[lab])
        print "$(B)/labs/" lab "/%.o $(B)/solutions/" lab "/%.o $(B)/other/" lab "/%.o " \
            "$(B)/tests/suites/" lab "%.o: MORE := $(MPI_FLAGS)"
    for (r = 1; r <= 3; r++) {
        answers = engines ? "$(filter-out $(OPTIONAL),$(LABS))" : lab
        # The library may have been made where such a lab was left out.
        given = mpi[lab] ? "$(call object,$(filter-out %/main.c $(files." lab ":%=labs/%)," \
            "$(wildcard labs/" lab "/*.c))) " : ""
        print "$(B)/" room[r] "/" lab "/" stem ": $(B)/labs/" lab "/main.o " given \
            "$(call answers," room[r] "," answers ") $(B)/libreference.a $(B)/libcommon.a"
        print "\t$(link)" (libraries == "-" ? "" : " $(call libraries," libraries ")")
    }
    print "$(B)/solutions/" lab "/suite: $(call object,$(wildcard tests/suites/" lab "*.c)) " \
        "$(call answers,solutions," lab ") $(parts)"
    print "\t$(build-suite)"
}

/^#/ || NF == 0 || $1 == "lab" { next }

{
    lab = $1
    number = substr(lab, 1, index(lab, "-") - 1)
    topic = substr(lab, index(lab, "-") + 1)
    files = split($3, file, ",")
    stem[lab] = substr(file[1], 1, length(file[1]) - 2)
    libraries[lab] = $4
    gsub(",", " ", libraries[lab])
    engines[lab] = $5 ~ /(^|,)engines(,|$)/
    mpi[lab] = $5 ~ /(^|,)mpi(,|$)/
    labs[++count] = lab

    print "LABS += " lab
    print "lab." lab " := " lab
    print "lab." number " := " lab
    print "lab." (number + 0) " := " lab
    print "lab." topic " := " lab
    printf "files.%s :=", lab
    for (i = 1; i <= files; i++) printf " %s/%s", lab, file[i]
    print "\nprogram." lab " := " lab "/" stem[lab]
    if (engines[lab]) print "CONTRAST := " lab
    if (mpi[lab]) print "OPTIONAL += " lab
    print ""
}

# Labs that want MPI are left out where it is not there.
END {
    print "ABSENT := $(if $(OPTIONAL),$(if $(MPI_FLAGS),,$(OPTIONAL)))"
    print "LABS := $(filter-out $(ABSENT),$(LABS))"
    for (i = 1; i <= count; i++)
        print_rules(labs[i], stem[labs[i]], libraries[labs[i]], engines[labs[i]])
}
