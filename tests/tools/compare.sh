#!/bin/sh
# Shows a reference beside a student's file, without the marks from which skeletons are cut.
# usage: compare.sh REFERENCE FILE
set -u
reference=$1 file=$2
echo 'Left: the reference. Right: yours.'
sed -e '/\/\* answer:.*\*\//d' -e '/\/\* answer:/,/\*\//d' -e '/end of answer/d' "$reference" |
    diff -y -W 210 - "$file"
[ $? -le 1 ]
