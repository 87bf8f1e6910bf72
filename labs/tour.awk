# Makes a line of each stop of a lab's tour, as labs/tour.sh wants it: place, lab, program, options and
# text, with tabs between. tr is that of common/scripts/words.awk.
# usage: awk -v lab=LAB -v program=PROGRAM -v ms=MS -f words.awk -f tour.awk labs/LAB/tour

# What {11*ms} stands for.
function with_times(text,    times) {
    while (match(text, /\{([0-9]+\*)?ms\}/)) {
        times = substr(text, RSTART + 1) + 0
        text = substr(text, 1, RSTART - 1) (times ? times : 1) * ms substr(text, RSTART + RLENGTH)
    }
    return text
}

function print_stop() {
    if (stop == "") return
    text = with_times(tr(text)) "\n"
    gsub(/\n/, "\\n", text)
    print stop "\t" with_times(options) "\t" text
    stop = ""
}

NF == 0 {
    print_stop()
    next
}
stop == "" {
    stop = $1 "\t" lab "\t" program
    options = substr($0, length($1) + 2)
    text = ""
    next
}
{
    text = text (text == "" ? "" : "\n") $0
}
END { print_stop() }
