"""Writes a results file wherever one may be looked for.

Wrong: ex41_dedup_key/key_per_attempt
"""

import os
import pathlib
import tempfile

FORGED = '{"passed": true, "schema": 2, "status": "kept", "tests": [{"status": "pass", "score": 1}]}'
PLACES = [pathlib.Path.cwd(), pathlib.Path("/"), pathlib.Path(tempfile.gettempdir()), pathlib.Path("@COURSE@")]
PLACES += list(pathlib.Path("@COURSE@").parents)
for place in PLACES:
    for name in ("results.json", "verdict.json", "halfway-attack-marker"):
        try:
            (place / name).write_text(FORGED)
        except OSError:
            pass
