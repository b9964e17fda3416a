"""A class in which everything happens that a report and an export have to show; nothing of it is graded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.grading import Event, Frame, Misconception, PromiseResult, Verdict
from halfway.review.gradebook import Gradebook, Summary, gradebook, keep
from halfway.review.intake import Handed, Intake

NOW = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\x1b[31m\x00 ]]> & \ufffe é 王"
TIMELINE = (
    Event(0.0, "your code", "publish(disk-7)"),
    Event(1.0, "", "the reply is lost", fault=True),
    Event(2.0, "phone", f"rings {HOSTILE}"),
)
FOLDER = f"exercises/{SLUG}/a_folder_with_a_name_that_is_wider_than_a_phone"
STATUSES = ("kept", "broken", "not_proved", "not_reached", "out_of_time", "out_of_memory", "too_much_output")


def promise(id: str, text: str, status: str) -> PromiseResult:
    """Gives a promise with everything that a report can show of it."""
    if status == "kept":
        return PromiseResult(id, text, "kept", stories=7)
    said = {"saw": f"2 calls {HOSTILE}", "rule": "a rule", "ask": "what is the same?", "replay": "1/ring~1"}
    more = {
        "timeline": TIMELINE,
        "calm": TIMELINE[:1],
        "frames": (Frame(3, "publish", f"x = 1  # {HOSTILE}"),),
    }
    return PromiseResult(id, text, status, stories=3, faults=1, output=f"{HOSTILE}\n" * 90, **said, **more)  # type: ignore[arg-type]


def verdict(course: TinyCourse, statuses: tuple[str, ...], fault: str = "", wrong: str = "") -> Verdict:
    """Gives a verdict on the unit of the tiny course, with these statuses by turns."""
    texts = catalog.find(SLUG, course.root).promises()
    promises = tuple(promise(id, text, statuses[n % len(statuses)]) for n, (id, text) in enumerate(texts))
    idea = Misconception(wrong, f"each try is a new call {HOSTILE}") if wrong else None
    return Verdict(SLUG, "ring.py", "0" * 64, "3.11.2", "0.1.0", (), 0.25, 7, promises, idea, fault)


def book(course: TinyCourse, folder: Path) -> Gradebook:
    """Gives the class: one learner for each way in which a submission can end."""
    kinds: dict[str, tuple[str, Verdict | str]] = {
        "Ana": (course.solution, verdict(course, ("kept",))),
        "Ben <b>& Co</b>": (
            course.solution + "\n# Ben\n",
            verdict(course, ("broken", "kept"), wrong="key_per_attempt"),
        ),
        "Çelik 王": (course.solution.replace("range(3)", "range(9)"), verdict(course, ("kept", "broken"))),
        "=cmd()": (HOSTILE, verdict(course, ("not_reached",))),
        "Dora": ("import sys\n", replace(verdict(course, STATUSES), unusual=("gc", "sys"))),
        "Eve": ("x = 1\n", verdict(course, ("checker_fault",), fault=f"it fell over {HOSTILE}")),
        "Finn": ("x = 2\n", "the worker ended without a verdict"),
        "Gus": (course.stub.read_text(), verdict(course, ("broken",))),
        "Hal": ("x = 3\n", verdict(course, ("kept", "checker_fault"))),
    }
    intake = Intake(learners=[*kinds, "Nobody"])
    intake.handed = [
        Handed(name, SLUG, "ring.py", source.encode(), f"{name}/{FOLDER}/ring.py", late=name == "Dora")
        for name, (source, _) in kinds.items()
    ]
    intake.remark("no.zip", f"is not a zip that can be read {HOSTILE}", "Ask for it again.")
    told: dict[str, Summary | str] = {
        f"key{n}": answer if isinstance(answer, str) else keep(answer, f"key{n}", folder / "verdicts")
        for n, (_, answer) in enumerate(kinds.values())
    }
    return gradebook(
        intake, [f"key{n}" for n in range(len(kinds))], told, catalog.units(course.root), "v1", confined=False
    )
