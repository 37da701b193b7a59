"""An index in memory: answers with real receipts and real proofs, decides nothing."""

import json
import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from keys.base64url import decode_b64u, encode_b64u
from keys.validity import KeyValidity
from signal_index.identifiers import new_uuids7
from signal_index.ledger import (
    ENTROPY_BYTES,
    MARK_BYTES,
    AboutGroup,
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
    make_receipt,
    sign_checkpoint,
)
from signal_index.merkle import fold, inclusion_ranges
from signal_index.proof import (
    ABOUT_SALT_BYTES,
    Checkpoint,
    TlogProof,
    hash_leaf,
    origin_of,
    parse_tile_path,
)
from signal_index.wire.completeness import AbandonedRequests
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import parse_body
from signal_index.wire.notice_order import find_counting
from signal_index.wire.notices import ReturnNotice, WhatWasSeen
from signal_index.wire.values import Label, Phone
from signal_index.witness.keys import Cosigner
from tests.contact_builders import a_flag_contact
from tests.holders_builders import FakeClock
from tests.ledger_builders import every_tile, prove
from tests.wire_answers import on_the_wire
from tests.witness_builders import COSIGNER

CHECKPOINT_KEY = CheckpointKey(b"\x01" * 32)
RECEIPT_KEY = ReceiptKey(b"\x02" * 32, "receipt-1")
DISCLOSURES = DisclosureKey(2026, b"\x03" * 32)

CATALOGUE: dict[str, Any] = {
    "municipality": "9901",
    "openQuestions": 0,
    "openCalls": 0,
    "closedDays": [],
    "outcomes": [],
    "purposes": [
        {
            "id": "wmo-onderzoek",
            "label": "Onderzoek na een melding (Wmo)",
            "text": "Daarom keek een medewerker van het wijkteam.",
            "scope": "U ziet of er contact is over: Wmo, schuldhulp, bijstand, "
            "casusregie, wonen.",
            "legalBases": [
                {"id": "wmo-2015-2.3.2", "label": "Wmo 2015, artikel 2.3.2 (onderzoek)"}
            ],
            "categories": [],
            "beyond": ["leerplicht"],
            "lookBackMonths": 12,
            "breakGlassReasons": [],
            "aboutSafety": False,
            "needsCaseReference": True,
            "needsInformed": True,
            "informedCodes": [
                {"code": "discussed", "label": "Besproken met de inwoner"},
                {
                    "code": "representative-informed",
                    "label": "Besproken met de vertegenwoordiger",
                },
            ],
            "exceptions": [],
        },
        {
            "id": "veiligheid",
            "label": "Zorgen over veiligheid",
            "text": "Er waren zorgen over de veiligheid.",
            "scope": "U ziet of er contact is over: Veilig Thuis, jeugdhulp.",
            "legalBases": [
                {"id": "wmo-2015-hoofdstuk-4", "label": "Wmo 2015, hoofdstuk 4"},
                {"id": "meldcode", "label": "Meldcode huiselijk geweld"},
            ],
            "categories": [],
            "beyond": ["leerplicht"],
            "lookBackMonths": 12,
            "breakGlassReasons": [],
            "aboutSafety": True,
            "needsCaseReference": False,
            "needsInformed": False,
            "informedCodes": [],
            "exceptions": [],
        },
    ],
    "lifeDomains": [
        {"code": "financien", "label": "Financiën"},
        {"code": "huisvesting", "label": "Huisvesting"},
    ],
    "breakGlass": {"reasons": []},
}


CONTACT = a_flag_contact(
    ContactHolder(
        function=Label("Klantmanager inkomen"),
        name=Label("M. Yilmaz"),
        phone=Phone("+31301234567"),
        lastVerified=date(2026, 11, 1),
    )
)


