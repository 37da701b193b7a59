"""Which columns another row key changes, and of every other column of bytes why not.

A test holds both lists against the tables, so that a new column cannot be forgotten.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from signal_index.store.sealed_moves import SEALED

MOVED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "signal": frozenset({"row_key", "seal"}),
        "correction": frozenset({"row_key", "seal"}),
        "embargo": frozenset({"row_key", "seal", "stamp"}),
        "person_event": frozenset({"mark", "seal"}),
        "access_request": frozenset({"person_key", "person_seal"}),
        "follow": frozenset({"person_row", "sealed"}),
        **{table.name: frozenset({"sealed"}) for table in SEALED},
    }
)
"""Columns that another row key changes."""

_SEALED_YEAR: Final = "sealed under a year's key; says nothing of whom it is by h"
_HASH: Final = "a keyed hash, not under h"
_DIGEST: Final = "a digest of what was said or signed"
_TREE: Final = "a hash of the ledger's tree"

ELSEWHERE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "signal": {"notice_digest": _DIGEST},
        "tombstone": {"sealed": _SEALED_YEAR},
        "signal_transfer": {"references_digest": _DIGEST},
        "follow": {"owner": _HASH, "offer": _HASH, "given_by": _HASH},
        "match_step": {"handle": _HASH, "sealed": _SEALED_YEAR},
        "notice_damping": {"handle": _HASH, "sealed": _SEALED_YEAR},
        "lookup_outcome": {"id": _HASH, "sealed": _SEALED_YEAR},
        "lookup_repeat": {"req": _HASH, "body_digest": _DIGEST},
        "ledger_entry": {"leaf": "salted digests"},
        "ledger_disclosure": {
            "sealed": _SEALED_YEAR,
            **dict.fromkeys(
                (
                    *("find_user", "find_team", "find_case", "find_person"),
                    *("find_purpose", "find_outcome", "find_break_glass"),
                ),
                _HASH,
            ),
        },
        "ledger_person": {"find_person": _HASH},
        "ledger_leaf": {"leaf_hash": _TREE},
        "ledger_tile": {"hashes": _TREE, "root": _TREE},
        "embargo_step": {"stamp": "over a step: it says no row"},
        "approval": {"digest": _DIGEST, "signature": "of the receipt key"},
        "policy_bundle": {"digest": _DIGEST},
        "policy_proposal": {"digest": _DIGEST, "base": _DIGEST},
        "policy_adoption": {"digest": _DIGEST},
        "completeness_day": {"digest": _DIGEST},
        "completeness_finding": {"digest": _DIGEST},
        "alarm_window": {"account": _HASH},
        "decoy": {"find_person": _HASH},
        "trace_context": {"trace_id": "the caller's own", "span_id": "ours"},
        "overview_day": {"sealed": _SEALED_YEAR},
        "report_request": {"sealed": _SEALED_YEAR},
        "review": {"judged_by": _HASH},
        "key_config": {"digest": _DIGEST},
        "ceremony_record": {"transcript": _DIGEST},
        "row_key_use": {"check_value": "by which a key is known again"},
    }
)
"""Columns of bytes that no row key changes, and why."""
