import asyncio

from halfway.kit import run


async def append(archive, alert):
    await asyncio.sleep(1)  # the request is on its way
    archive.append(alert)  # durable
    await asyncio.sleep(1)  # the reply is on its way


async def main():
    for patience_s in (0.5, 1.5, 2.5):
        archive, heard = [], "returned"
        try:
            async with asyncio.timeout(patience_s):
                await append(archive, "disk-7")
        except TimeoutError:
            heard = "TimeoutError"
        print(f"{patience_s} s   heard: {heard:12}   archive: {archive}")


run(main())
