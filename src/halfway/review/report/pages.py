"""Writes the pages of a class from its gradebook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from halfway.catalog import UnitFiles
from halfway.grading import Event, PromiseResult
from halfway.render.svg import timeline_svg
from halfway.render.text import MARKS, SAID
from halfway.render.visible import visible_text
from halfway.review.comments import FILE, Comments
from halfway.review.files import remove_others, write
from halfway.review.gradebook import Gradebook, Graded, Learner
from halfway.review.marks import STATES, Marks
from halfway.review.report.diffs import beside, diff, nearest
from halfway.review.similar import Likeness

WORDS = {"kept": "kept", "broken": "broken", **SAID}
HOLDERS_SHOWN = 12
UNUSUAL_SHOWN = 40
CODE = re.compile(r"`([^`]+)`")


class Pages:
    """The report of one class below `out`."""

    def __init__(
        self, book: Gradebook, comments: Comments, likeness: Likeness, marks: Marks, out: Path, now: datetime
    ) -> None:
        self._book, self._comments, self._likeness, self._out = book, comments, likeness, out
        self._marks = marks
        self._units = {unit.slug: unit for unit in book.units}
        self._env = _environment()
        self._env.globals.update(
            book=book,
            titles={unit.slug: unit.title for unit in book.units},
            marks=MARKS,
            words=WORDS,
            holders_shown=HOLDERS_SHOWN,
            unusual_shown=UNUSUAL_SHOWN,
            comments=comments,
            comments_file=FILE,
            mark_of=marks.of,
            total_of=marks.total,
            states=STATES,
            now=f"{now:%Y-%m-%d %H:%M}",
        )
        self._submission = lru_cache(maxsize=512)(self._submission_of)
        style = resources.files("halfway.review.report").joinpath("templates", "style.css")
        self._style = style.read_text(encoding="utf-8")

    def write(self) -> None:
        """Writes every page. Raises NotWrittenError."""
        write(self._out / "style.css", self._style)
        for unit in self._book.units:
            self._page("unit.html", f"units/{unit.slug}.html", up="../", unit=unit, **self._unit(unit.slug))
        for place, learner in enumerate(self._book.learners):
            self._learner(learner, place)
            if learner.graded:
                write(self._out / "feedback" / f"{learner.id}.html", self.feedback(learner))
        self._page("similar.html", "similar.html", up="", likeness=self._likeness, beside=beside)
        units = [(unit, self._unit(unit.slug)) for unit in self._book.units]
        self._page(
            "index.html",
            "index.html",
            up="",
            units=units,
            likeness=self._likeness,
            faults=self._faults(),
            spreads=[(unit, self._spread(unit)) for unit in self._book.units],
        )
        self._remove_others()

    def feedback(self, learner: Learner) -> str:
        """Gives a page to give away: verdicts and comments, no solution, and nobody else."""
        submissions = list(self._submissions(learner, given_away=True))
        values = {"learner": learner, "submissions": submissions, "style": Markup(self._style)}  # noqa: S704 - ours
        return self._env.get_template("feedback.html").render(values)

    def _spread(self, unit: UnitFiles) -> list[tuple[str, int]]:
        """Counts what became of a unit: the ways to a zero, and tenths of the promises."""
        counts: Counter[str] = Counter()
        for learner in self._book.learners:
            mark = self._marks.of(learner, unit)
            some = mark.state == "some promises kept"
            counts[f"{mark.kept} of {mark.of} kept" if some else mark.state] += 1
        first = [(state, counts.pop(state)) for state in STATES if counts[state]]
        last = [first.pop()] if first and first[-1][0] == STATES[-1] else []
        return [*first, *sorted(counts.items(), key=lambda row: int(row[0].split()[0]))[:40], *last]

    def _page(self, template: str, path: str, **values: Any) -> None:
        write(self._out / path, self._env.get_template(template).render(values))

    def _unit(self, slug: str) -> dict[str, Any]:
        summaries = list(self._book.summaries(slug))
        return {
            "promises": self._book.broken(slug),
            "misconceptions": self._book.misconceptions(slug),
            "summaries": summaries,
            "all_kept": sum(summary.passed for _, summary in summaries),
            "ran": sum(summary.ran for _, summary in summaries),
            "silent": [learner for learner, summary in summaries if not summary.ran],
            "untouched": sum(self._book.untouched(graded.handed) for _, graded in self._book.of(slug)),
        }

    def _faults(self) -> list[tuple[Learner, Graded]]:
        return [(learner, g) for learner in self._book.learners for g in learner.graded.values() if g.trouble]

    def _learner(self, learner: Learner, place: int) -> None:
        learners = self._book.learners
        self._page(
            "learner.html",
            f"learners/{learner.id}.html",
            up="../",
            learner=learner,
            before=learners[place - 1] if place else None,
            after=learners[place + 1] if place + 1 < len(learners) else None,
            submissions=list(self._submissions(learner)),
        )

    def _submissions(
        self, learner: Learner, *, given_away: bool = False
    ) -> Iterator[tuple[UnitFiles, Graded, Markup]]:
        for slug, graded in sorted(learner.graded.items()):
            body = self._submission(slug, graded.handed.sha256, _Held(graded), given_away)
            yield self._units[slug], graded, body

    def _submission_of(self, slug: str, sha256: str, held: _Held, given_away: bool) -> Markup:
        """Gives what a page says of a content; learners with equal contents read the same."""
        graded, unit = held.graded, self._units[slug]
        data = graded.handed.data
        verdict = graded.summary.verdict() if graded.summary else None
        answers = [unit.solution, *unit.also] if unit.solutions.is_dir() and not given_away else []
        answer = nearest(data, answers)
        return Markup(  # noqa: S704 - the template has escaped everything in it
            self._env.get_template("submission.html").render(
                verdict=verdict,
                given_away=given_away,
                trouble=graded.trouble,
                untouched=self._book.untouched(graded.handed),
                from_stub=diff(unit.stub.read_bytes(), data),
                answer=answer,
                to_answer=diff(data, answer.read_bytes()) if answer else [],
            )
        )

    def _remove_others(self) -> None:
        learners = {f"{learner.id}.html" for learner in self._book.learners}
        given = {f"{learner.id}.html" for learner in self._book.learners if learner.graded}
        remove_others(self._out / "learners", "learner-*.html", learners)
        remove_others(self._out / "feedback", "learner-*.html", given)
        units = {f"{unit.slug}.html" for unit in self._book.units}
        remove_others(self._out / "units", "ex[0-9][0-9]_*.html", units)


class _Held:
    """Carries a submission past the cache: contents are told apart by their hash alone."""

    def __init__(self, graded: Graded) -> None:
        self.graded = graded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("halfway.review.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    env.filters["inline"] = inline
    env.filters["points"] = "{:g}".format
    env.globals.update(drawing=drawing)
    return env


def _clean(value: Any) -> Any:
    """A learner's text may hold characters that no page can, or that nobody sees."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible_text(value)
    return value


def inline(text: str) -> Markup:
    """Gives a line of text, with `...` as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(_clean(text)))))  # noqa: S704 - it is escaped first


def drawing(events: tuple[Event, ...], title: str, promise: PromiseResult) -> Markup:
    """Gives a timeline as a drawing with a text alternative."""
    return Markup(timeline_svg(events, title=f"{title}: {promise.text}"))  # noqa: S704 - it escapes its texts
