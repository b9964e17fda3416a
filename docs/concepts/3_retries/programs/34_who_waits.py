import asyncio
import time

from halfway.kit import run


async def ring(who, failures):
    for attempt in range(1, 4):
        if attempt > failures:
            print(f"{asyncio.get_running_loop().time():3.0f} s  {who} rings")
            return
        time.sleep(60)


async def main():
    await asyncio.gather(ring("disk-7", failures=2), ring("api-1", failures=0))


run(main())
