"""Languages that a machine speaks, made where it finds them."""

import os
import shutil
import subprocess

from groups import NotMade


def make(name, folder):
    """name: language_COUNTRY.CHARACTERS, as the C library knows it."""
    language, _, characters = name.partition(".")
    if not shutil.which("localedef"):
        raise NotMade("there is no localedef here")
    os.makedirs(folder, exist_ok=True)
    # Status 1 says that there were warnings.
    done = subprocess.run(["localedef", "-c", "-i", language, "-f", characters, f"{folder}/{name}"],
                          capture_output=True, text=True, check=False)
    if not os.path.isdir(f"{folder}/{name}"):
        raise NotMade(f"localedef: {(done.stderr.splitlines() or ['?'])[0]} (package locales)")
