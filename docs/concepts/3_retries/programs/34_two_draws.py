import asyncio
import random

from halfway.kit import run

chance = random.Random(7)


def next_delay(attempt):
    return chance.uniform(0.5, 1.5) * 2**attempt


async def main():
    loop = asyncio.get_running_loop()
    for attempt in (1, 2, 3):
        print(f"attempt {attempt} failed, the next one in {next_delay(attempt):.1f} s", end="")
        before = loop.time()
        await asyncio.sleep(next_delay(attempt))
        print(f": {loop.time() - before:.1f} s later")


run(main())
