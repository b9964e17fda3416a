"""Looks at the interpreter, and at its own lines.

Right: ex41_dedup_key
"""

import gc
import inspect
import sys

assert sys.version_info >= (3, 11)
assert "publish" in inspect.getsource(publish)
sys.stdout.write("ready\n")
gc.collect()
