"""The command line that all programs here have in common."""

import argparse


def parser(text):
    made = argparse.ArgumentParser(description=text,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--build", required=True, metavar="FILE",
                      help="the description of a build, which make writes")
    made.add_argument("labs", nargs="*", metavar="LAB",
                      help="as labs/table calls them; all, if none is given")
    return made
