"""Publish, withdraw, list: what a source does with its own signals."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query
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
from signal_index.api.callers import OwnSource, Source
from signal_index.api.context import TheIndex, get_index
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, OfSource
from signal_index.api.routing import Routes
from signal_index.api.serving import JSON
from signal_index.api.single_items import (
    find_registered_signer,
    finish,
    finish_one,
    open_notice,
    open_withdrawal,
    tell,
)
from signal_index.api.submissions import Submission, find_listed
from signal_index.api.transactions import looking
from signal_index.errors import (
    OutboxReplaced,
    SignalTransferred,
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
    parse_signed_batch,
)
from signal_index.store.own_signals import list_own_signals
from signal_index.wire import signals as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body
from signal_index.wire.values import Day, Id

SIGNED_FACTS: Final = (InvalidSignature, SignedInTheFuture, StaleKeyVersion)
"""By which facts any signed message is refused as a whole."""
_NOTICE_FACTS: Final = (
    *SIGNED_FACTS,
    UnknownSource,
    UnknownContactHolder,
    SignalTransferred,
    SubjectDeceased,
    SubjectMovedAway,
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    UnknownCode,
)

BeganOn = Annotated[
    Day | None,
    Query(alias="validFrom", description="Alleen wat op deze dag begon; anders alles"),
]

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
    submission = await open_notice(index, body, reference, caller.organisation)
    return _give(await finish_one(index, caller.caller, submission))


@routes.post(
    "/signals/{reference}/withdrawal",
    "Eén signaal intrekken",
    raises=(*SIGNED_FACTS, UnknownSource, UnknownSignal, SignalTransferred),
)
async def withdraw_signal(
    reference: Id, body: wire.WithdrawalBody, index: TheIndex, caller: Source
) -> wire.ItemResult:
    """Withdraw one signal, by its reference alone."""
    named, own = str(reference), caller.organisation
    submission = await open_withdrawal(index, body, named, own)
    return await finish_one(index, caller.caller, submission)


@routes.post(
    "/signal-batches",
    "Tot 1.000 meldingen en intrekkingen onder één handtekening",
    is_plain=True,
    body=wire.BatchBody,
    answer=wire.BatchResult,
    raises=(*SIGNED_FACTS, OutboxReplaced),
)
async def publish_batch(request: Request, caller: Source) -> Response:
    """Publish up to 1,000 notices and withdrawals under one signature.

    Nothing of an outbox that another one replaces.
    """
    index = get_index(request)
    body = parse_body(wire.BatchBody, await request.body())
    signer = await find_registered_signer(index, body.batch, caller.organisation)
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
        replaces=signed.replaces,
    )
    published = await finish(index, caller.caller, submission)
    return _give(
        wire.BatchResult(
            batch=signed.batch,
            entryId=published.entry,
            results=[tell(index, one) for one in published.results],
        )
    )


@routes.get("/signals", "De eigen signalen", raises=(UnknownSource,))
async def list_signals(
    index: TheIndex,
    caller: OwnSource,
    *,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
    source: OfSource = None,
    began_on: BeganOn = None,
) -> wire.OwnSignals:
    """List the caller's own signals, or those of a source that it sends for."""
    listed = await find_listed(source, caller.organisation, index)
    async with looking(index.engine) as conn:
        found = await list_own_signals(
            conn, listed, index.name_category, (cursor, limit), began_on=began_on
        )
    return wire.OwnSignals(
        items=list(found.items), unreadable=found.unreadable, next=found.next
    )


def _give(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type=JSON)
