import asyncio

from halfway.kit import run


async def write(what):
    try:
        await asyncio.sleep(5)
        print(f"{what}: ran to its end")
    except asyncio.CancelledError:
        print(f"{what}: cancelled")
        raise


async def collect(kept):
    kept.append(asyncio.create_task(write("create_task")))
    async with asyncio.TaskGroup() as group:
        group.create_task(write("TaskGroup"))


async def main():
    kept = []
    worker = asyncio.create_task(collect(kept))
    await asyncio.sleep(1)
    worker.cancel()
    await asyncio.wait([worker])
    print("the worker has stopped")
    await asyncio.wait(kept)


run(main())
