#!/bin/sh
# Fetches the students' repositories into a folder that can be graded. Nothing of them is run.
# usage: collect.sh LIST FOLDER
# LIST has a line "ID REPOSITORY" for each student: OWNER/NAME on GitHub, or what else git can
# clone. A line that begins with # is no student's. FOLDER/ID will have the newest commit's files,
# with that commit's time, which is the student's word. STUDENTS_TOKEN, if it is set, is what
# GitHub is shown.
# Exit status: 0 all were fetched; 1 some were not, and FOLDER is left as it was: nobody is to be
# graded for what did not come; 2 it cannot work.
set -u
if [ $# -ne 2 ] || [ ! -r "$1" ]; then
    echo 'usage: collect.sh LIST FOLDER; LIST has a line "ID REPOSITORY" for each student' >&2
    exit 2
fi
folder=$2
new=$folder.new
rm -rf "$new" && mkdir -p "$new" || exit 2
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM HUP
# git asks nobody for a password, and reads large files and other programs from nowhere.
export GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1 GIT_ALLOW_PROTOCOL=https:ssh:file

# git itself expands this, so the token is in no command line.
# shellcheck disable=SC2016
helper='!printf "username=x-access-token\npassword=%s\n" "$STUDENTS_TOKEN"; :'
[ -n "${STUDENTS_TOKEN:-}" ] || helper=

# Three times, as networks are; $1 is where from, $2 where to.
fetch() {
    for _ in 1 2 3; do
        rm -rf "$2"
        git -c credential.https://github.com.helper="$helper" clone --quiet --depth 1 \
            --single-branch --no-tags -- "$1" "$2" </dev/null && return 0
    done
    return 1
}

count=0
failed=0
while read -r id repository more; do
    case $id in
    '' | '#'*) continue ;;
    esac
    case $id in
    .* | -* | */*) repository= ;;    # no folder's name
    esac
    [ -z "$more" ] || repository=
    case $repository in
    -*) from= ;;
    *:* | /*) from=$repository ;;
    ?*/?*) from=https://github.com/$repository.git ;;
    *) from= ;;
    esac
    if [ -z "$from" ] || [ -e "$new/$id" ]; then
        echo "collect: the line of $id is none \"ID REPOSITORY\", or the second of that ID" >&2
        failed=$((failed + 1))
    elif ! fetch "$from" "$new/$id"; then
        echo "collect: $id: $repository cannot be fetched" >&2
        failed=$((failed + 1))
    else
        # A repository without a commit has no time.
        when=$(git -C "$new/$id" log -1 --format=%ct 2>/dev/null) || when=$(date +%s)
        rm -rf "$new/$id/.git"
        find "$new/$id" -exec touch -h -d "@$when" {} +
        count=$((count + 1))
    fi
done <"$1"
if [ "$failed" -gt 0 ]; then
    echo "collect: $failed of $((count + failed)) were not fetched, so none is to be graded." \
        "Make the line of who has no repository a comment." >&2
    exit 1
fi
rm -rf "$folder" && mv "$new" "$folder" || exit 2
echo "$count repositories were fetched into $folder."
