"""The leaf of the ledger: a clear header and the digests of six groups.

What stands in the clear names an organisation, a municipality, an activity and a
minute, never a person: not the citizen, not the user.

- One leaf has one text (docs/wire-formats.md section 6); anything else is malformed.
- The first leaf of a year has a form of its own: it carries the last checkpoint of the
  year before, so that the years form one chain; the very first carries null.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from signal_index.proof.disclosure import Group
from signal_index.proof.encoding import (
    HASH_BYTES,
    Json,
    decode_b64u,
    decode_json,
    encode_b64u,
    encode_json,
)
from signal_index.proof.errors import MalformedProof

_VERSION = 1
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z", re.ASCII)
_LEAF_KEYS = {
    "activity", "entry", "groups", "kind", "minute", "municipality", "organisation",
    "outcome", "policy", "v",
}  # fmt: skip
_FIRST_KEYS = {"entry", "kind", "minute", "origin", "previous", "v"}


class Kind(StrEnum):
    """What sort of act an entry records."""

    LOOKUP = "lookup"
    PUBLICATION = "publication"
    WITHDRAWAL = "withdrawal"
    DELIVERY = "delivery"
    ADMINISTRATION = "administration"
    ESTABLISHMENT = "establishment"
    POLICY = "policy"
    KEY = "key"
    ERASURE = "erasure"
    OUTCOME = "outcome"
    TICKET_REFUSED = "ticket-refused"
    OWN_HISTORY = "own-history"
    FIRST_LEAF = "first-leaf"


class Outcome(StrEnum):
    """How the act ended, in the clear; a hit and a miss are both `answered`."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Leaf:
    """One entry as the tree holds it."""

    entry: UUID
    kind: Kind
    minute: datetime
    organisation: str | None
    municipality: str | None
    activity: str | None
    policy: str | None
    outcome: Outcome
    groups: Mapping[Group, bytes]


@dataclass(frozen=True)
class FirstLeaf:
    """The first leaf of a year; `previous` is a signed checkpoint, None at genesis."""

    entry: UUID
    minute: datetime
    origin: str
    previous: str | None


def format_minute(instant: datetime) -> str:
    """Give the UTC minute of an instant; seconds are left out on purpose."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def encode_leaf(leaf: Leaf) -> bytes:
    """Give the one text of a leaf, as UTF-8."""
    return encode_json(
        {
            "activity": leaf.activity,
            "entry": str(leaf.entry),
            "groups": {g.value: encode_b64u(leaf.groups[g]) for g in Group},
            "kind": leaf.kind.value,
            "minute": format_minute(leaf.minute),
            "municipality": leaf.municipality,
            "organisation": leaf.organisation,
            "outcome": leaf.outcome.value,
            "policy": leaf.policy,
            "v": _VERSION,
        }
    )


def encode_first_leaf(leaf: FirstLeaf) -> bytes:
    """Give the one text of a year's first leaf, as UTF-8."""
    return encode_json(
        {
            "entry": str(leaf.entry),
            "kind": Kind.FIRST_LEAF.value,
            "minute": format_minute(leaf.minute),
            "origin": leaf.origin,
            "previous": leaf.previous,
            "v": _VERSION,
        }
    )


def parse_leaf(data: bytes) -> Leaf | FirstLeaf:
    """Read a leaf of either form, or raise `MalformedProof`."""
    fields = decode_json(data)
    if not isinstance(fields, Mapping) or fields.get("v") != _VERSION:
        raise MalformedProof("a leaf is not one of this version")
    if fields.get("kind") == Kind.FIRST_LEAF:
        return _parse_first(fields)
    if set(fields) != _LEAF_KEYS:
        raise MalformedProof("a leaf has other members than it should")
    try:
        kind, outcome = Kind(_text(fields["kind"])), Outcome(_text(fields["outcome"]))
    except ValueError as cause:
        raise MalformedProof("a leaf is of an unknown kind or outcome") from cause
    return Leaf(
        entry=_parse_entry(fields["entry"]),
        kind=kind,
        minute=_parse_minute(fields["minute"]),
        organisation=_optional(fields["organisation"]),
        municipality=_optional(fields["municipality"]),
        activity=_optional(fields["activity"]),
        policy=_optional(fields["policy"]),
        outcome=outcome,
        groups=_parse_groups(fields["groups"]),
    )


def _parse_first(fields: Mapping[str, Json]) -> FirstLeaf:
    if set(fields) != _FIRST_KEYS:
        raise MalformedProof("a first leaf has other members than it should")
    return FirstLeaf(
        entry=_parse_entry(fields["entry"]),
        minute=_parse_minute(fields["minute"]),
        origin=_text(fields["origin"]),
        previous=_optional(fields["previous"]),
    )


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise MalformedProof("a member of a leaf is not a text")
    return value


def _optional(value: Json) -> str | None:
    return None if value is None else _text(value)


def _parse_entry(value: Json) -> UUID:
    text = _text(value)
    try:
        entry = UUID(text)
    except ValueError as cause:
        raise MalformedProof("the id of an entry is not a UUID") from cause
    if str(entry) != text:
        raise MalformedProof("the id of an entry is not in its one form")
    return entry


def _parse_minute(value: Json) -> datetime:
    text = _text(value)
    if not _MINUTE.fullmatch(text):
        raise MalformedProof("the minute of a leaf is not one")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError as cause:
        raise MalformedProof("the minute of a leaf is not one") from cause


def _parse_groups(value: Json) -> Mapping[Group, bytes]:
    if not isinstance(value, Mapping) or set(value) != set(Group):
        raise MalformedProof("a leaf does not hold exactly the six groups")
    groups = {Group(name): decode_b64u(_text(h)) for name, h in value.items()}
    if any(len(digest) != HASH_BYTES for digest in groups.values()):
        raise MalformedProof("the digest of a group does not have 32 bytes")
    return groups
