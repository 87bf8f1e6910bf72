#!/bin/sh
# Compares Lockstep with CPython, where there is a Python to compare with.
# usage: peers.sh FOLDER [OPTION...]        (FOLDER: where programs are; options of peers.py)
# From the environment: PYTHON (python3), FREE (a Python without the GIL, if there is one),
# OUT (build/peers).
set -u
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
    echo "peers: there is no $python here to compare with (PYTHON=... names one)"
    exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then
    echo "peers: $python is older than 3.8: too old to compare with"
    exit 0
fi
out=${OUT:-build/peers}
mkdir -p "$out"
PYTHONDONTWRITEBYTECODE=1 exec "$python" tests/peers/peers.py --json "$out/peers.json" "$@"
