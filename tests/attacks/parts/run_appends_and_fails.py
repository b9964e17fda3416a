"""An export appends one alert, and then raises; a cancel at its one await is heard."""

async def _run(self):
    await self._archive.append(self._export_id, self._alerts[:1])
    raise TypeError("nothing works")


Export.run = _run