def a_flag(category: str = "bijstand", **changes: object) -> dict[str, Any]:
    """Give a flag as an answer shows it."""
    flag: dict[str, Any] = {
        "category": category,
        "categoryLabel": "Bijstand",
        "lifeDomains": ["financien"],
        "organisation": "Sociale Dienst Voorbeeldstad",
        "contactHolder": CONTACT.model_dump(mode="json"),
        "since": "2026-03-12",
        "expires": "2027-03-12",
    }
    return flag | changes


FAR_FROM_OVER = KeyValidity(
    serial=1, validUntil="2028-01-01T12:00:00Z", daysLeft=400, warning="none"
)


@dataclass
class FakeIndex:
    """The index as the desk sees it."""

    origin: str
    clock: FakeClock
    flags: list[dict[str, Any]] = field(default_factory=lambda: [a_flag()])
    sources: list[dict[str, Any]] = field(default_factory=list)
    catalogue: dict[str, Any] = field(default_factory=lambda: CATALOGUE)
    problem: tuple[int, dict[str, Any]] | None = None
    spoil: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    outcomes: list[tuple[str, int | None, str]] = field(default_factory=list)
    prints: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    forgotten: bool = False
    witness: str = "witnessed"
    key: KeyValidity = field(default_factory=lambda: FAR_FROM_OVER)
    pages: dict[str, tuple[int, Any]] = field(default_factory=dict)
    cosigners: list[Cosigner] = field(default_factory=lambda: [COSIGNER])
    seen_ago: timedelta = timedelta(0)
    other: list[bytes] | None = None
    keeps_tiles_back: bool = False

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/v1/health", self._health),
                Route("/v1/catalogue", self._catalogue),
                Route("/v1/lookups", self._look_up, methods=["POST"]),
                Route("/v1/lookups/{entry}/outcome", self._outcome, methods=["POST"]),
                Route("/v1/lookups/{entry}/print", self._print, methods=["POST"]),
                Route("/v1/own-lookups", self._own),
                Route("/v1/abandoned-requests", self._abandon, methods=["POST"]),
                Route("/v1/ledger/proofs/{entry}", self._proof),
                Route("/v1/ledger/{year}/checkpoint", self._checkpoint),
                Route("/v1/ledger/{year}/tile/{path:path}", self._tile),
                Route("/v1/notices/unread", self._unread, methods=["POST"]),
                Route("/v1/{path:path}", self._page, methods=["GET", "POST", "PUT"]),
            ]
        )

    async def _page(self, request: Request) -> Response:
        """Give what `pages` has for this path, and remember what was asked.

        A query may have an answer of its own. Where a path is read
        and posted to, `POST /v1/…` has what the latter is given;
        `PUT` has what any path is given that is named by an id drawn at the desk.
        """
        path = request.url.path
        body = await request.body()
        if body:
            self.asked.append(json.loads(body))
        known = self.pages.get(path, self.pages.get(request.method))
        known = self.pages.get(f"{path}?{request.url.query}", known)
        found = self.pages.get(f"{request.method} {path}", known)
        status, answer = found or (404, {"type": "/problems/not-found"})
        if status < 300:
            answer = on_the_wire(request.method, path, answer)
        kind = "application/json" if status < 300 else "application/problem+json"
        return Response(json.dumps(answer), status, media_type=kind)

    async def _unread(self, request: Request) -> Response:
        """Count the notices of `/v1/notices` in `pages`; it says no where that does."""
        was = WhatWasSeen.model_validate_json(await request.body())
        status, page = self.pages.get("/v1/notices", (404, {}))
        if status >= 300:
            return Response(status_code=status)
        items = [ReturnNotice.model_validate(one) for one in page["items"]]
        since = {one.id for one in items if one.madeIn >= was.since}
        unread = find_counting(items).intersection(since).difference(was.seen)
        return JSONResponse({"count": len(unread), "padding": ""})

    async def _health(self, _request: Request) -> Response:
        state = {"state": self.witness, "since": None}
        answer = {
            "time": self.clock().isoformat(),
            "status": "ok",
            "keyVersion": 1,
            "epoch": 1,
            "keyConfig": self.key.model_dump(),
            "rotations": [],
            "witness": state,
        }
        return JSONResponse(on_the_wire("GET", "/v1/health", answer))

    async def _catalogue(self, request: Request) -> Response:
        self.tokens.append(request.headers["authorization"])
        return self._refused() or JSONResponse(
            on_the_wire("GET", "/v1/catalogue", self.catalogue)
        )

    async def _look_up(self, request: Request) -> Response:
        asked = await request.json()
        self.asked.append(asked)
        refused = self._refused()
        if refused is not None:
            return refused
        token = request.headers["authorization"].removeprefix("Bearer ")
        subjects = asked["subjects"]
        ids = zip(subjects, new_uuids7(self.clock(), len(subjects)), strict=True)
        parts = [self._part(asked, one | {"entry": id_}, token) for one, id_ in ids]
        return JSONResponse({"answers": parts})

    def _part(
        self, asked: dict[str, Any], subject: dict[str, Any], token: str
    ) -> dict[str, Any]:
        claims = _peek(token)
        entry = build_entry(
            self._facts(asked, subject, claims),
            entropy=secrets.token_bytes(ENTROPY_BYTES),
            key=DISCLOSURES,
        )
        self.entries[str(entry.id)] = entry
        receipt = make_receipt(
            entry, key=RECEIPT_KEY, origin_base=self.origin, now=self.clock()
        )
        part = {
            "entryId": str(entry.id),
            "scope": "U ziet of er contact is over: Wmo, schuldhulp.",
            "asked": ["wmo-maatwerk", "schuldhulpverlening"],
            "flags": self.flags,
            "sources": self.sources,
            "colleagues": [],
            "canFollow": False,
            "followedUntil": None,
            "tells": [],
            "before": None,
            "saidBefore": [],
            "receipt": receipt,
            "unreadable": 0,
            "padding": "",
        }
        spoilt: dict[str, object] = self.spoil.get("part", {})
        return part | spoilt

    def _about(self, asked: dict[str, Any], subject: dict[str, Any]) -> AboutGroup:
        named = self.spoil.get("pseudonym", subject["pseudonym"])
        salt = secrets.token_bytes(ABOUT_SALT_BYTES)
        return commit_about(decode_b64u(named), asked["keyVersion"], salt)

    def _facts(
        self, asked: dict[str, Any], subject: dict[str, Any], claims: dict[str, Any]
    ) -> EntryFacts:
        said = asked | self.spoil.get("asked", {})
        return EntryFacts(
            entry=subject["entry"],
            kind=Kind.LOOKUP,
            recorded_at=self.clock(),
            outcome=Outcome.ANSWERED,
            organisation=self.spoil.get("organisation", claims["org"]),
            municipality="9901",
            activity="lookup-wmo-onderzoek",
            policy="digest",
            person=PersonGroup(b"\x07" * 32, 1, self._about(asked, subject)),
            who=self.spoil.get("sub", claims["sub"]),
            role=RoleGroup(("generalist",)),
            why=WhyGroup(
                said["purpose"],
                said["legalBasis"],
                said["caseReference"],
                subject["informed"],
                said["breakGlass"] and said["breakGlass"]["reason"],
            ),
            what=describe_lookup(
                flags=[
                    ShownFlag(
                        flag["category"],
                        flag["contactHolder"]["source"],
                        UUID(flag["contactHolder"]["id"]),
                        bytes([place] * MARK_BYTES),
                    )
                    for place, flag in enumerate(self.flags)
                ],
                categories=["bijstand"],
                tickets=[str(_peek(ticket)["jti"]) for ticket in said["tickets"]],
                req="q" * 43,
            ),
            decision=DecisionGroup(Outcome.ANSWERED),
        )

    async def _outcome(self, request: Request) -> Response:
        said = await request.json()
        entry = request.path_params["entry"]
        self.outcomes.append((entry, said["flag"], said["outcome"]))
        return Response(status_code=204)

    async def _print(self, request: Request) -> Response:
        self.prints.append(request.path_params["entry"])
        return Response(status_code=204)

    async def _abandon(self, request: Request) -> Response:
        said = parse_body(AbandonedRequests, await request.body())
        self.abandoned += [encode_b64u(req) for req in said.reqs]
        return Response(status_code=204)

    async def _own(self, _request: Request) -> Response:
        items = [
            {
                "entryId": entry,
                "content": "readable",
                "repeats": [],
                "at": "2026-11-23T12:00:00Z",
                "purpose": "wmo-onderzoek",
                "purposeLabel": "Onderzoek na een melding (Wmo)",
                "aboutSafety": False,
                "caseReference": None,
                "outcome": "answered",
                "contactOutcome": None,
                "outcomeUntil": "2026-12-07T12:00:00Z",
                "flags": [
                    {
                        "entryId": entry,
                        "place": place,
                        "categoryShort": flag["categoryLabel"],
                        "shownBy": self.spoil.get("shownBy"),
                        "coordinates": False,
                        "tells": True,
                        "stopped": False,
                        "own": False,
                        "organisation": flag["organisation"],
                        "contactOutcome": None,
                        "answer": self.spoil.get("answer"),
                        "contact": flag["contactHolder"],
                        "again": False,
                        "alsoAt": [],
                    }
                    for place, flag in enumerate(self.flags)
                ],
            }
            for entry in self.entries
        ]
        answer = on_the_wire(
            "GET", "/v1/own-lookups", {"items": items, "closedDays": [], "next": None}
        )
        return self._refused() or JSONResponse(answer)

    async def _proof(self, request: Request) -> Response:
        entry = self.entries.get(str(UUID(request.path_params["entry"])))
        if entry is None or self.forgotten:
            return JSONResponse({"type": "/problems/unknown-entry"}, 404)
        place = 1 + list(self.entries).index(str(entry.id))
        hashes = self.leaf_hashes
        path = prove(inclusion_ranges(place, len(hashes)), hashes)
        return PlainTextResponse(TlogProof(place, path, self.note()).encode())

    @property
    def leaf_hashes(self) -> list[bytes]:
        """The tree that this index shows: a first leaf, and its entries."""
        leaves = [self.spoil.get("leaf", one.leaf) for one in self.entries.values()]
        own = [hash_leaf(leaf) for leaf in (b"first", *leaves)]
        return own if self.other is None else self.other

    def note(self) -> str:
        """Sign the tree, and have the witnesses cosign it now."""
        hashes = self.leaf_hashes
        origin = origin_of(self.origin, 2026)
        checkpoint = Checkpoint(origin, len(hashes), fold(hashes))
        text = checkpoint.encode()
        at = self.clock().replace(microsecond=0) - self.seen_ago
        lines = [one.cosign(text, at=at).encode() for one in self.cosigners]
        return sign_checkpoint(checkpoint, CHECKPOINT_KEY) + "".join(lines)

    async def _checkpoint(self, request: Request) -> Response:
        if request.path_params["year"] != "2026":
            return JSONResponse({"type": "/problems/not-found"}, 404)
        return PlainTextResponse(self.note())

    async def _tile(self, request: Request) -> Response:
        ref = parse_tile_path(f"tile/{request.path_params['path']}")
        row = every_tile(self.leaf_hashes).get((ref.level or 0, ref.position), [])
        if len(row) < ref.width or self.keeps_tiles_back:
            return JSONResponse({"type": "/problems/not-found"}, 404)
        return Response(b"".join(row[: ref.width]))

    def _refused(self) -> Response | None:
        if self.problem is None:
            return None
        status, body = self.problem
        kind = "application/problem+json"
        return Response(json.dumps(body), status, media_type=kind)


def _peek(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(
        urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return found
