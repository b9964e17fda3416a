"""Small programs, each of which goes wrong under one pressure and under no other."""

RIGHT = """
    async def publish(alert, phone):
        await phone.ring(alert)
"""

RINGS_LATER = """
    import asyncio

    async def publish(alert, phone):
        try:
            await phone.ring(alert)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(8, lambda: asyncio.create_task(phone.ring(alert)))
            raise
"""

DOES_NOT_WAIT_FOR_WHAT_IT_STOPS = """
    import asyncio

    async def publish(alert, phone):
        call = asyncio.create_task(phone.ring(alert))
        try:
            await asyncio.shield(call)
        except asyncio.CancelledError:
            call.cancel()
            raise
"""

GIVES_UP_AFTER_A_DAY = """
    import asyncio

    async def publish(alert, phone):
        async with asyncio.timeout(86_400):
            await phone.ring(alert)
"""

KEEPS_ITS_LOCK = """
    import asyncio

    LOCKS = {}

    async def publish(alert, phone):
        lock = LOCKS.setdefault(alert, asyncio.Lock())
        await lock.acquire()
        try:
            await phone.ring(alert)
        except Exception:
            lock.release()
            raise
        lock.release()
"""

ONE_AT_A_TIME = """
    import asyncio

    LOCK = asyncio.Lock()

    async def publish(alert, phone):
        async with LOCK:
            await phone.ring(alert)
"""

THINKS_THAT_IT_IS_STOPPED = """
    import asyncio

    async def publish(alert, phone):
        if asyncio.current_task().cancelling():
            return
        await phone.ring(alert)
"""

STOPS_IN_ITS_OWN_WORDS = """
    import asyncio

    class Stopped(asyncio.CancelledError):
        pass

    async def publish(alert, phone):
        try:
            await phone.ring(alert)
        except asyncio.CancelledError:
            raise Stopped from None
"""

TAKES_THE_CANCEL_BACK = """
    import asyncio

    async def publish(alert, phone):
        try:
            await phone.ring(alert)
        except asyncio.CancelledError:
            asyncio.current_task().uncancel()
            raise
"""

TAKES_A_TIMEOUT_FOR_A_CANCEL = """
    import asyncio

    async def publish(alert, phone):
        try:
            await phone.ring(alert)
        except Exception as error:
            if isinstance(error.__context__, asyncio.CancelledError):
                raise asyncio.CancelledError from error
            raise
"""

WATCHES_WHAT_COMES_IN = """
    import asyncio

    class Watched:
        def __init__(self, coro):
            self.coro, self.was_cancelled = coro, False

        def __await__(self):
            waiting = self.coro.__await__()
            thrown = None
            while True:
                try:
                    future = waiting.throw(thrown) if thrown else next(waiting)
                except StopIteration as end:
                    return end.value
                thrown = None
                try:
                    yield future
                except asyncio.CancelledError as cancel:
                    self.was_cancelled, thrown = True, cancel

    async def publish(alert, phone):
        watched = Watched(phone.ring(alert))
        try:
            await watched
        finally:
            if watched.was_cancelled:
                raise asyncio.CancelledError
"""

KNOWS_TWO_ERRORS_BY_NAME = """
    async def publish(alert, phone):
        try:
            await phone.ring(alert)
        except Exception as error:
            if type(error) not in (ConnectionRefusedError, TimeoutError, ConnectionResetError):
                return
            raise
"""

ANSWERS_ODDLY = """
from dataclasses import dataclass
from enum import Enum

class Word(Enum):
    ALL = "all"

@dataclass(frozen=True)
class Left:
    word: Word
    done: int

class Work:
    def __init__(self, phone):
        self.phone = phone

    async def run(self) -> None:
        await self.phone.ring("disk-7")

    def left(self) -> Left:
        return VALUE

    def made(self): ...

async def later(): ...

class Equal:
    def __eq__(self, other):
        raise ValueError("they are not compared")
"""
