"""What leaves a report: marks by hand and by rule, rosters, gradebooks, and pages to give away."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from review_book import NOW, verdict
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.cli.commands.review import KINDS as TYPED
from halfway.review.exports import KINDS
from halfway.review.gradebook import Gradebook, gradebook, keep
from halfway.review.intake import Handed, Intake, Person
from halfway.review.report import Wanted, write_report
from halfway.review.roster import NoRosterError, Roster, read_roster
from halfway.review.run import Asked, BusyError, Review
from halfway.review.settings import Settings, read_settings

DUE = datetime(2031, 5, 4, 12, tzinfo=UTC)


def moodles(name: str, number: str) -> Person:
    label, entry = f"{name} ({number})", f"{name}_{number}_assignsubmission_file"
    return Person(f"moodle/{name}/{number}/", label, name, "moodle", number, entry)


MOODLE = {
    "Jane Doe (101)": moodles("Jane Doe", "101"),
    "Jane Doe (202)": moodles("Jane Doe", "202"),
    "José": Person("//José//", "José", "José"),
    "roeali (12)": Person("canvas/roeali/12/", "roeali (12)", "roeali", "canvas", "12", "roeali_12"),
}
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Roe, Ali",12,s2,aroe,B
"""
ROSTER = """\
SIS User ID;Name;Login;Email;Section
s1;Jane Doe;jdoe;jane@example.org;A
s2;Roe, Ali;aroe;ali@example.org;B
s3;José;jose;;A
s4;Absent, Ann;ann;ann@example.org;B
s4;Twice Again;twice;;B
"""


def class_of(tiny: TinyCourse, folder: Path, late_s: float = 0.0) -> Gradebook:
    """Jane twice, José and Ali; two of three promises kept by each, and Ali's came late, or did not."""
    intake = Intake(learners=list(MOODLE), people=dict(MOODLE))
    told = keep(verdict(tiny, ("kept", "broken")), "key", folder / "verdicts")
    for place, name in enumerate(MOODLE):
        changed = DUE.timestamp() + (late_s if place == 3 else -60)
        intake.handed.append(
            Handed(name, SLUG, "ring.py", b"x = %d" % place, f"{name}/ring.py", changed=changed)
        )
    keys = [f"key{place}" for place in range(len(MOODLE))]
    units = catalog.units(tiny.root)
    return gradebook(intake, keys, dict.fromkeys(keys, told), units, "v1", confined=True)


def reported(tiny: TinyCourse, out: Path, **more: object) -> list[str]:
    return write_report(class_of(tiny, out), out, NOW, Wanted(**more))  # type: ignore[arg-type]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def grade(out: Path, name: str) -> dict[str, str]:
    return next(row for row in table(out / "exports" / "grades.csv") if row["learner"] == name)


