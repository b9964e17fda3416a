"""The catalog finds every file of a unit, reads what it says, and runs none of it."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.catalog import BadUnit, CatalogError, NoCourse, NoUnit
from halfway.catalog.parsing import parse


@pytest.mark.parametrize(
    "text",
    [
        "91",
        "ex91",
        SLUG,
        "ring",
        "ex91_ring",
        f"exercises/{SLUG}",
        f"exercises/{SLUG}/ring.py",
        f"solutions/{SLUG}/wrong_ideas.md",
        f"tests/exercises/{SLUG}/test_ring_once.py",
        "docs/concepts/9_small/91_one_ring_for_one_incident.md",
    ],
)
def test_a_unit_is_found_by_number_name_or_any_of_its_files(tiny: TinyCourse, text: str) -> None:
    """Its number, its slug, the beginning of its name and every path inside it name the unit."""
    assert catalog.find(text).slug == SLUG


def test_a_path_inside_is_found_from_another_folder(
    tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path means the file that it means where you are."""
    monkeypatch.chdir(tiny.folder)
    assert catalog.find("ring.py").slug == SLUG


@pytest.mark.parametrize("text", ["", "92", "ex92", "no/such/path", "exercises"])
def test_an_unknown_name_is_told_with_the_next_command(tiny: TinyCourse, text: str) -> None:
    """A name that no unit has is an error that says what to do next."""
    with pytest.raises(NoUnit, match="halfway list"):
        catalog.find(text)


def test_a_near_name_is_offered(tiny: TinyCourse) -> None:
    """A typing error is answered with the name that was meant."""
    with pytest.raises(NoUnit) as told:
        catalog.find("ex91_rnig_once")
    assert f"Near to it: {SLUG}" in str(told.value)


def test_a_beginning_that_two_units_share_names_both(tiny: TinyCourse) -> None:
    """Where a name could mean two units, the error lists them."""
    (tiny.root / "exercises" / "ex92_ring_twice").mkdir()
    with pytest.raises(NoUnit, match=f"{SLUG}, ex92_ring_twice"):
        catalog.find("ring")


def test_units_come_in_the_order_of_the_course(tiny: TinyCourse) -> None:
    """Units are listed by their numbers; what is no unit is not listed."""
    for name in ("ex12_b", "ex11_a", "notes", "__pycache__", ".hidden"):
        (tiny.root / "exercises" / name).mkdir()
    assert [unit.number for unit in catalog.units()] == [11, 12, 91]


def test_a_unit_says_what_its_files_say(tiny: TinyCourse) -> None:
    """Title, kind, minutes, needs, promises and hints are read from where they stand."""
    unit = catalog.find("91")
    assert (unit.number, unit.module, unit.title, unit.kind) == (91, 9, "Ring once", "implement")
    assert (unit.minutes, unit.needs, unit.capstone) == (10, [], "ex75")
    assert unit.promises()[0] == (
        "test_a_key_says_which_incident_it_is",
        "The key of an incident holds its name.",
    )
    assert [hint.title for hint in unit.steps] == ["Where to look", "The idea", "The shape"]
    assert unit.hints()[1] == "## 2 The idea\n\nName the intent."


def test_every_path_of_a_whole_unit_is_there(tiny: TinyCourse) -> None:
    """Every file that a unit consists of is where the catalog says it is."""
    unit = catalog.find("91")
    files = [unit.stub, unit.brief, unit.examples, unit.hints_file, unit.suite, unit.solution, unit.notes]
    assert all(path.is_file() for path in [*files, unit.concept, unit.wrong_ideas])
    assert unit.shown(unit.stub) == f"exercises/{SLUG}/ring.py"
    assert unit.shown(Path("elsewhere") / "ring.py") == "ring.py" or "elsewhere" in unit.shown(
        Path("elsewhere")
    )


def test_nothing_of_a_unit_is_executed(tiny: TinyCourse) -> None:
    """Promises and misconceptions are read, whatever the file would do if it ran."""
    tiny.suite.write_text('raise SystemExit\ndef test_a():\n    """A."""\n', encoding="utf-8")
    assert catalog.find("91").promises() == [("test_a", "A.")]


