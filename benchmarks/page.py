"""The lab in a page: sizes as a host that compresses sends them, and times from a click to the whole verdict.

    python benchmarks/page.py [rounds [unit ...]]

A unit is named as in `halfway grade`; without one, every unit is timed. A row is printed once it is there.
Chromium, on this machine, from a server on this machine: what a network takes comes on top of the first run.
Each cold row is a browser profile that has never been here. The text that is graded is the unit's solution.
The verdict of a warm terminal is measured in turns with the page's: where it is slow, the machine is.
What the browser used of processors (all its processes, median) says more than the clock on a busy machine.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright
from slow_host import PACKED, SlowHost

from halfway import catalog
from halfway.grading import Grader
from halfway.site import Server, build

ROUNDS = 5
BUDGET_KB = {"page": 250, "lab": 150}
BUDGET_S = {"cold": 5.0, "focus": 0.5, "again": 0.3, "far": 30.0}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
QUARTERS = (0.01, 0.25, 0.5, 0.75, 0.99)
LAB_CODE = "/assets/web/lab/"
# Notes what the grader in its worker says, and keeps the learner's text, as on a second visit.
PREPARED = """
window.Worker = class extends window.Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => { (window.said ??= {})[data.kind] = performance.now(); });
  }
};
for (const [slug, file, text, stub] of WORKS) {
  const work = { text, stub, file, writer: "benchmark", saved_at: "2026-01-01T00:00:00.000Z" };
  localStorage.setItem("halfway:work:" + slug, JSON.stringify(work));
}
"""
NEAR = """() => {
    document.querySelector(".stub").scrollIntoView({ block: "center" });
    return document.querySelector(".stub[data-lab=on] .cm-content") !== null;
}"""
RUN = """() => new Promise((resolve) => {
    const lab = document.querySelector(".lab");
    const began = performance.now();
    const watch = new MutationObserver(() => {
        if (!["kept", "broken", "ended"].includes(lab.dataset.state)) return;
        watch.disconnect();
        resolve([lab.dataset.state, (performance.now() - began) / 1000]);
    });
    lab.querySelector(".lab-primary").click();
    watch.observe(lab, { attributes: true, attributeFilter: ["data-state"] });
})"""

WATCH_BAR = """() => {
    const began = performance.now();
    window.seenBar = [];
    setInterval(() => {
        const bar = document.querySelector(".lab progress:not([hidden])");
        if (bar) window.seenBar.push([bar.value, (performance.now() - began) / 1000]);
    }, 100);
}"""


Took = tuple[float, float]
"""Seconds on the clock, and seconds of a processor."""


def processor_seconds() -> float:
    """What all processes of the browser have used so far; 0 where there is no /proc."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition(" (")[2].rpartition(") ")
        except OSError:
            continue
        fields, pid = rest.split(), int(path.parent.name)
        parents[pid] = int(fields[1])
        used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if "chrom" in name else 0.0
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(pid, 0.0) for pid in ours)


