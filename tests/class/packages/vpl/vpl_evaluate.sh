#!/bin/bash
# VPL calls this to make vpl_execution, which it then runs: that prints comments and the grade.
# grader.b64 must be among the files to keep when running. Give an evaluation 4 minutes.
# shellcheck source=/dev/null
[ ! -e vpl_environment.sh ] || . ./vpl_environment.sh
mkdir -p .grader .submission
base64 -d grader.b64 | tar -xz -C .grader
find . -maxdepth 1 -type f ! -name 'vpl_*' ! -name grader.b64 ! -name common_script.sh \
    -exec cp {} .submission/ \;
sh .grader/grade.sh vpl .submission result "VPL_GRADEMAX=${VPL_GRADEMAX:-100}" 2>.grader/errors
printf '#!/bin/sh\ncat result\n' >vpl_execution
chmod +x vpl_execution