# ---- by hand


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (f'["José".{SLUG}]\nscore = nan', "is nan, and has to be a number"),
        (f'["José".{SLUG}]\nscore = inf', "is inf, and has to be a number"),
        (f'["José".{SLUG}]\nscore = -3', "is -3, and has to be a number, 0 or more"),
        (f'["José".{SLUG}]\nscore = true', "is True, and has to be a number"),
        (f'["José".{SLUG}]\nscore = "2"', "is 2, and has to be a number"),
        (f'["José".{SLUG}]\nscore = 1{"0" * 400}', "and has to be a number"),
        (f'["José".{SLUG}]\nscroe = 2', "'scroe' is not known (did you mean `score`?)"),
        (f'["José".{SLUG}]\ncomment = 7', "is 7, and no text"),
        ('["José"]\ncomments = "x"', "'comments' is not known (did you mean `comment`?)"),
        ('["José".ex99_other]\nscore = 1', "has no unit 'ex99_other'"),
        (f'["Jose".{SLUG}]\nscore = 1', "nobody is named 'Jose' (did you mean `José`?)"),
        (f'["Jane Doe".{SLUG}]\nscore = 1', "could be 'Jane Doe (101)', 'Jane Doe (202)'"),
        ('"José" = 3', "'José' has to be a table"),
        ("[[", "cannot be read, so the report is without it"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mark_by_hand_is_a_line(
    tmp_path: Path, tiny: TinyCourse, written: str, said: str
) -> None:
    """It is told and left out, and the report is written all the same."""
    (tmp_path / "comments.toml").write_text(written)
    troubles = reported(tiny, tmp_path)
    assert any(said in line for line in troubles), troubles
    assert grade(tmp_path, "José")["score"] == "2"
    assert (tmp_path / "index.html").is_file()


def test_a_score_above_the_maximum_counts_and_is_told(tmp_path: Path, tiny: TinyCourse) -> None:
    """20 of 3 may be meant: it counts as it is. Names in decomposed letters and a BOM are read."""
    name = "Jose\u0301"
    (tmp_path / "comments.toml").write_text(f'\ufeff["{name}".{SLUG}]\nscore = 20\n', encoding="utf-8")
    assert reported(tiny, tmp_path) == [
        f"comments.toml: the score of 'José' for {SLUG} is 20 of 3; it counts as it is."
    ]
    assert grade(tmp_path, "José")["score"] == "20"


def test_a_unit_that_was_not_handed_in_is_told(tmp_path: Path, tiny: TinyCourse) -> None:
    """A mark on nothing is a line, too."""
    book = class_of(tiny, tmp_path)
    book.learners[2] = type(book.learners[2])(MOODLE["José"], {})
    (tmp_path / "comments.toml").write_text(f'["José".{SLUG}]\nscore = 1')
    assert "'José' has handed in nothing for" in write_report(book, tmp_path, NOW)[0]


# ---- by rule


def settings_of(tmp_path: Path, written: str) -> Settings:
    (tmp_path / "review.toml").write_text(written, encoding="utf-8")
    return read_settings(tmp_path / "review.toml", [SLUG], asked=False)


RULES = f"""
[units.{SLUG}]
maximum = 10
weight = 2
due = 2031-05-04T14:00:00+02:00
title = "Ring once (4711)"
[late]
per_day = 0.1
most = 0.25
grace_minutes = 5
[extensions]
"José" = 2031-06-01T00:00:00Z
"""


@pytest.mark.parametrize(
    ("late_s", "points", "told"),
    [
        (-10, "6.6667", ""),
        (200, "6.6667", ""),
        (3_600, "5.6667", "late by 1 h, 1 points less"),
        (90_000, "4.6667", "late by 1 d 1 h, 2 points less"),
        (9_000_000, "4.1667", "late by 104 d 4 h, 2.5 points less"),
    ],
)
def test_points_weights_and_lateness_are_those_of_the_settings(
    tmp_path: Path, tiny: TinyCourse, late_s: float, points: str, told: str
) -> None:
    """Two of three promises are two thirds of the maximum, less a tenth for each day that has begun."""
    (tmp_path / "review.toml").write_text(RULES)
    assert write_report(class_of(tiny, tmp_path, late_s), tmp_path, NOW) == []
    row = grade(tmp_path, "roeali (12)")
    assert (row["score"], row["late"], row["kept"], row["of"]) == (points, told, "2", "3")
    assert float(row["total"]) == pytest.approx(2 * float(points), abs=0.001)
    assert row["total_of"] == "20"
    page = next(p.read_text() for p in (tmp_path / "feedback").iterdir() if "roeali" in p.read_text())
    assert (told or "of 10 points") in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("unit = 1", "'unit' is not known (did you mean `units`?)"),
        ("[units.ex91_ring_once]\nmaximun = 3", "maximun` is not known (did you mean `maximum`?)"),
        ("[units.ex91_ring_once]\nmaximum = 0", "has to be a number above 0"),
        ("[units.ex91_ring_once]\nmaximum = inf", "has to be a number above 0"),
        ("[units.ex91_ring_once]\nweight = -1", "has to be a number, 0 or more"),
        ("[units.ex91_ring_once]\ndue = 2031-05-04", "has to be a day, a time and a zone"),
        ("[units.ex91_ring_once]\ndue = 2031-05-04T12:00:00", "has to be a day, a time and a zone"),
        ("[units.ex91_ring_one]\nweight = 1", "'ex91_ring_one' (did you mean `ex91_ring_once`?)"),
        ("[late]\nper_day = 10", "has to be a number between 0 and 1"),
        ("[extensions.'Jane'.ex1]\nx = 1", "no unit is called 'ex1'"),
        ("[groups]\n'Team 1' = 'Jane'", "has to be a list of names"),
        ("[[", "cannot be read, so nothing of it holds"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_settings_is_a_line(
    tmp_path: Path, tiny: TinyCourse, written: str, said: str
) -> None:
    """What, where, and what may have been meant; the rest of the file holds."""
    assert any(said in line for line in settings_of(tmp_path, written).troubles)
    assert reported(tiny, tmp_path) != []


def test_the_schema_says_what_the_reader_takes(tmp_path: Path) -> None:
    """What is right is right by both, and so is what is wrong."""
    import tomllib

    text = resources.files("halfway.review").joinpath("review.schema.json").read_text(encoding="utf-8")
    schema = jsonschema.Draft202012Validator(json.loads(text))

    def plain(written: str) -> object:
        return json.loads(json.dumps(tomllib.loads(written), default=lambda moment: moment.isoformat()))

    assert settings_of(tmp_path, RULES).troubles == []
    assert list(schema.iter_errors(plain(RULES))) == []
    for wrong in ("unit = 1", f"[units.{SLUG}]\nmaximum = 0", "[late]\nper_day = 10", "[groups]\n'a' = 'b'"):
        assert settings_of(tmp_path, wrong).troubles
        assert list(schema.iter_errors(plain(wrong)))


def test_a_group_hands_in_once_and_has_several_rows(tmp_path: Path, tiny: TinyCourse) -> None:
    """Each member has the group's work; a group that is not there is a line."""
    (tmp_path / "review.toml").write_text("[groups]\n'José' = ['Ann', 'Bo']\n'Team 9' = ['Cy']\n")
    assert "no hand-in is named 'Team 9'" in reported(tiny, tmp_path)[0]
    names = {row["learner"]: row["score"] for row in table(tmp_path / "exports" / "grades.csv")}
    assert names == {"Ann": "2", "Bo": "2", "Jane Doe (101)": "2", "Jane Doe (202)": "2", "roeali (12)": "2"}


# ---- the roster


def roster_of(tmp_path: Path, text: str = ROSTER) -> Roster:
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8-sig")
    return read_roster(tmp_path / "roster.csv")


def test_the_roster_says_who_is_silent_and_who_is_unknown(tmp_path: Path, tiny: TinyCourse) -> None:
    """By number, login or name in any order; two of one name are not guessed, and both stay rows."""
    roster = roster_of(tmp_path)
    assert len(roster.members) == 4
    troubles = reported(tiny, tmp_path, roster=roster)
    assert troubles == ["roster.csv, line 6: 's4' stands there twice; the first one counts."]
    rows = {row["learner"]: row for row in table(tmp_path / "exports" / "grades.csv")}
    assert rows["roeali (12)"]["id"] == "s2"
    assert rows["José"]["section"] == "A"
    assert (rows["Absent, Ann"]["state"], rows["Absent, Ann"]["score"]) == ("not handed in", "0")
    assert {rows[name]["login"] for name in rows if name.startswith("Jane")} == {"jdoe"}
    page = (tmp_path / "index.html").read_text()
    assert "Nothing was handed in by 1 person: <bdi>Absent, Ann</bdi>" in page
    assert "Jane Doe (101), Jane Doe (202)" in page


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x01"])
def test_a_roster_that_names_nobody_is_told(tmp_path: Path, text: str) -> None:
    """What it begins with, and what its first line has to say."""
    with pytest.raises(NoRosterError, match="id, name, login, mail, section"):
        roster_of(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CANVAS, {"roeali (12)": "s2"}),
        ("Identifier,Full name,Email address\nParticipant 202,Jane Doe,j@x\n", {"Jane Doe (202)": ""}),
        ("first name\tlast name\tid\nJosé\t\t7\n", {"José": "7"}),
        ("login\nroeali\n", {"roeali (12)": ""}),
    ],
)  # fmt: skip
def test_the_tables_of_platforms_are_rosters(tmp_path: Path, text: str, found: dict[str, str]) -> None:
    """A gradebook of Canvas, a worksheet of Moodle, names in two columns, logins alone."""
    members = roster_of(tmp_path, text).find(MOODLE.values())
    assert {name: member.id for name, member in members.items() if name in found} == found


