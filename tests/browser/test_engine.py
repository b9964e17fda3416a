"""The grader in the page, from the file that a page imports down to Python in its worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route

from halfway import catalog
from halfway.grading import Grader

COURSE = Path(__file__).resolve().parents[2]
SOURCES = COURSE / "web" / "src"
UNIT = "ex41_dedup_key"
CALL = "publish(Alert(incident='disk-7', revision=1, recipient='Ana', text='92 % full'), phone)"
SHORT_S, LONG_S = 3, 20
RUN = """async ([unit, text, suite, seconds]) => {
    engine.seconds = seconds;
    const events = [];
    const began = performance.now();
    const verdict = await engine.run({ unit, text, suite, onEvent: (event) => events.push(event) });
    return { verdict, events, ms: performance.now() - began, state: engine.state };
}"""
WARM = """async () => {
    const progress = [];
    await engine.warm((...told) => progress.push(told));
    return progress;
}"""
AT_ONCE = """async ([unit, text]) => {
    const { createEngine } = await import(`${location.origin}/some/course/engine-test/engine/engine.js`);
    const other = createEngine({ base: `${location.origin}/some/course/` });
    await other.warm();
    const events = [];
    const verdict = await other.run({ unit, text, suite: "hidden", onEvent: (event) => events.push(event) });
    return { verdict, events };
}"""
FRESH = """async () => {
    const { createEngine } = await import(`${location.origin}/some/course/engine-test/engine/engine.js`);
    window.fresh = createEngine({ base: `${location.origin}/some/course/` });
    const first = await fresh.warm().then(() => "it came", (problem) => problem.message);
    return { first, state: fresh.state };
}"""
MANIFEST = "fetch(`${location.origin}/some/course/lab/engine.json`).then((answer) => answer.json())"
Run = Callable[..., dict[str, Any]]


def solution() -> str:
    return catalog.find(UNIT, COURSE).solution.read_text(encoding="utf-8")


def with_first_line(code: str) -> str:
    """Gives the solution, in which `dedup_key` begins with this line."""
    text = solution()
    body = text.index('"""', text.index('"""', text.index("def dedup_key")) + 3) + 3
    return f"{text[:body]}\n    {code}{text[body:]}"


@pytest.fixture(scope="module")
def requests() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(context: BrowserContext, address: str, requests: list[str]) -> Iterator[Page]:
    """An empty page of the site with an engine that nobody has warmed."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("engine-test/")[2]
        if name.endswith(".js"):
            route.fulfill(path=SOURCES / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>An engine</title>", content_type="text/html")

    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("request", lambda request: requests.append(address_of(request)))
    page.route(f"{address}engine-test/**", answer)
    page.goto(f"{address}engine-test/page.html")
    page.evaluate(
        """async (base) => {
            const { createEngine } = await import(base + "engine-test/engine/engine.js");
            window.states = [];
            window.engine = createEngine({ base });
            window.engine.onstate = (state) => window.states.push(state);
        }""",
        address,
    )
    yield page
    page.close()


def address_of(request: Request) -> str:
    return request.url


@pytest.fixture
def run(page: Page) -> Run:
    """Grades a text in the page, as a click on Run does."""
    return lambda text, suite="hidden", seconds=LONG_S: page.evaluate(RUN, [UNIT, text, suite, seconds])


def first_broken(verdict: dict[str, Any]) -> dict[str, Any]:
    return next(promise for promise in verdict["promises"] if promise["status"] != "kept")


def test_nothing_is_fetched_before_it_is_wanted(page: Page, address: str, requests: list[str]) -> None:
    """An engine that nobody has warmed asks for nothing; warming counts every byte and asks one host."""
    assert [url for url in requests if "/lab/" in url] == []
    assert page.evaluate("engine.state") == "cold"
    progress = page.evaluate(WARM)
    manifest = page.evaluate(MANIFEST)
    total = sum(file["bytes"] for name, file in manifest["files"].items() if name != "late")
    loaded = [told[0] for told in progress]
    assert progress[0][:2] == [0, total]
    assert progress[-1] == [total, total, "ready"]
    assert loaded == sorted(loaded)
    assert page.evaluate("states") == ["loading", "ready"]
    assert [url for url in requests if not url.startswith((address, "blob:"))] == []


@pytest.mark.parametrize("part", ["wasm", "course"])
def test_what_did_not_come_is_fetched_again(page: Page, address: str, part: str) -> None:
    """Who waits is told why no verdict comes, and the next Run fetches it; Python may have begun by then."""
    page.route(f"{address}lab/{part}-*", lambda route: route.abort())
    try:
        ends = page.evaluate(FRESH)
        assert ends["first"].startswith("the grader could not be fetched (there is no network)"), ends
        assert ends["state"] == "cold"
    finally:
        page.unroute(f"{address}lab/{part}-*")
    assert page.evaluate("async () => { await fresh.warm(); return fresh.state; }") == "ready"


def test_a_right_answer_is_graded_as_in_the_terminal(run: Run) -> None:
    """Every promise has the terminal's status and story count, and was told when it was kept."""
    there = run(solution())
    with Grader(COURSE) as grader:
        here = grader.grade(UNIT, catalog.find(UNIT, COURSE).solution)
    verdict = there["verdict"]
    assert verdict["passed"] is True
    assert [(p["id"], p["status"], p["stories"]) for p in verdict["promises"]] == [
        (p.id, p.status, p.stories) for p in here.promises
    ]
    assert verdict["sha256"] == verdict["source_hash"] == here.sha256
    told = [event["promise"]["id"] for event in there["events"] if event["kind"] == "promise"]
    assert told == [p.id for p in here.promises]
    assert there["state"] == "ready"


def test_what_comes_later_is_waited_for_by_who_imports_it(
    page: Page, address: str, requests: list[str]
) -> None:
    """A run that imports what no first verdict needs is told once, when that has come."""
    requests.clear()
    there = page.evaluate(AT_ONCE, [UNIT, f"import xmlrpc.client\n{solution()}"])
    assert "late-" in {url.removeprefix(f"{address}lab/")[:5] for url in requests}
    assert there["verdict"]["passed"] is True
    told = [event["promise"]["id"] for event in there["events"] if event["kind"] == "promise"]
    assert told == [promise["id"] for promise in there["verdict"]["promises"]]


def test_a_wrong_idea_is_shown_with_its_story(run: Run) -> None:
    """The first broken promise has words, frames and a drawing, and the misconception its name."""
    unit = catalog.find(UNIT, COURSE)
    verdict = run(unit.program(unit.mutant("key_per_attempt")))["verdict"]
    broken = first_broken(verdict)
    assert verdict["misconception"]["name"] == "key_per_attempt"
    assert broken["saw"]
    assert broken["rule"]
    assert broken["ask"]
    assert broken["svg"].startswith("<svg")
    assert "<desc" in broken["svg"]
    assert verdict["timeline_svg"] == broken["svg"]
    assert run(solution(), "examples")["verdict"]["passed"] is True


@pytest.mark.parametrize(
    ("code", "status", "saw"),
    [
        ("while True: pass", "out_of_time", f"{CALL}: after {SHORT_S} s it was still running"),
        ("sum(__import__('itertools').count())", "out_of_time", f"after {SHORT_S} s it was still running"),
        ("while True: print('x' * 1000)", "too_much_output", "it printed more than 10,000,000 bytes"),
        ("__import__('os')._exit(3)", "broken", "your code ended its own process (exit code 3)"),
        ("return 'y' * 2**30", "out_of_memory", "it needs more memory than there is for a verdict"),
        (
            "__import__('json').loads('[' * 10**6)",
            "broken",
            "your code nests deeper than the interpreter's stack",
        ),
        ("f = lambda: f(); f()", "broken", "your code calls itself too deeply (RecursionError)"),
        (
            "__import__('socket').create_connection(('host.invalid', 80))",
            "broken",
            "your code opens a connection (socket.getaddrinfo), and this unit needs none",
        ),
        (
            "__import__('_thread').start_joinable_thread(print)",
            "broken",
            "your code starts a thread, and this unit needs none",
        ),
        (
            "__import__('subprocess').run(['true'])",
            "broken",
            "your code starts a process (subprocess.Popen), and this unit needs none",
        ),
    ],
)
def test_a_limit_is_a_kind_line_and_the_page_lives(
    run: Run, page: Page, code: str, status: str, saw: str
) -> None:
    """Whatever a learner's code does, it ends with a named line, and the page answers."""
    if status == "out_of_time":
        run(solution())  # a first verdict takes longer than a short limit
    told = run(with_first_line(code), seconds=SHORT_S if status == "out_of_time" else LONG_S)
    broken = first_broken(told["verdict"])
    assert (broken["status"], broken["saw"]) == (status, saw)
    assert page.evaluate("1 + 1") == 2


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("__import__('time').sleep(1e9)", "ten years of virtual time passed"),
        ("input('name? ')", "stops to ask at the keyboard (input()), and nobody is there"),
        ("breakpoint()", "stops to ask at the keyboard (breakpoint()), and nobody is there"),
        ("import asyncio; asyncio.run(asyncio.sleep(1))", "cannot be called from a running event loop"),
        ("import js; js.fetch('https://host.invalid/')", "import of js halted"),
    ],
)
def test_what_a_page_does_not_have_is_told(run: Run, code: str, said: str) -> None:
    """Waiting for years, a keyboard, a loop in a loop, a way out of the worker: each breaks a promise."""
    assert said in first_broken(run(with_first_line(code))["verdict"])["saw"]


def test_stop_ends_a_run_at_once(page: Page, run: Run) -> None:
    """A run that is stopped resolves to a verdict that says so, and the next run has a new worker."""
    run(solution())
    page.evaluate("setTimeout(() => engine.stop(), 200)")
    told = run(with_first_line("sum(__import__('itertools').count())"))
    assert first_broken(told["verdict"])["saw"] == "it was stopped before it came to this"
    assert run(solution())["verdict"]["passed"] is True


def test_nothing_of_a_run_is_left_for_the_next_one(run: Run) -> None:
    """Code that puts its own things in the place of the library's spoils nobody's verdict but its own."""
    spoilt = solution().replace(
        "__all__", "import asyncio, json\nasyncio.sleep = None\njson.dumps = None\n__all__", 1
    )
    run(spoilt)
    assert run(solution())["verdict"]["passed"] is True
