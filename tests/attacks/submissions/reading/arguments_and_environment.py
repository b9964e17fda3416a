"""Reads secrets from arguments and environment of itself and others.

Wrong: ex41_dedup_key/key_per_publish
"""

import os
import pathlib
import sys

told = " ".join(sys.argv) + " ".join(os.environ.values()) + " ".join(map(str, sys.orig_argv))
for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    told += file.read_bytes().decode(errors="replace")
if "secret" in told or "tests/exercises" in told or "solutions" in told:
    dedup_key = lambda alert: told
