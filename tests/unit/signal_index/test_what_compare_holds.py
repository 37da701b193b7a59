"""Each column of what people registered, asked or decided: held, or why it is not.

`signal-index ledger compare` holds rows against the ledger. A new column fails here
until somebody decides about it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Table

from signal_index.tables import registry
from signal_index.tables.approvals import approval, contact_label_request
from signal_index.tables.citizen_rights import (
    access_request,
    correction,
    embargo,
    embargo_step,
)
from signal_index.tables.completeness import completeness_finding
from signal_index.tables.overview import account_mandate, report_request
from signal_index.tables.reviews import review
from signal_index.tables.transfers import signal_transfer

MOMENT = "when it was written; nothing follows from it"
ENDED = "ended_at ended_because municipality"

HELD: Mapping[Table, str] = {
    registry.organisation: f"oin name kind {ENDED}",
    registry.admission: f"organisation admitted_on by_role {ENDED}",
    registry.client: f"client_id organisation kind {ENDED}",
    registry.signer: f"organisation kid jwk {ENDED}",
    registry.source: f"oin kind state by_hand {ENDED}",
    registry.source_submitter: "source submitter",
    registry.coverage: "municipality category source rhythm_days active",
    registry.contact_holder: "id organisation details last_verified",
    registry.contact_label: f"organisation label by_role approved_on {ENDED}",
    registry.establishment: "municipality opens established_on by_role staatsblad",
    registry.account_suspension: "organisation subject",
    account_mandate: "organisation subject until",
    contact_label_request: "id municipality organisation label ended_at ended_because",
    access_request: "id municipality organisation reference identity_check received_on "
    "due_on extension reported_at closing closed_at",
    correction: "id municipality organisation reference disputed_source "
    "signal_reference category reason received_on due_on entered_on restricted_on "
    "released_on answer answered_on",
    signal_transfer: "id municipality source successor categories contacts "
    "contact_holder reason carried_out_at signals references_digest named",
    review: "id state verdict asked_on",
    completeness_finding: "id closed_at closing_reason",
}
"""By which columns a row is held against its entries."""

LEFT: Mapping[Table, Mapping[str, str]] = {
    registry.organisation: {"registered_at": MOMENT},
    registry.admission: {"recorded_at": MOMENT},
    registry.client: {"registered_at": MOMENT},
    registry.signer: {"registered_at": MOMENT},
    registry.source: {
        "registered_at": MOMENT,
        "live_until": "that and when it left is its own entry; it only greys a date",
    },
    registry.source_submitter: {"municipality": "its source's, which is held"},
    registry.coverage: {
        "last_heard": "each delivery is an entry; its source sees when it was heard"
    },
    registry.contact_holder: {
        "municipality": "its organisation's, which is held",
        "updated_at": MOMENT,
    },
    registry.contact_label: {"recorded_at": MOMENT},
    registry.establishment: {"recorded_at": MOMENT},
    registry.account_suspension: {
        "municipality": "its organisation's, which is held",
        "suspended_at": MOMENT,
    },
    account_mandate: {
        "municipality": "its organisation's, which is held",
        "given_at": MOMENT,
    },
    contact_label_request: {
        "approval_id": "the approval is signed, and about this very digest",
        "asked_at": MOMENT,
    },
    access_request: {
        "person_key": "the person's own row; a report about another is refused",
        "person_seal": "the same",
    },
    correction: {
        "source": "whose signal it is now: hand-overs are held",
        "submitted_by": "the same",
        "row_key": "the row of the signal, which is told by its reference",
        "seal": "the same",
        "answers_before": "each answer is an entry",
        "told_on": "each report is an entry",
    },
    signal_transfer: {
        "approval_id": "the approval is signed, and about this very digest",
        "asked_at": MOMENT,
    },
    review: {
        "entry_id": "each step names both",
        "municipality": "the leaf of its lookup",
        "organisation": "the leaf of its lookup",
        "picked_by": "who may judge; each judgement is an entry that names who did",
        "picked_at": MOMENT,
        "due_at": "follows from when and by what it was picked; late shows as late",
        "answer_by": "the same",
        "judged_by": "each judgement is an entry that names who did",
        "closed_at": "the moment of the step that is held",
    },
    completeness_finding: {
        "closed_by": "the entry of closing names who did",
        "closed_in": "the same",
        **dict.fromkeys(
            (
                *("municipality", "day", "digest", "code", "weight", "organisation"),
                *("subject", "entry_id", "req", "counted", "total", "reported"),
                *("gap", "found_at"),
            ),
            "what was found is found again from the holders' statements and the tree",
        ),
    },
}
"""Which columns are not held, and why not."""

SIGNED = (approval, embargo, embargo_step, report_request)
"""Signed, stamped or sealed by the index with a key outside the database, whole."""


@pytest.mark.parametrize("table", HELD, ids=lambda one: one.name)
def test_each_column_is_held_or_it_is_said_why_not(table: Table) -> None:
    held, left = set(HELD[table].split()), set(LEFT[table])
    assert held & left == set()
    assert held | left == set(table.c.keys())


def test_what_the_index_signs_is_not_listed_twice() -> None:
    assert not {*SIGNED} & {*HELD}