# ---- what platforms take back


def test_canvas_and_moodle_take_their_gradebooks(tmp_path: Path, tiny: TinyCourse) -> None:
    """Columns, ids and titles are theirs, and a BOM says that it is UTF-8."""
    (tmp_path / "review.toml").write_text(RULES)
    reported(tiny, tmp_path, exports=("canvas", "moodle"), roster=roster_of(tmp_path))
    canvas = tmp_path / "exports" / "canvas.csv"
    assert canvas.read_bytes().startswith(b"\xef\xbb\xbf")
    head, possible, *rows = list(csv.reader(io.StringIO(canvas.read_text(encoding="utf-8-sig"))))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Ring once (4711)"]
    assert possible == ["    Points Possible", "", "", "", "", "10"]
    assert ["Roe, Ali", "12", "s2", "aroe", "B", "6.6667"] in rows
    sheet = table(tmp_path / "exports" / "moodle" / f"{SLUG}.csv")
    assert [(row["Identifier"], row["Grade"], row["Last modified (grade)"]) for row in sheet] == [
        ("Participant 101", "6.67", "-"),
        ("Participant 202", "6.67", "-"),
    ]
    with zipfile.ZipFile(tmp_path / "exports" / "moodle" / "feedback.zip") as archive:
        assert archive.namelist() == [
            "Jane Doe_101_assignsubmission_file/feedback.html",
            "Jane Doe_202_assignsubmission_file/feedback.html",
        ]
        assert b"Feedback for" in archive.read(archive.namelist()[0])


