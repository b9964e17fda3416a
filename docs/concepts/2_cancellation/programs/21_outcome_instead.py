import asyncio

from halfway.kit import run


async def export(archive):
    try:
        for alert in ("disk-7", "api-2"):
            await asyncio.sleep(1)
            archive.append(alert)
    except asyncio.CancelledError:
        pass  # the caller can see in the archive how far we came
    return len(archive)


async def main():
    async with asyncio.timeout(1.5):
        print("exported:", await export([]))
    print("in time: no TimeoutError was raised")


run(main())
