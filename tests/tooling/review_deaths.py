"""A worker that ends while it judges a file with a certain word in it; run as a program.

python review_deaths.py FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from halfway.grading import PromiseResult, Verdict
from halfway.review.queue import Database
from halfway.review.worker import run_worker

VERSION, DEADLY = "stand-in", "deadly"


def judge(unit: str, file: Path) -> Verdict:
    """Keeps the one promise of every file, if it lives to say so."""
    if DEADLY in file.read_text():
        os._exit(9)
    kept = PromiseResult("test_ring", "Rings.", "kept")
    return Verdict(unit, file.name, "", "3.11.2", "0.1.0", (), 0.0, 1, (kept,))


if __name__ == "__main__":
    database = Database.at(Path(sys.argv[1]) / ".review", None)
    sys.exit(run_worker(database, VERSION, judge, tied=True))