def test_a_page_to_give_away_has_no_solution_and_nobody_else(tmp_path: Path, tiny: TinyCourse) -> None:
    """It stands alone: no link, no neighbour, no other answer; the verdict and its timeline are there."""
    reported(tiny, tmp_path)
    pages = [path.read_text() for path in (tmp_path / "feedback").iterdir()]
    assert len(pages) == 4
    own = next(page for page in pages if "José" in page)
    assert "<a " not in own
    assert "nearest solution" not in own
    assert "Jane" not in own
    assert "roeali" not in own
    assert "The smallest story" in own
    assert "2 of 3 promises kept" in own


def test_what_is_not_asked_for_or_left_is_gone(tmp_path: Path, tiny: TinyCourse) -> None:
    """Exports are written when asked for; those of an earlier run, and pages of people who left, go away."""
    reported(tiny, tmp_path, exports=KINDS)
    (tmp_path / "exports" / "mine.txt").write_text("an instructor's own")
    assert {path.name for path in (tmp_path / "exports").iterdir()} >= {
        *KINDS[1:-1],
        "junit.xml",
        "canvas.csv",
    }
    book = class_of(tiny, tmp_path)
    del book.learners[1:]
    write_report(book, tmp_path, NOW, Wanted(exports=["gradescope"]))
    left = {path.name for path in (tmp_path / "exports").iterdir()}
    assert left == {"grades.csv", "gradescope", "mine.txt"}
    for folder in ("exports/gradescope", "feedback", "learners"):
        assert len(list((tmp_path / folder).iterdir())) == 1
    assert TYPED == KINDS


def test_two_reviews_in_one_folder_refuse(tmp_path: Path, tiny: TinyCourse) -> None:
    """The second one says so, and the first goes on."""
    (tmp_path / "class").mkdir()
    reviews = [Review(Asked(tmp_path / "class", tmp_path / "out", "trusted")) for _ in range(2)]
    with (
        reviews[0].alone(),
        pytest.raises(BusyError, match="Another review works in this folder"),
        reviews[1].alone(),
    ):
        pass
    with reviews[1].alone():
        pass
