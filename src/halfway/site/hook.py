"""The hook that mkdocs calls while it builds: each event hands over to one module of halfway.site."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

from halfway.site import claims, diagrams, door, lab, licences, nav, offline, units, web
from halfway.site.accessible import named
from halfway.site.cache import Cache
from halfway.site.pages import Page
from halfway.site.published import pages_of_drafts

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page as MkPage

LOG = logging.getLogger("mkdocs.hooks.halfway")
ASSETS = "assets/web"
LAST_CHANGE = re.compile(r"\s*<lastmod>.*?</lastmod>")
_caches: dict[Path, Cache] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Decides how diagrams are shown, and where results are kept."""
    course = _course(config)
    _caches[course] = Cache(course / ".halfway" / "site")
    if web.assets(course, LOG.info).folder is None:
        diagrams.show_as_text(config.mdx_configs["pymdownx.superfences"])
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds what the browser loads, and lists the pages in their order."""
    built = web.assets(_course(config), LOG.info)
    added = [
        File.generated(config, f"{ASSETS}/{name}", abs_src_path=str(path))
        for name, path in built.files()
        if not name.startswith(lab.WORKER) and name != licences.NAME
    ]
    added.append(_licences(config, dict(built.files()).get(licences.NAME)))
    added += _lab(config)
    added += [File.generated(config, path, content=text) for path, text in units.data_files(_course(config))]
    if built.folder is None:
        scripts = [str(script) for script in config.extra_javascript]
        added += [File.generated(config, script, content=web.NOT_BUILT) for script in scripts]
    drafts = pages_of_drafts(_course(config))
    shown = [file for file in files if Path(file.abs_src_path or "") not in drafts]
    listed = [file.src_uri for file in Files(shown).documentation_pages()]
    config.nav = nav.tree(listed, Path(config.docs_dir))
    return Files([*shown, *added])


def _licences(config: MkDocsConfig, of_the_browser: Path | None) -> File:
    told = of_the_browser.read_text(encoding="utf-8") if of_the_browser else ""
    return File.generated(config, f"{ASSETS}/{licences.NAME}", content=licences.text(told))


def _lab(config: MkDocsConfig) -> list[File]:
    """Gives what the in-page lab loads when somebody uses it."""
    made = lab.lab(_course(config), LOG.info)
    if not made.files:
        return []
    told = File.generated(config, f"{lab.FOLDER}/engine.json", content=made.manifest)
    return [
        told,
        *(
            File.generated(config, f"{lab.FOLDER}/{name}", abs_src_path=str(path))
            for name, path in made.files.items()
        ),
    ]


def on_page_markdown(markdown: str, page: MkPage, config: MkDocsConfig, files: Files) -> str:
    """Replaces the directives of a page."""
    source = Path(page.file.abs_src_path or "")
    first_line = page.file.content_string.count("\n") - markdown.count("\n") + 1
    return _page(source, config).expanded(markdown, first_line, LOG.warning)


def on_page_content(html: str, page: MkPage, config: MkDocsConfig, files: Files) -> str:
    """Shows what a concept page claims, and keeps the source of diagrams out of the search."""
    unit = _page(Path(page.file.abs_src_path or ""), config).unit
    if unit:
        _purpose_first(page)
        html = claims.shown(html, unit)
    return diagrams.unsearched(door.marked(html, _course(config)))


def _purpose_first(page: MkPage) -> None:
    """Lists the sections of a concept page in the order in which they are shown."""
    ids = [item.id for level in page.toc.items for item in level.children]
    for level in page.toc.items:
        if {claims.POSITION, claims.PURPOSE} <= set(ids):
            level.children.sort(key=lambda item: claims.place(item.id, ids))


def on_post_page(output: str, page: MkPage, config: MkDocsConfig) -> str:
    """Names what the theme leaves without a name."""
    return named(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Takes the day of the build out of the site map, so that the same pages give the same bytes.

    The page that is shown where none is has the same parts as every other, and they get the same names.
    """
    if template_name == "404.html":
        return named(door.not_found(output_content, config.site_url or "/"))
    return LAST_CHANGE.sub("", output_content) if template_name == "sitemap.xml" else output_content


@event_priority(-100)  # after whatever else writes into the folder: the worker knows every file
def on_post_build(config: MkDocsConfig) -> None:
    """Drops the packed site map, which holds the hour, and results that no page asked for; lists the rest."""
    (Path(config.site_dir) / "sitemap.xml.gz").unlink(missing_ok=True)
    _caches[_course(config)].forget_unused()
    offline.write(Path(config.site_dir))


def _course(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).resolve().parent


def _page(source: Path, config: MkDocsConfig) -> Page:
    course = _course(config)
    return Page(course, source.resolve(), _caches[course])
