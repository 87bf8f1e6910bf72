# Lists the doors of the Makefile, in its groups: "target: ... ## what it does" below a line
# "# ---- the doors: group ---". `hidden` holds the names of those that this tree does not have.
# tr is that of common/scripts/words.awk.
BEGIN {
    count = split(hidden, name, " ")
    for (i = 1; i <= count; i++) not_here[name[i]] = 1
}
/^# ---- the doors: |^# ---- (teach|maintain) / {
    heading = $0
    sub(/^# ---- (the doors: )?/, "", heading)
    sub(/ -*$/, "", heading)
}
/^[a-z_.]+:.*## / {
    target = what = $0
    sub(/:.*/, "", target)
    sub(/.*## /, "", what)
    if (target in not_here) next
    if (heading != "") printf "%s%s\n", listed ? "\n" : "", tr(heading)
    heading = ""
    listed = 1
    printf "  make %-12s %s\n", target, tr(what)
}
END {
    print "\n" tr("With any of them: LAB=03 (or pool), SRC=folder, CC=clang, SAN=address,undefined,")
    print "ARGS=\"--help\", V=1"
}
