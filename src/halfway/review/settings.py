"""`review.toml`: how marks are made of verdicts. What is wrong in it is told line by line; the rest holds."""

from __future__ import annotations

import math
import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

FILE = "review.toml"


@dataclass(frozen=True)
class UnitSettings:
    """What is said of one unit."""

    maximum: float | None = None
    """The points for every promise kept; their number, if nothing is said."""
    weight: float = 1.0
    due: datetime | None = None
    title: str = ""
    """What the unit is called in an LMS."""


@dataclass(frozen=True)
class LateRule:
    """What lateness costs: a part of the maximum for each day that has begun, up to a bound."""

    per_day: float = 0.0
    most: float = 1.0
    grace_minutes: float = 0.0


@dataclass
class Settings:
    """Everything that is said, and a line for what cannot be used."""

    units: dict[str, UnitSettings] = field(default_factory=dict)
    late: LateRule = field(default_factory=LateRule)
    extensions: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """By (learner, unit); a unit of "" is every unit."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def unit(self, slug: str) -> UnitSettings:
        """Gives what is said of a unit."""
        return self.units.get(slug, UnitSettings())

    def due(self, names: Iterable[str], slug: str) -> datetime | None:
        """Gives until when a learner, known by any of these names, may hand in a unit."""
        for name in names:
            if own := self.extensions.get((name, slug)) or self.extensions.get((name, "")):
                return own
        return self.unit(slug).due


def read_settings(path: Path, slugs: Iterable[str], *, asked: bool) -> Settings:
    """Reads the file, if it is there; `asked` is true where somebody has named it."""
    settings = Settings()
    if not asked and not path.exists():
        return settings
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        settings.troubles.append(f"{path.name} cannot be read, so nothing of it holds: {error}.")
        return settings
    _Reader(path.name, set(slugs), settings).read(data)
    return settings


class _Reader:
    """Takes what is right and tells what is wrong."""

    def __init__(self, file: str, slugs: set[str], settings: Settings) -> None:
        self._file, self._slugs, self._settings = file, slugs, settings

    def read(self, data: dict[str, Any]) -> None:
        tables: dict[str, Callable[[dict[str, Any]], None]] = {
            "units": self._units,
            "late": self._late,
            "extensions": self._extensions,
            "groups": self._groups,
        }
        for key, table in data.items():
            if key not in tables:
                self._tell(f"{key!r} is not known{near(key, tables)}")
            elif not isinstance(table, dict):
                self._tell(f"`{key}` has to be a table: [{key}]")
            else:
                tables[key](table)

    def _tell(self, what: str) -> None:
        self._settings.troubles.append(f"{self._file}: {what}; it is left out.")

    def _units(self, table: dict[str, Any]) -> None:
        for slug, told in table.items():
            if slug not in self._slugs:
                self._tell(f"no unit is called {slug!r}{near(slug, self._slugs)}")
            elif not isinstance(told, dict):
                self._tell(f"`units.{slug}` has to be a table")
            else:
                self._settings.units[slug] = self._unit(f"units.{slug}", told)

    def _unit(self, where: str, told: dict[str, Any]) -> UnitSettings:
        self._only(where, told, ("maximum", "weight", "due", "title"))
        maximum = self._number(where, told, "maximum", above=0)
        weight = self._number(where, told, "weight")
        due = self._moment(f"{where}.due", told["due"]) if "due" in told else None
        title = told.get("title", "")
        if not isinstance(title, str):
            self._tell(f"`{where}.title` has to be a text")
            title = ""
        return UnitSettings(maximum, 1.0 if weight is None else weight, due, title)

    def _late(self, table: dict[str, Any]) -> None:
        self._only("late", table, ("per_day", "most", "grace_minutes"))
        parts = [self._number("late", table, key, most=1) for key in ("per_day", "most")]
        grace = self._number("late", table, "grace_minutes")
        self._settings.late = LateRule(parts[0] or 0.0, 1.0 if parts[1] is None else parts[1], grace or 0.0)

    def _extensions(self, table: dict[str, Any]) -> None:
        for name, told in table.items():
            for slug, moment in told.items() if isinstance(told, dict) else (("", told),):
                where = f"extensions.{name!r}" + (f".{slug}" if slug else "")
                if slug and slug not in self._slugs:
                    self._tell(f"`{where}`: no unit is called {slug!r}{near(slug, self._slugs)}")
                elif (until := self._moment(where, moment)) is not None:
                    self._settings.extensions[one_form(name), slug] = until

    def _groups(self, table: dict[str, Any]) -> None:
        for name, people in table.items():
            if not isinstance(people, list) or not all(isinstance(who, str) for who in people):
                self._tell(f"`groups.{name!r}` has to be a list of names")
            else:
                self._settings.groups[one_form(name)] = [one_form(who) for who in people]

    def _only(self, where: str, told: dict[str, Any], known: Iterable[str]) -> None:
        for key in told:
            if key not in known:
                self._tell(f"`{where}.{key}` is not known{near(key, known)}")

    def _number(
        self,
        where: str,
        told: dict[str, Any],
        key: str,
        *,
        above: float | None = None,
        most: float = math.inf,
    ) -> float | None:
        value = told.get(key)
        if value is None:
            return None
        if (number := finite(value)) is None or number < 0 or number > most or number == above:
            bound = " between 0 and 1" if most == 1 else " above 0" if above is not None else ", 0 or more"
            self._tell(f"`{where}.{key}` is {value!r}, and has to be a number{bound}")
            return None
        return number

    def _moment(self, where: str, value: Any) -> datetime | None:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        self._tell(
            f"`{where}` is {value!s}, and has to be a day, a time and a zone: 2031-05-04T23:59:00+02:00"
        )
        return None


def finite(value: Any) -> float | None:
    """Gives a number, or None for what is none: nan and inf are none, and so is true."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def near(word: str, known: Iterable[str]) -> str:
    """Says what may have been meant."""
    found = get_close_matches(word, list(known), 1, 0.6)
    return f" (did you mean `{found[0]}`?)" if found else ""


def one_form(name: str) -> str:
    """Gives a name in the form in which all names are compared."""
    return unicodedata.normalize("NFC", name).strip()
