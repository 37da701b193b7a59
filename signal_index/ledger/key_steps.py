"""What a `key` entry says: one step in the life of a key, and what belongs to it.

- A step stands in `KeyStep` and in a line of `KEY_STEPS`: its entry has the members of
  that line and no others, so that whoever reads the ledger knows what to look for.
- `transcript` is SHA-256 of the transcript of a ceremony, in hexadecimal: what was done
  under it, the record of that ceremony shows. None for a key that was dealt.
- No member is secret, and none names a person.

Proven by tests/unit/signal_index/test_key_steps.py.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from signal_index.proof import Json, JsonObject


class KeyStep(StrEnum):
    """What was done with a key of this index, or with that of its holders."""

    KEYS_CREATED = "keys-created"
    YEAR_KEYS_CREATED = "year-keys-created"
    YEAR_KEYS_DESTROYED = "year-keys-destroyed"
    CONFIG_ACTIVATED = "config-activated"
    RECORD_KEPT = "record-kept"
    ROTATION_BEGUN = "rotation-begun"
    ROTATION_FINISHED = "rotation-finished"
    VERSION_DESTROYED = "version-destroyed"
    ROW_KEY_BEGUN = "row-key-begun"
    ROW_KEY_FINISHED = "row-key-finished"
    ROW_KEY_DESTROYED = "row-key-destroyed"
    RECEIPT_KEY_SUCCEEDED = "receipt-key-succeeded"
    CHECKPOINT_KEY_SUCCEEDED = "checkpoint-key-succeeded"


_SUCCEEDED: Final = frozenset(
    {"number", "former", "key", "begins", "ends", "statement"}
)
KEY_STEPS: Final[Mapping[KeyStep, frozenset[str]]] = MappingProxyType(
    {
        KeyStep.KEYS_CREATED: frozenset({"version", "years"}),
        KeyStep.YEAR_KEYS_CREATED: frozenset({"year"}),
        KeyStep.YEAR_KEYS_DESTROYED: frozenset({"year"}),
        KeyStep.CONFIG_ACTIVATED: frozenset(
            {"serial", "version", "epoch", "origin", "config", "transcript"}
        ),
        KeyStep.RECORD_KEPT: frozenset({"version", "epoch", "ceremony", "transcript"}),
        KeyStep.ROTATION_BEGUN: frozenset({"version"}),
        KeyStep.ROTATION_FINISHED: frozenset({"version", "epoch", "transcript"}),
        KeyStep.VERSION_DESTROYED: frozenset({"version"}),
        KeyStep.ROW_KEY_BEGUN: frozenset({"rowKey"}),
        KeyStep.ROW_KEY_FINISHED: frozenset({"rowKey", "rows"}),
        KeyStep.ROW_KEY_DESTROYED: frozenset({"rowKey"}),
        KeyStep.RECEIPT_KEY_SUCCEEDED: _SUCCEEDED,
        KeyStep.CHECKPOINT_KEY_SUCCEEDED: _SUCCEEDED,
    }
)
"""The members of each step beside `act`.

`version`, `epoch`, `serial`: of the key config. `config`: SHA-256 of what the holders
signed. `ceremony`: its kind. `rowKey`: the number of the index's row key; `rows`: how
many got their name under it. `number`: of the key of its use, which follows `former`;
both by their `kid`. `begins`, `ends`: from when it signs, until when the former counts.
`statement`: what both keys signed, as it is handed out (`keys.successor`).
"""


def describe_key_step(step: KeyStep, members: Mapping[str, Json]) -> JsonObject:
    """Give the group `what` of a step; raises ValueError unless it is the table's."""
    if members.keys() != KEY_STEPS[step]:
        raise ValueError(f"an entry of {step} does not have these members")
    return {"act": step.value, **members}
