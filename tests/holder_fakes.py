"""A clock that stands still and a memory without a disk, with the real rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from keys.config import KeyConfig
from keys.holder.admission import Admitted
from keys.holder.budgets import Bucket, DayLimits, check_bucket, check_day, outstanding
from keys.holder.errors import AccountRefused, RequestExpired, RequestReplayed
from keys.holder.former import KeptConfig
from keys.holder.organisations import (
    LookupOrganisation,
    PortalOrganisation,
    SourceOrganisation,
)
from keys.holder.spending import TicketGrant
from keys.holder.store import GivenTicket
from keys.holder.wire import PlainClaims
from keys.jose import PrivateKey
from keys.refused import EVERYBODY, Refused
from keys.restoration import Restoration
from keys.successor import Chain, Dated

INDEX_KEY = PrivateKey.generate("index")
"""With which the index of all tests speaks to holders."""
INDEX_KEYS = Chain((Dated(INDEX_KEY.public),))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that stands still."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, step: timedelta) -> None:
        self.moment += step


@dataclass
class FakeMeter:
    """Remembers in memory, with the real rules; `broken` refuses like a full disk."""

    used: set[tuple[str, str]] = field(default_factory=set)
    spent: dict[tuple[date, str, str], int] = field(default_factory=dict)
    buckets: dict[str, tuple[int, date]] = field(default_factory=dict)
    tickets: list[tuple[date, GivenTicket]] = field(default_factory=list)
    broken: Exception | None = None
    lock: Lock = field(default_factory=Lock)
    refused: Refused | None = None
    restored: tuple[Restoration, ...] = ()
    kept: dict[tuple[int, int], KeptConfig] = field(default_factory=dict)

    @property
    def config(self) -> KeyConfig | None:
        return self.kept[max(self.kept)].config if self.kept else None

    def keep_config(self, config: KeyConfig) -> None:
        if self.broken is not None:
            raise self.broken
        known = self.kept.get(config.place, KeptConfig(config, None))
        self.kept[config.place] = replace(known, config=config, ended_at=None)

    def note_ended(self, configs: Iterable[KeyConfig], *, now: datetime) -> None:
        for place in (one.place for one in configs):
            known = self.kept[place]
            self.kept[place] = replace(known, ended_at=known.ended_at or now)

    def find_kept(self) -> tuple[KeptConfig, ...]:
        if self.broken is not None:
            raise self.broken
        return tuple(self.kept[place] for place in sorted(self.kept, reverse=True))

    def take_refused(self, said: Refused) -> None:
        if self.refused is not None and said.at < self.refused.at:
            raise RequestExpired
        self.refused = said

    def _verify_served(self, admitted: Admitted) -> None:
        known = self.refused.accounts if self.refused else frozenset()
        claims = admitted.claims
        if not known.isdisjoint({(claims.iss, claims.sub), (claims.iss, EVERYBODY)}):
            raise AccountRefused

    def spend(
        self, admitted: Admitted, grant: TicketGrant | None, *, now: datetime
    ) -> None:
        with self.lock:
            self._verify_served(admitted)
            self._spend(admitted, grant, now)

    def _spend(
        self, admitted: Admitted, grant: TicketGrant | None, now: datetime
    ) -> None:
        claims, day = admitted.claims, now.astimezone(UTC).date()
        self._refuse((claims.iss, str(claims.jti)))
        if grant is not None:
            self._refuse(("req", claims.req))
        if isinstance(admitted.organisation, LookupOrganisation):
            user, everyone = (day, claims.iss, claims.sub), (day, claims.iss, "")
            by_user = self.spent.get(user, 0) + claims.count
            by_all = self.spent.get(everyone, 0) + claims.count
            check_day(admitted.organisation.limits, by_user, by_all, now=now)
            self.spent |= {user: by_user, everyone: by_all}
        elif isinstance(admitted.organisation, PortalOrganisation):
            whole = (day, f"portal/{claims.iss}", "")
            spent, most = self.spent.get(whole, 0) + 1, admitted.organisation.per_day
            check_day(DayLimits(spent, most), spent, spent, now=now)
            self.spent[whole] = spent
        elif isinstance(admitted.organisation, SourceOrganisation):
            bucket: Bucket = admitted.organisation.bucket
            spent, since = self.buckets.get(claims.iss, (0, day))
            spent = outstanding(bucket, spent, since, day) + claims.count
            check_bucket(bucket, spent, now=now)
            self.buckets[claims.iss] = (spent, day)
        self.used.add((claims.iss, str(claims.jti)))
        place = (claims.key_version, claims.epoch)
        known = self.kept.get(place)
        if known is not None and known.asked_at is None:
            self.kept[place] = replace(known, asked_at=now)
        if grant is not None:
            self.tickets.append((day, _given(admitted, grant, now)))

    def record_asked(
        self,
        claims: PlainClaims,
        about: str,  # noqa: ARG002 - the Protocol's
        *,
        now: datetime,  # noqa: ARG002 - the Protocol's
    ) -> None:
        used = (claims.iss, str(claims.jti))
        self._refuse(used)
        self.used.add(used)

    def find_tickets(self, day: date) -> tuple[GivenTicket, ...]:
        return tuple(ticket for granted, ticket in self.tickets if granted == day)

    def find_restored(self) -> tuple[Restoration, ...]:
        return self.restored

    def _refuse(self, request: tuple[str, str]) -> None:
        if self.broken is not None:
            raise self.broken
        if request in self.used:
            raise RequestReplayed


def _given(admitted: Admitted, grant: TicketGrant, now: datetime) -> GivenTicket:
    claims = admitted.claims
    return GivenTicket(
        grant.jti,
        claims.sub,
        claims.iss,
        claims.act.value,
        claims.count,
        claims.key_version,
        claims.epoch,
        claims.req,
        int(now.timestamp()),
        int(grant.expires_at.timestamp()),
    )
