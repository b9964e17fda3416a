"""What a verdict writes for itself is gone afterwards, and later if it was killed."""

import os
import tempfile
import time

import pytest

from halfway.grading.scratch import STALE_S, scratch, sweep


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_gone_with_its_verdict(temporary):
    """It is there while it is used, and nothing is left."""
    with scratch() as folder:
        (folder / "keys.py").write_text("")
        assert folder.parent == temporary
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_goes_when_it_is_an_hour_old(temporary):
    """Old folders go; young ones, those of other programs, and what a link leads to stay."""
    left, young, others = (
        temporary / name for name in ("halfway-verdict-a", "halfway-verdict-b", "halfway-c")
    )
    for folder in (left, young, others):
        folder.mkdir()
        (folder / "keys.py").write_text("")
    link = temporary / "halfway-verdict-link"
    link.symlink_to(others)
    ago = time.time() - STALE_S - 1
    for path in (left, others, link):
        os.utime(path, (ago, ago), follow_symlinks=False)
    sweep()
    assert sorted(temporary.iterdir()) == sorted([young, others, link])
    assert (others / "keys.py").exists()
