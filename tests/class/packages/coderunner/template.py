"""The template of a CodeRunner question: language Python 3, a combinator, template grader. Its
support file is grader.tar.gz; its time limit must be 240 s, its memory limit 0 (none).
"""

import os
import subprocess
import sys

ANSWER = """{{ STUDENT_ANSWER | e('py') }}"""

for folder in "submission", "grader":
    os.makedirs(folder, exist_ok=True)
with open("submission/@FILE@", "w", encoding="utf-8") as file:
    file.write(ANSWER)
subprocess.run(["tar", "-xzf", "grader.tar.gz", "-C", "grader"], check=True)
done = subprocess.run(["sh", "grader/grade.sh", "coderunner", "submission", "result"], check=False,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with open("result", encoding="utf-8") as file:
    text = file.read()
# What is no JSON, on the error stream, is a failure of the question and no grade.
print(text, file=sys.stderr if done.returncode else sys.stdout)
