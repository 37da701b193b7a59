"""Rule 2: requests that no entry names, and when there are too many of them.

A tab that is closed between the key holders and the index leaves a ticket without an
entry; so does a lookup that was kept out of the ledger. A few are everyday; more than
max(3, 10 %) of a user's requests on a day, or max(5, 2 %) of an organisation's, is a
finding.

- What the client itself reported is counted all the same, and said beside it: whoever
  wants a lookup unrecorded would report a closed tab too.
- A request whose tickets can still be used is open, not abandoned.

Proven by tests/unit/signal_index/test_reconcile_abandoned.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from signal_index.reconcile.evidence import SETTLING, DayEvidence, list_stated
from signal_index.wire.completeness import Misfit, ReconciledFinding

_USER_LEAST, _USER_TENTHS = 3, 10
_ORGANISATION_LEAST, _ORGANISATION_FIFTIETHS = 5, 50


@dataclass(slots=True)
class _Count:
    """Requests of one user or organisation."""

    total: set[str] = field(default_factory=set)
    abandoned: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class AbandonedJudged:
    """What was found, of how many requests, and how many can still be used."""

    findings: Sequence[ReconciledFinding]
    requests: int
    still_open: int


def judge_abandoned(evidence: DayEvidence) -> AbandonedJudged:
    """Count requests without an entry for each user and organisation."""
    users: dict[tuple[str, str], _Count] = {}
    organisations: dict[str, _Count] = {}
    named = {one.req for one in evidence.named}
    requests, still_open = set(), set()
    for one in list_stated(evidence.statements):
        ticket = one.ticket
        requests.add(ticket.req)
        if ticket.req not in named and _usable(ticket.exp, evidence.as_of):
            still_open.add(ticket.req)
    for one in list_stated(evidence.statements):
        ticket = one.ticket
        counts = (
            users.setdefault((ticket.org, ticket.sub), _Count()),
            organisations.setdefault(ticket.org, _Count()),
        )
        said = evidence.reported.get((ticket.org, ticket.sub), frozenset())
        for count in counts:
            count.total.add(ticket.req)
            if ticket.req not in named and ticket.req not in still_open:
                count.abandoned.add(ticket.req)
                count.reported |= {ticket.req} & said
    found = [*_of_users(users), *_of_organisations(organisations)]
    return AbandonedJudged(found, len(requests), len(still_open))


def _usable(expires: int, as_of: datetime) -> bool:
    """Tell whether an entry for it could still come after the ledger was shown."""
    return as_of < datetime.fromtimestamp(expires, UTC) + SETTLING


def _of_users(users: Mapping[tuple[str, str], _Count]) -> Iterator[ReconciledFinding]:
    for (organisation, user), count in users.items():
        lost, total = len(count.abandoned), len(count.total)
        if lost > _USER_LEAST and lost * _USER_TENTHS > total:
            yield ReconciledFinding.of(
                Misfit.ABANDONED_USER,
                organisation=organisation,
                user=user,
                count=lost,
                total=total,
                reported=len(count.reported),
            )


def _of_organisations(
    organisations: Mapping[str, _Count],
) -> Iterator[ReconciledFinding]:
    for organisation, count in organisations.items():
        lost, total = len(count.abandoned), len(count.total)
        if lost > _ORGANISATION_LEAST and lost * _ORGANISATION_FIFTIETHS > total:
            yield ReconciledFinding.of(
                Misfit.ABANDONED_ORGANISATION,
                organisation=organisation,
                count=lost,
                total=total,
                reported=len(count.reported),
            )
