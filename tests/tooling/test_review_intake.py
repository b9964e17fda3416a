"""What a class hands in: taken where it is a file of a known unit, told in one line where it is not."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.review.intake import Intake, NothingThereError, take
from halfway.review.intake.model import ENTRIES_MAX, shown
from halfway.review.intake.names import read_all

INSIDE = f"exercises/{SLUG}/ring.py"


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    folder = tmp_path / "handed in"
    folder.mkdir()
    return folder


def taken(place: Path, tiny: TinyCourse) -> Intake:
    return take(place, catalog.units(tiny.root))


def works(intake: Intake) -> dict[str, str]:
    return {handed.learner: handed.data.decode() for handed in intake.handed}


def lines(intake: Intake) -> str:
    return "\n".join(map(str, intake.remarks))


def zipped(files: Mapping[str | zipfile.ZipInfo, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text, how)
    return data.getvalue()


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_folders_zips_clones_and_loose_files_are_taken(handed: Path, tiny: TinyCourse) -> None:
    """A folder, a clone, the page's download, a folder in a zip, and the file alone: one learner each."""
    put(handed / "a folder" / INSIDE, "folder")
    put(handed / "a clone" / INSIDE, "clone")
    put(handed / "a clone" / ".git" / "hooks" / "ring.py", "never looked at")
    put(handed / "a clone" / "solutions" / SLUG / "ring.py", "never looked at")
    put(handed / "a download.zip", zipped({INSIDE: "download"}))
    put(handed / "a deeper one.ZIP", zipped({f"work/halfway-main/{INSIDE}": "deeper"}))
    put(handed / "a file alone" / "ring.py", "alone")
    intake = taken(handed, tiny)
    assert works(intake) == {
        "a clone": "clone",
        "a deeper one": "deeper",
        "a download": "download",
        "a file alone": "alone",
        "a folder": "folder",
    }
    assert lines(intake) == ""


@pytest.mark.parametrize(
    ("name", "learner", "file", "late"),
    [
        ("doejane_1234_56789_ring.py", "doejane (1234)", "ring.py", False),
        ("doejane_LATE_1234_56789_ring-2.py", "doejane (1234)", "ring.py", True),
        ("doejane_1234_56789_my_work.zip", "doejane (1234)", "my_work.zip", False),
        ("anon_aB3dE_98765_ring.py", "anon (aB3dE)", "ring.py", False),
        ("LATE_anon_Zk9Qm_98766_ring.py", "anon (Zk9Qm)", "ring.py", True),
        ("doe_jane_LATE_11_text.html", "doe_jane (11)", "text.html", True),
        ("Jane Doe_1234_assignsubmission_file_", "Jane Doe (1234)", "", False),
        ("Jane Doe_1234_assignsubmission_file", "Jane Doe (1234)", "", False),
        ("José Ñ_1_assignsubmission_file_ring.py", "José Ñ (1)", "ring.py", False),
        ("Participant_811_assignsubmission_onlinetext", "Participant (811)", "", False),
        ("Group A-Jane Doe_7_assignsubmission_file", "Group A-Jane Doe (7)", "", False),
        ("王小明", "王小明", "王小明", False),
        ("Team_2024_10_work.zip", "Team_2024_10_work", "Team_2024_10_work.zip", False),
        ("class-jane-doe.zip", "class-jane-doe", "class-jane-doe.zip", False),
    ],
)
def test_names_of_canvas_and_moodle_are_read(name: str, learner: str, file: str, late: bool) -> None:
    """Who it is, which file it is, and whether it came late stand in the name."""
    read = read_all([name], [])[name]
    assert (read.label, read.file, read.late) == (learner, file, late)


def test_the_download_of_canvas_is_taken_as_it_is(tmp_path: Path, tiny: TinyCourse) -> None:
    """One zip with a flat list; of two submissions the newer one counts, and a zip in it is opened."""
    download = put(
        tmp_path / "submissions.zip",
        zipped(
            {
                "doejane_11_500_ring.py": "first",
                "doejane_LATE_11_600_ring-1.py": "second",
                "roeali_12_501_work.zip": zipped({INSIDE: "in a zip"}),
            }
        ),
    )
    intake = taken(download, tiny)
    assert works(intake) == {"doejane (11)": "second", "roeali (12)": "in a zip"}
    assert intake.handed[0].late
    assert "older submission of doejane (11)" in lines(intake)


