"""One bad entry is one line: whatever it is, the others are taken, graded and reported."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import review_deaths
from review_book import verdict
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.grading import Event, Verdict
from halfway.render.visible import cell, visible, visible_text
from halfway.review.bounds import EVENTS_FIRST, EVENTS_LAST, bounded
from halfway.review.intake import Intake, take
from halfway.review.run import Asked, Review

INSIDE = f"exercises/{SLUG}/ring.py"
TEXT = b"".join(b"x = %d\n" % (number * number * 7919) for number in range(400))
NOBODY = 65_534
TAKE_AND_PRINT = """
import os, sys
from pathlib import Path
from halfway import catalog
from halfway.review.intake import take
units = catalog.units(Path(sys.argv[2]))
print([unit.file for unit in units])
os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
found = take(Path(sys.argv[1]), units)
print([h.learner for h in found.handed], *found.remarks, sep="\\n")
"""


def zipped(how: int, name: str = INSIDE) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, TEXT, how)
    return data.getvalue()


def damaged(how: int) -> bytes:
    """A zip with other bytes where its compressed data is."""
    data = bytearray(zipped(how))
    at = data.index(INSIDE.encode()) + len(INSIDE)
    for place in range(at + 20, at + 60):
        data[place] ^= 0xFF
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(zipped(zipfile.ZIP_DEFLATED))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    return bytes(data)


def of_method(number: int) -> bytes:
    """A zip that says of its file that it is compressed in a way that nobody knows."""
    data = bytearray(zipped(zipfile.ZIP_STORED))
    data[8] = data[data.rindex(b"PK\1\2") + 10] = number
    return bytes(data)


def nested(levels: int) -> bytes:
    data = zipped(zipfile.ZIP_DEFLATED)
    for level in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{level}.zip", data)
        data = out.getvalue()
    return data


def wide(number: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place in range(number):
            archive.writestr(f"{place}.zip", b"PK\5\6" + bytes(18))
    return out.getvalue()


STORED = zipped(zipfile.ZIP_STORED)
LIES = STORED[:-22] + b"PK\5\6" + bytes(6) + b"\xff" * 10 + bytes(2)
WITH_NUL = zipped(zipfile.ZIP_STORED, "a-b/ring.py").replace(b"a-b/", b"a\0b/")
BAD = {
    "lzma": (damaged(zipfile.ZIP_LZMA), "cannot be read"),
    "bz2": (damaged(zipfile.ZIP_BZIP2), "cannot be read"),
    "deflate": (damaged(zipfile.ZIP_DEFLATED), "cannot be read"),
    "truncated": (zipped(zipfile.ZIP_LZMA)[:200], "is not a zip that can be read"),
    "encrypted": (encrypted(), "is protected by a password"),
    "without a name": (zipped(zipfile.ZIP_STORED, "/"), "is an entry without a name"),
    "an unknown method": (of_method(98), "cannot be read"),
    "an empty zip": (b"PK\5\6" + bytes(18), "holds no file of a known unit"),
    "a list that lies": (LIES, "is not a zip"),
    "zips in zips": (nested(9), "is a zip in too many zips"),
    "two hundred zips": (wide(200), "is one zip too many"),
    "as deep as it goes": (zipped(zipfile.ZIP_STORED, "a/" * 3_000 + INSIDE), "folders deep"),
    "a bzip2 file": (bz2.compress(TEXT), "is not a zip that can be read"),
    "an xz file": (lzma.compress(TEXT), "is not a zip that can be read"),
    "a name with NUL": (WITH_NUL, "has a name that no file can have"),
}


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    """A class with Zoe in it, who comes last and has done nothing strange."""
    path = tmp_path / "handed in" / "Zoe" / "ring.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"fine")
    return tmp_path / "handed in"


def taken(handed: Path, tiny: TinyCourse) -> Intake:
    intake = take(handed, catalog.units(tiny.root))
    assert [(h.learner, h.data) for h in intake.handed if h.learner == "Zoe"] == [("Zoe", b"fine")]
    return intake


@pytest.mark.parametrize("kind", BAD)
def test_a_damaged_archive_is_one_line(handed: Path, tiny: TinyCourse, kind: str) -> None:
    """Each way in which a zip can be wrong is told by its entry's name, and nobody else is touched."""
    data, said = BAD[kind]
    (handed / f"{kind}.zip").write_bytes(data)
    intake = taken(handed, tiny)
    own = [str(remark) for remark in intake.remarks if remark.learner == kind]
    assert any(said in line for line in own), own
    assert len(own) <= 9


