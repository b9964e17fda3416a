"""Building the site: whole or not at all, once for each content, and the same bytes each time."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import site_course

from halfway.site import Server, SiteError, build, web
from halfway.site.nav import tree


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two units, without a folder web/."""
    return site_course.make(tmp_path / "course")


NO_NODE = "Diagrams are shown as text, and there is no editor in the pages: there is no Node.js here."


def silent(_: str) -> None:
    """Hears progress and says nothing."""


def content(folder: Path) -> dict[str, bytes]:
    """Gives every file of a built site."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_unchanged_course_is_built_once(course: Path, tmp_path: Path) -> None:
    """The second build finds nothing to do, also after a learner worked on their file."""
    first = build(tmp_path / "site", course=course, progress=silent)
    site_course.write(course / "exercises/ex41_dedup_key/keys.py.mine-1", "mine = True\n")
    second = build(tmp_path / "site", course=course, progress=silent)
    assert (first.built, second.built) == (True, False)
    assert (second.pages, second.note) == (first.pages, first.note)


def test_a_changed_page_is_built_again(course: Path, tmp_path: Path) -> None:
    """A changed word is on the site after the next build."""
    build(tmp_path / "site", course=course, progress=silent)
    site_course.write(course / "docs/index.md", "# Halfway\n\nA new word: isochronous.\n")
    assert build(tmp_path / "site", course=course, progress=silent).built
    assert "isochronous" in (tmp_path / "site/index.html").read_text(encoding="utf-8")


def test_two_builds_have_the_same_bytes(course: Path, tmp_path: Path) -> None:
    """Nothing on the site tells when it was built, or how often."""
    build(tmp_path / "one", course=course, progress=silent)
    build(tmp_path / "two", course=course, progress=silent)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_a_build_that_was_killed_loses_nothing(course: Path, tmp_path: Path) -> None:
    """Killed between taking the old site away and putting the new one in, the old one is found again."""
    out = tmp_path / "site"
    build(out, course=course, progress=silent)
    out.rename(tmp_path / "site.old-4711")
    (tmp_path / "site.new-4711").mkdir()
    report = build(out, course=course, progress=silent)
    assert not report.built
    assert (out / "index.html").is_file()


def test_a_dead_link_stops_the_build_and_keeps_the_old_site(course: Path, tmp_path: Path) -> None:
    """A link to a page that is not there is told with its page, and the site stays as it was."""
    build(tmp_path / "site", course=course, progress=silent)
    before = content(tmp_path / "site")
    site_course.write(course / "docs/index.md", "# Halfway\n\n[gone](concepts/gone.md)\n")
    with pytest.raises(SiteError) as error:
        build(tmp_path / "site", course=course, progress=silent)
    assert "index.md" in str(error.value)
    assert "concepts/gone.md" in str(error.value)
    assert content(tmp_path / "site") == before
    assert list(tmp_path.glob("site.*")) == []


def test_a_dead_anchor_stops_the_build(course: Path, tmp_path: Path) -> None:
    """A link to a heading that is not there is as dead as one to a missing page."""
    site_course.write(course / "docs/index.md", "# Halfway\n\n[gone](concepts/index.md#nowhere)\n")
    with pytest.raises(SiteError, match="nowhere"):
        build(tmp_path / "site", course=course, progress=silent)


def test_every_wrong_directive_is_told_at_once(course: Path, tmp_path: Path) -> None:
    """An author reads all that is wrong in one go, each with page and line."""
    site_course.write(course / "docs/index.md", "# Halfway\n\n<!-- nonsense -->\n\n<!-- map -->\n")
    with pytest.raises(SiteError) as error:
        build(tmp_path / "site", course=course, progress=silent)
    assert [line[:19] for line in error.value.problems] == ["docs/index.md:3: th", "docs/index.md:5: no"]


def test_without_npm_diagrams_are_text(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where npm cannot be had, one line says so, and every diagram can still be read."""

    def no_node() -> web.Node:
        raise web.NoAssets("there is no Node.js here")

    monkeypatch.setattr(web, "find_node", no_node)
    site_course.write(course / "web/package.json", "{}\n")
    said: list[str] = []
    report = build(tmp_path / "site", course=course, progress=said.append)
    assert report.note == NO_NODE
    assert said == [report.note, "building the pages"]
    page = (tmp_path / "site/concepts/4_same_work_twice/41_claim/index.html").read_text(encoding="utf-8")
    assert "This diagram is shown as text" in page
    assert "Exercise 41: Unit 41" in page
    assert 'class="mermaid"' not in page
    assert (tmp_path / "site/assets/web/mermaid-lazy.js").is_file()


