"""What the watcher shows, as lines: no screen is needed to make them."""

from __future__ import annotations

from datetime import datetime

from halfway.catalog import CatalogError, UnitFiles
from halfway.cli.spelling import halfway, pasted
from halfway.cli.watcher.session import Began, Done, Failed, Gone, Step, Told
from halfway.grading.verdict import PromiseResult, Started, Verdict
from halfway.render.lanes import Line, wrapped
from halfway.render.manner import SIGNS, Manner
from halfway.render.strokes import LINES
from halfway.render.text import headline, promise_lines, summary

RUNNING, WAITING = "▸", "·"


class View:
    """What is known of one unit while it is watched."""

    def __init__(self, unit: UnitFiles) -> None:
        self.unit = unit
        self.problem = ""
        try:
            self.title = unit.title
            self.texts = dict(unit.promises())
        except CatalogError as error:
            self.title, self.texts, self.problem = unit.slug, {}, str(error)
        self.results: dict[str, PromiseResult] = {}
        self.fresh: set[str] = set()
        self.begun = ""
        self.verdict: Verdict | None = None
        self.said = "waits for its first verdict"
        self.runs = 0

    def hear(self, told: Told, now: datetime) -> None:
        """Takes in what the session tells."""
        self.problem = ""
        if isinstance(told, Began):
            # What the save before was worth stays, paler, until its result comes: nothing flickers.
            self.fresh, self.begun, self.verdict = set(), "", None
            self.said = "is graded"
        elif isinstance(told, Step):
            self._step(told)
        elif isinstance(told, Done):
            self._done(told.verdict, now)
        elif isinstance(told, Gone):
            self.verdict, self.results = None, {}
            self.problem = (
                f"{self.unit.shown(told.path)} is gone.\n"
                "It is graded again as soon as it is back; `r` brings the untouched one."
            )
            self.said = "waits for the file"
        elif isinstance(told, Failed):
            self.verdict, self.problem, self.said = None, told.text, "could not be graded"

    def _step(self, told: Step) -> None:
        if isinstance(told.what, Started):
            self.begun = told.what.id
        else:
            self.results[told.what.id] = told.what
            self.fresh.add(told.what.id)

    def _done(self, verdict: Verdict, now: datetime) -> None:
        self.verdict, self.begun = verdict, ""
        self.results = {result.id: result for result in verdict.promises}
        self.fresh = set(self.results)
        self.runs += 1
        self.said = f"graded at {now:%H:%M:%S} in {verdict.seconds * 1000:.0f} ms"

    # ---- lines

    def head(self, width: int, place: str) -> list[Line]:
        """Gives the unit, how far the learner is, and one mark for each promise as it comes."""
        title = f"{self.unit.number}  {self.title}"
        gap = max(width - len(title) - len(place), 2)
        first: Line = [(title, "head"), (" " * gap, ""), (place, "dim")]
        if gap == 2:
            room = width - len(place) - 2
            first = [(title[: room - 1] + "…", "head"), ("  ", ""), (place, "dim")]
        return [first, self._strip()]

    def _strip(self) -> Line:
        marks: Line = []
        for id in self.texts:
            result = self.results.get(id)
            if id == self.begun and id not in self.fresh:
                marks.append((RUNNING, "head"))
            elif result is None:
                marks.append((WAITING, "dim"))
            else:
                marks.append((SIGNS[result.status], _style(result) if id in self.fresh else "dim"))
        kept = sum(result.kept for result in self.results.values())
        return [*marks, (f"  {kept} of {len(self.texts)} promises kept", "")]

    def opened(self, width: int) -> list[Line]:
        """Gives the first broken promise in full, or what else there is to say."""
        if self.problem:
            return [[(part, "")] for part in wrapped(pasted(self.problem), width)]
        result = self._first_broken()
        lines: list[Line] = []
        if result is not None:
            lines += promise_lines(result, self.unit.slug, width, manner=Manner(halfway=halfway(), pen=LINES))
        if self.verdict is not None:
            lines += self._afterwards(self.verdict, width)
        return lines

    @property
    def replay(self) -> str:
        """The command that tells the open story again; "" where none is open."""
        result = self._first_broken()
        if result is None or not (result.replay and result.timeline):
            return ""
        return f"{halfway()} grade {self.unit.slug} --replay {result.replay}"

    @property
    def open_id(self) -> str:
        """The promise that is shown open, or nothing."""
        result = self._first_broken()
        return result.id if result else ""

    def _first_broken(self) -> PromiseResult | None:
        """Gives the promise to open: broken ones before those that were not reached at all."""
        told = [result for id in self.texts if (result := self.results.get(id)) and not result.kept]
        told.sort(key=lambda result: result.status == "not_reached")
        return next((result for result in told if result.saw), None)

    def _afterwards(self, verdict: Verdict, width: int) -> list[Line]:
        lines: list[Line] = []
        if verdict.misconception is not None:
            words = f"The same promises break when somebody thinks: {verdict.misconception.words}"
            said = wrapped(words, width - 2)
            lines += [[], *([("  " + part, "")] for part in said)]
        if verdict.fault:
            said = wrapped("The checker itself failed; this is not your code. " + verdict.fault, width)
            lines += [[], *([(part, "fault")] for part in said)]
        if verdict.passed:
            lines += [[(summary(verdict), "kept")], [], *_what_now(width)]
        return lines

    def promises(self, width: int) -> list[Line]:
        """Gives every promise on a line of its own, with its mark."""
        lines: list[Line] = [[("The promises", "head")]]
        for id, text in self.texts.items():
            result = self.results.get(id)
            if result is not None:
                lines += headline(result, width, manner=Manner(halfway=halfway()))
                continue
            mark = RUNNING if id == self.begun else WAITING
            first, *rest = wrapped(text, width - 2)
            lines += [[(f"{mark} ", "dim"), (first, "dim")], *([("  " + part, "dim")] for part in rest)]
        return lines

    def state(self, width: int) -> list[Line]:
        """Gives the line above the keys: the file, and when it was graded."""
        file = self.unit.shown(self.unit.stub)
        if len(file) + len(self.said) + 2 > width:
            file = self.unit.file
        said = self.said[: max(width - len(file) - 2, 0)]
        return [[(f"{file}  ", ""), (said if said == self.said else said.rpartition(" in ")[0], "dim")]]


def folded(lines: list[Line], width: int) -> list[Line]:
    """Goes on in the next line where one is too wide: a long command is broken rather than cut off."""
    found: list[Line] = []
    for line in lines:
        found.append([])
        room = width
        for text, style in line:
            rest = text
            while len(rest) > room:
                found[-1].append((rest[:room], style))
                found.append([])
                rest, room = rest[room:], width
            found[-1].append((rest, style))
            room -= len(rest)
    return found


def _style(result: PromiseResult) -> str:
    return {"kept": "kept", "not_reached": "dim"}.get(result.status, "broken")


def _what_now(width: int) -> list[Line]:
    text = "Solved. `halfway solution` shows how others did it; `n` goes on when you are ready."
    return [[(part, "")] for part in wrapped(pasted(text), width)]
