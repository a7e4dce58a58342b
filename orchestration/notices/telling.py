"""Tells what happened in a run, once, and never stops one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial

from orchestration.errors import ProjectError
from orchestration.notices.facts import Fact, failure_fact, release_facts
from orchestration.notices.memory import memory_of
from orchestration.notices.sending import WAITS, Mail
from orchestration.notices.texts import messages
from orchestration.release.releases import REPORTS, Release, published_release
from orchestration.settings import Settings

logger = logging.getLogger(__name__)


def tell(
    settings: Settings, facts: Callable[[], Sequence[Fact]], run_id: str, waits: Sequence[float] = WAITS
) -> int:
    """Send the facts that were not told yet; a run that was told of is left alone.

    Returns:
        How many messages were sent. Whatever goes wrong is a warning in the log, without any address.
    """
    if not settings.notify_urls:
        return 0
    sent = 0
    try:
        with memory_of(settings.warehouse_dir, settings.today) as memory:
            if memory.has(f"run:{run_id}"):
                return 0
            mail = Mail(settings.notify_urls, waits)
            new = [fact for fact in facts() if not memory.has(f"{fact.kind}:{fact.key}")]
            found = messages(new, settings.language, partial(_page_address, settings))
            for message in found:
                if mail.send(message):
                    sent += 1
                    memory.add(f"{fact.kind}:{fact.key}" for fact in message.facts)
            # What no address took is tried again by the sensor or the next run.
            if sent == len(found):
                memory.add([f"run:{run_id}"])
        for problem in mail.problems:
            logger.warning("A notice was not sent. %s", problem)
    # The text of an error may hold an address, so only its kind is logged.
    except Exception as error:
        logger.warning(
            "Notices were not sent (%s); the run is not affected. Check with `make notify`.",
            type(error).__name__,
        )
    return sent


def tell_release(settings: Settings, run_id: str, waits: Sequence[float] = WAITS) -> int:
    """Tell what the published release shows, where it is that of the run."""

    def facts() -> list[Fact]:
        release = published_release(settings.warehouse_dir)
        return _facts_of(settings, release) if release and release.run_id == run_id else []

    return tell(settings, facts, run_id, waits)


def tell_kept_release(settings: Settings, release: Release) -> int:
    """Tell what became true with time where nothing new was built, such as inputs that are late by now."""
    return tell(settings, lambda: _facts_of(settings, release), f"{release.run_id}:{settings.today}")


def tell_failure(settings: Settings, sentence: str, run_id: str, waits: Sequence[float] = WAITS) -> int:
    """Tell that the run failed, and what readers see meanwhile."""

    def facts() -> list[Fact]:
        try:
            published = published_release(settings.warehouse_dir)
        except ProjectError:
            published = None
        return [failure_fact(sentence, published, settings.today)]

    return tell(settings, facts, run_id, waits)


@contextmanager
def telling(settings: Settings, run_id: str, waits: Sequence[float] = WAITS) -> Generator[None]:
    """Tell how the run of the block ended; a run that a person interrupted is not told."""
    try:
        yield
    except ProjectError as error:
        tell_failure(settings, str(error), run_id, waits)
        raise
    tell_release(settings, run_id, waits)


def _page_address(settings: Settings, page_id: str) -> str:
    """The address of a page of the published report, or nothing where the release has none."""
    # Loading what draws the pages takes a moment, which runs without addresses need not wait for.
    from orchestration.report import page_name  # noqa: PLC0415

    page = settings.published_link / REPORTS / page_name(page_id, settings.language)
    return page.absolute().as_uri() if page.exists() else ""


def _facts_of(settings: Settings, release: Release) -> list[Fact]:
    is_dated = settings.as_of_date is not None
    return release_facts(release, settings.warehouse_dir, settings.today, is_dated)
