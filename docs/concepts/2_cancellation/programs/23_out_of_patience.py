import asyncio
import contextlib

from halfway.kit import run


async def collect(name):
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(5)
        print(f"{name}: here is my last sample")


async def main():
    for name in ("wait_for", "wait"):
        worker = asyncio.create_task(collect(name))
        await asyncio.sleep(0)
        worker.cancel()
        with contextlib.suppress(TimeoutError):
            if name == "wait_for":
                await asyncio.wait_for(worker, timeout=3)
            await asyncio.wait([worker], timeout=3)
        print(f"{name}: after three seconds, done: {worker.done()}")
        await asyncio.wait([worker])


run(main())
