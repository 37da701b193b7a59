"""Which database role may do what with which columns: one table in code.

- `ACCESS` names every table, and each view in `VIEWS`. What is not said there is not
  granted; the owner role owns the tables and is not in it. SQLite knows no roles.
- `signal_index.store.grants` grants exactly this, and compares before an index serves.
- docs/data-model.md shows the same table in words; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Table

from signal_index.store.connect import DatabaseRole
from signal_index.tables.citizen_rights import access_request, correction, embargo
from signal_index.tables.completeness import completeness_day
from signal_index.tables.person_events import person_event
from signal_index.tables.signals import signal

Columns: TypeAlias = tuple[str, ...]

ALL: Final[Columns] = ("*",)
"""Every column, also one that is added later."""

NONE: Final[Columns] = ()

VIEWS: Final = frozenset({"reported_signal"})
"""Views on PostgreSQL alone, which read by the rights of the owner role."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one role may do with one table, in SQL's four words."""

    select: Columns = NONE
    insert: bool = False
    update: Columns = NONE
    delete: bool = False


def _all_but(table: Table, *hidden: str) -> Columns:
    return tuple(column.name for column in table.c if column.name not in hidden)


def _keep(*update: str) -> Access:
    return Access(select=ALL, insert=True, update=update)


def _move(*moved: str, by: Columns = NONE) -> Access:
    return Access(select=(*moved, *by), update=moved)


def _erase(*select: str) -> Access:
    return Access(select=select, delete=True)


_WEB, _SEQUENCER = DatabaseRole.WEB, DatabaseRole.SEQUENCER
_UPKEEP, _REPORTING = DatabaseRole.UPKEEP, DatabaseRole.REPORTING
_ROTATION = DatabaseRole.ROTATION

_READ = Access(select=ALL)
_HAND_IN = Access(insert=True)
_ADD = Access(select=ALL, insert=True)
_ERASE = _erase(*ALL)
_RENEW = Access(select=ALL, insert=True, delete=True)

