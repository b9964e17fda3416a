import asyncio

from halfway.kit import run


async def collect():
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(2)


def show(when, worker):
    print(f"{when}: cancelling {worker.cancelling()},", end=" ")
    print(f"done {worker.done()}, cancelled {worker.cancelled()}")


async def main():
    worker = asyncio.create_task(collect())
    await asyncio.sleep(1)
    print(f"cancel() gives {worker.cancel()}")
    show("right after that", worker)
    await asyncio.wait([worker])
    show("two seconds later", worker)


run(main())