@pytest.mark.parametrize("as_zip", [True, False])
def test_the_download_of_moodle_is_taken_as_it_is(tmp_path: Path, tiny: TinyCourse, as_zip: bool) -> None:
    """A folder for each learner, with the file or a zip in it; unpacked or not."""
    files = {
        "Jane Doe_1_assignsubmission_file_/ring.py": b"a file",
        "Ali Roe_2_assignsubmission_file_/work.zip": zipped({INSIDE: "a zip"}),
    }
    place = tmp_path / "moodle"
    if as_zip:
        place = put(tmp_path / "moodle.zip", zipped(files))
    else:
        for name, data in files.items():
            put(place / name, data)
    assert works(taken(place, tiny)) == {"Jane Doe (1)": "a file", "Ali Roe (2)": "a zip"}


def test_one_learner_alone_is_a_class(tmp_path: Path, tiny: TinyCourse) -> None:
    """The zip or the folder of one learner can be named by itself."""
    put(tmp_path / "jane" / INSIDE, "folder")
    archive = put(tmp_path / "ali.zip", zipped({INSIDE: "zip"}))
    assert works(taken(tmp_path / "jane", tiny)) == {"jane": "folder"}
    assert works(taken(archive, tiny)) == {"ali": "zip"}


def link(name: str) -> zipfile.ZipInfo:
    """Gives an entry that is a symbolic link where it is unpacked."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


BAD = {
    "no zip": (b"hello", "is not a zip that can be read"),
    "empty": (b"", "is not a zip that can be read"),
    "cut off": (zipped({INSIDE: "x" * 5000})[:-30], "is not a zip that can be read"),
    "damaged": (
        zipped({INSIDE: "some text"}, zipfile.ZIP_STORED).replace(b"some", b"same"),
        "cannot be read",
    ),
    "bomb": (zipped({INSIDE: b"0" * 200_000_000}), "is longer than 256 KB"),
    "small bomb": (zipped({INSIDE: b"0" * 200_000}), "grows more than two-hundredfold"),
    "link": (zipped({link(INSIDE): "/etc/passwd"}), "is a link to another place"),
    "absolute": (zipped({f"/{INSIDE}": "x"}), "is an absolute path"),
    "drive": (zipped({f"C:\\{INSIDE}": "x"}), "is an absolute path"),
    "leaves": (zipped({f"../{INSIDE}": "x"}), "leads out of its folder"),
    "leaves backwards": (zipped({f"a\\..\\..\\{INSIDE}": "x"}), "leads out of its folder"),
    "nothing known": (zipped({"essay.txt": "x"}), "holds no file of a known unit"),
    "other unit": (zipped({"exercises/ex99_other/ring.txt": "x"}), "holds no file of a known unit"),
    "ten thousand": (
        zipped({f"{n}.txt": "" for n in range(10_000)}),
        f"holds more than {ENTRIES_MAX:,} files",
    ),
}


def test_each_bad_zip_is_told_and_the_rest_goes_on(handed: Path, tiny: TinyCourse) -> None:
    """Every kind of bad zip has its own clear line; between them, Jane's work is taken."""
    for name, (data, _) in BAD.items():
        put(handed / f"{name}.zip", data)
    put(handed / "jane.zip", zipped({INSIDE: "fine"}))
    intake = taken(handed, tiny)
    assert works(intake) == {"jane": "fine"}
    assert set(intake.learners) == {*BAD, "jane"}
    for name, (_, said) in BAD.items():
        assert any(r.where.startswith(f"{name}.zip") and said in r.what for r in intake.remarks), (
            name,
            lines(intake),
        )


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are made with POSIX calls")
def test_links_pipes_and_long_files_in_folders_are_left_alone(handed: Path, tiny: TinyCourse) -> None:
    """Nothing outside the folder is read, and nothing waits for a pipe that nobody writes to."""
    secret = put(handed.parent / "secret" / SLUG / "ring.py", "secret")
    for learner in ("links", "pipe", "long", "folder in the way"):
        (handed / learner / "exercises" / SLUG).mkdir(parents=True)
    (handed / "links" / INSIDE).symlink_to(secret)
    (handed / "links" / "more").symlink_to(secret.parent.parent)
    (handed / "all of it a link").symlink_to(secret.parent.parent)
    os.mkfifo(handed / "pipe" / INSIDE)
    put(handed / "long" / INSIDE, "x" * 300_000)
    (handed / "folder in the way" / INSIDE).mkdir()
    intake = taken(handed, tiny)
    assert works(intake) == {}
    said = lines(intake)
    assert f"links/{INSIDE}: is a link to another place" in said
    assert "links/more: is a link" in said
    assert "all of it a link: is a link" in said
    assert f"pipe/{INSIDE}: is no regular file" in said
    assert f"long/{INSIDE}: is longer than 256 KB" in said
    assert "folder in the way: holds no file of a known unit" in said


