"""The site: pages with maps, cards, real output and real verdicts, built by mkdocs, served to one machine."""

from halfway.site.build import BuildReport, build
from halfway.site.errors import SiteError
from halfway.site.serve import Server

__all__ = ["BuildReport", "Server", "SiteError", "build"]
