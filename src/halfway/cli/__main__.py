"""`python -m halfway.cli`: how course.py hands over."""

from __future__ import annotations

import sys

from halfway.cli import main

if __name__ == "__main__":
    sys.exit(main())