def test_ten_thousand_files_in_a_folder_are_not_waited_for(handed: Path, tiny: TinyCourse) -> None:
    """A folder is looked at up to a limit, and says so; what stands before the limit is taken."""
    put(handed / "jane" / INSIDE, "fine")
    many = handed / "jane" / "zzz"
    many.mkdir()
    for number in range(ENTRIES_MAX + 1):
        (many / f"{number}.txt").touch()
    intake = taken(handed, tiny)
    assert works(intake) == {"jane": "fine"}
    assert f"jane: holds more than {ENTRIES_MAX:,} files" in lines(intake)


def test_of_two_submissions_of_one_learner_the_newer_counts(handed: Path, tiny: TinyCourse) -> None:
    """A folder and a zip of one name are one learner's; which one was left out is told."""
    old, new = put(handed / "jane" / INSIDE, "old"), handed / "jane.zip"
    os.utime(old, (1_000_000_000, 1_000_000_000))
    put(new, zipped({INSIDE: "new"}))
    intake = taken(handed, tiny)
    assert works(intake) == {"jane": "new"}
    assert f"jane/{INSIDE}: is an older submission of jane" in lines(intake)


def test_names_in_any_script_are_one_learner_each(handed: Path, tiny: TinyCourse) -> None:
    """Composed and decomposed letters are one name; one that would turn the text around is harmless."""
    for name in ("José", "王小明", "שלום", "नमस्ते", "a\u202egpj", "b\x1b[31m"):
        put(handed / name / INSIDE, name)
    intake = taken(handed, tiny)
    assert sorted(intake.learners) == sorted(["José", "王小明", "שלום", "नमस्ते", "a⟨U+202E⟩gpj", "b␛[31m"])
    assert shown("Jose\u0301") == "José"
    assert len(shown("x" * 500)) == 80


def test_a_second_file_for_the_same_unit_is_told(handed: Path, tiny: TinyCourse) -> None:
    """The file that lies least deep counts."""
    put(handed / "jane" / INSIDE, "the one")
    put(handed / "jane" / "old" / INSIDE, "a copy")
    intake = taken(handed, tiny)
    assert works(intake) == {"jane": "the one"}
    assert f"jane/old/{INSIDE}: is a second file for {SLUG}" in lines(intake)


def test_a_report_beside_the_class_is_nobody(handed: Path, tiny: TinyCourse) -> None:
    """Who writes the report into the folder of the class finds no new learner in it on the next run."""
    put(handed / "jane" / INSIDE, "fine")
    put(handed / "report" / ".review" / "queue.sqlite", "")
    intake = taken(handed, tiny)
    assert intake.learners == ["jane"]
    assert "report: is the report of a review" in lines(intake)


def test_nothing_to_read_ends_with_a_clear_line(tmp_path: Path, tiny: TinyCourse) -> None:
    """A place that is not there, or is no zip, says so and what to do."""
    with pytest.raises(NothingThereError, match="neither a folder nor a zip"):
        taken(tmp_path / "nowhere", tiny)
    with pytest.raises(NothingThereError, match="download it again"):
        taken(put(tmp_path / "class.zip", "hello"), tiny)
