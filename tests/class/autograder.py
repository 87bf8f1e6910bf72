"""Makes what is uploaded to a system that grades: the grader (this tree, as it is), the script that
calls it, and what the system wants around it.

usage: autograder.py --for SYSTEM --out FOLDER [LAB...]
Exit status 0, or 2 if the package could not be made.
"""

import argparse
import base64
import gzip
import io
import os
import shutil
import sys
import tarfile
import uuid
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import convert
import outcome
import table

PACKAGES = "tests/class/packages"
# The tree without what grading does not need.
TOPS = ("Makefile", "LICENSE", "VERSION", "common", "labs", "solutions", "tests")
LEFT_OUT = ("tests/submissions", "tests/mutants", "tests/machines", "tests/peers", "tests/bench",
            "tests/unit", "tests/class/packages")
# Where each file of the package goes; {lab} is the lab's name. What is not named lies at the top.
PLACES = {
    "prairielearn": {"run.sh": "tests/run.sh", "grade.sh": "tests/grade.sh",
                     "failed": "tests/failed", "lockstep.tar.gz": "tests/lockstep.tar.gz"},
    "github": {"grade.yml": ".github/workflows/grade.yml"},
}
GRADER = ("grade.sh", "failed", "lockstep.tar.gz")
NEXT = {
    "gradescope": "upload {zip} as the autograder, with a time limit of 20 minutes",
    "autolab": "upload autograde-Makefile and autograde.tar of {top}; name the problems {labs}",
    "classroom50": "put what is in {top} into CLASSROOM/autograders/ASSIGNMENT, and give the "
                   "runtime the packages check, libjansson-dev and pkg-config",
    "github": "put what is in {top} into a private repository of your own, where no student can "
              "push, and list the students' repositories in the file repositories",
    "prairielearn": "put {top} into the course's questions/ as a folder",
    "vpl": "add vpl_evaluate.sh and grader.b64 of {top} to the execution files, keep grader.b64 "
           "when running",
    "coderunner": "paste template.py of {top} as the template, and attach grader.tar.gz as a "
                  "support file",
}


def files_of_tree():
    for top in TOPS:
        if os.path.isfile(top):
            yield top
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != "__pycache__" and
                                os.path.join(folder, name) not in LEFT_OUT)
            yield from (os.path.join(folder, name) for name in sorted(names))


def tar_gz(files):
    """The archive's bytes; the same files make the same bytes. `files`: {path: (bytes, mode)}."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, (data, mode) in files.items():
                info = tarfile.TarInfo(path)
                info.size, info.mode = len(data), mode
                archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def read(path):
    with open(path, "rb") as file:
        return file.read(), 0o755 if os.access(path, os.X_OK) else 0o644


class Package:
    def __init__(self, system, labs):
        self.system, self.labs = system, labs
        failed = outcome.Outcome("", status=outcome.FAILED)
        self.files = {
            "lockstep.tar.gz": (tar_gz({path: read(path) for path in files_of_tree()}), 0o644),
            "grade.sh": self.filled(f"{PACKAGES}/grade.sh"),
        }
        if system in convert.FORMATS:    # on GitHub a class is graded, not one student
            self.files["failed"] = (convert.FORMATS[system](failed, {}).encode(), 0o644)
        for name in sorted(os.listdir(f"{PACKAGES}/{system}")):
            self.files[name] = self.filled(f"{PACKAGES}/{system}/{name}")
        self.wrap()

    def filled(self, path):
        data, mode = read(path)
        text = data.decode()
        files = [file for lab in self.labs for file in lab.files]
        names = [lab.name for lab in self.labs]
        for word, value in (("@LABS@", " ".join(names)), ("@FILES@", ",".join(files)),
                            ("@NUMBERS@", " ".join(lab.number for lab in self.labs)),
                            ("@FILE@", files[0]), ("@SORRY@", outcome.SORRY),
                            ("@TITLE@", f"Lockstep: {', '.join(names)}"),
                            ("@UUID@", str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join(names))))):
            text = text.replace(word, value)
        return text.encode(), 0o755 if text.startswith("#!") else mode

    def wrap(self):
        """What a system takes only as one file."""
        grader = {name: self.files[name] for name in GRADER if name in self.files}
        if self.system == "vpl":
            self.files["grader.b64"] = (base64.encodebytes(tar_gz(grader)), 0o644)
        elif self.system == "coderunner":
            self.files["grader.tar.gz"] = (tar_gz(grader), 0o644)
        elif self.system == "autolab":
            self.files["autograde.tar"] = (gzip.decompress(tar_gz(grader)), 0o644)
        else:
            return
        for name in GRADER:
            del self.files[name]

    def write(self, out):
        top = f"{out}/{self.system}"
        shutil.rmtree(top, ignore_errors=True)
        for name, (data, mode) in self.files.items():
            path = f"{top}/{PLACES.get(self.system, {}).get(name, name)}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, mode)
        if self.system == "gradescope":
            self.write_zip(f"{out}/lockstep-gradescope.zip")
        return top

    def write_zip(self, path):
        with zipfile.ZipFile(f"{path}.new", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, (data, mode) in self.files.items():
                info = zipfile.ZipInfo(name)
                info.external_attr = (0o100000 | mode) << 16
                archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        os.replace(f"{path}.new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--for", dest="system", required=True, choices=sorted(NEXT))
    parser.add_argument("--out", required=True, help="where packages go")
    parser.add_argument("labs", nargs="*", metavar="LAB", help="as labs/table calls them; all, if "
                                                               "none is given")
    call = parser.parse_args()
    labs = table.chosen(table.read(), call.labs)
    if call.system == "coderunner" and len([file for lab in labs for file in lab.files]) != 1:
        print("autograder: a CodeRunner question is one file: give LAB=03", file=sys.stderr)
        return 2
    try:
        top = Package(call.system, labs).write(call.out)
    except OSError as error:
        print(f"autograder: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    words = NEXT[call.system].format(top=top, zip=f"{call.out}/lockstep-gradescope.zip",
                                     labs=", ".join(lab.name for lab in labs))
    print(f"{top} is made. Next: {words}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
