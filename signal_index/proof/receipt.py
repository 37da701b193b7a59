"""Receipts: what a caller keeps of an answer, and how it is checked.

A receipt holds the leaf as it will stand in the tree, the opened groups who, role, why,
what, decision and about, and a signed promise. An index that answers but never records
is caught by it.

- What must hold: (1) the leaf has its one form; (2) the promise is signed by a pinned
  key; (3) it names this ledger and year, this entry and this leaf; (4) exactly the six
  groups are opened, each the one in the leaf, and never what the ledger calls a person.
- Whether it says what was asked, and about whom, is the caller's to compare:
  `OpenedReceipt` holds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from joserfc.jwk import OKPKey

from signal_index.proof.checkpoint import origin_of
from signal_index.proof.disclosure import Group, verify_disclosure
from signal_index.proof.encoding import Json, JsonObject, decode_b64u
from signal_index.proof.errors import (
    DisclosureRefused,
    MalformedProof,
    OriginRefused,
)
from signal_index.proof.leaf import Leaf, parse_leaf
from signal_index.proof.promise import Promise, verify_promise
from signal_index.proof.rfc9162 import hash_leaf

RECEIPT_GROUPS = tuple(group for group in Group if group is not Group.PERSON)


@dataclass(frozen=True, repr=False)
class OpenedReceipt:
    """A receipt that holds: the leaf, what it says of the caller, and the promise."""

    leaf: Leaf
    leaf_bytes: bytes
    groups: Mapping[Group, JsonObject | None]
    promise: Promise

    @property
    def entry(self) -> UUID:
        """The id of the entry, under which a proof can be asked."""
        return self.leaf.entry


def verify_receipt(
    receipt: Json, *, keys: Sequence[OKPKey], origin_base: str
) -> OpenedReceipt:
    """Open the receipt of an answer, or raise a `ProofError`.

    `receipt` is the object as the answer holds it; `keys` the pinned receipt keys
    (`parse_receipt_key`); `origin_base` the ledger's name without the year. Whether the
    entry IS in the tree is proven a minute later, by `verify_tlog_proof`.
    """
    leaf_bytes, disclosures, token = _parse_parts(receipt)
    leaf = parse_leaf(leaf_bytes)
    if not isinstance(leaf, Leaf):
        raise MalformedProof("the first leaf of a year has no receipt")
    promise = verify_promise(token, keys)
    if promise.origin != origin_of(origin_base, leaf.minute.year):
        raise OriginRefused("the promise is about another ledger or year")
    if promise.entry != leaf.entry or promise.leaf_hash != hash_leaf(leaf_bytes):
        raise OriginRefused("the promise is about another entry")
    return OpenedReceipt(leaf, leaf_bytes, _open_groups(leaf, disclosures), promise)


def _parse_parts(receipt: Json) -> tuple[bytes, Sequence[str], str]:
    match receipt:
        case {
            "leaf": str(leaf),
            "disclosures": [*texts],
            "promise": str(promise),
            **rest,
        } if not rest:
            disclosures = [text for text in texts if isinstance(text, str)]
            if len(disclosures) == len(texts):
                return decode_b64u(leaf), disclosures, promise
    raise MalformedProof("a receipt is not leaf, disclosures and promise")


def _open_groups(
    leaf: Leaf, disclosures: Sequence[str]
) -> Mapping[Group, JsonObject | None]:
    opened = [verify_disclosure(leaf.groups, text) for text in disclosures]
    if tuple(disclosure.group for disclosure in opened) != RECEIPT_GROUPS:
        raise DisclosureRefused("a receipt does not open exactly its six groups")
    return {disclosure.group: disclosure.value for disclosure in opened}
