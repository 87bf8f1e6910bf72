# Reads what valgrind wrote and tells each error once, in one or two plain lines: what it is, and where
# it is in one of `files`, the names of a student's files, a line each. Exit status 1 if there was one.
# Wants words.awk before it.

BEGIN {
    count_of_files = split(files, file, "\n")
    for (i = 1; i <= count_of_files; i++)
        own[file[i]] = 1
}

{
    text = $0
    sub(/^==[0-9]+== ?/, "", text)
}

# A frame, "   at 0x10916E: pool_map (pool.c:12)": the first of the student's counts, or else the first of
# any source file. Further stacks of the same error come after a line that begins with a blank.
text ~ /^   (at|by) 0x/ {
    if (what == "" || match(text, /\([^()]*\.c:[0-9]+\)$/) == 0)
        next
    place = substr(text, RSTART + 1, RLENGTH - 2)
    frame = text
    sub(/^.*0x[0-9A-Fa-f]+: /, "", frame)
    sub(/ \(.*/, "", frame)
    if (substr(place, 1, index(place, ":") - 1) in own) {
        if (!(part in mine))
            mine[part] = frame " (" place ")"
    } else if (!(part in other)) {
        other[part] = frame " (" place ")"
    }
    next
}

# " Address 0x... is 0 bytes after a block of size 8 alloc'd", " Block was alloc'd at"
text ~ /^ [A-Z]/ && what != "" {
    part++
    if (part == 2) {
        sub(/^ /, "", text)
        sub(/0x[0-9A-Fa-f]+ /, "", text)
        about = text
    }
    next
}

text ~ /^ *$/ {
    tell()
    next
}

# The first line of an error; valgrind's own remarks follow it or stand alone.
text ~ /^[A-Z0-9]/ && text !~ /^(Thread |Warning|HEAP|LEAK|For |Use |Rerun|ERROR SUMMARY)/ {
    tell()
    what = text
    part = 1
    sub(/ in loss record .*/, "", what)
    if (sub(/ are definitely lost$/, "", what))
        what = sprintf(tr("%s are lost: nothing points to them any more"), what)
}

END {
    tell()
    exit count > 0
}

function at(i) {
    return i in mine ? mine[i] : i in other ? other[i] : ""
}

function tell(line) {
    if (what != "") {
        line = "          " what (at(1) == "" ? "" : "\n              " at(1))
        if (about != "")
            line = line "\n              " about (at(2) == "" ? "" : ", " at(2))
        if (!(line in told))
            print line
        told[line] = 1
        count++
    }
    what = about = ""
    part = 0
    delete mine[1]; delete mine[2]; delete mine[3]
    delete other[1]; delete other[2]; delete other[3]
}
