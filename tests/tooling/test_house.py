"""The house is in order: arrows, types, style, sizes, docstrings, and no word where it has no place."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from whole_machine import lacking, needs_git

from halfway import catalog

HOUSE = Path(__file__).resolve().parents[2]
LINES_MAX, FUNCTION_LINES_MAX = 400, 40
CODE = (".py", ".js", ".mjs")
MADE_BY_TOOLS = ("web/package-lock.json",)

MACHINE = r"(?<![\w.\-/:\]\[\\])/(?:work|tmp|root|home/\w+|Users/\w+)(?:/|\b)"
"""A folder that one machine has."""
REGISTRY = r"\b(?:files\.python" + r"hosted\.org|registry\.npm" + r"js\.org|registry\.yarn" + r"pkg\.com)"
"""A host that serves packages: which one is asked is the reader's setting."""
MAKING = (
    r"\b(?:"
    + "|".join(
        ("co-authored" + "-by", "language " + "model", "chat" + "gpt", "copi" + "lot", "cl" + "aude(?!-mem)")
    )
    + r")\b"
)
"""A word on how, or by whom, a file was made. (claude-mem is a project that page 51 cites.)"""
DOES_NOT_BELONG = re.compile(f"{MACHINE}|{REGISTRY}|{MAKING}", re.IGNORECASE)


