"""Firefox over WebDriver BiDi: enough of it to open a page, to ask it, and to press keys."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox-esr", "firefox")
START_S, ANSWER_S, WAIT_S = 60.0, 60.0, 90.0
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    """One window of a Firefox without a screen."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._asked = line, 0
        self.complaints: list[str] = []
        self._tell("session.new", capabilities={})
        self._tell("session.subscribe", events=["log.entryAdded"])
        self._window = self._tell("browsingContext.getTree")["contexts"][0]["context"]

    def _tell(self, method: str, **params: Any) -> Any:
        """Sends a command and gives its result; what the page complains of meanwhile is noted."""
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            said = json.loads(self._line.recv(timeout=ANSWER_S))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.complaints.append(said["params"]["text"])
            if said.get("id") == self._asked:
                assert said["type"] == "success", said
                return said["result"]

    def opens(self, url: str) -> None:
        """Opens a page, and waits until it is there: a busy Firefox says so of the page before it."""
        self._tell("browsingContext.navigate", context=self._window, url=url, wait="complete")
        self.wait(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def evaluate(self, script: str) -> Any:
        """Gives what a script of plain data says in the page."""
        told = self._tell(
            "script.evaluate",
            expression=f"JSON.stringify({script})",
            target={"context": self._window},
            awaitPromise=True,
        )
        assert told["type"] == "success", told
        return json.loads(told["result"].get("value") or "null")

    def wait(self, script: str) -> Any:
        """Waits until a script gives something, and gives it."""
        for _ in range(int(WAIT_S * 5)):
            found = self.evaluate(script)
            if found:
                return found
            threading.Event().wait(0.2)  # a browser tells nobody when a page is as we want it
        pytest.fail(f"it never came to: {script}")

    def presses(self, *keys: str) -> None:
        """Presses keys, one after the other; "Control+x" holds Control."""
        names = {"Control": "\ue009", "Enter": "\ue007", "Tab": "\ue004"}
        actions: list[dict[str, str]] = []
        for key in keys:
            held, _, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
            downs = [names.get(k, k) for k in (*filter(None, [held]), last)]
            actions += [{"type": "keyDown", "value": k} for k in downs]
            actions += [{"type": "keyUp", "value": k} for k in reversed(downs)]
        device = {"type": "key", "id": "keyboard", "actions": actions}
        self._tell("input.performActions", context=self._window, actions=[device])


@contextmanager
def firefox(profile: Path, *, offline: bool = True) -> Iterator[Firefox]:
    """Starts Firefox with an empty profile; fails, with what to type, where there is none.

    Without `offline` it has no service worker. One whose page is left before all has arrived makes Firefox
    complain of each request that is still under way, which a reader in a hurry does not see.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "This test needs Firefox. Install it (Debian: apt-get install firefox-esr), "
            "or set HALFWAY_NO_BROWSER=1 to go without browsers.",
            pytrace=False,
        )
    if not offline:
        (profile / "user.js").write_text('user_pref("dom.serviceWorkers.enabled", false);\n')
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            address = next(found[1] for line in process.stderr if (found := LISTENS.search(line)))
            with connect(f"{address}/session", open_timeout=START_S, max_size=None) as line:
                yield Firefox(line)
        finally:
            process.terminate()
            process.stderr.close()
            process.wait()
