#!/bin/sh
# Compares Lockstep with CPython, where there is a Python to compare with.
# usage: peers.sh PYTHON OUT FOLDER [OPTION...]
# PYTHON is the one to compare with, OUT the folder for the figures, FOLDER where programs are; the
# options are those of peers.py.
set -u
python=$1 out=$2
shift 2
if ! command -v "$python" >/dev/null 2>&1; then
    echo "peers: there is no $python here to compare with (PYTHON=... names one)"
    exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then
    echo "peers: $python is older than 3.8: too old to compare with"
    exit 0
fi
mkdir -p "$out"
PYTHONDONTWRITEBYTECODE=1 exec "$python" tests/peers/peers.py --json "$out/peers.json" "$@"
