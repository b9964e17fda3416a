"""The progress file: plain, whole, and never lost."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfway.cli.files import keep_beside
from halfway.cli.progress import Progress, UnitProgress
from halfway.files import write_whole

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SLUG = "ex41_dedup_key"


class Course:
    """A folder with a progress file, and what was said about it."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.progress = Progress(folder, self.said.append)
        self.file = self.progress.path

    def data(self) -> dict[str, object]:
        data: dict[str, object] = json.loads(self.file.read_text(encoding="utf-8"))
        return data


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_nothing_is_written_before_something_is_done(course: Course) -> None:
    """Looking at progress makes no file."""
    assert course.progress.unit(SLUG) == UnitProgress()
    assert not course.file.exists()


def test_a_person_can_read_it(course: Course) -> None:
    """It says what it is, and holds plain words and numbers."""
    course.progress.graded(SLUG, "abc", passed=True, now=NOON)
    text = course.file.read_text(encoding="utf-8")
    assert '"about": "What Halfway remembers' in text
    assert '"first_solved_at": "2026-03-01T12:00:00+00:00"' in text


def test_what_a_newer_halfway_wrote_is_kept(course: Course) -> None:
    """Keys that this version does not know stay as they are, at every level."""
    newer = {
        "version": 7,
        "streak": [1, 2],
        "units": {SLUG: {"attempts": 2, "mood": "fine"}, "ex99_unknown": {"attempts": 5}},
    }
    write_whole(course.file, json.dumps(newer))
    course.progress.hint_shown(SLUG, 1)
    data = course.data()
    assert (data["version"], data["streak"]) == (7, [1, 2])
    units = data["units"]
    assert isinstance(units, dict)
    assert units[SLUG]["mood"] == "fine"
    assert (units[SLUG]["attempts"], units[SLUG]["hints_seen"]) == (2, 1)
    assert units["ex99_unknown"] == {"attempts": 5}


@pytest.mark.parametrize("damaged", ["", "{half", "[]", '{"units": []}', '"word"', "\udce9"])
def test_a_damaged_file_is_kept_beside_and_said(course: Course, damaged: str) -> None:
    """It is never overwritten: its bytes are found under the name that is told."""
    course.file.parent.mkdir()
    course.file.write_bytes(damaged.encode("utf-8", "surrogateescape"))
    course.progress.hint_shown(SLUG, 2)
    kept = course.file.with_name("progress.json.damaged-1")
    assert kept.read_bytes() == damaged.encode("utf-8", "surrogateescape")
    assert len(course.said) == 1
    assert str(kept) in course.said[0]
    assert course.progress.unit(SLUG).hints_seen == 2


def test_a_value_of_another_type_counts_as_none(course: Course) -> None:
    """A hand that wrote "three" does not stop the course."""
    write_whole(course.file, json.dumps({"units": {SLUG: {"attempts": "three", "peeked": True}}}))
    assert course.progress.unit(SLUG) == UnitProgress(peeked=True)
    assert course.progress.graded(SLUG, "abc", passed=False, now=NOON).attempts == 1


def test_a_folder_that_cannot_be_written_is_told_and_no_error(course: Course) -> None:
    """A verdict is worth more than its note: the answer comes all the same."""
    course.file.parent.write_text("a file where a folder belongs")
    after = course.progress.graded(SLUG, "abc", passed=True, now=NOON)
    assert after.solved
    assert "not noted" in course.said[0]


def test_no_note_is_lost_when_two_write_at_once(course: Course, tmp_path: Path) -> None:
    """The watcher and another terminal write at the same time, and both are found."""

    def hint_by_hint(number: int) -> None:
        mine = Progress(tmp_path, course.said.append)
        for hint in range(1, 11):
            mine.hint_shown(f"ex{number}_unit", hint)
            mine.graded("ex99_shared", f"{number}/{hint}", passed=False, now=NOON)

    threads = [threading.Thread(target=hint_by_hint, args=(number,)) for number in range(10, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert course.said == []
    assert all(course.progress.unit(f"ex{number}_unit").hints_seen == 10 for number in range(10, 14))
    assert course.progress.unit("ex99_shared").attempts == 40


@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=4))
def test_any_entry_survives_a_change(
    tmp_path_factory: pytest.TempPathFactory, entry: dict[str, object]
) -> None:
    """Whatever keys an entry has, those that we do not own come through unchanged."""
    course = Course(tmp_path_factory.mktemp("progress"))
    write_whole(course.file, json.dumps({"units": {SLUG: entry}}))
    course.progress.peeked(SLUG)
    units = course.data()["units"]
    assert isinstance(units, dict)
    strange = {key: value for key, value in entry.items() if key not in UnitProgress().__dict__}
    assert {key: units[SLUG][key] for key in strange} == strange
    assert course.said == []


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before the last step, the old text is there and no half one beside it."""
    path = tmp_path / "file.json"
    write_whole(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [other.name for other in tmp_path.iterdir()] == ["file.json"]


def test_kept_files_never_take_each_others_names(tmp_path: Path) -> None:
    """The first free number is taken; a gap is used, a file never overwritten."""
    path = tmp_path / "keys.py"
    path.write_text("now")
    (tmp_path / "keys.py.before-reset-1").write_text("first")
    (tmp_path / "keys.py.before-reset-3").write_text("third")
    assert keep_beside(path, "before-reset").name == "keys.py.before-reset-2"
    assert keep_beside(path, "before-reset").name == "keys.py.before-reset-4"
    assert (tmp_path / "keys.py.before-reset-3").read_text() == "third"
