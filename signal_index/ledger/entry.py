"""Builds an entry: leaf, disclosures, keyed hashes to find it by, sealed groups.

- Pure: the id, the time and 124 fresh random bytes come in as arguments.
- What is stored beside the leaf is sealed or keyed; database and backup alone show who
  asked nothing about whom.
- Entries whose groups have one outcome seal to lengths in steps of 4,096 bytes, so that
  the length of a stored row does not tell a hit from a miss.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from signal_index.ledger.facts import MARK_BYTES, EntryFacts
from signal_index.ledger.keys import DisclosureKey
from signal_index.ledger.kinds import (
    get_person_label,
    resolve_activity,
    verify_form,
)
from signal_index.ledger.sealing import NONCE_BYTES, seal_disclosures
from signal_index.proof import (
    SALT_BYTES,
    Group,
    JsonObject,
    Kind,
    Leaf,
    Outcome,
    digest_disclosure,
    encode_leaf,
    make_disclosure,
)

ENTROPY_BYTES = len(Group) * SALT_BYTES + NONCE_BYTES
FIND_KEY_BYTES = 16
RARE_OUTCOMES = frozenset({Outcome.REFUSED, Outcome.FAILED})
"""What is searched for by its outcome; of nearly every entry it would tell nothing."""


@dataclass(frozen=True, repr=False)
class FindKeys:
    """Keyed hashes by which an entry is found; erased together with its disclosures."""

    user: bytes | None
    team: bytes | None
    case: bytes | None
    person: bytes | None
    purpose: bytes | None = None
    outcome: bytes | None = None
    break_glass: bytes | None = None


@dataclass(frozen=True, repr=False)
class Entry:
    """An entry, ready for `store.ledger.insert_entries` and for its receipt."""

    id: UUID
    year: int
    facts: EntryFacts
    leaf: bytes
    disclosures: Mapping[Group, str]
    find_keys: FindKeys
    sealed: bytes


def build_entry(facts: EntryFacts, *, entropy: bytes, key: DisclosureKey) -> Entry:
    """Give the entry for these facts.

    `entropy` is `ENTROPY_BYTES` fresh random bytes, never used before: seven salts and
    the nonce of the seal. `key` must be the one of the entry's year. Raises ValueError
    where the facts are not what `KINDS` says of their kind: that is never recorded.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"an entry takes {ENTROPY_BYTES} random bytes")
    if key.year != facts.year:
        raise ValueError("the disclosure key is not of the entry's year")
    values = _group_values(facts)
    verify_form(
        facts, frozenset(one for one, value in values.items() if value is not None)
    )
    disclosures = {
        group: make_disclosure(
            group, entropy[place * SALT_BYTES : (place + 1) * SALT_BYTES], values[group]
        )
        for place, group in enumerate(Group)
    }
    leaf = _leaf_of(facts, disclosures)
    return Entry(
        id=facts.entry,
        year=facts.year,
        facts=facts,
        leaf=encode_leaf(leaf),
        disclosures=disclosures,
        find_keys=derive_find_keys(leaf, values, key),
        sealed=seal_disclosures(
            facts.entry, disclosures, key=key, nonce=entropy[-NONCE_BYTES:]
        ),
    )


def _leaf_of(facts: EntryFacts, disclosures: Mapping[Group, str]) -> Leaf:
    return Leaf(
        entry=facts.entry,
        kind=facts.kind,
        minute=facts.recorded_at,
        organisation=facts.organisation,
        municipality=facts.municipality,
        activity=resolve_activity(facts),
        policy=facts.policy,
        outcome=facts.outcome,
        groups={group: digest_disclosure(text) for group, text in disclosures.items()},
    )


def _group_values(facts: EntryFacts) -> Mapping[Group, JsonObject | None]:
    return {
        Group.ABOUT: facts.person.about.value() if facts.person else None,
        Group.PERSON: facts.person.value() if facts.person else None,
        Group.WHO: None if facts.who is None else {"sub": facts.who},
        Group.ROLE: facts.role.value() if facts.role else None,
        Group.WHY: facts.why.value() if facts.why else None,
        Group.WHAT: facts.what,
        Group.DECISION: facts.decision.value() if facts.decision else None,
    }


