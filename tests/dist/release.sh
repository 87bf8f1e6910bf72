#!/bin/sh
# Makes the archive that opens `make compare` for a lab in a student's tree, once its deadline is
# over: the reference, to be unpacked in the top folder of that tree.
# usage: release.sh OUT LAB TOPIC...      e.g. build/dist 03-pool 03-pool/pool.c
set -u
out=$1 lab=$2
shift 2

archive=$out/lockstep-answers-$lab-$(sh common/scripts/version.sh).tar.gz
mkdir -p "$out" || exit 2
scratch=$(mktemp -d "$out/.new.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
for topic; do
    mkdir -p "$scratch/solutions/${topic%/*}" &&
        cp "solutions/$topic" "$scratch/solutions/$topic" || exit 2
done
tar -C "$scratch" --owner=0 --group=0 --numeric-owner -czf "$scratch/made" solutions &&
    mv "$scratch/made" "$archive" || exit 2
echo "$archive: unpacked in a student's tree, it opens make compare LAB=${lab%%-*}:"
echo "  tar -xzf ${archive##*/}"
