"""Chromium without a window, driven over two pipes as DevTools does it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WAIT_SECONDS = 30.0
# The page alone, without requests of the browser's own.
_ALONE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class PageError(AssertionError):
    """A page that did not load, or a script that failed in it."""


@dataclass
class Browser:
    """One tab. `requests` and `errors` are those since the page was opened."""

    _to: int
    _from: int
    _session: str = ""
    _number: int = 0
    _unread: bytes = b""
    _events: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Open the tab."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def open(self, page: Path, width: int = 1280, height: int = 900, *, scheme: str = "light") -> None:
        """Open a page at a width in pixels, and wait until it has drawn its charts."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        self.send(
            "Emulation.setEmulatedMedia",
            media="",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.requests.clear()
        self.errors.clear()
        self._events.clear()
        self.send("Page.navigate", url=page.resolve().as_uri())
        until = time.monotonic() + WAIT_SECONDS
        while "Page.loadEventFired" not in self._events:
            self._read(until)
        self.run(
            """new Promise((done) => {
                const hasPictures = document.querySelector(".picture");
                const isDrawn = () => !hasPictures || document.documentElement.dataset.drawn;
                const look = () => (isDrawn() ? requestAnimationFrame(() => done()) : setTimeout(look, 20));
                look();
            })"""
        )

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise PageError(found["exceptionDetails"].get("exception", {}).get("description", str(found)))
        return found["result"].get("value")

    def text(self, selector: str) -> list[str]:
        """The text of every element that a selector finds, as it is read."""
        return self.run(
            f"[...document.querySelectorAll({json.dumps(selector)})].map((each) => each.innerText)"
        )

    def choose(self, selector: str, value: str) -> None:
        """Choose a value in a list or write it into a field, as a person does."""
        self.run(
            f"""(() => {{
                const field = document.querySelector({json.dumps(selector)});
                field.value = {json.dumps(value)};
                field.dispatchEvent(new Event("input", {{bubbles: true}}));
                field.dispatchEvent(new Event("change", {{bubbles: true}}));
            }})()"""
        )

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the DevTools protocol, and its result."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        unsent = json.dumps(message).encode() + b"\0"
        while unsent:
            unsent = unsent[os.write(self._to, unsent) :]
        until = time.monotonic() + WAIT_SECONDS
        while True:
            answer = self._read(until)
            if answer.get("id") == number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                return answer["result"]

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise PageError(f"The browser did not answer within {WAIT_SECONDS} seconds.")
            more = os.read(self._from, 1 << 16)
            if not more:
                raise PageError("The browser ended.")
            self._unread += more
        message, _, self._unread = self._unread.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        self._take(answer.get("method", ""), answer.get("params", {}))
        return answer

    def _take(self, event: str, values: dict[str, Any]) -> None:
        if event:
            self._events.append(event)
        if event == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.errors.append(str(values["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and values["type"] in ("error", "assert"):
            self.errors.append(str(values["args"]))
        elif event == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.errors.append(values["entry"]["text"])


@contextmanager
def opened_browser(program: str) -> Generator[Browser]:
    """A browser that ends with the block."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()

    # The browser reads commands from its third file and writes answers into its fourth.
    def name_pipes() -> None:
        commands, answers = os.dup(to_read), os.dup(from_write)
        os.dup2(commands, 3)
        os.dup2(answers, 4)

    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen(
            [program, *_ALONE, f"--user-data-dir={profile}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=name_pipes,  # noqa: PLW1509
            close_fds=False,
        )
        os.close(to_read)
        os.close(from_write)
        try:
            browser = Browser(to_write, from_read)
            browser.begin()
            yield browser
        finally:
            process.terminate()
            process.wait(timeout=20)
            os.close(to_write)
            os.close(from_read)
