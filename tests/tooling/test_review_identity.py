"""Whose file is it? Ways in which classes really arrive, and what is made of each of them."""

from __future__ import annotations

import io
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.review.intake import Intake, take

INSIDE = f"exercises/{SLUG}/ring.py"
M = "_assignsubmission_file"
LONG = "Doe Jane, Roe Alison, Garcia Lopez Maria Jose, Mueller Juergen, O Brien Sean, Li "
Files = Mapping[str, bytes]


def zipped(files: Files) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def unflagged(*files: tuple[bytes, bytes], extra: bytes = b"") -> bytes:
    """A zip whose names are bytes without the UTF-8 flag, as tools on Windows and macOS write them."""
    out, listed = io.BytesIO(), []
    for name, data in files:
        sizes = (zlib.crc32(data), len(data), len(data), len(name), len(extra))
        head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x5A21, *sizes)
        listed.append((name, head, out.tell()))
        out.write(b"PK\3\4" + head + name + extra + data)
    start = out.tell()
    for name, head, at in listed:
        out.write(
            b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, at) + name + extra
        )
    size = out.tell() - start
    out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(listed), len(listed), size, start, 0))
    return out.getvalue()


def with_zip64(data: bytes) -> bytes:
    """The same zip with the end record of a large one."""
    end = data.rindex(b"PK\5\6")
    number, size, start = struct.unpack("<HII", data[end + 10 : end + 20])
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, number, number, size, start)
    return data[:end] + record + b"PK\6\7" + struct.pack("<IQI", 0, end, 1) + data[end:]


def unicode_name(name: bytes, real: str) -> bytes:
    """The field in which Info-ZIP keeps a name beside one in a code page."""
    own = struct.pack("<BI", 1, zlib.crc32(name)) + real.encode()
    return struct.pack("<HH", 0x7075, len(own)) + own


@pytest.fixture
def class_of(tmp_path: Path, tiny: TinyCourse) -> Callable[[Files], Intake]:
    """Writes files and takes them in; a single name with a slash is a class in a folder, else that zip."""

    def taken(files: Files) -> Intake:
        root = tmp_path / "handed in"
        shutil.rmtree(root, ignore_errors=True)
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        only = next(iter(files))
        return take(root / only if "/" not in only else root / "s", catalog.units(tiny.root))

    return taken


def works(intake: Intake) -> dict[str, bytes]:
    return {handed.learner: handed.data for handed in intake.handed}


def lines(intake: Intake) -> str:
    return "\n".join(map(str, intake.remarks))


