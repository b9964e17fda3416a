"""The licences of what a built site carries of others: one text, served and linked with the pages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from halfway.site import bundle

NAME = "licences.txt"
RULE = "=" * 80
WORDS = ("licen", "copying", "notice", "authors")
THEME = ("mkdocs-material",)
# Built into Pyodide, whose package names a licence and holds no text of one.
IN_PYODIDE = """\
The lab runs Python in the page. Pyodide is under the Mozilla Public License 2.0
(https://www.mozilla.org/MPL/2.0/), and comes here as its makers built it; the source is at
https://github.com/pyodide/pyodide. CPython and its standard library, which Pyodide holds, are under the
Python Software Foundation License Version 2, with the licences of what they hold in turn:
https://docs.python.org/3/license.html.
"""


def text(of_the_browser: str) -> str:
    """Gives the whole text: what the browser's packages say ("" where none are carried), then Python's."""
    carried = (*THEME, *(bundle.THEIRS if of_the_browser else ()))
    told = [_told(distribution(name)) for name in carried]
    with_lab = [of_the_browser.rstrip(), IN_PYODIDE] if of_the_browser else []
    return "\n\n".join((*with_lab, "The pages carry files of the following Python packages.", *told)) + "\n"


def _told(package: Distribution) -> str:
    facts = package.metadata.json
    licence = facts.get("license_expression") or facts.get("license") or "see below"
    head = f"{RULE}\n{package.metadata['Name']} {package.version} ({licence})"
    return "\n\n".join((head, *_texts(package)))


def _texts(package: Distribution) -> Iterator[str]:
    for path in package.files or ():
        in_metadata = path.parts[0].endswith((".dist-info", ".egg-info"))
        if in_metadata and any(word in path.name.lower() for word in WORDS):
            yield path.read_text(encoding="utf-8").strip()