def test_two_tests_of_one_name_are_told(tiny: TinyCourse) -> None:
    """The first of two tests of one name would be lost in silence, so it is an error."""
    tiny.suite.write_text("def test_a(): pass\ndef test_a(): pass\n", encoding="utf-8")
    with pytest.raises(BadUnit, match="Two tests"):
        catalog.find("91").promises()


def _break(course: TinyCourse, name: str, text: str | None) -> None:
    path = course.folder / name
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("exercise.toml", None, "minutes"),
        ("exercise.toml", "minutes = ", "minutes"),
        ("exercise.toml", 'minutes = "ten"', "minutes"),
        ("exercise.toml", 'kind = "watch"', "kind"),
        ("README.md", None, "title"),
        ("README.md", "no title", "title"),
        ("hints.md", None, "steps"),
    ],
)
def test_a_missing_or_wrong_file_is_told_with_its_place(
    tiny: TinyCourse, name: str, text: str | None, what: str
) -> None:
    """What a file has to say and does not is an error with the file's path and a next step."""
    _break(tiny, name, text)
    with pytest.raises(CatalogError) as told:
        getattr(catalog.find("91"), what)
    assert name in told.value.where
    assert told.value.next_step.startswith("Next: ")


def test_two_suites_of_one_unit_are_told(tiny: TinyCourse) -> None:
    """A unit has one hidden suite; with two, nobody knows its promises."""
    tiny.suite.with_name("test_more.py").write_text("", encoding="utf-8")
    with pytest.raises(BadUnit, match="has 2"):
        _ = catalog.find("91").suite


def test_an_edition_without_answers_has_no_mutants(tiny: TinyCourse) -> None:
    """Where the solutions are not handed out, a unit still has all that a learner needs."""
    import shutil

    shutil.rmtree(tiny.root / "solutions")
    unit = catalog.find("91")
    assert (unit.mutants, unit.also, unit.title) == ([], [], "Ring once")


def test_the_course_is_found_from_any_folder_inside(
    tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest folder above that holds exercises and mkdocs.yml is the course."""
    monkeypatch.chdir(tiny.folder)
    assert catalog.root() == tiny.root.resolve()


def test_outside_of_a_course_its_own_checkout_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no course is near, the one that this package was installed from is meant."""
    monkeypatch.delenv("HALFWAY_COURSE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert (catalog.root() / "src" / "halfway").is_dir()


def test_the_environment_names_another_course(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """HALFWAY_COURSE is stronger than where you are; if it names no course, that is told."""
    monkeypatch.setenv("HALFWAY_COURSE", str(tiny.root))
    assert catalog.root(Path("/")) == tiny.root.resolve()
    monkeypatch.setenv("HALFWAY_COURSE", str(tiny.root / "nowhere"))
    with pytest.raises(NoCourse, match="HALFWAY_COURSE"):
        catalog.root()


def test_the_three_trees_are_listed_for_their_law(tiny: TinyCourse) -> None:
    """Every folder of the three trees is listed, so that a stray one is seen."""
    (tiny.root / "solutions" / "ex13_stray").mkdir()
    trees = catalog.trees()
    assert trees["exercises"] == trees["tests/exercises"] == {SLUG}
    assert trees["solutions"] == {SLUG, "ex13_stray"}


def test_trees_are_made_in_several_threads():
    """Threads that read Python at once all get their trees; CPython 3.11 counts their depths as one."""
    source = Path(catalog.__file__).read_text(encoding="utf-8")

    def read(depth: int) -> None:
        if depth:
            read(depth - 1)
        else:
            for _ in range(20):
                parse(source)

    # Other threads get their turn inside a parse where garbage is collected then, by Python code.
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    gc.callbacks.append(_nothing)
    sys.setswitchinterval(1e-6)
    gc.set_threshold(5)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(read, (0, 5, 9, 20))) == [None] * 4
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval)
        gc.callbacks.remove(_nothing)


def _nothing(_phase: str, _info: dict[str, int]) -> None:
    pass
