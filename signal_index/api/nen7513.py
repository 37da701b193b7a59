"""An approved report with persons, with the fields of NEN 7513.

The same right as the report itself: asked by an officer with a mandate, approved by
another person, given to who asked only; each page that is given is an entry.
"""

from __future__ import annotations

from signal_index.api.callers import Officer
from signal_index.api.context import TheIndex
from signal_index.api.report_rows import Row
from signal_index.api.routing import Routes
from signal_index.api.specific_reports import GIVEN_FACTS, giving
from signal_index.ledger.nen7513 import Logged, describe_event
from signal_index.wire import nen7513 as wire
from signal_index.wire.values import Id

routes = Routes("volledigheid")


@routes.post(
    "/specific-reports/{request_id}/nen7513",
    "Een goedgekeurd rapport met de velden van NEN 7513",
    raises=GIVEN_FACTS,
)
async def read_as_nen7513(
    request_id: Id, body: wire.Nen7513Question, index: TheIndex, caller: Officer
) -> wire.Nen7513Page:
    """Read a page of an approved report with the fields of NEN 7513."""
    async with giving(index, caller, request_id, body.after) as page:
        await page.record("nen7513-given")
    source = index.names.ledger_origin
    return wire.Nen7513Page(
        fields=list(wire.FIELDS),
        items=[_event(row, source) for row in page.rows],
        next=page.next,
    )


def _event(row: Row, source: str) -> wire.Nen7513Event:
    one, leaf = row.opened, row.opened.parsed_leaf
    said = describe_event(
        Logged(
            entry=one.entry,
            kind=leaf.kind,
            outcome=leaf.outcome,
            recorded_at=one.recorded_at,
            organisation=leaf.organisation,
            municipality=leaf.municipality,
            policy=leaf.policy,
            groups=one.groups or {},
            person=row.person,
            source=source,
        )
    )
    return {name: said[name] for name in wire.FIELDS}
