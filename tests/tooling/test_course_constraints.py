"""constraints.txt pins everything that an install brings, as pyproject.toml pins what we use."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = "halfway"


def pins() -> dict[str, Requirement]:
    """The lines of constraints.txt by name."""
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def wanted() -> list[Requirement]:
    """What pyproject.toml asks for, with the extras that course.py installs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    installed = (*extras["site"], *extras["review"], *extras["dev"])
    return [Requirement(text) for text in (*project["dependencies"], *installed)]


def test_every_pin_is_exact_and_names_no_place() -> None:
    """One version each, no address, no hash."""
    for requirement in pins().values():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None


def test_both_files_name_the_same_versions() -> None:
    """What pyproject.toml pins, constraints.txt pins to the same version."""
    for requirement in wanted():
        assert pins()[canonicalize_name(requirement.name)].specifier == requirement.specifier


def test_whatever_is_needed_in_turn_is_pinned() -> None:
    """Each package that this environment needs has its line, so that nobody gets another one by chance."""
    waiting, seen = wanted(), set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if not any(
            requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in extras
        ):
            continue
        assert name in pins(), f"{name} is not pinned; constraints.txt says how to renew it"
        if (name, *extras) not in seen:
            seen.add((name, *extras))
            for text in importlib.metadata.requires(name) or []:
                needed = Requirement(text)
                if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                    needed.marker = None
                    waiting.append(needed)
