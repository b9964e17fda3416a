import asyncio

from halfway.kit import run  # asyncio.run, on a clock that jumps

batches, archive, heard = [["disk-7"], ["api-2", "db-1"], ["mail-1"]], [], []


async def export():
    for batch in batches[len(heard) :]:
        archive.extend(batch)  # the request has arrived: the batch is durable
        await asyncio.sleep(1)  # the reply is on its way back
        heard.append(batch)


try:
    run(asyncio.wait_for(export(), timeout=1.5))  # a deploy stops us
except TimeoutError:
    print(f"stopped: {len(heard)} batch done")
run(export())  # the next process goes on
print(archive)
