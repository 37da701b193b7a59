"""A follow: what a generalist saw of a person, so as to hear that it is no longer so.

    answer ──> follow: the kinds it may look at, and who was seen there
    list   ──> the rows of these kinds read: other organisations there, or the same

- Nothing is done when somebody publishes: a publication takes no longer, and answers no
  other, because of who follows. Whether something changed is found when its own user
  looks, from what a lookup would show at that moment.
- Only joining and leaving counts. A signal that is restricted, or of a source in trial,
  is as if nothing had happened.
- It is sealed at one length, and holds no name of a person: its own row with a seal,
  from which only who holds h derives where a person's signals stand.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import SealedRow
from policy.vocabulary import CategoryId, PermittedCategory
from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import pack_person, seal, unpack_person, unseal
from signal_index.signals import SignalState, StoredSignal, is_in_reach

FOLLOW_BYTES: Final = 3072
AFTER_ANSWER: Final = timedelta(hours=24)
"""How long after an answer it can still be followed: later it is asked anew."""
OFFERED_DAYS: Final = 7
OPEN_PER_ORGANISATION: Final = 2_000
CODE_BYTES: Final = 10
_AS_READ: Final = str.maketrans("018", "OIB")
"""A code has none of these digits: whoever types one saw the letter."""

_LABEL: Final = b"signal-index/follow/1\0"
_NAME_BYTES: Final = 16
_SEEN_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows: as the token named them."""

    sub: str
    name: str | None
    team: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Watched:
    """One kind of signal: how far back, who was seen there (hashes)."""

    look_back: timedelta
    seen: frozenset[bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Following:
    """What a follow holds.

    `person`: the row under which it stands (`name_follow_row`), with its seal.
    """

    entry: UUID
    follower: Follower
    since: datetime
    purpose: str
    legal_basis: str
    informed: str
    case_reference: str | None
    person: SealedRow
    watched: Mapping[str, Watched]


def name_follow_row(organisation: str) -> str:
    """Name, in the place of a category, an organisation's follows of one person.

    The name has a sign that no category's id has, so that it is nobody's row key.
    """
    return f"follow:{organisation}"


def make_watched(
    categories: Collection[PermittedCategory],
    shown: Collection[tuple[str, str]],
) -> Mapping[str, Watched]:
    """Give what is looked at: the permitted kinds, and who was shown there.

    `shown`: category and source of each flag of the answer.
    """
    return {
        str(one.id): Watched(
            one.look_back,
            frozenset(_hash(src) for kind, src in shown if kind == one.id),
        )
        for one in categories
    }


def is_changed(
    following: Following,
    permitted: Collection[CategoryId],
    found: Mapping[str, Sequence[StoredSignal]],
    silent: Collection[str],
    *,
    municipality: str,
    now: datetime,
) -> bool:
    """Tell whether an answer would now name another organisation, or one fewer.

    `found`: what stands of this person now, by kind.
    `silent`: sources that are not live, and the organisation of who follows: it knows
    what it did itself. They cause nothing; nor does a restriction.
    """
    silenced = {_hash(src) for src in silent}
    for id_ in permitted:
        watched = following.watched.get(str(id_))
        if watched is None:
            continue
        kind = PermittedCategory(id_, watched.look_back)
        rows = [one for one in found.get(str(id_), ()) if one.category == id_]
        held = {_hash(one.source) for one in rows if _is_restricted(one)}
        now_seen = {
            _hash(one.source)
            for one in rows
            if is_in_reach(one, municipality, kind, now)
        }
        if (watched.seen ^ now_seen) - held - silenced:
            return True
    return False


def seal_following(id_: UUID, said: Following, key: DisclosureKey) -> bytes:
    """Seal it for its row: one length, whatever was seen."""
    facts: dict[str, Any] = {
        "e": said.entry.hex,
        "u": [said.follower.sub, said.follower.name, said.follower.team],
        "a": said.since.isoformat(),
        "w": [said.purpose, said.legal_basis, said.informed, said.case_reference],
        "p": pack_person(said.person),
        "r": [
            [
                id_,
                one.look_back.days,
                encode_b64u(b"".join(sorted(one.seen))),
            ]
            for id_, one in sorted(said.watched.items())
        ],
    }
    return seal(key.follow_seal, id_, _LABEL, facts, FOLLOW_BYTES)


def open_following(id_: UUID, sealed: bytes, key: DisclosureKey) -> Following:
    """Open what a row holds, or raise `DisclosureRefused`."""
    facts = unseal(key.follow_seal, id_, _LABEL, sealed)
    purpose, basis, informed, case = facts["w"]
    return Following(
        entry=UUID(facts["e"]),
        follower=Follower(*facts["u"]),
        since=datetime.fromisoformat(facts["a"]),
        purpose=purpose,
        legal_basis=basis,
        informed=informed,
        case_reference=case,
        person=unpack_person(facts["p"]),
        watched={
            kind: _unpack(days, decode_b64u(packed))
            for kind, days, packed in facts["r"]
        },
    )


def derive_owner(key: DisclosureKey, organisation: str, sub: str) -> bytes:
    """Give by what a user's own follows are found."""
    return _name(key, b"owner", organisation, sub)


def derive_offer(key: DisclosureKey, organisation: str, code: str) -> bytes:
    """Give by what a colleague of the same organisation finds what was offered."""
    return _name(key, b"offer", organisation, code)


def _unpack(days: int, packed: bytes) -> Watched:
    return Watched(
        timedelta(days=days),
        frozenset(
            packed[start : start + _SEEN_BYTES]
            for start in range(0, len(packed), _SEEN_BYTES)
        ),
    )


def _is_restricted(one: StoredSignal) -> bool:
    return one.state is SignalState.RESTRICTED


def _hash(source: str) -> bytes:
    return hashlib.sha256(source.encode()).digest()[:_SEEN_BYTES]


def _name(key: DisclosureKey, what: bytes, *parts: str) -> bytes:
    told = what + b"".join(
        len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts
    )
    return hmac.digest(key.follow_seal, told, "sha256")[:_NAME_BYTES]


def read_code(typed: str) -> str:
    """Read a code for handing over as people type it, in base32 without hyphens."""
    said = "".join(one for one in typed.upper() if one.isalnum())
    return said.translate(_AS_READ)