def test_no_page_names_another_host_for_what_it_loads(course: Path, tmp_path: Path) -> None:
    """Scripts, styles, fonts and pictures come from the site itself, by relative addresses."""
    build(tmp_path / "site", course=course, progress=silent)
    loaded = re.compile(r'<(?:script|link|img)\b[^>]*?\b(?:src|href)="?([^" >]+)')
    for page in (tmp_path / "site").rglob("index.html"):
        found = loaded.findall(page.read_text(encoding="utf-8"))
        outside = [a for a in found if "//" in a and not a.startswith("http://halfway.invalid/")]
        assert found
        assert outside == []


def test_pages_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """The order is in the names: modules by number, an index first, the glossary after the course."""
    docs = tmp_path
    site_course.write(docs / "concepts/4_twice/index.md", "# The same work twice\n")
    site_course.write(docs / "concepts/4_twice/41_key.md", "# A key names the intent\n")
    pages = ["decisions/why.md", "reference/glossary.md", "concepts/4_twice/41_key.md", "index.md"]
    pages += ["concepts/4_twice/index.md", "concepts/2_cancel/21_left.md"]
    assert tree(pages, docs) == [
        "index.md",
        {
            "Concepts": [
                {"2 Cancel": ["concepts/2_cancel/21_left.md"]},
                {
                    "4 The same work twice": [
                        "concepts/4_twice/index.md",
                        {"41 A key names the intent": "concepts/4_twice/41_key.md"},
                    ]
                },
            ]
        },
        {"Reference": ["reference/glossary.md"]},
        {"About": [{"Decisions": ["decisions/why.md"]}]},
    ]


def fetched(address: str) -> tuple[int, str, str]:
    """Gives status, type and text of an address on this machine."""
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_the_site_is_served_below_any_path(course: Path, tmp_path: Path) -> None:
    """Pages, scripts and the site map answer below the path, with the address the reader came by."""
    build(tmp_path / "site", course=course, progress=silent)
    with Server(tmp_path / "site", path="/some/course/") as server:
        status, kind, text = fetched(server.address)
        assert (status, kind) == (200, "text/html; charset=utf-8")
        assert "Halfway" in text
        assert fetched(server.address + "assets/web/site.js")[1] == "text/javascript; charset=utf-8"
        assert f"<loc>{server.address}concepts/</loc>" in fetched(server.address + "sitemap.xml")[2]
        status, kind, text = fetched(server.address + "nothing/")
        assert (status, kind) == (404, "text/html; charset=utf-8")
        assert 'href="/some/course/assets/halfway.css"' in text
        assert fetched(server.address.replace("/some/course/", "/elsewhere"))[0] == 404


def test_the_site_map_tells_no_day(course: Path, tmp_path: Path) -> None:
    """The site map names every page, and not when it was built."""
    report = build(tmp_path / "site", course=course, progress=silent)
    text = (tmp_path / "site/sitemap.xml").read_text(encoding="utf-8")
    assert text.count("<loc>") == report.pages
    assert "lastmod" not in text
    assert not (tmp_path / "site/sitemap.xml.gz").exists()
