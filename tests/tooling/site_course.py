"""A small course for the tests of the site: two units in one module, written fresh into a folder."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = """\
# {claim}

## Concept position

<!-- map -->

## Purpose

{purpose}

## The failure

How often does the phone ring?

<!-- program: programs/{number}_rings.py -->
<!-- output: programs/{number}_rings.py -->

## 1. A key is made once

Above the loop. <!-- pin: test_a_claim -->

<!-- examples -->

## Exercise

<!-- card -->

<!-- stub -->
"""
STUB = '''\
"""Name an alert."""

__all__ = ["dedup_key"]


def dedup_key(incident: str) -> str:
    """Give the key that names this incident."""
    raise NotImplementedError
'''
SUITE = '''\
"""What is checked."""


def test_one_ring(unit, story):
    """One incident rings the phone once."""


def test_two_keys(unit, story):
    """Two incidents have two `keys`."""
'''
WRONG_IDEAS = """\
# The wrong ideas

## key_per_attempt

A fresh key is the safest key.

Caught by: test_one_ring

```diff
-    raise NotImplementedError
+    return "another"
```
"""
FACTS = """\
concept = "{page}"
kind = "implement"
minutes = 35
needs = {needs}
file = "keys.py"
capstone = "ex75"
"""
BRIEF = """\
# Unit {number}

## The promise

One incident rings once.

## Done when

It rings once.
"""
PROGRAM = """\
for attempt in (1, 2):
    print(attempt, "rings <disk-7>")
"""


def write(path: Path, text: str) -> Path:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def make(course: Path) -> Path:
    """Makes the course in the folder `course`, with the site settings of this checkout and no web/ folder."""
    settings = (CHECKOUT / "mkdocs.yml").read_text(encoding="utf-8")
    hook = CHECKOUT / "src/halfway/site/hook.py"
    write(course / "mkdocs.yml", settings.replace("src/halfway/site/hook.py", hook.as_posix()))
    for name in ("halfway.css", "halfway.svg"):
        write(course / "docs/assets" / name, (CHECKOUT / "docs/assets" / name).read_text(encoding="utf-8"))
    write(course / "docs/index.md", "# Halfway\n\n<!-- units -->\n")
    write(course / "docs/concepts/index.md", "# The course\n\n<!-- units -->\n")
    write(course / "docs/concepts/4_same_work_twice/index.md", "# The same work twice\n\n<!-- units -->\n")
    unit(course, "ex41_dedup_key", "A key names the intent", "Derive one key from the intent.", "[]")
    unit(course, "ex42_publish_once", "A marker is *durable*", "Publish once.", '["ex41_dedup_key"]')
    return course


def unit(course: Path, slug: str, claim: str, purpose: str, needs: str) -> None:
    """Adds a unit with every file that the site reads."""
    number, exercise = slug[2:4], course / "exercises" / slug
    page = f"4_same_work_twice/{number}_claim.md"
    write(course / "docs/concepts" / page, PAGE.format(claim=claim, purpose=purpose, number=number))
    write(course / f"docs/concepts/4_same_work_twice/programs/{number}_rings.py", PROGRAM)
    write(exercise / "exercise.toml", FACTS.format(page=page, needs=needs))
    write(exercise / "README.md", BRIEF.format(number=number))
    write(exercise / "keys.py", STUB)
    write(exercise / "test_examples.py", "def test_one():\n    assert True\n")
    write(exercise / "hints.md", "## 1 Where to look\n\na\n")
    write(course / "solutions" / slug / "keys.py", STUB)
    write(course / "solutions" / slug / "wrong_ideas.md", WRONG_IDEAS)
    write(course / "tests/exercises" / slug / f"test_{slug[5:]}.py", SUITE)
