"""What belongs to a thread, where all threads run in one: locals, context variables, numbers of threads."""

from __future__ import annotations

from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import Unit, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

OWNED = dedent(
    """
    import concurrent.futures as futures
    import contextvars
    import threading
    from threading import get_ident

    WHO = contextvars.ContextVar("WHO", default="nobody")


    class Mine(threading.local):
        who = "nobody"

        def __init__(self, first):
            self.first = first


    class Desk:
        def __init__(self):
            self._own, self._mine = threading.local(), Mine("first")
            self._own.who = self._mine.who = "the maker"
            WHO.set("the maker")
            self._maker = get_ident(), threading.current_thread()

        def look(self):
            is_maker = [get_ident() == self._maker[0], threading.current_thread() is self._maker[1]]
            return [getattr(self._own, "who", "nobody"), self._mine.who, self._mine.first, WHO.get(), *is_maker]

        def threads(self):
            said = []
            for _ in range(2):
                thread = threading.Thread(target=lambda: said.append(self.look()))
                thread.start()
                thread.join()
            return [*said, self.look()]

        def pool(self):
            begins = lambda: setattr(self._own, "who", "a worker")
            with futures.ThreadPoolExecutor(1, initializer=begins) as pool:
                jobs = [pool.submit(self.look) for _ in range(2)]
            return [job.result()[0] for job in jobs] + [self._own.who]


    def made():
        return Desk()
    """
)
HERE = ["the maker", "the maker", "first", "the maker", True, True]
THERE = ["nobody", "nobody", "first", "nobody", False, False]


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_what_belongs_to_a_thread_is_not_there_for_another(link):
    """Locals, context variables and numbers of threads are another thread's own, in line, too."""
    with closing(link(OWNED, "owned")) as opened:
        unit = Unit(opened)
        with only_story(unit).process() as process:
            desk = unit.made()
            assert desk.look()[4:] == HERE[4:]
            assert process.in_another_thread(desk.look.later()).value == THERE
            assert desk.threads() == [THERE, THERE, HERE]
            assert desk.pool() == ["a worker", "a worker", "the maker"]
