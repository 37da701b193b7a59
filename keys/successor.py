"""A receipt key of the index that follows another: said by the old one, and by itself.

    sign_successor(Successor(...), old, new) -> SignedDocument     at the index
    follow(pinned, statements) -> Chain                            where a key is pinned
    read_chain(path) -> Chain                                      from the files there
    take_successors(path, statements)                              more of them

- A successor is signed by the key before it, or it is nobody's; and by itself, so that
  nobody announces the key of somebody else.
- Between `begins` and `ends` both count. Before it the new one does not, after it the
  old one does not.
- A key has one successor. Two statements of one key are a fork: nothing is taken from
  either, and a person must look.
- Who pinned a key takes what leads on from it, step by step: one that is missing ends
  the chain. What was taken lies beside the pinned key, and is never left out again.

    receipt.public.jwk         the key that was pinned
    receipt-successors.json    {"format":"signal-index/key-successors/1","successors":[
                               {payload, signatures},…]}

Proven by tests/attack/test_a_key_is_succeeded_falsely.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

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
    KeyFileMalformed,
    KeysError,
    SuccessorForged,
    SuccessorForked,
    UnusableKey,
)
from keys.files import read_json, read_public, replace_public
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
MAX_SUCCESSORS: Final = 64
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


class Successor(Document):
    """That one receipt key follows another; `number` counts the keys from 1."""

    format: Literal["signal-index/key-successor/1"] = "signal-index/key-successor/1"
    number: Count
    former: SigningKey
    key: SigningKey
    begins: Instant
    ends: Instant

    @model_validator(mode="after")
    def _overlaps(self) -> Self:
        if self.former.raw == self.key.raw or self.former.kid == self.key.kid:
            raise ValueError("a key does not follow itself")
        if not SHORTEST <= self.ends - self.begins <= LONGEST:
            raise ValueError("both keys count for 1 to 92 days")
        return self


class _File(Document):
    format: Literal["signal-index/key-successors/1"] = "signal-index/key-successors/1"
    successors: Annotated[tuple[SignedDocument, ...], Field(max_length=MAX_SUCCESSORS)]


@dataclass(frozen=True, slots=True)
class Dated:
    """A key, and from when until when what it signs counts."""

    key: PublicKey
    begins: datetime = _FIRST
    ends: datetime = _LAST


@dataclass(frozen=True, slots=True)
class Chain:
    """The keys that lead on from a pinned one, and what says so."""

    keys: tuple[Dated, ...]
    taken: tuple[Successor, ...] = ()

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


def follow(pinned: PublicKey, documents: Sequence[SignedDocument]) -> Chain:
    """Give the keys that lead on from a pinned one, by statements in any order.

    Statements of other keys lead nowhere. Raises `SuccessorForged`, `SuccessorForked`.
    """
    by_former = _by_former([open_successor(one) for one in documents])
    keys, taken = [Dated(pinned)], list[Successor]()
    while (step := by_former.get(keys[-1].key.raw)) is not None:
        _verify_next(step, keys, taken)
        keys[-1] = replace(keys[-1], ends=step.ends)
        keys.append(Dated(step.key, step.begins))
        taken.append(step)
    return Chain(tuple(keys), tuple(taken))


def read_chain(path: Path) -> Chain:
    """Read a pinned key and what follows on it, or raise `KeysError`."""
    return follow(_read_pinned(path), read_successors(find_successors(path)))


def find_successors(path: Path) -> Path:
    """Give where the successors of a pinned key lie: beside it."""
    return path.with_name(f"{path.name.partition('.')[0]}-successors.json")


def read_successors(path: Path) -> tuple[SignedDocument, ...]:
    """Read the statements that lie beside a key; none where there is no file."""
    if not path.exists():
        return ()
    try:
        return _File.model_validate_json(read_public(path), by_name=False).successors
    except ValidationError:
        raise SuccessorForged(f"{path.name}: not a file of successors") from None


def take_successors(path: Path, documents: Sequence[SignedDocument]) -> Chain:
    """Put statements beside the pinned key; those that lie there stay.

    Raises what `follow` raises, and `SuccessorForged` for one that neither follows on
    the pinned key nor comes before it: another one is missing, or it is of elsewhere.
    """
    file, pinned = find_successors(path), _read_pinned(path)
    known = read_successors(file)
    whole = [*known, *(one for one in documents if one not in known)]
    chain, said = follow(pinned, whole), [open_successor(one) for one in whole]
    placed = [*chain.taken, *_list_before(pinned, said)]
    if not chain.taken or any(one not in placed for one in said):
        raise SuccessorForged("does not follow on the pinned key; is one missing?")
    made = _File(successors=tuple(whole))
    replace_public(file, made.model_dump_json(by_alias=True).encode() + b"\n")
    return chain


def _list_before(pinned: PublicKey, said: Sequence[Successor]) -> list[Successor]:
    before: list[Successor] = []
    wanted = pinned.raw
    while step := next(
        (one for one in said if one.key.raw == wanted and one not in before), None
    ):
        before.append(step)
        wanted = step.former.raw
    return before


def _by_former(found: Sequence[Successor]) -> Mapping[bytes, Successor]:
    by_former: dict[bytes, Successor] = {}
    for one in found:
        if by_former.setdefault(one.former.raw, one) != one:
            raise SuccessorForked(one.former.kid)
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


def _read_pinned(path: Path) -> PublicKey:
    try:
        return parse_public_key(read_json(read_public(path), path.name))
    except KeysError as error:
        raise KeyFileMalformed(f"{path.name}: {error}") from None
