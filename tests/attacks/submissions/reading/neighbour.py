"""Reads what a neighbour handed in.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

import glob

for path in glob.glob("@NEIGHBOURS@/*/export.py"):
    with open(path) as file:
        exec(file.read(), globals())
