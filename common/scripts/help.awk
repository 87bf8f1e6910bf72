# Lists the doors of the Makefile, in its groups: "target: ... ## what it does" below a line
# "# ---- the doors: group ---".
/^# ---- the doors: |^# ---- (teach|maintain) / {
    heading = $0
    sub(/^# ---- (the doors: )?/, "", heading)
    sub(/ -*$/, "", heading)
    printf "%s%s\n", listed ? "\n" : "", heading
    listed = 1
}
/^[a-z_.]+:.*## / {
    target = what = $0
    sub(/:.*/, "", target)
    sub(/.*## /, "", what)
    printf "  make %-10s %s\n", target, what
}
END {
    print "\nWith any of them: LAB=03 (or pool), SRC=folder, CC=clang, SAN=address,undefined,"
    print "ARGS=\"--help\", V=1"
}
