"""Sends messages to the addresses of CSKPI_NOTIFY_URLS, which hold passwords: none is logged or returned."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from orchestration.notices.texts import Message

# Seconds before the second and the third attempt.
WAITS = (2.0, 8.0)


class Mail:
    """The addresses of one batch of messages; one that did not answer is left out of the rest of it."""

    def __init__(self, urls: Sequence[str], waits: Sequence[float] = WAITS) -> None:
        self._urls = dict(enumerate(urls, start=1))
        self._waits = waits
        self.problems: list[str] = []

    def send(self, message: Message) -> bool:
        """Send to each address; true where at least one took it. What went wrong is added to `problems`."""
        reached = [self._reached(number, url, message) for number, url in list(self._urls.items())]
        return any(reached)

    def _reached(self, number: int, url: str, message: Message) -> bool:
        # Loading apprise takes a moment, which runs without addresses need not wait for.
        from apprise import Apprise, NotifyFormat, OverflowMode  # noqa: PLC0415

        with _silence():
            address = Apprise()
            try:
                is_known = address.add(url)
            except Exception:
                is_known = False
            if not is_known:
                return self._give_up(number, "is not an address that apprise knows, or misses a part")
            # What is longer than a service takes comes in parts, unless the address says otherwise.
            if "overflow=" not in url:
                for service in address:
                    service.overflow_mode = OverflowMode.SPLIT
            for wait in (*self._waits, None):
                try:
                    if address.notify(body=message.body, title=message.title, body_format=NotifyFormat.TEXT):
                        return True
                # A service's own code may raise anything, and its text may hold the address.
                except Exception:
                    pass
                if wait is not None:
                    time.sleep(wait)
        return self._give_up(number, f"did not take the message in {len(self._waits) + 1} attempts")

    def _give_up(self, number: int, problem: str) -> bool:
        del self._urls[number]
        self.problems.append(f"Address {number} of CSKPI_NOTIFY_URLS {problem}. Check it with `make notify`.")
        return False


@contextmanager
def _silence() -> Generator[None]:
    """Keep apprise and what it sends with from logging addresses."""
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
