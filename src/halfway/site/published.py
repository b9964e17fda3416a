"""Which units the pages and an edition have: those that are no drafts."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from halfway import catalog
from halfway.catalog import BadUnit, UnitFiles

DRAFTS = "HALFWAY_DRAFTS"
"""Set by an author who wants to see the pages of drafts as well."""


def published(course: Path) -> list[UnitFiles]:
    """Gives the units that a reader sees, in the order of the course."""
    return [unit for unit in catalog.units(course) if os.environ.get(DRAFTS) or not _is_draft(unit)]


def pages_of_drafts(course: Path) -> set[Path]:
    """Gives the concept pages that no reader sees."""
    shown = {unit.slug for unit in published(course)}
    return {unit.concept for unit in catalog.units(course) if unit.slug not in shown}


def _is_draft(unit: UnitFiles) -> bool:
    with suppress(BadUnit):  # whatever shows the unit says what is wrong with it
        return unit.draft
    return False
