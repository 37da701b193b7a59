"""A signing key of the index that follows another: said by the old one, and by itself.

    sign_successor(Successor(...), old, new) -> SignedDocument     at the index
    follow(pinned, use, statements) -> Chain                       where a key is pinned

Of two keys: the one that signs receipts, and the one that signs the ledger's tree.

- A successor is signed by the key before it, or it is nobody's; and by itself, so that
  nobody announces the key of somebody else. It says of which of the two it is.
- Between `begins` and `ends` both count. Before it the new one does not, after it the
  old one does not.
- A key has one successor. Two statements of one key are a fork: nothing is taken from
  either, and a person must look.
- Who pinned a key takes what leads on from it, step by step: one that is missing ends
  the chain.

What lies in files: `keys.pinned_keys`. Proven by
tests/attack/test_a_key_is_succeeded_falsely.py.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any, Final, Literal, Self

from pydantic import ValidationError, model_validator

from keys.config_document import (
    Count,
    Document,
    Instant,
    Signature,
    SignedDocument,
    SigningKey,
)
from keys.errors import (
    InvalidToken,
    SuccessorForged,
    SuccessorForked,
    UnusableKey,
)
from keys.jose import (
    PrivateKey,
    PublicKey,
    open_compact,
    parse_public_key,
    sign_compact,
)

_TYPE: Final = "signal-key-successor+json"
SHORTEST: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=92)
LEAD: Final = timedelta(days=92)
"""At most this long after it was said does a key begin: `made` is no older."""
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


class KeyUse(StrEnum):
    """What a key of the index signs."""

    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"


class Successor(Document):
    """That one key follows another; `number` counts the keys of that use from 1.

    `made` is when it was signed: at that moment it stood in the ledger.
    """

    format: Literal["signal-index/key-successor/1"] = "signal-index/key-successor/1"
    use: Literal["receipt", "checkpoint"]
    number: Count
    former: SigningKey
    key: SigningKey
    made: Instant
    begins: Instant
    ends: Instant

    @model_validator(mode="after")
    def _overlaps(self) -> Self:
        if self.former.raw == self.key.raw or self.former.kid == self.key.kid:
            raise ValueError("a key does not follow itself")
        if not SHORTEST <= self.ends - self.begins <= LONGEST:
            raise ValueError("both keys count for 1 to 92 days")
        if self.begins < self.made:
            raise ValueError("a key does not sign before it was said to")
        if self.begins - self.made > LEAD:
            raise ValueError("a key begins within 92 days of when it was said")
        return self


@dataclass(frozen=True, slots=True)
class Dated:
    """A key, and from when until when what it signs counts."""

    key: PublicKey
    begins: datetime = _FIRST
    ends: datetime = _LAST

    @property
    def raw(self) -> bytes:
        """The key as its 32 bytes."""
        return self.key.raw


@dataclass(frozen=True, slots=True)
class Chain:
    """The keys that lead on from a pinned one, and what says so.

    `name` is under which the pinned one signs notes; a receipt key has none.
    `is_forked`: somebody was shown two successors of one of them.
    """

    keys: tuple[Dated, ...]
    taken: tuple[Successor, ...] = ()
    said: tuple[SignedDocument, ...] = ()
    name: str = ""
    is_forked: bool = False

    def list_accepted(self, now: datetime) -> tuple[PublicKey, ...]:
        """List the keys that count at this moment, the newest first."""
        return self.list_between(now, now)

    def list_between(self, since: datetime, until: datetime) -> tuple[PublicKey, ...]:
        """List the keys that counted at any moment from `since` to `until`."""
        return tuple(
            one.key
            for one in reversed(self.keys)
            if one.begins <= until and since < one.ends
        )


def sign_successor(
    said: Successor, former: PrivateKey, new: PrivateKey
) -> SignedDocument:
    """Sign by both keys; raises `SuccessorForged` where they are not those it names."""
    if (said.former, said.key) != (former.public, new.public):
        raise SuccessorForged("signed by other keys than it names")
    claims = json.loads(said.model_dump_json(by_alias=True))
    parts = [sign_compact(key, _TYPE, claims).split(".") for key in (former, new)]
    signatures = [Signature(protected=one[0], signature=one[2]) for one in parts]
    return SignedDocument(payload=parts[0][1], signatures=tuple(signatures))


def open_successor(document: SignedDocument) -> Successor:
    """Give what both keys signed, or raise `SuccessorForged`."""
    if len(document.signatures) != 2:
        raise SuccessorForged("not signed by both keys")
    claims = [
        _open(document, member, name)
        for member, name in zip(document.signatures, ("former", "key"), strict=True)
    ]
    try:
        return Successor.model_validate_json(json.dumps(claims[0]), by_name=False)
    except ValidationError:
        raise SuccessorForged("not a statement of a successor") from None


def parse_successor(text: str) -> SignedDocument:
    """Read a statement by itself, as a ledger entry has it, or `SuccessorForged`."""
    try:
        return SignedDocument.model_validate_json(text, by_name=False)
    except ValidationError:
        raise SuccessorForged("not a statement of a successor") from None


def digest_successor(document: SignedDocument) -> bytes:
    """Give SHA-256 of what both signed: of it people read digits to each other."""
    return sha256(document.payload.encode()).digest()


def follow(
    pinned: PublicKey, use: KeyUse, documents: Sequence[SignedDocument]
) -> Chain:
    """Give the keys that lead on from a pinned one, by statements in any order.

    Statements of other keys lead nowhere. Raises `SuccessorForged`, `SuccessorForked`:
    the latter of a key before the pinned one too.
    """
    if forked := find_forks(pinned, documents):
        former = open_successor(forked[0]).former.kid
        raise SuccessorForked(f"two keys follow {former}: stop, and call")
    by_former = _by_former(documents)
    keys, taken, said = [Dated(pinned)], list[Successor](), list[SignedDocument]()
    while steps := by_former.get(keys[-1].key.raw):
        step, document = steps[0]
        if step.use != use:
            raise SuccessorForged(f"it is of the {step.use} key")
        _verify_next(step, keys, taken)
        keys[-1] = replace(keys[-1], ends=step.ends)
        keys.append(Dated(step.key, step.begins))
        taken.append(step)
        said.append(document)
    return Chain(tuple(keys), tuple(taken), tuple(said))


def find_forks(
    pinned: PublicKey, documents: Sequence[SignedDocument]
) -> Sequence[SignedDocument]:
    """Give those that contradict another, of keys that a pinned one has to do with.

    What does not open, and what leads neither to nor from it, hides none of them.
    """
    by_former: dict[bytes, list[_Step]] = defaultdict(list)
    for document in documents:
        with suppress(SuccessorForged):
            one = open_successor(document)
            by_former[one.former.raw].append((one, document))
    ours = _list_kin(pinned, [one for steps in by_former.values() for one, _ in steps])
    return [
        document
        for former, steps in by_former.items()
        if former in ours and any(one != steps[0][0] for one, _ in steps)
        for _, document in steps
    ]


def _list_kin(pinned: PublicKey, said: Sequence[Successor]) -> set[bytes]:
    kin, before = {pinned.raw}, 0
    while len(kin) > before:
        before = len(kin)
        for one in said:
            if kin & {one.former.raw, one.key.raw}:
                kin |= {one.former.raw, one.key.raw}
    return kin


_Step = tuple[Successor, SignedDocument]


def _by_former(documents: Sequence[SignedDocument]) -> Mapping[bytes, list[_Step]]:
    by_former: dict[bytes, list[_Step]] = defaultdict(list)
    for document in documents:
        one = open_successor(document)
        by_former[one.former.raw].append((one, document))
    return by_former


def _verify_next(
    step: Successor, keys: Sequence[Dated], taken: Sequence[Successor]
) -> None:
    if step.key.raw in {one.key.raw for one in keys}:
        raise SuccessorForged("a key follows one that came after it")
    if taken and (step.number != taken[-1].number + 1 or step.begins < taken[-1].ends):
        raise SuccessorForged("not the next one, or begun before the last one ended")


def _open(document: SignedDocument, member: Signature, name: str) -> dict[str, Any]:
    token = f"{member.protected}.{document.payload}.{member.signature}"
    try:
        return open_compact(token, _TYPE, partial(_signer, name))
    except (InvalidToken, SuccessorForged):
        raise SuccessorForged(f"not signed by the key that is its {name}") from None


def _signer(name: str, claims: Mapping[str, Any]) -> PublicKey:
    try:
        return parse_public_key(claims.get(name))
    except UnusableKey:
        raise SuccessorForged from None
