"""What a look at an agency's installation found, and what a look may use."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum

import httpx

from keys.client import Signer
from signal_index.notice import NoticeKey
from sources.clock import day_of
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex
from sources.publisher.parties import Evaluator
from sources.settings import AgencySettings


class State(StrEnum):
    """How a look came out."""

    GOOD = "good"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: what was looked at, how it is, and how to mend it; Dutch, B1.

    `named`: more about it with the agency's own case numbers, for its own eyes.
    """

    about: str
    state: State
    says: str
    remedy: str = ""
    named: tuple[str, ...] = field(default=(), repr=False)

    def describe(self) -> dict[str, object]:
        """Give the same for a machine, which keeps no case number."""
        return {k: v for k, v in asdict(self).items() if k != "named"}


@dataclass(frozen=True, slots=True)
class Bare:
    """What a look may use that needs no key and no outbox."""

    settings: AgencySettings
    profiles: Sequence[Profile]
    client: httpx.AsyncClient
    now: Callable[[], datetime]

    @property
    def today(self) -> date:
        """The day it is here."""
        return day_of(self.now())


@dataclass(frozen=True, slots=True)
class Patient(Bare):
    """Everything a look may use."""

    outbox: Outbox
    evaluator: Evaluator
    index: HttpIndex
    signer: Signer
    notice: NoticeKey

    @property
    def own_keys(self) -> tuple[str, str]:
        """Give the public halves with which we ask and sign."""
        return self.signer.key.public.jwk["x"], self.notice.public_value