@cache
def tracked() -> list[Path]:
    """Gives the files of the repository: tracked, or about to be."""
    needs_git()
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    if listed.returncode:
        lacking(f"this is no git checkout: {listed.stderr.strip()}")
    paths = (HOUSE / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Gives name and text of each file with one of these endings, or of every file that is text."""
    for path in tracked():
        name = path.relative_to(HOUSE).as_posix()
        if (suffixes and path.suffix not in suffixes) or name in MADE_BY_TOOLS:
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield name, data.decode("utf-8", "replace")


def ran(*arguments: str, cwd: Path = HOUSE) -> tuple[int, str]:
    """Runs a tool in the house, as its user does; gives its exit code and what it says."""
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def told(found: list[str]) -> None:
    """Fails with one line for each thing that was found."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


# ---- tools


def test_arrows_point_downwards() -> None:
    """No package imports from above it, and the learner's side is reached through links alone."""
    code, said = ran(
        "-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    )
    told([said] if code else [])


def test_ruff_has_nothing_to_say() -> None:
    """Every rule of ruff is kept, or is off with a reason beside it."""
    code, said = ran("-m", "ruff", "check", "--output-format", "concise", ".")
    told([said] if code else [])


def test_types_are_strict() -> None:
    """mypy checks src, and each stub, solution and other answer as a file of its own."""
    code, said = ran("-m", "mypy")
    told([said] if code else [])
    checked = re.search(r"in (\d+) source files", said)
    assert checked is not None
    trees = ("src/", "solutions/", "exercises/")
    expected = [
        name for name, _ in texts(".py") if name.startswith(trees) and not name.endswith("test_examples.py")
    ]
    assert int(checked[1]) == len(expected)


def test_wrong_ideas_are_written_as_well_as_right_ones(tmp_path: Path) -> None:
    """ruff and mypy have nothing to say to any wrong idea that is written out, by the rules of this house."""
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    units = catalog.units(HOUSE)
    written = [catalog.write_out(unit, mutant, tmp_path) for unit in units for mutant in unit.mutants]
    assert len(written) >= 5 * len(units)
    for copy in (unit.given_copy(name) for unit in units for name in unit.given):
        beside = tmp_path / copy.relative_to(HOUSE)
        beside.parent.mkdir(parents=True)
        shutil.copy(copy, beside)
    for tool in (("ruff", "check", "--output-format", "concise"), ("ruff", "format", "--check"), ("mypy",)):
        code, said = ran("-m", *tool, "solutions", cwd=tmp_path)
        told([said] if code else [])
    assert f"in {len(written)} source files" in said


def test_every_rule_that_is_off_has_its_reason() -> None:
    """In pyproject.toml no rule of a tool is switched off without a word why."""
    told(list(without_reason((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))))


def without_reason(toml: str) -> Iterator[str]:
    """Gives the lines of a ruff table that switch rules off and say no reason, on them or above them."""
    above = ""
    for number, line in enumerate(toml.splitlines(), 1):
        bare = line.strip()
        if re.fullmatch(r'("[A-Z]+\d*",? *)+', bare) and not above.startswith("#"):
            yield f"pyproject.toml:{number}: say why, behind it: {bare}"
        above = bare


# ---- sizes


def test_files_can_be_read_at_one_sitting() -> None:
    """A file of code has at most 400 lines; a suite, read like a specification, as many as it needs."""
    counted = (
        (name, text.count("\n")) for name, text in texts(*CODE) if not name.startswith("tests/exercises/")
    )
    told([f"{name}: {lines} lines, {LINES_MAX} at most" for name, lines in counted if lines > LINES_MAX])


def test_functions_can_be_read_at_one_glance() -> None:
    """A function has at most 40 lines, without the contract that a learner reads above its own."""
    told([f"{name}:{one}" for name, text in texts(".py") for one in long_functions(text, name)])


def long_functions(source: str, name: str = "") -> Iterator[str]:
    """Gives line, name and length of each function that is too long."""
    has_contract = name.startswith(("exercises/", "solutions/"))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if has_contract and ast.get_docstring(node) and node.body[1:] else node
            lines = (node.end_lineno or node.lineno) - first.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.lineno}: {node.name} has {lines} lines, {FUNCTION_LINES_MAX} at most"


# ---- words


def test_every_test_is_a_claim() -> None:
    """A test says in its docstring what is true."""
    suites = ((name, text) for name, text in texts(".py") if name.rpartition("/")[2].startswith("test_"))
    told([f"{name}:{one}" for name, text in suites for one in silent_tests(text)])


def silent_tests(source: str) -> Iterator[str]:
    """Gives line and name of each test without a docstring."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("test_") and not (ast.get_docstring(node) or "").strip():
            yield f"{node.lineno}: {node.name} says nothing"


def test_files_hold_nothing_of_one_machine() -> None:
    """No file names a folder of one machine, a host that serves packages, or how it was made."""
    told([f"{name}:{one}" for name, text in texts() for one in misplaced(text)])


def misplaced(text: str) -> Iterator[str]:
    """Gives line and words of what does not belong in a file."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in DOES_NOT_BELONG.finditer(line):
            yield f"{number}: {match[0]!r} does not belong here"


# ---- the checks themselves


@pytest.mark.parametrize(
    "line",
    [
        "cd /wor" + "k/main",
        "open('/tm" + "p/x')",
        "see /ro" + "ot/.cache",
        "# /hom" + "e/ana/course",
        "https://registry.npm" + "js.org/left-pad",
        "Co-Authored" + "-By: somebody",
        "as a language " + "model",
    ],
)
def test_what_does_not_belong_is_seen(line: str) -> None:
    """Each kind of misplaced word is found."""
    assert len(list(misplaced(line))) == 1


@pytest.mark.parametrize(
    "line",
    ["docs/root/index.md", "framework/tmp", "the work/rest balance", "[a](../work/tmp.md)", "exercises/tmp"],
)
def test_what_belongs_is_left_alone(line: str) -> None:
    """A relative path, or a word that looks like a folder, is no folder of one machine."""
    assert list(misplaced(line)) == []


def test_long_functions_and_silent_tests_are_seen() -> None:
    """The limit on functions and the docstrings of tests are checked in nested code as well."""
    body = "\n".join("        pass" for _ in range(FUNCTION_LINES_MAX))
    source = (
        f"class A:\n    def test_long(self):\n{body}\n    def test_short(self):\n        '''A claim.'''\n"
    )
    assert list(long_functions(source)) == ["2: test_long has 41 lines, 40 at most"]
    assert list(silent_tests(source)) == ["2: test_long says nothing"]


def test_a_rule_without_a_reason_is_seen() -> None:
    """A reason stands behind the rule, or on the line above."""
    assert list(without_reason('a = [\n    "D105",\n]')) == ['pyproject.toml:2: say why, behind it: "D105",']
    assert list(without_reason('    "D105",  # known by name\n    # All of them.\n    "B", "C4",')) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time\n\nBEGAN = time.time()\n", "take a clock and ask clock.now()"),
        ("from time import sleep\n\nsleep(1)\n", "Waiting is a port"),
        (
            "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
            "When it is comes in by parameter",
        ),
        ("import random\n\nJITTER = random.uniform(0.5, 1.5)\n", "Chance comes in by parameter"),
    ],
)
@pytest.mark.parametrize(
    "folder", ["solutions/ex11_x", "src/halfway/kit", "tests/exercises/ex11_x", "tests/tooling"]
)
def test_the_real_clock_is_refused_by_name(folder: str, code: str, said: str) -> None:
    """In solutions, kit, suites and tests, time and chance come in by parameter; a mutant is free."""
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "--stdin-filename"]
    for name, refused in ((f"{folder}/x.py", True), ("solutions/ex11_x/mutants/x.py", False)):
        done = subprocess.run(
            [*command, name, "-"], input=code, cwd=HOUSE, capture_output=True, text=True, check=False
        )
        assert ("TID251" in done.stdout and said in done.stdout) is refused


def test_every_benchmark_can_be_started() -> None:
    """What a benchmark takes from the tests, and from other benchmarks, is there."""
    names = sorted(path.stem for path in (HOUSE / "benchmarks").glob("*.py"))
    assert len(names) >= 5
    code, said = ran("-c", f"import sys; sys.path.insert(0, 'benchmarks'); import {', '.join(names)}")
    assert code == 0, said
