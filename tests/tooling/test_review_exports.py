"""Every format is what its schema says, whatever a submission has come to."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from review_book import NOW, book
from tiny_course import SLUG, TinyCourse

from halfway.review.comments import Comments, Note
from halfway.review.exports import KINDS, Exports
from halfway.review.gradebook import Gradebook
from halfway.review.settings import Settings

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
FORMATS = {
    "gradescope": "gradescope.schema.json",
    "github_classroom": "github_classroom.schema.json",
    "classroom50": "classroom50_v1.schema.json",
    "exercism": "exercism_v3.schema.json",
}


@pytest.fixture
def class_book(tiny: TinyCourse, tmp_path: Path) -> Gradebook:
    return book(tiny, tmp_path)


@pytest.fixture
def exported(class_book: Gradebook, tmp_path: Path) -> Path:
    """Everything, with one mark by hand."""
    notes = {("Çelik 王", SLUG): Note("well argued", 4.5), ("Ana", ""): Note("=danger")}
    write(class_book, Comments(notes), tmp_path / "exports", KINDS)
    return tmp_path / "exports"


def write(book: Gradebook, comments: Comments, folder: Path, kinds: Collection[str]) -> None:
    Exports(book, comments, Settings(), folder, NOW).write(kinds, lambda learner: f"for {learner.name}")


def files(exported: Path, kind: str) -> dict[str, Any]:
    """Gives the data of one format by the learner's id."""
    found = {}
    for path in sorted((exported / kind).rglob("*.json")):
        learner = path.relative_to(exported / kind).parts[0].removesuffix(".json")
        found[learner] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("kind", FORMATS)
def test_every_file_is_valid(exported: Path, kind: str) -> None:
    """One file for each submission, each valid: kept, broken, not reached, faults of the checker."""
    schema = json.loads((SCHEMAS / FORMATS[kind]).read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    found = files(exported, kind)
    assert len(found) == 9
    for data in found.values():
        validator.validate(data)


def test_junit_is_valid_and_counts(exported: Path) -> None:
    """One suite a submission; its counts are those of its cases."""
    schema = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
    schema.validate(exported / "junit.xml")
    suites = schema.to_dict(exported / "junit.xml")["testsuite"]
    assert len(suites) == 9
    for suite in suites:
        assert suite["@tests"] == len(suite["testcase"])
        assert suite["@failures"] == sum("failure" in case for case in suite["testcase"])
        assert suite["@errors"] == sum("error" in case for case in suite["testcase"])


def of(found: dict[str, Any], class_book: Gradebook, name: str) -> Any:
    return found[next(learner.id for learner in class_book.learners if learner.name == name)]


def test_scores_say_what_the_verdict_says(exported: Path, class_book: Gradebook) -> None:
    """Kept promises are points of all there are; a mark by hand stands above; a fault is no full mark."""
    number = len(class_book.promises[SLUG])
    scope = files(exported, "gradescope")
    ana = of(scope, class_book, "Ana")
    assert sum(test["score"] for test in ana["tests"]) == number == len(ana["tests"])
    assert "score" not in ana
    assert of(scope, class_book, "Çelik 王")["score"] == 4.5
    for name in ("Eve", "Finn"):
        told = of(scope, class_book, name)
        assert [test["status"] for test in told["tests"]] == ["failed"] * number
        assert "this is not your code" in told["output"]
    hal = of(scope, class_book, "Hal")["tests"]
    assert [test["status"] for test in hal] == ["passed", "failed", "passed"]
    assert "still to be judged" in hal[1]["output"]
    assert sum(test["max_score"] for test in hal) == number
    fifty = files(exported, "classroom50")
    assert of(fifty, class_book, "Ana")["score"] == of(fifty, class_book, "Ana")["max-score"] == number
    exercism = files(exported, "exercism")
    assert of(exercism, class_book, "Ana")["status"] == "pass"
    assert of(exercism, class_book, "Dora")["status"] == "fail"
    assert of(exercism, class_book, "=cmd()")["status"] == "error"
    hub = of(files(exported, "github_classroom"), class_book, "Çelik 王")
    assert sum(test["score"] for test in hub["tests"]) == pytest.approx(4.5, abs=0.01)


def test_the_table_is_harmless_in_a_spreadsheet(exported: Path) -> None:
    """A name or a comment that begins like a formula is text; every submission has its line."""
    with (exported / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert [row["learner"] for row in rows if row["learner"].startswith("'")] == ["'=cmd()"]
    marked = next(row for row in rows if row["learner"] == "Çelik 王")
    assert (marked["score"], marked["comment"]) == ("4.5", "well argued")
    assert next(row for row in rows if row["learner"] == "Dora")["late"] == "late"
