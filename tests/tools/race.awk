# Reads ThreadSanitizer's reports and tells each race in which `topic`, a source file, has a part once,
# in plain words. Exit status 1 if there was one. Wants words.awk before it.

BEGIN {
    while ((getline text < topic) > 0) {
        line[++lines] = text
        # A function begins at the left margin.
        if (match(text, /[A-Za-z_0-9]+\(/) && text ~ /^[A-Za-z]/)
            name = substr(text, RSTART, RLENGTH - 1)
        inside[lines] = name
    }
    stem = topic
    sub(/.*\//, "", stem)
}

/^WARNING: ThreadSanitizer: / {
    kind = $0
    sub(/^WARNING: ThreadSanitizer: /, "", kind)
    sub(/ \(pid=.*/, "", kind)
    accesses = 0
    what = ""
    place[1] = place[2] = ""
}

# "  Write of size 8 at 0x... by thread T1:", "  Previous atomic read of size ..."
/^  (Previous )?([Aa]tomic )?([Rr]ead|[Ww]rite) of size / && accesses < 2 {
    accesses++
    verb[accesses] = tolower($0) ~ /write of size/ ? "writes" : "reads"
    stack = accesses
    next
}

# The first frame of a stack that lies in the topic; `deep` if it called what made the access.
/^    #[0-9]+ / && stack > 0 && place[stack] == "" {
    if (match($0, "/?" stem ":[0-9]+(:[0-9]+)?")) {
        where = substr($0, RSTART, RLENGTH)
        split(substr(where, index(where, ":") + 1), numbers, ":")
        place[stack] = numbers[1]
        column[stack] = numbers[2]
        deep[stack] = $1 != "#0"
    }
    next
}

/^  Location is global / {
    what = $4 ~ /\?\?/ ? "" : $4
    gsub(/'/, "", what)
}

/^  [A-Z]/ {
    stack = 0
}

/^SUMMARY: ThreadSanitizer: / {
    if (kind == "data race" && (place[1] != "" || place[2] != ""))
        tell_race()
    else if (kind != "data race" && index($0, stem))
        tell_other()
}

# What is accessed, as the source calls it: around a column, or before it if an operator stands there.
function variable_at(number, at, text, from, to) {
    text = line[number]
    from = at
    if (substr(text, at, 1) !~ /[A-Za-z_0-9]/) {
        from = at - 1
        while (from > 1 && substr(text, from, 1) == " ")
            from--
    }
    to = from
    while (to < length(text) && substr(text, to + 1, 1) ~ /[A-Za-z_0-9]/)
        to++
    while (from > 1 && substr(text, from - 1, 1) ~ /[]A-Za-z_0-9.>[-]/)
        from--
    text = substr(text, from, to - from + 1)
    sub(/^[->.\]]*/, "", text)
    return text ~ /^[A-Za-z_]/ && text !~ /^(if|for|while|return|pragma|omp)$/ ? text : ""
}

function stripped(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

function source_line(number) {
    if (stripped(line[number]) == "")
        return ""
    return sprintf("        %4d   %s\n", number, stripped(line[number]))
}

# What one of the two threads does, and where.
function does(i,    where, written) {
    written = verb[i] == "writes"
    if (place[i] == "")
        return written ? tr("writes it somewhere else (in a task or a term)") \
                       : tr("reads it somewhere else (in a task or a term)")
    where = inside[place[i]]
    if (deep[i])
        where = where == "" ? tr("in what is called there") \
                            : sprintf(tr("%s, in what is called there"), where)
    if (where == "")
        return sprintf(written ? tr("writes it in line %d") : tr("reads it in line %d"), place[i])
    return sprintf(written ? tr("writes it in line %d (%s)") : tr("reads it in line %d (%s)"), \
                   place[i], where)
}

function does_there_too(i) {
    return verb[i] == "writes" ? tr("writes it there, too") : tr("reads it there, too")
}

# A task construct itself stores what the task is given, and a reduction its parts, into memory that
# the runtime uses again and again, of which Archer (clang 14) does not know in what order: no race.
function hands_over(i, text) {
    text = place[i] == "" || deep[i] ? "" : line[place[i]]
    return text ~ /#pragma omp task/ && (verb[i] == "writes" || text ~ /reduction/)
}

function tell_race(first, second, key, i) {
    if (hands_over(1) || hands_over(2))
        return
    first = 1
    second = 2
    if (place[1] + 0 > place[2] + 0) {
        first = 2
        second = 1
    }
    key = place[first] "," place[second]
    if (key in told)
        return
    told[key] = 1
    for (i = 1; i <= 2 && what == ""; i++)
        if (place[i] != "" && !deep[i])
            what = variable_at(place[i], column[i])
    if (what == "")
        what = tr("a variable that the threads share")
    printf tr("%d. Data race on %s, in %s") "\n", ++races, what, topic
    printf "   " tr("While one thread %s, another one %s:") "\n", does(first),
           place[first] == place[second] ? does_there_too(second) : does(second)
    for (i = 1; i <= 2; i++)
        if (place[i == 1 ? first : second] != "" && (i == 1 || place[1] != place[2]))
            printf "%s", source_line(place[i == 1 ? first : second])
    print "   " tr("Nothing keeps the two apart: what one of them stores may be lost, or be read half done.") "\n"
}

function tell_other(text) {
    text = $0
    sub(/^SUMMARY: ThreadSanitizer: /, "", text)
    if (text in told)
        return
    told[text] = 1
    printf tr("%d. ThreadSanitizer also reports: %s") "\n\n", ++races, text
}

END {
    if (races == 0)
        print "No data race seen in " topic "."
    exit races > 0
}
