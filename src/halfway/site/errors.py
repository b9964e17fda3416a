"""What the site cannot be built from, as lines that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable


class SiteError(Exception):
    """The site was not built; `problems` says why, one line each, and the old site is untouched."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Wrong(Exception):
    """Something on a page is wrong; whoever catches it knows the page and the line."""
