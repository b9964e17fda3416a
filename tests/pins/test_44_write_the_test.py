"""Claims of page 44 about real systems, checked by running these systems."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest


def last_line(folder: Path, test: str) -> str:
    """What pytest says in the end of a file with this test, without its time."""
    (folder / "test_x.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_x.py"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False).stdout
    return told.splitlines()[-1].partition(" in ")[0]


@pytest.mark.pin
def test_pytest_passes_a_test_that_catches_its_own_assert(tmp_path: Path) -> None:
    """pytest says `1 passed` of a test whose failed assert is caught by its own `except Exception`."""
    caught = "def test_it():\n    try:\n        assert 2 == 1\n    except Exception:\n        pass\n"
    assert last_line(tmp_path, caught) == "1 passed"


@pytest.mark.pin
def test_pytest_passes_a_test_that_returns_false(tmp_path: Path) -> None:
    """pytest passes a test that returns False, with a warning."""
    assert last_line(tmp_path, "def test_it():\n    return 2 == 1\n") == "1 passed, 1 warning"


@pytest.mark.pin
def test_a_mock_asserts_nothing_under_a_name_that_it_makes_up() -> None:
    """A Mock has a method for every name: `was_called_once_with` raises nothing, whatever was called."""
    mock = Mock()
    with pytest.raises(AssertionError):
        mock.ring.assert_called_once_with("disk-7")
    mock.ring.was_called_once_with("disk-7")
    assert not mock.ring.called
