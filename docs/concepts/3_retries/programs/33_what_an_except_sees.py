import asyncio

from halfway.kit import run


async def hangs():
    await asyncio.sleep(60)


async def hangs_with_a_deadline():
    async with asyncio.timeout(1):
        await asyncio.sleep(60)


async def call(operation):
    try:
        await operation()
    except Exception as error:
        return f"{type(error).__name__}: a failure"
    except BaseException as stop:
        print(f"  {type(stop).__name__}: neither failure nor success")
        raise


async def main():
    print("a deadline inside the operation")
    print(f"  {await call(hangs_with_a_deadline)}")
    print("a deadline around the call")
    try:
        async with asyncio.timeout(1):
            await call(hangs)
    except TimeoutError:
        print("  (the caller is told TimeoutError)")


run(main())
