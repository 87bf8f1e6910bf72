# In which language scripts speak. tr(text) gives the text in the language that LOCKSTEP_LANG names,
# otherwise LC_ALL, LC_MESSAGES or LANG, as common/program/language.h has it for programs; where
# handouts/po has no translation, the text itself.
#
#   awk -f common/scripts/words.awk -f OTHER.awk ...     for use by another awk program
#   awk -v say=TEXT -f common/scripts/words.awk          prints a text; shell scripts: words.sh

function language_asked_for(    name) {
    name = ENVIRON["LOCKSTEP_LANG"]
    if (name == "") {
        name = ENVIRON["LC_ALL"]
        if (name == "") name = ENVIRON["LC_MESSAGES"]
        if (name == "") name = ENVIRON["LANG"]
        if (tolower(name) !~ /\.utf-?8/) return ""
    }
    sub(/[_.@].*/, "", name)
    return name
}

# What stands between the quotes, without its escapes.
function po_string(line) {
    sub(/^[^"]*"/, "", line)
    sub(/"$/, "", line)
    gsub(/\\\\/, "\001", line)
    gsub(/\\n/, "\n", line)
    gsub(/\\t/, "\t", line)
    gsub(/\\"/, "\"", line)
    gsub("\001", "\\", line)
    return line
}

function note_words() {
    if (words_said != "" && words_id != "" && !words_fuzzy) words[words_id] = words_said
    words_id = words_said = words_field = ""
    words_fuzzy = 0
}

function read_words(    file, line) {
    words_read = 1
    if (language_asked_for() !~ /^[a-z]+$/) return
    file = "handouts/po/" language_asked_for() ".po"
    while ((getline line <file) > 0) {
        if (line == "") note_words()
        else if (line ~ /^#, .*fuzzy/) words_fuzzy = 1
        else if (line ~ /^msgid /) { words_field = "id"; words_id = po_string(line) }
        else if (line ~ /^msgstr /) { words_field = "said"; words_said = po_string(line) }
        else if (line ~ /^"/ && words_field == "id") words_id = words_id po_string(line)
        else if (line ~ /^"/) words_said = words_said po_string(line)
    }
    note_words()
    close(file)
}

function tr(text) {
    if (!words_read) read_words()
    return text in words ? words[text] : text
}

BEGIN { if (say != "") printf "%s", tr(say) }
