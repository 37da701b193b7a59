"""How an agency's own agent says it is doing: its feeds, and what still waits.

It holds times, counts and codes; nothing of a record, and no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Slug,
    encode_instant,
    parse_instant,
    parse_int,
    parse_list,
    parse_object,
    parse_slug,
)

_FEEDS_MAXIMUM: Final = 64
_FEED: Final = ("feed", "state", "backlog", "lastRun", "lastReconciled", "nextRun")


class FeedState(StrEnum):
    """How a feed stands."""

    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """One feed: what still waits in it, and when it did what."""

    feed: Slug
    state: FeedState
    backlog: int
    last_run: datetime | None
    last_reconciled: datetime | None
    next_run: datetime | None


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """Everything one agent tells of itself."""

    feeds: tuple[FeedStatus, ...]


def encode_agent_status(status: AgentStatus) -> dict[str, object]:
    """Give the wire form of an agent's status."""
    return {
        "feeds": [
            {
                "feed": one.feed,
                "state": one.state.value,
                "backlog": one.backlog,
                "lastRun": _encode(one.last_run),
                "lastReconciled": _encode(one.last_reconciled),
                "nextRun": _encode(one.next_run),
            }
            for one in status.feeds
        ]
    }


def parse_agent_status(value: object) -> AgentStatus:
    """Give an agent's status from its wire form, or raise `InvalidField`."""
    item = parse_object(value, ("feeds",))
    feeds = parse_list(item["feeds"], "feeds", maximum=_FEEDS_MAXIMUM)
    return AgentStatus(tuple(_parse_feed(one) for one in feeds))


def _parse_feed(value: object) -> FeedStatus:
    item = parse_object(value, _FEED, field="feeds")
    try:
        state = FeedState(parse_slug(item["state"], "state"))
    except ValueError as error:
        raise InvalidField("state", "unknown-code") from error
    return FeedStatus(
        feed=parse_slug(item["feed"], "feed"),
        state=state,
        backlog=parse_int(item["backlog"], "backlog"),
        last_run=_parse(item["lastRun"], "lastRun"),
        last_reconciled=_parse(item["lastReconciled"], "lastReconciled"),
        next_run=_parse(item["nextRun"], "nextRun"),
    )


def _encode(moment: datetime | None) -> str | None:
    return None if moment is None else encode_instant(moment)


def _parse(value: object, field: str) -> datetime | None:
    return None if value is None else parse_instant(value, field)
