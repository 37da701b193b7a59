"""One signed notice or withdrawal: opened, carried out, and told as one answer.

For whoever sends one item by itself: a source's machine (`publishing`), or a person who
signals by hand (`hand_signals`). What is checked and stored is the same for both.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

from keys.pseudonym import KeyVersion
from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.problems import describe_item
from signal_index.api.publication_run import ItemResult, Published, carry_out
from signal_index.api.submissions import Submission, find_signer
from signal_index.notice import (
    SignerKey,
    parse_signed_notice,
    parse_signed_withdrawal,
)
from signal_index.wire import signals as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Oin


async def find_registered_signer(
    index: Index, token: str, organisation: Oin
) -> SignerKey:
    """Find the key that a message says signed it, or raise `InvalidSignature`."""
    standing = await index.standing.get(index.clock())
    return find_signer(token, organisation, standing)


async def open_notice(
    index: Index, body: wire.NoticeBody, reference: str, organisation: Oin
) -> Submission:
    """Open one notice that this organisation signed, or raise why it does not hold."""
    signer = await find_registered_signer(index, body.notice, organisation)
    signed = parse_signed_notice(body.notice, signer, now=index.clock())
    said = signed.notice
    _verify_named(said.reference, reference)
    proof = wire.SubjectProof(
        reference=said.reference, pseudonym=body.pseudonym, salt=body.salt
    )
    return Submission(
        kind="notice",
        submitted_by=signed.iss,
        notices=(said,),
        withdrawals=(),
        subjects={said.reference: proof},
        key_version=KeyVersion(body.keyVersion),
        jws=body.notice,
    )


async def open_withdrawal(
    index: Index, body: wire.WithdrawalBody, reference: str, organisation: Oin
) -> Submission:
    """Open one withdrawal that this organisation signed, or raise the same."""
    signer = await find_registered_signer(index, body.withdrawal, organisation)
    signed = parse_signed_withdrawal(body.withdrawal, signer, now=index.clock())
    _verify_named(signed.withdrawal.reference, reference)
    return Submission(
        kind="withdrawal",
        submitted_by=signed.iss,
        notices=(),
        withdrawals=(signed.withdrawal,),
        subjects={},
        key_version=index.key_config.key_version,
        jws=body.withdrawal,
    )


async def finish(index: Index, caller: Caller, submission: Submission) -> Published:
    """Carry it out; who leaves meanwhile finds the whole of it done, or nothing."""
    return await asyncio.shield(carry_out(index, caller, submission))


async def finish_one(
    index: Index, caller: Caller, submission: Submission
) -> wire.ItemResult:
    """Carry out a submission of one item and tell what became of it, or raise why."""
    (one,) = (await finish(index, caller, submission)).results
    if one.problem is not None:
        raise one.problem
    return tell(index, one)


def tell(index: Index, one: ItemResult) -> wire.ItemResult:
    """Tell what became of one item, as the wire has it."""
    base = index.names.problem_base
    return wire.ItemResult(
        reference=one.reference,
        outcome=one.outcome.value,
        problem=None if one.problem is None else describe_item(one.problem, base=base),
    )


def _verify_named(said: UUID, reference: str) -> None:
    if str(said) != reference:
        raise InvalidField("reference", "does-not-match")
