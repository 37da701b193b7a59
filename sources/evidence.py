"""Judge what the outbox kept: this was signed, it was sent, and the ledger says so.

Checked without a network, against two public keys: our own notice key, and the ledger's
checkpoint key, which an agency gets from the municipality's officer.

1. The signature over the batch is ours, and the reference stands in it.
2. The proof leads to a checkpoint that the ledger's key signed.
3. The entry is our organisation's, and its digest is that of the very text we signed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from signal_index.notice import (
    NoticeError,
    SignerKey,
    parse_signed_batch,
)
from signal_index.proof import (
    EVER,
    Group,
    Leaf,
    LedgerKey,
    OpenedEntry,
    ProofError,
    move_to_year,
    parse_tlog_proof,
    verify_proof_file,
    year_of_origin,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.signals import Notice, Withdrawal
from sources.errors import EvidenceRefused
from sources.outbox.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said under a reference; `minute` is None while nothing proves it yet."""

    said: Notice | Withdrawal
    entry: UUID
    settled_at: datetime
    minute: datetime | None


def judge_evidence(
    one: Evidence,
    reference: UUID,
    signer: SignerKey,
    ledger: LedgerKey,
    *,
    now: datetime,
) -> Judged:
    """Hold that this was signed and is in the ledger, or raise `EvidenceRefused`."""
    said = _find_said(one, reference, signer, now)
    if one.proof is None:
        return Judged(said, one.entry, one.settled_at, None)
    opened = _open_proof(one.proof, ledger, now)
    leaf = opened.leaf
    if not isinstance(leaf, Leaf) or leaf.entry != one.entry:
        raise EvidenceRefused("Het bewijs hoort bij een andere regel.")
    if leaf.organisation != signer.organisation:
        raise EvidenceRefused("De regel is van een andere organisatie.")
    digest = encode_b64u(hashlib.sha256(one.token.encode()).digest())
    what = [group.value for group in opened.groups if group.group is Group.WHAT]
    if not what or (what[0] or {}).get("digest") != digest:
        raise EvidenceRefused("De regel gaat over iets anders dan wat is verstuurd.")
    return Judged(said, one.entry, one.settled_at, leaf.minute)


def _find_said(
    one: Evidence, reference: UUID, signer: SignerKey, now: datetime
) -> Notice | Withdrawal:
    try:
        signed = parse_signed_batch(one.token, signer, now=now)
    except (NoticeError, InvalidField):
        raise EvidenceRefused("De handtekening is niet van onze sleutel.") from None
    for item in (*signed.notices, *signed.withdrawals):
        if not isinstance(item, InvalidField) and item.reference == reference:
            return item
    raise EvidenceRefused("Het kenmerk staat niet in wat is ondertekend.")


def _open_proof(text: str, ledger: LedgerKey, now: datetime) -> OpenedEntry:
    try:
        proof = parse_tlog_proof(text)
        year = year_of_origin(proof.checkpoint.partition("\n")[0])
        origin = move_to_year(ledger.name, year)
        keys = ledger.list_named(origin, EVER, now)
        return verify_proof_file(proof, keys, origin=origin)
    except ProofError as error:
        raise EvidenceRefused(
            f"Het bewijs klopt niet ({type(error).__name__})."
        ) from None


def is_only_withdrawn(found: Sequence[Evidence], reference: UUID) -> bool:
    """Tell whether all that was sent under a reference is that it is taken back.

    Then another outbox told it, and this one replaced it (or it was taken over).
    """
    return bool(found) and not list_notices(found, reference)


def list_notices(
    found: Sequence[Evidence], reference: UUID
) -> Sequence[tuple[datetime, Mapping[str, object]]]:
    """Give what was said under a reference and when, as it was signed; not judged."""
    return [
        (one.settled_at, said)
        for one in found
        for said in json.loads(decode_b64u(one.token.split(".")[1]))["notices"]
        if said.get("reference") == str(reference)
    ]


def is_confirmed_alone(
    before: Mapping[str, object], after: Mapping[str, object]
) -> bool:
    """Tell whether a later notice says nothing else: at most that it holds longer.

    So does every notice of a case that stays open, when half its time has passed.
    """
    told = (
        {name: value for name, value in said.items() if name not in _ANEW}
        for said in (before, after)
    )
    is_sooner = str(after["validUntil"]) < str(before["validUntil"])
    return next(told) == next(told) and not is_sooner


_ANEW: Final = frozenset({"version", "subject", "validUntil"})
