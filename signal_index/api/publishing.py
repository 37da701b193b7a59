"""Publish, withdraw, list: what a source does with its own signals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from keys.pseudonym import KeyVersion
from policy.catalogue import Catalogue
from signal_index.api.callers import OwnSource, Source, SourceCaller
from signal_index.api.context import Index, get_index
from signal_index.api.labels import label_category
from signal_index.api.problems import describe_item
from signal_index.api.publication_run import ItemResult, Published, carry_out
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.routing import Routes
from signal_index.api.submissions import Submission, find_signer
from signal_index.api.transactions import looking
from signal_index.notice import (
    InvalidField,
    SignerKey,
    parse_batch_body,
    parse_notice_body,
    parse_signed_batch,
    parse_signed_notice,
    parse_signed_withdrawal,
    parse_uuid,
    parse_withdrawal_body,
)
from signal_index.notice.fields import encode_instant
from signal_index.store.signals import OwnSignal, list_own_signals

routes = Routes()


@routes.put("/signals/{reference}")
async def publish_signal(request: Request, caller: Source, reference: str) -> Response:
    """Publish one signal, or a new version of it."""
    index = get_index(request)
    body = parse_notice_body(
        parse_uuid(reference, "reference"), await read_json(request)
    )
    signer = await _signer(index, body.token, caller)
    signed = parse_signed_notice(body.token, signer, now=index.clock())
    if signed.notice.reference != body.subject.reference:
        raise InvalidField("reference", "does-not-match")
    submission = Submission(
        kind="notice",
        submitted_by=signed.submitted_by,
        notices=(signed.notice,),
        withdrawals=(),
        subjects={body.subject.reference: body.subject},
        key_version=KeyVersion(body.key_version),
        jws=body.token,
    )
    return _give_one(index, await _carry_out(index, caller, submission))


@routes.post("/signals/{reference}/withdrawal")
async def withdraw_signal(request: Request, caller: Source, reference: str) -> Response:
    """Withdraw one signal, by its reference alone."""
    index = get_index(request)
    token = parse_withdrawal_body(await read_json(request))
    signer = await _signer(index, token, caller)
    signed = parse_signed_withdrawal(token, signer, now=index.clock())
    if signed.withdrawal.reference != parse_uuid(reference, "reference"):
        raise InvalidField("reference", "does-not-match")
    submission = Submission(
        kind="withdrawal",
        submitted_by=signed.submitted_by,
        notices=(),
        withdrawals=(signed.withdrawal,),
        subjects={},
        key_version=index.key_config.key_version,
        jws=token,
    )
    return _give_one(index, await _carry_out(index, caller, submission))


@routes.post("/signal-batches")
async def publish_batch(request: Request, caller: Source) -> Response:
    """Publish up to 1,000 notices and withdrawals under one signature."""
    index = get_index(request)
    body = parse_batch_body(await read_json(request))
    signer = await _signer(index, body.token, caller)
    signed = parse_signed_batch(body.token, signer, now=index.clock())
    submission = Submission(
        kind="batch",
        submitted_by=signed.submitted_by,
        notices=signed.notices,
        withdrawals=signed.withdrawals,
        subjects=body.subjects,
        key_version=KeyVersion(body.key_version),
        jws=body.token,
    )
    published = await _carry_out(index, caller, submission)
    return give_json(
        {
            "batch": str(signed.batch),
            "entryId": str(published.entry),
            "results": [_result(index, one) for one in published.results],
        }
    )


@routes.get("/signals")
async def list_signals(request: Request, caller: OwnSource) -> Response:
    """List the caller's own signals, page by page."""
    query = read_query(request, ("cursor", "limit"))
    limit = read_limit(query)
    index = get_index(request)
    async with looking(index.engine) as conn:
        found = await list_own_signals(
            conn, caller.organisation, after=read_cursor(query), limit=limit + 1
        )
    more = len(found) > limit
    page = found[:limit]
    return give_json(
        {
            "items": [_own(one, index.catalogue_in(one.municipality)) for one in page],
            "next": str(page[-1].reference) if more else None,
        }
    )


async def _signer(index: Index, token: str, caller: SourceCaller) -> SignerKey:
    standing = await index.standing.get(index.clock())
    return find_signer(token, caller.organisation, standing)


async def _carry_out(
    index: Index, caller: SourceCaller, submission: Submission
) -> Published:
    # Shielded: a source that leaves must find the whole of it done, or nothing.
    return await asyncio.shield(carry_out(index, caller.caller, submission))


def _give_one(index: Index, published: Published) -> Response:
    (one,) = published.results
    if one.problem is not None:
        raise one.problem
    return give_json(_result(index, one))


def _result(index: Index, one: ItemResult) -> Mapping[str, object]:
    result: dict[str, object] = {
        "reference": None if one.reference is None else str(one.reference),
        "outcome": one.outcome.value,
    }
    if one.problem is not None:
        result["problem"] = describe_item(one.problem, base=index.names.problem_base)
    return result


def _own(one: OwnSignal, catalogue: Catalogue) -> Mapping[str, object]:
    return {
        "reference": str(one.reference),
        "version": one.version,
        "category": one.category,
        "categoryLabel": label_category(catalogue, one.category),
        "municipality": one.municipality,
        "state": one.state,
        "validFrom": one.valid_from.isoformat(),
        "validUntil": one.valid_until.isoformat(),
        "contactHolder": str(one.contact_holder),
        "confirmedAt": encode_instant(one.confirmed_at),
    }