FULL_VENV = {f"halfway/.venv/lib/x{n}.py": b"" for n in range(5_100)}
SHAPES: dict[str, tuple[Files, dict[str, bytes]]] = {
    "Moodle: two of one name": (
        {"s.zip": zipped({f"Jane Doe_101{M}/ring.py": b"1", f"Jane Doe_202{M}/ring.py": b"2"})},
        {"Jane Doe (101)": b"1", "Jane Doe (202)": b"2"},
    ),
    "Moodle: blind marking": (
        {"s.zip": zipped({f"Participant_{n}{M}/ring.py": b"%d" % n for n in (811, 812, 813)})},
        {f"Participant ({n})": b"%d" % n for n in (811, 812, 813)},
    ),
    "Moodle: files without folders": (
        {"s.zip": zipped({f"Jane Doe_1{M}_ring.py": b"1", f"Ali Roe_2{M}_work.zip": zipped({INSIDE: b"2"})})},
        {"Jane Doe (1)": b"1", "Ali Roe (2)": b"2"},
    ),
    "Moodle: folders of the course kept": (
        {"s.zip": zipped({f"Jane Doe_101{M}/{INSIDE}": b"1", f"Ali Roe_202{M}/{INSIDE}": b"2"})},
        {"Jane Doe (101)": b"1", "Ali Roe (202)": b"2"},
    ),
    "Moodle: groups of one name": (
        {"s.zip": zipped({f"Team 1-Jo_1{M}/ring.py": b"1", f"Team 2-Jo_2{M}/ring.py": b"2"})},
        {"Team 1-Jo (1)": b"1", "Team 2-Jo (2)": b"2"},
    ),
    "Moodle: one learner, two folders within": (
        {f"s/Jane Doe_1{M}/first/ring.py": b"1", f"s/Jane Doe_1{M}/b/{INSIDE}": b"2"},
        {"Jane Doe (1)": b"2"},
    ),
    "Moodle: unpacked beside its zip": (
        {
            f"s/moodle/Jane Doe_1{M}/ring.py": b"1",
            f"s/moodle/Ali Roe_2{M}/ring.py": b"2",
            "s/moodle.zip": zipped({f"Jane Doe_1{M}/ring.py": b"1", f"Ali Roe_2{M}/ring.py": b"2"}),
        },
        {"Jane Doe (1)": b"1", "Ali Roe (2)": b"2"},
    ),
    "Canvas: anonymous, one late": (
        {"s.zip": zipped({"anon_aB3dE_98765_ring.py": b"1", "LATE_anon_Zk9Qm_98766_ring.py": b"2"})},
        {"anon (aB3dE)": b"1", "anon (Zk9Qm)": b"2"},
    ),
    "Canvas: two of one name": (
        {"s.zip": zipped({"doejane_11_500_ring.py": b"1", "doejane_LATE_12_501_ring-1.py": b"2"})},
        {"doejane (11)": b"1", "doejane (12)": b"2"},
    ),
    "Canvas: unpacked into folders, all alike": (
        {"s/doejane_11_500_work/ring.py": b"1", "s/roeali_12_501_work/ring.py": b"2"},
        {"doejane (11)": b"1", "roeali (12)": b"2"},
    ),
    "folders that only look like Canvas": (
        {"s/team_2024_10_jane/ring.py": b"1", "s/team_2024_11_ali/ring.py": b"2", "s/Bo/ring.py": b"3"},
        {"team_2024_10_jane": b"1", "team_2024_11_ali": b"2", "Bo": b"3"},
    ),
    "a zip of clones": (
        {"klass.zip": zipped({f"jane/{INSIDE}": b"1", f"ali/{INSIDE}": b"2"})},
        {"jane": b"1", "ali": b"2"},
    ),
    "a zip of clones beside folders": (
        {"s/klass.zip": zipped({f"jane/{INSIDE}": b"1", f"ali/{INSIDE}": b"2"}), "s/bo/ring.py": b"3"},
        {"jane": b"1", "ali": b"2", "bo": b"3"},
    ),
    "a folder around, in a zip": (
        {"s.zip": zipped({"submissions/Jane Doe/ring.py": b"1", "submissions/Ali Roe/ring.py": b"2"})},
        {"Jane Doe": b"1", "Ali Roe": b"2"},
    ),
    "a folder around": (
        {"s/submissions/Jane Doe/ring.py": b"1", "s/submissions/Ali Roe/ring.py": b"2"},
        {"Jane Doe": b"1", "Ali Roe": b"2"},
    ),
    "two folders around, and a note beside": (
        {"s/a/b/Jane Doe/ring.py": b"1", "s/a/b/Ali Roe/ring.py": b"2", "s/a/README.txt": b""},
        {"Jane Doe": b"1", "Ali Roe": b"2"},
    ),
    "a folder around one learner": ({"s/submissions/Jane Doe/ring.py": b"1"}, {"Jane Doe": b"1"}),
    "the LMS's zip in a folder in a zip": (
        {"s.zip": zipped({"x/moodle.zip": zipped({f"Jane Doe_1{M}/ring.py": b"1"})})},
        {"Jane Doe (1)": b"1"},
    ),
    "one learner named, work at the top": ({"s/ring.py": b"1", "s/notes.txt": b""}, {"s": b"1"}),
    "one learner named, a clone": ({f"s/{INSIDE}": b"1", "s/course.py": b""}, {"s": b"1"}),
    "an old copy at the top": ({"s/Jane/ring.py": b"0", f"s/Jane/{INSIDE}": b"1"}, {"Jane": b"1"}),
    "a unit's folder beside a bare file": (
        {f"s/Jane/{SLUG}/ring.py": b"1", "s/Jane/ring.py": b"0"},
        {"Jane": b"1"},
    ),
    "by assignment": (
        {"s/week 1/Jane/ring.py": b"1", "s/week 1/Ali/ring.py": b"2", "s/week 2/Bo/ring.py": b"3"},
        {"Jane": b"1", "Ali": b"2", "Bo": b"3"},
    ),
    "two sections with people of one name": (
        {
            "s/A/Jane/ring.py": b"1",
            "s/A/Ali/ring.py": b"2",
            "s/B/Jane/ring.py": b"3",
            "s/B/Bo/ring.py": b"4",
        },
        {"Jane (A)": b"1", "Ali": b"2", "Jane (B)": b"3", "Bo": b"4"},
    ),
    "two sections with people of one name, who did the same": (
        {
            "s/A/Jane/ring.py": b"1",
            "s/A/Ali/ring.py": b"2",
            "s/B/Jane/ring.py": b"1",
            "s/B/Bo/ring.py": b"4",
        },
        {"Jane (A)": b"1", "Ali": b"2", "Jane (B)": b"1", "Bo": b"4"},
    ),
    "a class unpacked beside its zip": (
        {
            "s/all/Jane/ring.py": b"1",
            "s/all/Ali/ring.py": b"2",
            "s/all.zip": zipped({"Jane/ring.py": b"1", "Ali/ring.py": b"2"}),
        },
        {"Jane": b"1", "Ali": b"2"},
    ),
    "an export with numbers for names": (
        {"s/export/submission_1/ring.py": b"1", "s/export/submission_2/ring.py": b"2", "s/a.yml": b""},
        {"submission_1": b"1", "submission_2": b"2"},
    ),
    "numbered students": (
        {"s.zip": zipped({"x/student1/ring.py": b"1", "x/student2/ring.py": b"2"})},
        {"student1": b"1", "student2": b"2"},
    ),
    "one learner's weeks": (
        {"s/Jane/week 1/ring.py": b"1", "s/Bo/week 1/ring.py": b"2", "s/Bo/week 2/notes.txt": b""},
        {"Jane": b"1", "Bo": b"2"},
    ),
    "Moodle: one name in two forms": (
        {f"s/Jose\u0301_1{M}/ring.py": b"1", f"s/José_2{M}/ring.py": b"2"},
        {"José (1)": b"1", "José (2)": b"2"},
    ),
    "backslashes": (
        {"s.zip": unflagged((f"Jane Doe_1{M}\\work.zip".encode(), zipped({INSIDE: b"1"})))},
        {"Jane Doe (1)": b"1"},
    ),
    "a zip in a zip": (
        {"s/Jane.zip": zipped({"halfway-work.zip": zipped({INSIDE: b"1"})})},
        {"Jane": b"1"},
    ),
    "a zip in a zip, of two people": (
        {"s/Jane.zip": zipped({"w.zip": zipped({INSIDE: b"1"})}), "s/Bo/a.zip": zipped({"ring.py": b"2"})},
        {"Jane": b"1", "Bo": b"2"},
    ),
    "the whole folder, with 5,100 files of .venv first": (
        {"s/Jane Doe.zip": zipped({**FULL_VENV, f"halfway/{INSIDE}": b"1"})},
        {"Jane Doe": b"1"},
    ),
    "own folders called solutions and tests": (
        {"s/Jane/solutions/ring.py": b"1", "s/Ali/tests/ring.py": b"2", "s/Bo/venv/ring.py": b"3"},
        {"Jane": b"1", "Ali": b"2", "Bo": b"3"},
    ),
    "zip64": (
        {"s/Jane Doe.zip": with_zip64(zipped({INSIDE: b"1", "data.bin": os.urandom(300_000)}))},
        {"Jane Doe": b"1"},
    ),
    "names in UTF-8 without the flag": (
        {"s.zip": unflagged(("Jürgen/ring.py".encode(), b"1"), ("Zoë/ring.py".encode(), b"2"))},
        {"Jürgen": b"1", "Zoë": b"2"},
    ),
    "names in a code page of Windows": (
        {
            "s.zip": unflagged(
                ("Jürgen/ring.py".encode("cp850"), b"1"), ("João/ring.py".encode("cp850"), b"2")
            )
        },
        {"Jürgen": b"1", "João": b"2"},
    ),
    "names in Info-ZIP's own field": (
        {"s.zip": unflagged((b"J_/ring.py", b"1"), extra=unicode_name(b"J_/ring.py", "王/ring.py"))},
        {"王": b"1"},
    ),
    "renamed by a browser": ({"s/Jane Doe/ring (1).py": b"1"}, {"Jane Doe": b"1"}),
    "capital letters": ({"s/Jane Doe/Ring.PY": b"1", "s/Ali/Ring.py": b"2"}, {"Jane Doe": b"1", "Ali": b"2"}),
    "an added suffix": (
        {"s/Jane/ring.py.txt": b"1", "s/Bo/ring - Copy.py": b"2"},
        {"Jane": b"1", "Bo": b"2"},
    ),
    "its real name wins over a renamed one": (
        {"s/Jane/ring (1).py": b"0", "s/Jane/ring.py": b"1"},
        {"Jane": b"1"},
    ),
    "two downloads of one learner": (
        {
            "s/Jane/halfway-work.zip": zipped({"a.txt": b""}),
            "s/Jane/halfway-work (1).zip": zipped({INSIDE: b"1"}),
        },
        {"Jane": b"1"},
    ),
    "a number is a name": (
        {"s/811234/ring.py": b"1", "s/811235/ring.py": b"2"},
        {"811234": b"1", "811235": b"2"},
    ),
    "a library's file of the same name": (
        {
            "s/Jane/venv/lib/python3.11/site-packages/textual/ring.py": b"0",
            f"s/Jane/x/{SLUG}/ring.py": b"1",
            "s/Bo/venv/lib/site-packages/ring.py": b"0",
        },
        {"Jane": b"1"},
    ),
    "a copy of the course without the exercise": (
        {
            f"s/Jane/halfway/solutions/{SLUG}/ring.py": b"0",
            "s/Jane/halfway/exercises/README.md": b"",
            "s/Jane/halfway/course.py": b"",
            "s/Bo/ring.py": b"1",
        },
        {"Bo": b"1"},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_class_is_read(class_of: Callable[[Files], Intake], shape: str) -> None:
    """Each learner is there once, under a name of their own, with their own work."""
    files, wanted = SHAPES[shape]
    intake = class_of(files)
    assert works(intake) == wanted, lines(intake)
    assert len(set(intake.learners)) == len(intake.learners)


def test_who_came_late_is_told(class_of: Callable[[Files], Intake]) -> None:
    """Canvas writes LATE before or after a name."""
    zip_ = zipped(
        {"anon_aB3dE_1_ring.py": b"1", "LATE_anon_Zk9Qm_2_ring.py": b"2", "roe_LATE_3_4_ring.py": b"3"}
    )
    late = {handed.learner: handed.late for handed in class_of({"s.zip": zip_}).handed}
    assert late == {"anon (aB3dE)": False, "anon (Zk9Qm)": True, "roe (3)": True}


def test_long_names_that_begin_alike_stay_apart(class_of: Callable[[Files], Intake]) -> None:
    """They are cut to be shown, and told apart by a hash of the whole."""
    intake = class_of({f"s/{LONG}Bo/ring.py": b"1", f"s/{LONG}Cy/ring.py": b"2"})
    assert sorted(works(intake).values()) == [b"1", b"2"]
    assert all(len(name) <= 80 and "…" in name for name in intake.learners)


def test_the_newer_of_two_bare_files_counts(
    class_of: Callable[[Files], Intake], tmp_path: Path, tiny: TinyCourse
) -> None:
    """Where nothing in their places tells them apart, the time does; which one was left out is told."""
    class_of({"s/Jane/a/ring.py": b"new", "s/Jane/ring.py": b"old", "s/Bo/ring.py": b"bo"})
    os.utime(tmp_path / "handed in/s/Jane/ring.py", (1_000_000_000, 1_000_000_000))
    intake = take(tmp_path / "handed in" / "s", catalog.units(tiny.root))
    assert works(intake) == {"Jane": b"new", "Bo": b"bo"}
    assert "Jane/ring.py: is a second file for" in lines(intake)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("s/Jane Doe.tar.gz", "Jane Doe.tar.gz: is a tar archive"),
        ("s/Jane Doe/work.rar", "Jane Doe/work.rar: is a RAR archive"),
        ("s/Jane Doe/deep/down/work.7z", "Jane Doe/deep/down/work.7z: is a 7-Zip archive"),
        ("s/Jane Doe/ring.ipynb", "Jane Doe/ring.ipynb: is a notebook"),
        ("s/Jane Doe/ring.docx", "Jane Doe/ring.docx: is a Word document"),
        ("s/Jane Doe/my answer.py", "There is: my answer.py"),
        ("s/Jane Doe/.venv/x.py", "There is: .venv/"),
        ("s/Jane Doe/node_modules/ring.py", "There is: node_modules/"),
        ("s/Jane Doe/__MACOSX/ring.py", "There is: __MACOSX/"),
    ],
)
def test_what_is_there_instead_is_named(class_of: Callable[[Files], Intake], name: str, said: str) -> None:
    """A learner without a file that can be taken is listed, and a line of theirs says what was there."""
    intake = class_of({name: b"x", "s/Bo/ring.py": b"1"})
    assert intake.learners == ["Bo", "Jane Doe"]
    assert works(intake) == {"Bo": b"1"}
    own = [str(remark) for remark in intake.remarks if remark.learner == "Jane Doe"]
    assert any(said in line for line in own), lines(intake)


