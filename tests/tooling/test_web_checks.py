"""What the browser loads is typed, formatted and linted; the tools for it are fetched for this test alone."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from halfway.site import web
from halfway.site.cache import contents, digest

COURSE = Path(__file__).resolve().parents[2]
WEB = COURSE / "web"
CHECK = WEB / "check"
FORMATTED = ("src/**/*.{js,ts}", "*.mjs", "*.json", "check/*.{js,json}")


@pytest.fixture(scope="module")
def node() -> str:
    """A node, with the packages of web/ and the tools of web/check/ in their places."""
    found = web.find_node()
    assert web.assets(COURSE, lambda _: None).missing == ""
    wanted = digest(contents([CHECK / "package.json", CHECK / "package-lock.json"]))
    mark = CHECK / "node_modules" / ".halfway-installed"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != wanted:
        path = os.pathsep.join([str(Path(found.node).parent), os.environ.get("PATH", "")])
        subprocess.run(
            [*found.npm, "ci", *web.NPM_OPTIONS], cwd=CHECK, check=True, env=os.environ | {"PATH": path}
        )
        mark.write_text(wanted, encoding="utf-8")
    return found.node


def said(node: str, package: str, name: str, *arguments: str) -> str:
    """Runs a package's command; gives what it complains about."""
    home = CHECK / "node_modules" / package
    program = json.loads((home / "package.json").read_text(encoding="utf-8"))["bin"]
    program = program if isinstance(program, str) else program[name]
    done = subprocess.run(
        [node, str(home / program), *arguments], cwd=WEB, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_types_are_strict(node: str) -> None:
    """TypeScript checks every module of the lab by its comments, and has nothing to say."""
    assert said(node, "typescript", "tsc", "-p", "check") == ""


def test_scripts_are_formatted_and_linted(node: str) -> None:
    """Prettier would change nothing, and eslint has nothing to say."""
    settings = ["--config", "check/prettier.json", "--ignore-path", "check/prettierignore"]
    assert said(node, "prettier", "prettier", "--check", *settings, *FORMATTED) == ""
    assert said(node, "eslint", "eslint", "--config", "check/eslint.config.js", "--max-warnings=0", ".") == ""


def test_a_wrong_type_would_be_seen(node: str, tmp_path: Path) -> None:
    """The check of types is on: a module with a wrong type is refused."""
    wrong = tmp_path / "wrong.js"
    config = tmp_path / "tsconfig.json"
    settings = {"extends": str(CHECK / "tsconfig.json"), "include": [str(wrong)]}
    config.write_text(json.dumps(settings), encoding="utf-8")
    wrong.write_text('/** @type {number} */\nexport const count = "one";\n', encoding="utf-8")
    assert "TS2322" in said(node, "typescript", "tsc", "-p", str(config))
