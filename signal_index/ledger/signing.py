"""Signs what the index promises (receipts) and what the tree is (checkpoints)."""

from collections.abc import Mapping
from datetime import datetime

from keys.base64url import encode_b64u
from signal_index.ledger.entry import Entry
from signal_index.ledger.keys import CheckpointKey, ReceiptKey
from signal_index.proof import (
    RECEIPT_GROUPS,
    Adoption,
    Checkpoint,
    JsonObject,
    NoteKey,
    Promise,
    adoption_header,
    encode_json,
    encode_note,
    hash_leaf,
    origin_of,
    promise_header,
)


def make_receipt(
    entry: Entry, *, key: ReceiptKey, origin_base: str, now: datetime
) -> Mapping[str, str | list[str]]:
    """Give the receipt of an entry: leaf, opened groups, signed promise.

    Hand it out only after the entry's commit: the promise binds the index. Its length
    is the same for a hit and a miss.
    """
    promise = Promise(
        origin=origin_of(origin_base, entry.year),
        entry=entry.id,
        leaf_hash=hash_leaf(entry.leaf),
        made_at=now,
    )
    return {
        "leaf": encode_b64u(entry.leaf),
        "disclosures": [entry.disclosures[group] for group in RECEIPT_GROUPS],
        "promise": sign_promise(promise, key),
    }


def sign_promise(promise: Promise, key: ReceiptKey) -> str:
    """Give the promise as a compact JWS (RFC 7515), put together by hand.

    Every lookup signs one: a general library doubles the time of the signature.
    """
    return _sign(promise_header(key.kid), promise.claims(), key)


def sign_adoption(adoption: Adoption, key: ReceiptKey) -> str:
    """Give the statement that a municipality adopted a policy, as a compact JWS."""
    return _sign(adoption_header(key.kid), adoption.claims(), key)


def _sign(header: Mapping[str, str], claims: JsonObject, key: ReceiptKey) -> str:
    head = encode_b64u(encode_json(dict(header)))
    signed = f"{head}.{encode_b64u(encode_json(claims))}"
    return f"{signed}.{encode_b64u(key.private.sign(signed.encode()))}"


def sign_checkpoint(checkpoint: Checkpoint, *keys: CheckpointKey) -> str:
    """Give the note of a checkpoint, signed by each key (c2sp.org/tlog-checkpoint).

    The caller must know that the tree extends every tree signed before it: two signed
    trees that do not are proof of a fork, for ever.
    """
    text = checkpoint.encode()
    signatures = [
        (note_key(key, checkpoint.origin), key.private.sign(text.encode()))
        for key in keys
    ]
    return encode_note(text, signatures)


def note_key(key: CheckpointKey, origin: str) -> NoteKey:
    """Give the public key as verifiers pin it: under the origin of one year."""
    return NoteKey(origin, key.public)
