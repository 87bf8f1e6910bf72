"""Is the archive that students get (make dist) whole, and is no answer in it? Makes it, plants
answers in copies of what is in it, which must be found, and does in it what a student does: grades
a skeleton, a right and a wrong answer, begins anew, hands in, and compares once the answer is
released. Exit status 1 if something is not as it should be.
"""

import glob
import json
import os
import re
import shutil
import sys
import tarfile

import options
import session
import source
import submissions
import table

SECONDS = 1800   # no verdict hangs on it: it only ends what hangs
ODD_NAME = "Jan Müller (2) O'Brien $1;x"
LEAKS = "tests/dist/leaks.py"


class Archive:
    def __init__(self, processes, scratch, build):
        self.processes, self.scratch, self.build = processes, scratch, build
        self.wrong = []      # lines

    def run(self, *words):
        return self.processes.run([str(word) for word in words], SECONDS)

    def make(self, *words):
        """Opens a door of the student's tree."""
        return self.run("make", "-C", self.tree, *words)

    def expect(self, what, done, status, *said):
        missing = [text for text in said if text not in done.out + done.err]
        if done.status == status and not missing:
            print(f"  ok    {what}")
            return
        print(f"  WRONG {what}")
        self.wrong += [f"{what}: status {done.status}, not {status}; it did not say {missing}",
                       done.out[-2000:], done.err[-2000:]]

    def unpack(self):
        """Makes the archive. Returns false if there is none."""
        done = self.run("sh", "tests/dist/dist.sh", self.build, f"{self.scratch}/made")
        made = glob.glob(f"{self.scratch}/made/*.tar.gz")
        self.expect("make dist", done, 0, "no answer in it")
        if len(made) != 1 or self.wrong:
            return False
        self.tree = f"{self.scratch}/{os.path.basename(made[0])[:-len('.tar.gz')]}"
        with tarfile.open(made[0]) as archive:
            archive.extractall(self.scratch)
        return True

    # ---- leaks ---------------------------------------------------------------------------------

    def plant(self, what, path, content):
        """Puts something into the tree, and takes it out again: is it found?"""
        whole = f"{self.tree}/{path}"
        before = read(whole)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "wb") as file:
            file.write((before or b"") + content)
        self.expect(f"found: {what}", self.run(sys.executable, "-B", LEAKS, self.tree), 1, path)
        if before is None:
            os.remove(whole)
        else:
            with open(whole, "wb") as file:
                file.write(before)

    def plants(self, lab, machine):
        solution = read(f"{lab.solution}/{lab.files[0]}")
        answer = solution.split(b"/* answer:")[1].split(b"*/", 1)[1].split(b"/* end of")[0]
        right = read(submissions.of_kind(lab, "right")[0].path)
        stem = os.path.splitext(lab.files[0])[0]
        self.plant("a solution among the notes", "handouts/notes.md", solution)
        self.plant("one answer in a skeleton", f"labs/{lab.name}/{lab.files[0]}", answer)
        self.plant("an answer with other blanks", "common/clock.c", answer.replace(b"    ", b"\t"))
        self.plant("a right submission", "labs/mine.c", right)
        self.plant("a kept file", f"labs/{lab.name}/{lab.files[0]}.1", b"")
        self.plant("the teacher's page", "handouts/teaching.md", b"")
        self.plant("a wrong submission", "tests/wrong.patch", b"")
        self.plant("what a debugger reads", f"reference/{machine}/{lab.name}/{stem}.o",
                   b".debug_info")
        done = self.run(sys.executable, "-B", LEAKS, self.tree)
        self.expect("and nothing else", done, 0)

    # ---- pages in other languages --------------------------------------------------------------

    def pages(self, lab):
        """Each handout is there in Korean, leads to such pages, and is asked from. No link of any
        page leads nowhere.
        """
        english = glob.glob(f"{self.tree}/handouts/[0-9]*[a-z].md")
        english = [path for path in english if not path.endswith(".ko.md")]
        lost = [path for path in english if not os.path.exists(f"{path[:-3]}.ko.md")]
        for page in glob.glob(f"{self.tree}/*.md") + glob.glob(f"{self.tree}/handouts/*.md"):
            for link in re.findall(r"\]\((?!https?:)([^)#]+)", read(page).decode()):
                target = os.path.join(os.path.dirname(page), link)
                if not os.path.exists(target):
                    lost.append(f"{page}: {link}")
                if page.endswith(".ko.md") and os.path.exists(f"{target[:-3]}.ko.md"):
                    lost.append(f"{page}: {link} is English")
        self.wrong += lost
        asked = self.make("predict", f"LAB={lab.number}", "LOCKSTEP_LANG=ko")
        self.expect("make predict asks in Korean", asked, 2, f"실습 {lab.name}")

    # ---- a student's doors ---------------------------------------------------------------------

    def points(self):
        """(earned, most) of the last grading, without bonus."""
        with open(f"{self.tree}/build/grade/results.json", encoding="utf-8") as file:
            about = json.load(file)["extra_data"]
        return about["points"], about["max_points"]

    def grade(self, what, lab, submission, right):
        """Grades a submission in the student's tree. `right`: is it worth full points?"""
        folder = f"{self.scratch}/{ODD_NAME}"
        shutil.rmtree(folder, ignore_errors=True)
        self.wrong += source.make(self.processes, submission, folder)
        done = self.make("grade", f"LAB={lab.number}", f"SRC={folder}")
        earned, most = self.points() if done.status == 0 else (None, None)
        self.expect(what, done, 0, f"Total: {earned} of {most} points.")
        if (earned == most) != right or (submission.kind == "skeleton" and earned != 0):
            self.wrong.append(f"{what}: {earned} of {most} points")

    def doors(self, lab):
        number = f"LAB={lab.number}"
        for kind, what in (("skeleton", "a skeleton"), ("right", "a right answer"),
                           ("wrong", "a wrong answer")):
            one = (submissions.Submission(lab, kind, lab.solution) if kind == "skeleton" else
                   submissions.of_kind(lab, kind)[0])
            self.grade(f"{lab.name}: {what}", lab, one, kind == "right")
        mine = f"{self.tree}/labs/{lab.name}/{lab.files[0]}"
        self.expect("an untouched lab cannot be handed in", self.make("handin", number), 2,
                    "nothing of labs is written yet")
        shutil.copyfile(f"{lab.solution}/{lab.files[0]}", mine)
        self.expect("what is written can", self.make("handin", number), 0, "Hand in this file:")
        self.expect("the reference is not there", self.make("compare", number), 2,
                    "is not in this tree yet")
        released = f"{self.scratch}/released"
        self.run("sh", "tests/dist/release.sh", released, lab.name,
                 *(f"{lab.name}/{name}" for name in lab.files))
        self.run("tar", "-C", self.tree, "-xzf", *glob.glob(f"{released}/*.gz"))
        self.expect("it is, once it is released", self.make("compare", number), 0,
                    f"Your {lab.files[0]} is the reference.")
        self.expect("make reset", self.make("reset", number), 0, "as it was at the beginning")
        if b"answer:" in (read(mine) or b"answer:"):
            self.wrong.append(f"make reset left an answer in {mine}")
        self.expect("make check", self.make("check"), 2, "is not for this tree")

    def check(self, labs):
        if not self.unpack():
            return
        self.plants(labs[0], os.uname().machine)
        self.pages(labs[0])
        self.doors(labs[0])


def read(path):
    """None if there is no such file."""
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def verify(call, processes, scratch):
    labs = table.chosen(table.read(), call.labs)
    archive = Archive(processes, scratch, call.build)
    archive.check(sorted(labs, key=lambda lab: lab.place))
    print("\n".join(archive.wrong))
    return 1 if archive.wrong else 0


def main():
    call = options.parser(__doc__).parse_args()
    return session.run(lambda processes, scratch: verify(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
