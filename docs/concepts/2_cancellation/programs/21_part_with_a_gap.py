import asyncio

from halfway.kit import run

alerts, archive = ["disk-7", "api-2", "db-1"], []


async def append(alert, seconds):
    await asyncio.sleep(seconds)
    archive.append(alert)


async def main():
    try:
        async with asyncio.timeout(1.5):
            await asyncio.gather(*map(append, alerts, [3, 2, 1]))
    except TimeoutError:
        done = len(archive)
        print(f"{done} of {len(alerts)} durable: {archive}; still to send: {alerts[done:]}")


run(main())
