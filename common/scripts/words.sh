# What scripts say, in the language that is asked for (words.awk). Sourced by them, from the tree's
# top folder and before they change LC_ALL or the folder.
# shellcheck shell=sh
words_home=$PWD

# A script that looks at what tools say sets LC_ALL: what people asked for is settled before that.
if [ -z "${LOCKSTEP_LANG:-}" ]; then
    LOCKSTEP_LANG=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
    case $LOCKSTEP_LANG in
    *.[uU][tT][fF]8* | *.[uU][tT][fF]-8*) LOCKSTEP_LANG=${LOCKSTEP_LANG%%[_.@]*} ;;
    *) LOCKSTEP_LANG=en ;;
    esac
    export LOCKSTEP_LANG
fi

# words FORMAT: the format of printf in that language, without an end of line
words() {
    if [ -f "$words_home/handouts/po/${LOCKSTEP_LANG%%[_.@]*}.po" ]; then
        (cd "$words_home" && awk -v say="$1" -f common/scripts/words.awk)
    else
        printf '%s' "$1"
    fi
}

# say FORMAT VALUE...: prints a line
say() {
    format=$(words "$1")
    shift
    # shellcheck disable=SC2059 # the format is a text of ours, or its translation
    printf -- "$format\n" "$@"
}
