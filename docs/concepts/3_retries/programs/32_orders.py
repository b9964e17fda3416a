from asyncio import CancelledError

retry_on = (BaseException,)
for kind in (ConnectionError, CancelledError, KeyboardInterrupt, SystemExit, BaseExceptionGroup):
    named, failure = issubclass(kind, retry_on), issubclass(kind, Exception)
    print(f"{kind.__name__}: named: {named}, a failure: {failure}")
