"""Publish, withdraw, list: what a source does with its own signals."""

from __future__ import annotations

import asyncio
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from keys.pseudonym import KeyVersion
from policy.errors import (
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    UnknownCode,
)
from signal_index.api.callers import OwnSource, Source, SourceCaller
from signal_index.api.context import Index, TheIndex, get_index
from signal_index.api.problems import describe_item
from signal_index.api.publication_run import ItemResult, Published, carry_out
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, OfSource, cut_page
from signal_index.api.routing import Routes
from signal_index.api.serving import JSON
from signal_index.api.submissions import Submission, find_listed, find_signer
from signal_index.api.transactions import looking
from signal_index.errors import (
    StaleKeyVersion,
    SubjectDeceased,
    SubjectMovedAway,
    UnknownContactHolder,
    UnknownSignal,
    UnknownSource,
)
from signal_index.notice import (
    InvalidSignature,
    SignedInTheFuture,
    SignerKey,
    parse_signed_batch,
    parse_signed_notice,
    parse_signed_withdrawal,
)
from signal_index.store import signals as store
from signal_index.wire import signals as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body
from signal_index.wire.values import Id

SIGNED_FACTS: Final = (InvalidSignature, SignedInTheFuture, StaleKeyVersion)
"""By which facts any signed message is refused as a whole."""
_NOTICE_FACTS: Final = (
    *SIGNED_FACTS,
    UnknownSource,
    UnknownContactHolder,
    SubjectDeceased,
    SubjectMovedAway,
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    UnknownCode,
)

routes = Routes("aanleveren")


@routes.put(
    "/signals/{reference}",
    "Eén signaal aanleveren",
    is_plain=True,
    body=wire.NoticeBody,
    answer=wire.ItemResult,
    raises=_NOTICE_FACTS,
)
async def publish_signal(request: Request, caller: Source, reference: str) -> Response:
    """Publish one signal, or a new version of it."""
    index = get_index(request)
    body = parse_body(wire.NoticeBody, await request.body())
    signer = await _signer(index, body.notice, caller)
    signed = parse_signed_notice(body.notice, signer, now=index.clock())
    said = signed.notice
    if str(said.reference) != reference:
        raise InvalidField("reference", "does-not-match")
    proof = wire.SubjectProof(
        reference=said.reference, pseudonym=body.pseudonym, salt=body.salt
    )
    submission = Submission(
        kind="notice",
        submitted_by=signed.iss,
        notices=(said,),
        withdrawals=(),
        subjects={said.reference: proof},
        key_version=KeyVersion(body.keyVersion),
        jws=body.notice,
    )
    return _give(_only(index, await _carry_out(index, caller, submission)))


@routes.post(
    "/signals/{reference}/withdrawal",
    "Eén signaal intrekken",
    raises=(*SIGNED_FACTS, UnknownSource, UnknownSignal),
)
async def withdraw_signal(
    reference: Id, body: wire.WithdrawalBody, index: TheIndex, caller: Source
) -> wire.ItemResult:
    """Withdraw one signal, by its reference alone."""
    signer = await _signer(index, body.withdrawal, caller)
    signed = parse_signed_withdrawal(body.withdrawal, signer, now=index.clock())
    if signed.withdrawal.reference != reference:
        raise InvalidField("reference", "does-not-match")
    submission = Submission(
        kind="withdrawal",
        submitted_by=signed.iss,
        notices=(),
        withdrawals=(signed.withdrawal,),
        subjects={},
        key_version=index.key_config.key_version,
        jws=body.withdrawal,
    )
    return _only(index, await _carry_out(index, caller, submission))


@routes.post(
    "/signal-batches",
    "Tot 1.000 meldingen en intrekkingen onder één handtekening",
    is_plain=True,
    body=wire.BatchBody,
    answer=wire.BatchResult,
    raises=SIGNED_FACTS,
)
async def publish_batch(request: Request, caller: Source) -> Response:
    """Publish up to 1,000 notices and withdrawals under one signature."""
    index = get_index(request)
    body = parse_body(wire.BatchBody, await request.body())
    signer = await _signer(index, body.batch, caller)
    signed = parse_signed_batch(body.batch, signer, now=index.clock())
    if signed.notices and body.keyVersion is None:
        raise InvalidField("keyVersion", "missing")
    submission = Submission(
        kind="batch",
        submitted_by=signed.submitted_by,
        notices=signed.notices,
        withdrawals=signed.withdrawals,
        # Of a doubled reference the first counts, as it does among the notices.
        subjects={proof.reference: proof for proof in reversed(body.subjects)},
        # Withdrawals name nobody: they go through whatever the key is by now.
        key_version=KeyVersion(body.keyVersion)
        if signed.notices and body.keyVersion
        else index.key_config.key_version,
        jws=body.batch,
        outbox=signed.outbox,
    )
    published = await _carry_out(index, caller, submission)
    return _give(
        wire.BatchResult(
            batch=signed.batch,
            entryId=published.entry,
            results=[_result(index, one) for one in published.results],
        )
    )


@routes.get("/signals", "De eigen signalen", raises=(UnknownSource,))
async def list_signals(
    index: TheIndex,
    caller: OwnSource,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
    source: OfSource = None,
) -> wire.OwnSignals:
    """List the caller's own signals, or those of a source that it sends for."""
    listed = await find_listed(source, caller.organisation, index)
    async with looking(index.engine) as conn:
        found = await store.list_own_signals(
            conn,
            listed,
            index.name_category,
            after=cursor,
            limit=limit + 1,
        )
    shown, following = cut_page(found, limit)
    return wire.OwnSignals(items=shown, next=following)


async def _signer(index: Index, token: str, caller: SourceCaller) -> SignerKey:
    standing = await index.standing.get(index.clock())
    return find_signer(token, caller.organisation, standing)


async def _carry_out(
    index: Index, caller: SourceCaller, submission: Submission
) -> Published:
    # Shielded: a source that leaves must find the whole of it done, or nothing.
    return await asyncio.shield(carry_out(index, caller.caller, submission))


def _only(index: Index, published: Published) -> wire.ItemResult:
    (one,) = published.results
    if one.problem is not None:
        raise one.problem
    return _result(index, one)


def _result(index: Index, one: ItemResult) -> wire.ItemResult:
    base = index.names.problem_base
    return wire.ItemResult(
        reference=one.reference,
        outcome=one.outcome.value,
        problem=None if one.problem is None else describe_item(one.problem, base=base),
    )


def _give(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type=JSON)
