"""Other Pythons of this machine tell the same: the kernel's tests run on each of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NAMES = [f"python3.{minor}" for minor in range(11, 20)]
SAYS = "import sys; print(sys.version_info[:3] >= (3, 11), '%d.%d' % sys.version_info[:2])"
# What runs there is imported from here, so it has to be pure Python; hypothesis is not.
LIGHT = sorted(
    path.name for path in HERE.glob("test_kernel_*.py")
    if path != Path(__file__).resolve() and "hypothesis" not in path.read_text(encoding="utf-8")
)  # fmt: skip


def _candidates():
    """Every interpreter that could be one: by its name on the path, and beside other versions of pyenv."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield found
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob("versions/3.1*/bin/python")))


def _others():
    """One interpreter for each other version that works, by version."""
    found = {}
    for python in _candidates():
        said = subprocess.run(
            [python, "-S", "-c", SAYS], capture_output=True, text=True, check=False
        ).stdout.split()
        if said[:1] == ["True"] and said[1] != f"{sys.version_info[0]}.{sys.version_info[1]}":
            found.setdefault(said[1], python)
    return found


OTHERS = _others()
NONE = pytest.param(
    "none",
    marks=pytest.mark.skip(reason="this machine has no other Python from 3.11 on: install one to run this"),
)


@pytest.mark.parametrize("version", sorted(OTHERS) or [NONE])
def test_the_kernel_is_the_same_on_another_python(version):
    """Scheduling, faults, stories, timelines, spies and messages pass the same tests there."""
    sources = HERE.parents[1] / "src"
    packages = Path(pytest.__file__).resolve().parents[1]
    environment = {
        **{name: os.environ[name] for name in ("HOME", "PATH", "SYSTEMROOT") if name in os.environ},
        "PYTHONPATH": os.pathsep.join([str(sources), str(packages)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    ended = subprocess.run(
        [OTHERS[version], "-m", "pytest", "-q", "-p", "no:cacheprovider", *LIGHT],
        cwd=HERE, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4_000:] + ended.stderr[-1_000:]
