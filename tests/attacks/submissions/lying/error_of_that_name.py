"""Its errors have the names of others.

Wrong: ex41_dedup_key/key_per_attempt
"""

class ConnectionRefusedError(Exception):
    pass


class CrashError(BaseException):
    __module__ = "halfway.sim.errors"


_publish = publish


async def publish(alert, phone, attempts=3):
    try:
        return await _publish(alert, phone, attempts)
    except Exception:
        raise CrashError from None