def test_what_is_taken_under_another_name_is_told(class_of: Callable[[Files], Intake]) -> None:
    """The line names the file as it was handed in, and says that nothing is lost."""
    intake = class_of({"s/Jane Doe/ring (1).py": b"1"})
    assert [(str(remark), remark.taken) for remark in intake.remarks] == [
        ("Jane Doe/ring (1).py: is taken as ring.py.", True)
    ]


def test_people_in_more_than_one_place_are_told_in_one_line(class_of: Callable[[Files], Intake]) -> None:
    """A folder and a zip of one name, or a class by assignment: one learner, and never in silence."""
    files = {f"s/{name}/ring.py": b"1" for name in ("Jane", "Ali")}
    intake = class_of({**files, "s/Jane.zip": zipped({"ring.py": b"1"})})
    assert works(intake) == {"Jane": b"1", "Ali": b"1"}
    assert lines(intake) == "Jane: is one learner, with work in more than one place."


def test_a_file_beside_the_class_is_nobodys(class_of: Callable[[Files], Intake]) -> None:
    """It is not taken for a learner, and a line says where to put it."""
    intake = class_of({"s/ring.py": b"0", "s/Jane/ring.py": b"1", "s/Ali/ring.py": b"2", "s/list.xlsx": b""})
    assert works(intake) == {"Jane": b"1", "Ali": b"2"}
    assert intake.learners == ["Ali", "Jane"]
    assert "ring.py: lies beside the folders of the class" in lines(intake)
    assert "list.xlsx: is no folder, no zip" in lines(intake)
