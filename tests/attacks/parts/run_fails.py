"""An export raises at once."""

async def _run(self):
    raise TypeError("nothing works")


Export.run = _run
