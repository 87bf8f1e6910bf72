#!/bin/sh
# Gradescope calls this once, as root, when the image is made.
set -eu
apt-get update
apt-get install -y make python3
sh "${AUTOGRADER:-/autograder}/source/grade.sh" --prepare
