"""What a suite says so that a pressure has something to press: who reads, which clock, whose words."""

import ast
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import (
    ASKED,
    BETWEEN,
    CANCEL,
    OWN_CLOCKS,
    EveryStory,
    Unit,
    asserting_source,
    bounds_of,
    literals_of,
    numbers_of,
    takes_time,
    words,
    words_of,
)
from halfway.kit.ports import Clock, Phone
from halfway.links.direct import Direct


class OnCall(Phone):
    """A phone with the signature of these programs."""

    @takes_time
    def ring(self, alert: str):
        yield from self.call(alert)


def test_what_only_reads_is_asked_at_every_message():
    """Progress that is kept in memory is old whenever somebody asks in between."""
    source = """
        class Work:
            def __init__(self, phone):
                self.phone, self.done = phone, 0

            async def run(self):
                done = 0
                for alert in ("disk-7", "api-2"):
                    await self.phone.ring(alert)
                    done += 1
                self.done = done

            def rang(self):
                return self.done
    """

    def working(unit, story):
        phone = OnCall(story)

        def told(end):
            return "" if end.value == len(phone.rang) else f"rang() {end}; it rang {len(phone.rang)} times"

        with story.process() as process:
            work = unit.Work(phone)
            process.run(work.run.later(), asking=work.rang.later(), told=told)

    saw = {}
    for without in ((), (ASKED,)):
        with closing(Direct(dedent(source), "alerts")) as link:
            stories = EveryStory(Unit(link), without=without)(working, {CANCEL}, depth=0)
            saw[without] = [finding.saw for story in stories for finding in story.findings]
    assert saw[()][0] == "asked at 1 s, while the work is under way: rang() returned 0; it rang 1 times"
    assert saw[(ASKED,)] == []


def test_a_clock_that_is_handed_in_agrees_with_nobody():
    """Who measures with the loop's clock instead is a thousandth off; two readings are never the same."""
    source = """
        import asyncio

        async def work(clock):
            loop = asyncio.get_running_loop()
            began, began_too = clock.monotonic(), loop.time()
            await asyncio.sleep(1_000)
            return clock.monotonic() - began, loop.time() - began_too
    """
    with closing(Direct(dedent(source), "alerts")) as link:
        unit = Unit(link)
        apart = {}
        for without in ((), (OWN_CLOCKS, BETWEEN)):
            (story,) = EveryStory(unit, without=without)({CANCEL}, depth=0)
            with story.process():
                by_clock, by_loop = unit.work(Clock(story))
            apart[without] = by_clock - by_loop
    assert apart[()] == pytest.approx(1.0, abs=0.01)
    assert apart[(OWN_CLOCKS, BETWEEN)] == 0


def test_the_words_of_a_submission_are_what_its_names_are_joined_with():
    """Separators, and the parts of texts that values are put into; docstrings are left out."""
    source = '''
        """Joins."""
        def key(a, b):
            """Join with a bell."""
            return "||".join([a, b]) + f"{a}#{b}" + "%s~%d" % (a, b) + b"\\x1f".decode()
    '''
    with closing(Direct(dedent(source), "keys")) as link:
        words = words_of(Unit(link))
    assert {"||", "#", "~", "\x1f"} <= set(words)
    assert not any("bell" in word or "Joins" in word for word in words)


def test_the_numbers_of_a_submission_are_those_that_it_computes_too():
    """A bound is found as it is written, and as it is computed; what grows beyond reason is left out."""
    source = f"""
        KEYS, BYTES, FOLDS = 100_000, 2**10 - 1, 1 << 4
        LONG = {" + ".join("1" * 900)}
        def key(n):
            return n % (10 * 3) + 2**(2**20) + 7 ** -1 + (1 << (1 - 2)) + (((9**99)**99)**99)**99
    """
    with closing(Direct(dedent(source), "keys")) as link:
        numbers = numbers_of(Unit(link), 10**6)
    assert {100_000, 1_023, 16, 30} <= set(numbers)
    assert max(numbers) <= 10**6
    for beyond in ("2**(2**20)", "1" + " + 1" * 20):
        assert words._computed(ast.parse(beyond, mode="eval").body) is None


def test_a_submission_that_asserts_is_given_as_it_is_written():
    """It can be run without its asserts; one without any is not given."""
    for source, found in (("def key(a):\n    assert a\n    return a\n", True), ("KEY = 'assert'\n", False)):
        with closing(Direct(source, "keys")) as link:
            assert asserting_source(Unit(link)) == (source if found else "")


def test_the_bounds_of_a_submission_are_where_its_numbers_no_longer_fit():
    """A number in four digits, in sixteen bits, or up to a limit: the first one beyond is given."""
    source = """
        from array import array
        COUNTS, MOST = array("H"), 300
        def key(n):
            return f"{n:04d}" + str(n).zfill(3) + "%05d" % n + "page 07 of 0x10, 1.05"
    """
    with closing(Direct(dedent(source), "keys")) as link:
        bounds = bounds_of(Unit(link), 70_000)
    assert {301, 2**16, 10**4, 10**3} <= set(bounds)
    assert 10**5 not in bounds


def test_the_literals_of_a_submission_are_what_it_takes_for_nothing():
    """Texts, numbers, lists and dicts of them; docstrings are left out, and what JSON has not."""
    source = '''
        """Waits."""
        WAITS, NONE, STATE, BYTES = "pending", -1, {"state": ["to do", None]}, b"x"
        def key(n):
            return [n, ..., {1, 2}]
    '''
    with closing(Direct(dedent(source), "keys")) as link:
        literals = literals_of(Unit(link))
    assert [value in literals for value in ("pending", -1, {"state": ["to do", None]}, "to do", None)] == [
        True
    ] * 5
    assert not any(value in literals for value in ("Waits.", b"x", ...))