def derive_find_keys(
    leaf: Leaf, groups: Mapping[Group, JsonObject | None], key: DisclosureKey
) -> FindKeys:
    """Give by what an entry is found: it follows from what its leaf and groups say.

    So that whoever writes in the database can hide or move no entry unseen: the columns
    are held against this (`store.found_entries`).
    """
    organisation, place = leaf.organisation or "", leaf.municipality or ""
    who, team = _text(groups, Group.WHO, "sub"), _text(groups, Group.ROLE, "team")
    case = _text(groups, Group.WHY, "caseReference")
    purpose = _text(groups, Group.WHY, "purpose")
    person = _text(groups, Group.PERSON, "name")
    is_common = leaf.outcome not in RARE_OUTCOMES
    broke_glass = _text(groups, Group.WHY, "breakGlass") is not None
    return FindKeys(
        user=None if who is None else user_find_key(key, organisation, who),
        team=None if team is None else team_find_key(key, organisation, team),
        case=None if case is None else case_find_key(key, organisation, case),
        person=None
        if person is None
        else person_find_key(key, decode_b64u(person), leaf.kind),
        purpose=None if purpose is None else purpose_find_key(key, place, purpose),
        outcome=None if is_common else outcome_find_key(key, place, leaf.outcome),
        break_glass=break_glass_find_key(key, place) if broke_glass else None,
    )


def _text(
    groups: Mapping[Group, JsonObject | None], group: Group, name: str
) -> str | None:
    found = (groups.get(group) or {}).get(name)
    return found if isinstance(found, str) else None


def user_find_key(key: DisclosureKey, organisation: str, sub: str) -> bytes:
    """Give the keyed hash under which a user's own entries of a year are found."""
    return _find_key(key, "user", organisation, sub)


def team_find_key(key: DisclosureKey, organisation: str, team: str) -> bytes:
    """Give the keyed hash under which the entries of a team of a year are found."""
    return _find_key(key, "team", organisation, team)


def purpose_find_key(key: DisclosureKey, municipality: str, purpose: str) -> bytes:
    """Give the keyed hash of a purpose in a municipality in a year."""
    return _find_key(key, "purpose", municipality, purpose)


def outcome_find_key(key: DisclosureKey, municipality: str, outcome: Outcome) -> bytes:
    """Give the keyed hash of an outcome; only of those in `RARE_OUTCOMES`."""
    return _find_key(key, "outcome", municipality, outcome.value)


def break_glass_find_key(key: DisclosureKey, municipality: str) -> bytes:
    """Give the keyed hash of lookups for which glass was broken."""
    return _find_key(key, "break-glass", municipality)


def case_find_key(key: DisclosureKey, organisation: str, case: str) -> bytes:
    """Give the keyed hash under which the entries of a case of a year are found."""
    return _find_key(key, "case", organisation, case)


def person_find_key(key: DisclosureKey, name: bytes, kind: Kind) -> bytes:
    """Give the keyed hash for a ledger name; also names the person's counter.

    Another one for a kind that tells of the person by being there (`get_person_label`).
    """
    return _find_key(key, get_person_label(kind), encode_b64u(name))


def flag_find_key(key: DisclosureKey, entry: UUID, place: int | None) -> bytes:
    """Give the keyed hash of a flag: entry and place; of the whole lookup for None."""
    return _find_key(key, "flag", str(entry), "" if place is None else str(place))


def derive_mark(
    key: DisclosureKey, whose: Sequence[str], name: bytes, signal: UUID
) -> bytes:
    """Give by what a user knows a signal again in what they were shown before.

    `whose`: the organisation and user, and the case, or without one the tickets;
    `name`: the ledger's of the person. Only marks of one user, person, case and year
    can be held against each other; to others one is as good as random. 9 bytes.
    """
    return _find_key(key, "mark", encode_b64u(name), str(signal), *whose)[:MARK_BYTES]


def turn_mark(key: DisclosureKey, entry: UUID, place: int, mark: bytes) -> bytes:
    """Hide the mark of a flag for an entry, or open one that is hidden so.

    Under a pad of that very place. Who reads two entries without the key (a receipt, a
    proof, an opened day) does not see that they are about one person.
    """
    pad = _find_key(key, "pad", str(entry), str(place))[:MARK_BYTES]
    return bytes(one ^ other for one, other in zip(mark, pad, strict=True))


def data_subject_key(key: DisclosureKey, name: bytes, kind: Kind) -> bytes:
    """Give the id under which a processing log outside knows a person of a year.

    Another keyed hash than any that is stored: who has the log and the database cannot
    hold the one against the other. Another one for a match, too: who has the log cannot
    tell by it which lookups were answered with a flag.
    """
    return _find_key(key, "data-subject", get_person_label(kind), encode_b64u(name))


def _find_key(key: DisclosureKey, *parts: str) -> bytes:
    message = b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in parts)
    return key.find.digest(message)[:FIND_KEY_BYTES]
