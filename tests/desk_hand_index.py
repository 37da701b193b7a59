"""The index as a desk that signals by hand sees it: opens what is signed, decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from signal_index.days import day_of
from signal_index.notice import (
    SignerKey,
    parse_signed_notice,
    parse_signed_withdrawal,
)
from signal_index.signals import Known as KnownSignal
from signal_index.signals import decide_notice, digest_notice
from signal_index.wire.errors import InvalidField
from signal_index.wire.hand_signals import HandNoticeBody
from signal_index.wire.model import parse_body
from signal_index.wire.signals import Notice, WithdrawalBody
from tests.holders_builders import FakeClock
from tests.wire_answers import on_the_wire

CONTACT = "6f1c2d3e-0000-4000-8000-00000000c001"
COLLEAGUE = "6f1c2d3e-0000-4000-8000-00000000c002"


@dataclass
class _Stored:
    notice: Notice
    person: bytes
    contact: str
    until: str
    confirmed: Any


@dataclass
class FakeHandSignals:
    """Signals under their references; `lost`: stored, and the answer never came."""

    clock: FakeClock
    signer: SignerKey
    stored: dict[UUID, _Stored] = field(default_factory=dict)
    ended: dict[UUID, int] = field(default_factory=dict)
    refusal: tuple[int, dict[str, Any]] | None = None
    contacts: tuple[tuple[str, str], ...] = (
        (CONTACT, "IB-er"),
        (COLLEAGUE, "Directeur"),
    )
    shown_after_end: int = 0
    broken: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    loses_answers: bool = False
    is_away: bool = False
    offers: dict[str, list[str]] = field(default_factory=dict)
    takes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def routes(self) -> list[Route]:
        """What a desk asks of it."""
        base = "/v1/hand-signals"
        return [
            Route("/v1/hand-signal-options", self._options),
            Route(base, self._list),
            Route(base + "/{reference}", self._put, methods=["PUT"]),
            Route(base + "/{reference}/withdrawal", self._end, methods=["POST"]),
            Route(base + "/{reference}/confirmation", self._confirm, methods=["POST"]),
            Route(base + "/{reference}/hand-over", self._give, methods=["POST"]),
            Route("/v1/hand-signal-offers", self._offer, methods=["POST"]),
            Route("/v1/hand-signal-takeovers", self._take, methods=["POST"]),
        ]

    async def _options(self, request: Request) -> Response:
        answer = {
            "source": self.signer.organisation,
            "places": [
                {
                    "category": "leerplicht",
                    "categoryLabel": "Leerplicht en verzuim",
                    "municipality": "9901",
                    "latestEnd": day_of(self.clock() + timedelta(days=365)).isoformat(),
                    "shownAfterEnd": self.shown_after_end,
                    "informed": [
                        {"code": "discussed", "label": "Besproken met de inwoner"}
                    ],
                }
            ],
            "contacts": [
                {"id": one, "function": name, "name": None, "phone": "+31182555400"}
                for one, name in self.contacts
            ],
        }
        return JSONResponse(on_the_wire("GET", request.url.path, answer))

    async def _list(self, request: Request) -> Response:
        items = [
            {
                "reference": str(reference),
                "category": one.notice.category,
                "categoryLabel": "Leerplicht en verzuim",
                "municipality": one.notice.municipality,
                "version": one.notice.version,
                "state": "active",
                "validFrom": one.notice.validFrom.isoformat(),
                "validUntil": one.until,
                "contactHolder": one.contact,
                "confirmedOn": one.confirmed.date().isoformat(),
                "confirmBy": day_of(one.confirmed + timedelta(days=182)).isoformat(),
            }
            for reference, one in sorted(self.stored.items())
        ]
        read = [one for one in items if one["reference"] not in self.broken]
        answer = {"items": read, "unreadable": self.broken, "next": None}
        return JSONResponse(on_the_wire("GET", request.url.path, answer))

    async def _put(self, request: Request) -> Response:
        if self.is_away:
            return Response(status_code=503)
        if self.refusal is not None:
            status, problem = self.refusal
            return JSONResponse(problem, status)
        body = parse_body(HandNoticeBody, await request.body())
        said = parse_signed_notice(body.notice, self.signer, now=self.clock()).notice
        known = self.stored.get(said.reference)
        try:
            outcome = decide_notice(
                self._tombstone(said.reference) if known is None else _known(known),
                said,
                digest_notice(said),
                body.pseudonym[:16],
            )
        except InvalidField as fault:
            errors = [{"field": fault.field, "code": fault.code, "message": "x"}]
            problem = {"type": "x/invalid-input", "title": "x", "errors": errors}
            return JSONResponse(problem, 400)
        given = [
            str(reference)
            for reference, one in sorted(self.stored.items())
            if (one.person, one.notice.category) == (body.pseudonym[:16], said.category)
        ] + self.delivered
        is_told = str(said.reference) in given
        if not is_told and not set(given) <= set(map(str, body.beside)):
            problem = {
                "type": "x/given-already",
                "title": "x",
                "status": 409,
                "detail": "x",
                "references": given,
            }
            return JSONResponse(problem, 409)
        if outcome == "accepted":
            self.stored[said.reference] = _Stored(
                said,
                body.pseudonym[:16],
                str(said.contactHolder),
                said.validUntil.isoformat(),
                self.clock(),
            )
        if self.loses_answers:
            return Response(status_code=502)
        result = {"reference": str(said.reference), "outcome": outcome.value}
        return JSONResponse(result)

    def _tombstone(self, reference: UUID) -> KnownSignal | None:
        if reference not in self.ended:
            return None
        return KnownSignal("tombstone", self.ended[reference], None, None)

    async def _end(self, request: Request) -> Response:
        body = parse_body(WithdrawalBody, await request.body())
        said = parse_signed_withdrawal(body.withdrawal, self.signer, now=self.clock())
        reference = said.withdrawal.reference
        known, version = self.stored.get(reference), said.withdrawal.version
        outcome = "accepted"
        if known is not None and version < known.notice.version:
            outcome = "superseded"
        elif known is not None:
            del self.stored[reference]
            self.ended[reference] = version
        return JSONResponse({"reference": str(reference), "outcome": outcome})

    async def _confirm(self, request: Request) -> Response:
        one = self.stored[UUID(request.path_params["reference"])]
        one.confirmed = self.clock()
        one.until = (await request.json())["validUntil"] or one.until
        return Response(status_code=204)

    async def _give(self, request: Request) -> Response:
        one = self.stored[UUID(request.path_params["reference"])]
        one.contact = (await request.json())["to"]
        return Response(status_code=204)

    async def _offer(self, request: Request) -> Response:
        entry = str(uuid4())
        self.offers[entry] = (await request.json())["references"]
        until = day_of(self.clock() + timedelta(days=7)).isoformat()
        answer = {"entryId": entry, "until": until}
        return JSONResponse(on_the_wire("POST", request.url.path, answer), 201)

    async def _take(self, request: Request) -> Response:
        if self.is_away:
            return Response(status_code=503)
        said = await request.json()
        assert set(said["references"]) <= set(self.offers[said["offer"]])
        self.takes.append(said)
        for reference in said["references"]:
            one = self.stored[UUID(reference)]
            one.contact = said["contactHolder"] or one.contact
        return Response(status_code=204)


def _known(one: _Stored) -> KnownSignal:
    digest = digest_notice(one.notice)
    return KnownSignal("signal", one.notice.version, digest, one.person)
