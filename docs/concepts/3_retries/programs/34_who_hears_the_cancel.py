import asyncio
import contextlib

from halfway.kit import run


async def engine(failure):
    for attempt in range(1, 4):
        with contextlib.suppress(failure):
            await asyncio.sleep(60)
        print(f"{failure.__name__}: cancelled in attempt {attempt}, and goes on")


async def main():
    for failure in (BaseException, Exception):
        task = asyncio.create_task(engine(failure))
        while not task.done():
            await asyncio.sleep(1)
            task.cancel()
        print(f"{failure.__name__}: ended as cancelled: {task.cancelled()}")


run(main())
