import asyncio

endings = [ConnectionRefusedError, ConnectionResetError, TimeoutError, asyncio.CancelledError]
for named in (ConnectionRefusedError, ConnectionError, OSError, BaseException):
    caught = [ending.__name__ for ending in endings if issubclass(ending, named)]
    print(f"{named.__name__}:", *caught)
