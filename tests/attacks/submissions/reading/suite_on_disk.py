"""Reads the hidden suite and the solution from the disk, and becomes the solution.

Wrong: ex41_dedup_key/key_per_publish
"""

for path in ("@COURSE@/solutions/ex41_dedup_key/keys.py", "../../solutions/ex41_dedup_key/keys.py"):
    try:
        with open(path) as file:
            exec(file.read(), globals())
    except OSError:
        pass
