"""A table as text: CSV that spreadsheets and systems read alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
"""By this, spreadsheets know that a file is UTF-8."""


class Table:
    """Grows by one line at a time. Cells with words of strangers have to be harmless already."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(columns)

    def add(self, *cells: object) -> None:
        """Adds one line."""
        self._csv.writerow(cells)

    def text(self) -> str:
        """Gives the whole table."""
        return self._text.getvalue()
