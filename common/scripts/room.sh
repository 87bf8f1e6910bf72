#!/bin/sh
# Can things be built in this folder? Says in one line why not; exit status 2 then.
# usage: room.sh FOLDER
folder=$1
try=$folder/.room
reason=$( (mkdir -p "$folder" && LC_ALL=C dd if=/dev/zero of="$try" bs=64k count=16) 2>&1 |
    sed -n 's/.*: \([A-Z][A-Za-z ,-]*\)$/\1/p' | head -n 1)
rm -f "$try" 2>/dev/null
[ -z "$reason" ] && exit
echo "nothing can be built in $folder/: $reason. Make room there, or use a copy of this folder" \
    "where you may write." >&2
exit 2
