"""Trees and entries for tests of the ledger: valid by default, override one thing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from keys.base64url import encode_b64u
from keys.jose import PrivateKey
from signal_index.identifiers import make_uuid7
from signal_index.ledger import (
    ENTROPY_BYTES,
    KINDS,
    MARK_BYTES,
    CheckpointKey,
    DecisionGroup,
    DisclosureKey,
    Entry,
    EntryFacts,
    Kind,
    Outcome,
    PersonGroup,
    ReceiptKey,
    RoleGroup,
    ShownFlag,
    WhyGroup,
    build_entry,
    commit_about,
    describe_lookup,
)
from signal_index.merkle import Range, Tiles, fold, hash_ranges, tiles_of
from signal_index.proof import (
    ABOUT_SALT_BYTES,
    TILE_WIDTH,
    Group,
    JsonObject,
    hash_leaf,
)

ORIGIN = "index.example/ledger"
OIN = "00000001234567890000"
PSEUDONYM = b"\x0a" * 32
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CHECKPOINT_KEY = CheckpointKey(b"\x01" * 32)
RECEIPT_KEY = ReceiptKey(b"\x02" * 32, "receipt-1")


def a_disclosure_key(year: int = 2026) -> DisclosureKey:
    return DisclosureKey(year, sha256(f"disclosures {year}".encode()).digest())


def some_entropy(seed: int) -> bytes:
    stream = b"".join(sha256(f"{seed} {n}".encode()).digest() for n in range(4))
    return stream[:ENTROPY_BYTES]


def an_id(number: int = 1, at: datetime = NOON) -> UUID:
    return make_uuid7(at, number)


def a_person(number: int = 1, name: bytes = b"\x07" * 32) -> PersonGroup:
    """Give whom an entry is about: the same salt for the same number."""
    salt = number.to_bytes(ABOUT_SALT_BYTES)
    return PersonGroup(name, number, commit_about(PSEUDONYM, 1, salt))


def some_facts(number: int = 1, **changes: object) -> EntryFacts:
    """Give the facts of an answered lookup that showed one flag."""
    at = changes.get("recorded_at", NOON)
    facts = EntryFacts(
        entry=an_id(number, at if isinstance(at, datetime) else NOON),
        kind=Kind.LOOKUP,
        recorded_at=NOON,
        outcome=Outcome.ANSWERED,
        organisation=OIN,
        municipality="9901",
        activity="lookup-wmo-onderzoek",
        policy="digest-of-policy",
        person=a_person(number),
        who="user-1",
        role=RoleGroup(("generalist",), "team-west"),
        why=WhyGroup("wmo-onderzoek", "wmo-2015-2.3.2", "hmac-of-case", "discussed"),
        what=a_shown(1),
        decision=DecisionGroup(Outcome.ANSWERED),
    )
    return replace(facts, **changes)  # type: ignore[arg-type] # names are the caller's


def an_act(number: int, kind: Kind) -> Entry:
    """Give an entry of any kind: a lookup's facts, as far as the kind has them."""
    rule, facts = KINDS[kind], some_facts(number, kind=kind)
    changes: dict[str, object] = {"why": rule.why or facts.why}
    lacking = set(Group) - set(rule.forms[0]) - {Group.ABOUT}
    changes |= {group.value: None for group in lacking}
    if isinstance(rule.activity, str):
        changes["activity"] = None
    return an_entry(number, kind=kind, **changes)


def a_shown(flags: int) -> JsonObject:
    return describe_lookup(
        flags=[
            ShownFlag("schuldhulpverlening", OIN, an_id(3), bytes([place] * MARK_BYTES))
            for place in range(flags)
        ],
        categories=["schuldhulpverlening", "wmo-maatwerk"],
        tickets=[str(an_id(1)), str(an_id(2))],
        req="q" * 43,
    )


def an_entry(number: int = 1, **changes: object) -> Entry:
    return _changed_entry(number, **changes) if changes else _plain_entry(number)


@cache
def _plain_entry(number: int) -> Entry:
    return _changed_entry(number)


def _changed_entry(number: int, **changes: object) -> Entry:
    facts = some_facts(number, **changes)
    return build_entry(
        facts, entropy=some_entropy(number), key=a_disclosure_key(facts.year)
    )


def some_leaf_hashes(count: int) -> list[bytes]:
    return [hash_leaf(f"leaf {n}".encode()) for n in range(count)]


def every_tile(leaf_hashes: Sequence[bytes]) -> Tiles:
    """Give all tiles of a tree, straight from their definition."""
    tiles: dict[tuple[int, int], Sequence[bytes]] = {}
    level, row = 0, list(leaf_hashes)
    while row:
        parts = [row[i : i + TILE_WIDTH] for i in range(0, len(row), TILE_WIDTH)]
        tiles.update({(level, n): part for n, part in enumerate(parts)})
        row = [fold(part) for part in parts if len(part) == TILE_WIDTH]
        level += 1
    return tiles


def prove(ranges: Sequence[Range], leaf_hashes: Sequence[bytes]) -> Sequence[bytes]:
    """Give the hashes of the ranges from no other tiles than those said needed."""
    everything = every_tile(leaf_hashes)
    needed: dict[tuple[int, int], Sequence[bytes]] = {}
    for ref in tiles_of(ranges, len(leaf_hashes)):
        hashes = everything[ref.level or 0, ref.position]
        assert len(hashes) == ref.width
        needed[ref.level or 0, ref.position] = hashes
    return hash_ranges(ranges, needed)


def private_of(seed: bytes) -> PrivateKey:
    """Give the key of a seed as it signs which one follows it."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_b64u(public)}
    key = OKPKey.import_key({**jwk, "d": encode_b64u(seed)})
    return PrivateKey(key.thumbprint(), key)
