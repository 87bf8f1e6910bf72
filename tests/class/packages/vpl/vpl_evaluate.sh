#!/bin/bash
# VPL calls this to make vpl_execution, which it then runs: that prints comments and the grade.
# Without vpl_execution there is no grade. What a student handed in under the names of files that
# are made here is removed first. grader.b64 must be among the files to keep when running. Give an
# evaluation 4 minutes.
set -o pipefail

fail() {
    rm -f vpl_execution
    echo '@SORRY@'
    exit 1
}

rm -rf .grader .submission result vpl_execution || fail
# shellcheck source=/dev/null
[ ! -e vpl_environment.sh ] || . ./vpl_environment.sh
mkdir .grader .submission || fail
base64 -d grader.b64 | tar -xz -C .grader || fail
find . -maxdepth 1 -type f ! -name 'vpl_*' ! -name grader.b64 ! -name common_script.sh \
    -exec cp {} .submission/ \; || fail
sh .grader/grade.sh vpl .submission result "VPL_GRADEMAX=${VPL_GRADEMAX:-100}" 2>.grader/errors
[ -f result ] || fail
printf '#!/bin/sh\ncat result\n' >vpl_execution || fail
chmod +x vpl_execution || fail
