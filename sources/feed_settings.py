"""The agent's part of agency.toml: what it reads when, and who may send it events."""

from pathlib import Path
from typing import Annotated, Final, Self

from apscheduler.triggers.cron import CronTrigger
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from keys.edge.limits import EdgeLimits
from signal_index.wire.deliveries import DeliveryKind
from sources.closed_row import ClosedRow
from sources.faults import Unfit
from sources.layouts import EventSource

NIGHTLY: Final = "30 2 * * *"
FeedName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


def _check_cron(text: str) -> str:
    """Refuse what is no crontab line of five fields."""
    try:
        CronTrigger.from_crontab(text)
    except ValueError:
        raise Unfit("hier hoort een tijd als in crontab, zoals 0 6 * * *") from None
    return text


Cron = Annotated[str, AfterValidator(_check_cron)]


class FeedRow(ClosedRow):
    """One thing the agent reads.

    `folder` is watched; `file` is a file that the registration writes anew; without
    both the profile says where to read: a database, or events under the feed's name.
    `cron` is in Dutch time; without it a folder and events are looked at every minute
    and the rest is read once a day.
    """

    name: FeedName
    profile: Path
    folder: Path | None = None
    file: Path | None = None
    kind: DeliveryKind = DeliveryKind.FULL
    cron: Cron | None = None
    quiet_seconds: int = Field(default=30, ge=1, le=3_600)
    keep_days: int = Field(default=7, ge=0, le=90)

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if self.folder and self.file:
            raise Unfit("kies folder of file, niet allebei")
        return self


class SenderRow(ClosedRow):
    """A system that may send events for a feed, by its public key."""

    feed: FeedName
    jwk: Path
    sources: tuple[EventSource, ...] = Field(min_length=1, max_length=50)


class ReceiverRow(ClosedRow):
    """Where events are received; a proxy in front ends TLS."""

    host: str = Field(min_length=1)
    port: int = Field(ge=0, le=65_535)
    senders: tuple[SenderRow, ...] = Field(min_length=1, max_length=64)
    edge: EdgeLimits = EdgeLimits()


class AgentRow(ClosedRow):
    """What the agent is called at the index, and when it compares what is open."""

    name: FeedName = "agent"
    reconcile_cron: Cron = NIGHTLY