class Visit:
    """One page of one new browser profile, with all that it fetches."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._answers: list[Response] = []
        page.on("response", self._note)

    def _note(self, answer: Response) -> None:
        self._answers.append(answer)

    def kb(self, part: str = "", *without: str) -> float:
        """Bodies are asked for here, and not while something is timed: ten megabytes take a second."""
        chosen = {answer.url: answer for answer in self._answers if answer.ok and part in answer.url}
        wanted = [one for url, one in chosen.items() if not any(word in url for word in without)]
        return sum(map(_compressed, wanted)) / 1000

    def run(self) -> Took:
        before = processor_seconds()
        state, seconds = self.page.evaluate(RUN)
        if state != "kept":
            sys.exit(f"The run ended as {state!r}: {self.page.locator('.lab-status').inner_text()}")
        return float(seconds), processor_seconds() - before


def _compressed(answer: Response) -> int:
    body = answer.body()
    return len(body if answer.url.endswith(PACKED) else gzip.compress(body, 6))


@contextmanager
def visit(browser: Browser, url: str, works: str, *, wait_until: Any = "networkidle") -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.add_init_script(PREPARED.replace("WORKS", works))
    context.set_default_timeout(120_000)
    page = context.new_page()
    made = Visit(page)
    page.goto(url, wait_until=wait_until)
    try:
        yield made
    finally:
        context.close()


def sizes(browser: Browser, base: str, url: str, works: str) -> list[list[str]]:
    rows = []
    with visit(browser, f"{base}reference/glossary/", works) as plain:
        rows.append(["a page of text", *_kb(plain.kb(), BUDGET_KB["page"])])
    with visit(browser, url, works) as unit:
        rows.append(
            [
                "a unit's page as it opens, without its diagrams",
                *_kb(unit.kb("", "mermaid/"), BUDGET_KB["page"]),
            ]
        )
        rows.append(["  its diagrams, fetched when they come near", *_kb(unit.kb("mermaid/"))])
        unit.page.wait_for_function(NEAR)
        unit.page.locator(".cm-content").focus()
        unit.page.wait_for_function("window.said?.ready")
        rows.append(["lab code: editor, lab, engine", *_kb(unit.kb(LAB_CODE), BUDGET_KB["lab"])])
        rows.append(
            ["Python and the grader, fetched at the first focus or Run", *_kb(unit.kb("/lab/", LAB_CODE))]
        )
    return rows


def in_terminal(grader: Grader, unit: catalog.UnitFiles) -> Took:
    began = time.perf_counter()
    grader.grade(unit.slug, unit.solution)
    return time.perf_counter() - began, grader.cpu_s


def times(
    browser: Browser, grader: Grader, unit: catalog.UnitFiles, url: str, works: str, rounds: int
) -> list[list[str]]:
    terminal, cold, prepared, focus, again = [], [], [], [], []
    for _ in range(rounds):
        terminal += [in_terminal(grader, unit) for _ in range(3)]
        with visit(browser, url, works) as one:
            one.page.wait_for_function(NEAR)
            cold.append(one.run())
        with visit(browser, url, works) as one:
            one.page.wait_for_function(NEAR)
            began, used = one.page.evaluate("performance.now()"), processor_seconds()
            one.page.locator(".cm-content").focus()
            ended = one.page.wait_for_function("window.said?.practised").json_value()
            prepared.append(((ended - began) / 1000, processor_seconds() - used))
            focus.append(one.run())
            again += [one.run() for _ in range(3)]
    name = unit.slug[:4]
    return [
        [f"{name}: in a warm terminal", *_s(terminal)],
        [f"{name}: first Run, cold", *_s(cold, BUDGET_S["cold"])],
        [f"{name}: from the first focus until all is prepared", *_s(prepared)],
        [f"{name}: first Run, after that", *_s(focus, BUDGET_S["focus"])],
        [f"{name}: Run again", *_s(again, BUDGET_S["again"])],
    ]


def far_away(browser: Browser, out: Path, unit: catalog.UnitFiles, works: str) -> list[list[str]]:
    """A new profile over a slow line: from the address to the verdict, with Run as soon as one can write."""
    with SlowHost(out) as host:
        began, used = time.perf_counter(), processor_seconds()
        with visit(browser, address(unit, host.address), works, wait_until="domcontentloaded") as one:
            one.page.wait_for_function(NEAR)
            ready = time.perf_counter() - began
            one.page.evaluate(WATCH_BAR)
            one.run()
            took = time.perf_counter() - began, processor_seconds() - used
            seen = one.page.evaluate("window.seenBar")
    name, kb = unit.slug[:4], host.line.sent / 1000
    return [
        [f"{name}: at 1.5 Mbit/s, until one can write", *_s([(ready, 0.0)])],
        [f"{name}: at 1.5 Mbit/s, until the first verdict ({kb:,.0f} KB)", *_s([took], BUDGET_S["far"])],
        [
            f"  its bar: {', '.join(f'{share:.0%} after {ready + at:.0f} s' for share, at in _passed(seen))}",
            *[""] * 5,
        ],
    ]


def _passed(seen: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """When a bar first stood at each quarter or beyond it."""
    firsts = [next(((share, at) for share, at in seen if share >= wanted), None) for wanted in QUARTERS]
    return list(dict.fromkeys(first for first in firsts if first))


def _kb(size: float, budget: float | None = None) -> list[str]:
    return [f"{size:,.0f} KB", "", "", *_held(size, budget, f"{budget} KB")]


def _s(found: list[Took], budget: float | None = None) -> list[str]:
    clock = [seconds for seconds, _ in found]
    median, used = statistics.median(clock), statistics.median(seconds for _, seconds in found)
    return [
        f"{median:.2f} s",
        f"{min(clock):.2f} to {max(clock):.2f}",
        f"{used:.2f} s",
        *_held(median, budget, f"{budget} s"),
    ]


def _held(value: float, budget: float | None, words: str) -> list[str]:
    return ["", ""] if budget is None else [words, "yes" if value < budget else "NO"]


def address(unit: catalog.UnitFiles, base: str) -> str:
    return f"{base}{unit.concept.relative_to(unit.course / 'docs').with_suffix('').as_posix()}/"


def measured(
    browser: Browser, out: Path, chosen: list[catalog.UnitFiles], rounds: int
) -> Iterator[list[str]]:
    """Gives the rows, each when it has been measured."""
    course = catalog.root()
    told = [(u.slug, u.file, u.solution.read_text("utf-8"), u.stub.read_text("utf-8")) for u in chosen]
    works = json.dumps(told)
    with Server(out) as server, Grader(course) as grader:
        yield from sizes(browser, server.address, address(chosen[-1], server.address), works)
        yield from far_away(browser, out, chosen[-1], works)
        for unit in chosen if rounds else ():
            yield from times(browser, grader, unit, address(unit, server.address), works, rounds)


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS  # 0: sizes, and the slow line alone
    chosen = [catalog.find(unit) for unit in sys.argv[2:]] or list(catalog.units())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = build(Path(folder) / "site", course=catalog.root(), progress=lambda _: None)
        if report.note:
            sys.exit(report.note)
        path = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        print(f"load of this machine at the start: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
        print(f"Chromium {browser.version}, {rounds} rounds, {len(chosen)} units\n")
        line(["", "median", "range", "processor", "budget", "held"])
        for row in measured(browser, report.out, chosen, rounds):
            line(row)
        browser.close()


def line(row: list[str]) -> None:
    """Prints one row of the table."""
    cells = zip(row, (66, 8, 14, 9, 6, 4), strict=True)
    print("  ".join(cell.ljust(width) for cell, width in cells).rstrip(), flush=True)


if __name__ == "__main__":
    main()