ACCESS: Final[Mapping[str, Mapping[DatabaseRole, Access]]] = {
    "alembic_version": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    # registry
    "organisation": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    "admission": {_WEB: _READ, _UPKEEP: _READ},
    "client": {_WEB: _READ, _UPKEEP: _READ},
    "signer": {_WEB: _READ, _UPKEEP: _READ},
    "source": {
        _WEB: _READ,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "source_submitter": {_WEB: _READ, _UPKEEP: _READ},
    "rehearsal": {
        _WEB: _keep("closed_at", "passed", "cases", "signers", "key_version")
    },
    "invitation": {},
    "coverage": {
        _WEB: Access(select=ALL, update=("last_heard",)),
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "contact_holder": {
        _WEB: _keep("details", "last_verified", "updated_at"),
        _UPKEEP: _READ,
    },
    "contact_label": {_WEB: _READ, _UPKEEP: _READ},
    "agent_status": {_WEB: _keep("status", "reported_at", "answers", "unsent")},
    "establishment": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    "account_suspension": {_WEB: _READ, _UPKEEP: _READ},
    "key_config": {_WEB: _ADD},
    "sharing_use": {_WEB: _ADD},
    "row_key_use": {_WEB: _READ, _UPKEEP: _READ, _ROTATION: _READ},
    "ceremony_record": {_WEB: _READ},
    "policy_activation": {_WEB: _ADD},
    # signals
    "signal": {
        _WEB: Access(
            select=_all_but(signal, "seal"),
            insert=True,
            update=(
                "version",
                "contact_holder",
                "valid_until",
                "state",
                "confirmed_on",
                "ended_on",
                "source",
                "outbox",
                "taken_over_from",
                "taken_over_on",
                "untold",
                "submitted_by",
                "by_hand",
            ),
            delete=True,
        ),
        _UPKEEP: Access(
            select=(
                "row_key",
                "id",
                "source",
                "reference",
                "contact_holder",
                "category",
                "municipality",
                "valid_from",
                "valid_until",
                "state",
                "confirmed_on",
                "ended_on",
                "informed_code",
            ),
            update=("state", "ended_on"),
            delete=True,
        ),
        _ROTATION: _move("row_key", "seal", by=("id", "category", "source")),
    },
    "replaced_outbox": {_WEB: _keep("replaced_by", "replaced_at")},
    "reported_signal": {_REPORTING: _READ},
    "tombstone": {_WEB: _RENEW, _UPKEEP: _ERASE},
    "signal_transfer": {
        _WEB: _keep("carried_out_at", "signals", "references_digest", "named"),
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "evidence": {_WEB: _HAND_IN},
    "delivery": {_WEB: _ADD, _REPORTING: _READ},
    # lookups
    "spent_ticket": {_WEB: _ADD, _UPKEEP: _ERASE},
    "lookup_repeat": {_WEB: _keep("repeats"), _UPKEEP: _ERASE},
    "lookup_outcome": {
        _WEB: _keep("sealed"),
        _UPKEEP: _ERASE,
    },
    # ledger
    "ledger_entry": {
        _WEB: _ADD,
        _SEQUENCER: _ADD,
        _UPKEEP: _ADD,
        _REPORTING: _READ,
    },
    "ledger_disclosure": {_WEB: _ADD, _UPKEEP: _RENEW},
    "ledger_pending": {_WEB: _HAND_IN, _SEQUENCER: _ERASE, _UPKEEP: _HAND_IN},
    "ledger_person": {
        _WEB: _keep("number"),
        _UPKEEP: Access(select=ALL, insert=True, update=("number",), delete=True),
    },
    "ledger_tree": {
        _WEB: _READ,
        _SEQUENCER: _keep("size"),
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "ledger_leaf": {
        _WEB: _READ,
        _SEQUENCER: _ADD,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "ledger_tile": {_WEB: _READ, _SEQUENCER: _ADD, _REPORTING: _READ},
    "ledger_checkpoint": {
        _WEB: _READ,
        _SEQUENCER: _ADD,
        _REPORTING: _READ,
    },
    # witnessing
    "ledger_witnessed": {
        _WEB: _READ,
        _SEQUENCER: _keep("size", "note", "witnessed_at"),
        _REPORTING: _READ,
    },
    "ledger_hour": {_WEB: _READ, _SEQUENCER: _ADD, _REPORTING: _READ},
    "ledger_refusal": {
        _WEB: _READ,
        _SEQUENCER: Access(select=ALL, insert=True, delete=True),
    },
    "ledger_succession": {
        _WEB: _READ,
        _SEQUENCER: _READ,
        _REPORTING: _READ,
    },
    # approvals
    "approval": {
        _WEB: _keep(
            "state",
            "decided_by",
            "decided_in",
            "decider_has_role",
            "decided_at",
            "reason",
            "signature",
        ),
    },
    "contact_label_request": {_WEB: _ADD, _UPKEEP: _READ},
    # citizen_rights
    "access_request": {
        _WEB: Access(
            select=_all_but(access_request, "person_seal"),
            insert=True,
            update=(
                *("due_on", "extension", "reported_at", "person_key", "person_seal"),
                *("closing", "closed_at"),
            ),
        ),
        _UPKEEP: _erase(*_all_but(access_request, "person_key", "person_seal")),
        _ROTATION: _move("person_key", "person_seal", by=("id",)),
    },
    "embargo": {
        _WEB: Access(select=_all_but(embargo, "seal"), insert=True),
        _UPKEEP: _erase(*_all_but(embargo, "seal")),
        _ROTATION: Access(select=ALL, update=("row_key", "seal", "stamp")),
    },
    "embargo_step": {_WEB: _ADD, _UPKEEP: _READ},
    "correction": {
        _WEB: Access(
            select=_all_but(correction, "seal"),
            insert=True,
            update=(
                *("released_on", "answer", "answered_on", "answers_before", "told_on"),
                *("source", "submitted_by"),
            ),
        ),
        _UPKEEP: _erase(
            *_all_but(
                correction,
                *("submitted_by", "row_key", "seal", "answers_before", "told_on"),
            )
        ),
        _ROTATION: _move("row_key", "seal", by=("id", "category")),
    },
    # notices
    "notice_box": {
        _WEB: _HAND_IN,
        _UPKEEP: _ERASE,
        _ROTATION: Access(select=ALL, update=("sealed",)),
    },
    "return_notice": {
        _WEB: Access(select=ALL, update=("sealed", "told", "acknowledged")),
        _UPKEEP: _RENEW,
        _ROTATION: _move("sealed", by=("id", "year")),
    },
    "notice_damping": {_UPKEEP: _RENEW},
    # follows
    "follow": {
        _WEB: Access(
            select=ALL,
            insert=True,
            update=(
                *("owner", "sealed", "offer", "offered_until"),
                *("given_by", "given_on"),
            ),
            delete=True,
        ),
        _UPKEEP: _erase("municipality", "until"),
        _ROTATION: _move(
            "person_row", "sealed", by=("id", "organisation", "year", "until")
        ),
    },
    # daily_runs
    "daily_run": {_UPKEEP: _RENEW},
    # matches
    "match_box": {
        _WEB: _HAND_IN,
        _UPKEEP: _ERASE,
        _ROTATION: Access(select=ALL, update=("sealed",)),
    },
    "match_sheet": {
        _WEB: _READ,
        _UPKEEP: _RENEW,
        _ROTATION: Access(select=ALL, update=("sealed",)),
    },
    "match_step": {_WEB: _keep("sealed"), _UPKEEP: _ERASE},
    # policies
    "policy_bundle": {_WEB: _ADD, _UPKEEP: _READ, _REPORTING: _READ},
    "policy_proposal": {_WEB: _ADD},
    "policy_adoption": {_WEB: _ADD, _UPKEEP: _READ, _REPORTING: _READ},
    # completeness
    "completeness_day": {
        _WEB: _keep(*_all_but(completeness_day, "municipality", "day")),
        _UPKEEP: _ERASE,
        _REPORTING: _READ,
    },
    "completeness_finding": {
        _WEB: _keep("closed_at", "closed_by", "closed_in", "closing_reason"),
        _UPKEEP: Access(select=ALL, insert=True, update=("counted",), delete=True),
    },
    "alarm_window": {
        _UPKEEP: Access(
            select=ALL, insert=True, update=("counted", "finding"), delete=True
        )
    },
    "watched": {_UPKEEP: _keep("until")},
    "decoy": {_UPKEEP: _READ},
    "trace_context": {_WEB: _HAND_IN, _UPKEEP: _ERASE},
    "processing_log": {_UPKEEP: _keep("position", "confirmed_at"), _REPORTING: _READ},
    # overview
    "overview_count": {_WEB: _READ, _UPKEEP: _RENEW, _REPORTING: _READ},
    "overview_day": {_WEB: _READ, _UPKEEP: _RENEW},
    "overview_stock": {_WEB: _READ, _UPKEEP: _RENEW, _REPORTING: _READ},
    "account_mandate": {_WEB: _READ, _UPKEEP: _READ},
    "report_request": {_WEB: _ADD, _UPKEEP: _ERASE},
    # reviews
    "review": {
        _WEB: _keep(
            "state",
            "verdict",
            "due_at",
            "answer_by",
            "picked_by",
            "judged_by",
            "closed_at",
            "asked_on",
        ),
        _UPKEEP: Access(select=ALL, insert=True, update=("picked_by",), delete=True),
        _REPORTING: _READ,
    },
    "review_ground": {_WEB: _ADD, _UPKEEP: _RENEW, _REPORTING: _READ},
    "review_act": {_WEB: _ADD, _UPKEEP: _ERASE},
    # person_events
    "person_event": {
        _WEB: Access(select=_all_but(person_event, "seal"), insert=True),
        _UPKEEP: _erase(*_all_but(person_event, "seal")),
        _ROTATION: _move("mark", "seal", by=("id", "municipality")),
    },
}
