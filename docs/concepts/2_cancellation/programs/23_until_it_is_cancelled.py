import asyncio

from halfway.kit import run


async def collect():
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(1)
        print("worker: here is my last sample")


async def main():
    worker = asyncio.create_task(collect())
    await asyncio.sleep(0)
    worker.cancel()
    while not worker.cancelling():
        await asyncio.sleep(0.5)
    print("main: the worker is cancelled, the spool is closed")
    await asyncio.wait([worker])


run(main())
