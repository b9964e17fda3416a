"""A test that cannot run here is skipped, and fails where everything has to be there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from whole_machine import NO_POSTGRES, confined_grader, needs_git, needs_postgres, needs_sandboxes, on_a_disk

NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "sandboxes": (needs_sandboxes, "apt-get install bubblewrap"),
    "a confined grader": (confined_grader, "apt-get install bubblewrap"),
    "a disk": (on_a_disk, "apt-get install bubblewrap"),
    "git": (needs_git, "apt-get install git"),
    "PostgreSQL": (needs_postgres, "apt-get install postgresql"),
}


@pytest.mark.parametrize("need", NEEDS)
def test_what_a_machine_lacks_fails_where_ci_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need: str
) -> None:
    """The words say what to install; without CI they are the reason of a skip."""
    ask, install = NEEDS[need]
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(NO_POSTGRES, "1")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=install):
        ask()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=install):
        ask()


def test_a_sandbox_that_cannot_be_made_is_no_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """bubblewrap may be there, and the kernel may still refuse: that fails as well, with its words."""
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    for ask in (needs_sandboxes, on_a_disk):
        with pytest.raises(pytest.fail.Exception, match=r"No permissions.*allow user namespaces"):
            ask()
