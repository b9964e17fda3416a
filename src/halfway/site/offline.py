"""A page that was read once can be read again without a network: the list of files for its service worker."""

from __future__ import annotations

import json
import re
from pathlib import Path

from halfway.files import write_whole
from halfway.site.cache import digest

WORKER = "sw.js"
SCRIPT = "assets/web/offline.js"
# What every reader gets in the background, so that any page of the course opens without a network. Diagrams,
# Python, answers and the decisions of those who build the course are kept when they have been used.
FIRST = re.compile(
    r"(?!decisions/).+\.html|assets/.+\.(css|svg|png)|assets/javascripts/(bundle|workers/).+\.js|search/.+\.json|sitemap\.xml"
    r"|assets/web/(site|mermaid-lazy)\.js|assets/web/lab/.+|units/(?!.+\.(solution|wrong)\.).+\.json"
)
NEVER = re.compile(r".*\.map|(.*/)?\..*|" + re.escape(WORKER))


def write(site: Path) -> None:
    """Puts the worker beside the pages, with the names of all files and a version made of their content.

    Has to be the last thing that happens to the folder. Without web/ there is no worker.
    """
    script = site / SCRIPT
    if not script.is_file():
        return
    files = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    known = [name for name in files if not NEVER.fullmatch(name)]
    version = digest(part for name in known for part in (name, files[name].read_bytes()))
    listed = {"version": version, "first": [n for n in known if FIRST.fullmatch(n)], "known": known}
    head = f"self.HALFWAY_SITE = {json.dumps(listed, ensure_ascii=False, separators=(',', ':'))};\n"
    write_whole(site / WORKER, head + script.read_text(encoding="utf-8"), lasting=False)