@pytest.mark.skipif(sys.platform == "win32", reason="made with POSIX calls")
def test_what_is_no_file_is_one_line(handed: Path, tiny: TinyCourse) -> None:
    """A pipe named like a zip is not waited for; devices, sockets and links are not opened."""
    os.mkfifo(handed / "pipe.zip")
    os.mkfifo(handed / "pipe.py")
    (handed / "zero.zip").symlink_to("/dev/zero")
    (handed / "round").symlink_to(handed)
    if os.geteuid() == 0:
        os.mknod(handed / "device.zip", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    said = "\n".join(map(str, taken(handed, tiny).remarks))
    assert "pipe.zip: is no regular file" in said
    assert "zero.zip: is a link" in said
    assert "round: is a link" in said
    assert "device.zip: is no regular file" in said or os.geteuid() != 0


@pytest.mark.skipif(sys.platform == "win32", reason="made with POSIX calls")
def test_a_path_without_end_is_one_line(handed: Path, tiny: TinyCourse) -> None:
    """Folders in folders, longer than any path can be: looked at as far as anybody goes, and told."""
    here = os.open(handed, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    intake = taken(handed, tiny)
    assert any("folders deep" in str(remark) and len(str(remark)) < 400 for remark in intake.remarks)
    shutil.rmtree(handed)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root becomes another user")
def test_what_another_user_may_not_read_is_one_line(handed: Path, tiny: TinyCourse) -> None:
    """A closed folder and a closed file, read by nobody in particular."""
    for parent in (handed, *handed.parents)[:5]:
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(0o755)
    for folder in tiny.root.rglob("*"):
        folder.chmod(0o755)
    for name in ("Ana", "Bo"):
        (handed / name).mkdir()
        (handed / name / "ring.py").write_text("x")
    (handed / "Ana").chmod(0)
    (handed / "Bo" / "ring.py").chmod(0)
    program = TAKE_AND_PRINT.format(nobody=NOBODY)
    command = [sys.executable, "-P", "-c", program, str(handed), str(tiny.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "['Zoe']" in done.stdout, done.stderr
    assert "Ana: cannot be read (Permission denied)" in done.stdout
    assert "Bo/ring.py: cannot be read (Permission denied)" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="made with POSIX calls")
def test_a_folder_that_changes_meanwhile_gives_nobody_elses_work(handed: Path, tiny: TinyCourse) -> None:
    """While the class is taken in, again and again, one folder becomes a link to the solution and back."""
    secret = tiny.solutions
    (handed / "Eve" / SLUG).mkdir(parents=True)
    (handed / "Eve" / SLUG / "ring.py").write_bytes(b"own")
    stop = threading.Event()

    def swap() -> None:
        own, aside = handed / "Eve" / SLUG, handed / "Eve" / ".aside"
        while not stop.is_set():
            own.rename(aside)
            own.symlink_to(secret)
            own.unlink()
            aside.rename(own)

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        found = {h.data for _ in range(200) for h in taken(handed, tiny).handed if h.learner == "Eve"}
    finally:
        stop.set()
        swapper.join()
    assert found <= {b"own"}


@pytest.mark.slow
def test_a_file_that_ends_its_worker_is_given_up(tmp_path: Path, tiny: TinyCourse) -> None:
    """Twice, and no more: it is told, and everybody else has a verdict, those who came before and after."""
    for number in range(6):
        path = tmp_path / "class" / f"learner {number}" / "ring.py"
        path.parent.mkdir(parents=True)
        path.write_text(review_deaths.DEADLY if number in (1, 4) else f"# {number}")
    command = [sys.executable, review_deaths.__file__, str(tmp_path / "out")]
    asked = Asked(tmp_path / "class", tmp_path / "out", "trusted", worker_command=command)
    review = Review(asked, review_deaths.VERSION)
    book = review.run(lambda done, total, trouble: None)
    ended = {learner.name for learner in book.learners if learner.graded[SLUG].summary.given_up}  # type: ignore[union-attr]
    assert ended == {"learner 1", "learner 4"}
    kept = [learner.name for learner in book.learners if learner.graded[SLUG].summary.passed]  # type: ignore[union-attr]
    assert kept == ["learner 0", "learner 2", "learner 3", "learner 5"]


# ---- words of strangers


def long_one(tiny: TinyCourse) -> Verdict:
    events = tuple(Event(float(n), "your code", "x" * 5_000) for n in range(20_000))
    told = verdict(tiny, ("broken",))
    promises = tuple(replace(p, timeline=events, saw="y" * 100_000) for p in told.promises)
    return replace(told, promises=promises)


def test_a_verdict_without_end_is_cut_and_says_so(tiny: TinyCourse) -> None:
    """A page of 200 MB is a page of some hundred KB, which says how much more there was."""
    short = bounded(long_one(tiny))
    first = short.promises[0]
    assert len(first.timeline) == EVENTS_FIRST + EVENTS_LAST
    assert "has 20,000 events; the first 240 and the last 60 are shown" in first.note
    assert first.saw.endswith("... 98,000 more characters ...")
    assert len(short.to_json()) < 1_000_000
    assert bounded(short).promises[0].timeline == first.timeline
    plain = verdict(tiny, ("kept", "broken"))
    assert bounded(plain) == plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jane Doe, José, 王小明, שלום, नमस्ते, می\u200cرود, 👩\u200d💻", None),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("access \u202e# admin\u2066", "access ⟨U+202E⟩# admin⟨U+2066⟩"),
        ("Jane\u200b Do\u200de", "Jane⟨U+200B⟩ Do⟨U+200D⟩e"),
        ("a\u00a0b\u3164c\u00ad", "a⟨U+00A0⟩b⟨U+3164⟩c⟨U+00AD⟩"),
        ("\ufeffa\x7f\x9b\udcff\ufffe", "⟨U+FEFF⟩a␡⟨U+009B⟩⟨U+DCFF⟩⟨U+FFFE⟩"),
        ("a\U000e0041b", "a⟨U+E0041⟩b"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str | None) -> None:
    """Escape sequences, turned text and letters without width are marks; names in any script stay."""
    assert visible(text) == (text if shown is None else shown)
    assert visible_text("a\r\n\tb\r") == "a\n\tb␍"


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@x", "\uff1d1", "  =1", '"=1', "a;=1", "a\n=1", "x\t@y"]
)
def test_no_cell_is_a_formula(formula: str) -> None:
    """Whether a spreadsheet splits at commas, semicolons, tabs or lines, nothing begins like one."""
    for piece in cell(formula).replace("\t", ";").replace("\n", ";").replace("␉", ";").split(";"):
        assert not piece.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d")), cell(formula)
    assert cell("a - b = c") == "a - b = c"
