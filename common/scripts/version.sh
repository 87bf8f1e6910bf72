#!/bin/sh
# Prints which version of Lockstep this tree is, in one word: the date of its last commit and that
# commit's name, and "-changed" if what it judges with has been changed since.
# usage: version.sh      in the top folder
#
# The file VERSION says it where there is no git: `git archive` and `make dist` write it there.
set -u

read -r version 2>/dev/null <VERSION || version=
case $version in
*Format:* | '')
    # A tree unpacked inside some other repository is not that repository's.
    if [ -e .git ] && version=$(git log -1 --format=%cs-%h 2>/dev/null) && [ -n "$version" ]; then
        git diff --quiet HEAD -- common solutions tests labs/table 2>/dev/null ||
            version=$version-changed
    else
        version=unknown
    fi
    ;;
esac
echo "$version"
