"""Fill an index through its own interface: signed batches of valid pseudonyms.

The pseudonyms come from the real holders, out of the bucket of one agency; the signed
batches are made once and sent to each index that is measured.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self
from uuid import UUID, uuid4

import httpx

from deploy.measure.asking import holder_places
from deploy.measure.budgets import AGENCY_OF, Spender
from deploy.measure.citizens import number_citizens
from deploy.measure.sizes import Sizes
from deploy.measure.town import MeasuredIndex, MeasuredTown
from deploy.town.login import KeptToken, fetch_client_token
from deploy.town.parties import AGENCIES, MUNICIPALITY, Agency
from deploy.town.provider import agency_client
from keys import clock
from keys.bsn import parse_bsn
from keys.client import HolderTransport, Signer, pseudonymise
from keys.municipality import MunicipalityCode
from keys.pseudonym import KeyVersion, Pseudonym
from keys.request import MAX_POINTS, Act, load_request_key
from signal_index.notice import (
    BATCH_MAXIMUM,
    SALT_BYTES,
    Batch,
    NoticeKey,
    parse_notice_key,
    sign_batch,
    sign_contact,
    subject_commitment,
)
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.signals import BatchBody, Informed, Notice, SubjectProof
from signal_index.wire.values import Label, Oin, Phone, Slug

INCOME, DEBTS, SCHOOLS = AGENCIES[:3]
EVALUATED_BY = AGENCY_OF[Spender.FILL]
CONTACT = UUID("0190c6f0-0000-7000-8000-000000000001")
TIMEOUT_SECONDS = 120
AT_ONCE = 2


class FillingFailed(Exception):
    """The index did not take what it must; says the status or the outcome."""


@dataclass(frozen=True, repr=False)
class SignedPart:
    """One signed batch, ready to send, and whose it is."""

    agency: Agency
    body: bytes
    count: int


@dataclass(frozen=True, repr=False)
class Sending:
    """An agency that is known to an index, and sends it what it has to tell."""

    town: MeasuredTown
    index: MeasuredIndex
    client: httpx.AsyncClient
    agency: Agency
    login: KeptToken

    @classmethod
    async def begin(
        cls,
        town: MeasuredTown,
        index: MeasuredIndex,
        client: httpx.AsyncClient,
        agency: Agency,
    ) -> Self:
        """Register its contact holder and log it in; raises `FillingFailed`."""
        source = agency_client(town.places, agency.slug)

        async def fetch() -> str:
            return await fetch_client_token(town.places.issuer, source, "publish")

        sending = cls(town, index, client, agency, KeptToken(fetch))
        await sending._introduce()
        return sending

    async def send(self, version: KeyVersion, pseudonyms: Sequence[Pseudonym]) -> None:
        """Tell of these persons; raises `FillingFailed` unless all are accepted."""
        key = _read_key(self.town, self.agency)
        await self.send_part(_sign_part(key, self.agency, version, pseudonyms))

    async def send_part(self, part: SignedPart) -> None:
        """Send what was signed; raises `FillingFailed` unless all is accepted."""
        answer = await self.client.post(
            f"{self.index.url}/v1/signal-batches",
            content=part.body,
            headers={"Content-Type": "application/json"},
            auth=self.login,
        )
        _demand_accepted(answer, part.count)

    async def _introduce(self) -> None:
        contact = ContactHolder(
            function=Label("Consulent"),
            phone=Phone("+31182555101"),
            lastVerified=_today(),
        )
        signed = _sign_contact(self.town, self.agency, contact)
        answer = await self.client.put(
            f"{self.index.url}/v1/contact-holders/{_contact_of(self.agency)}",
            json={"contactHolder": signed},
            auth=self.login,
        )
        if not answer.is_success:
            raise FillingFailed(f"a contact holder gave {answer.status_code}")


async def fetch_pseudonyms(town: MeasuredTown, bsns: Sequence[str]) -> list[Pseudonym]:
    """Have the holders evaluate these numbers for one agency, 4,096 at a time."""
    folder = town.places.agency(EVALUATED_BY.slug)
    key = load_request_key(folder / "keys" / "request-key.jwk")
    oin = EVALUATED_BY.organisation
    found: list[Pseudonym] = []
    config = town.config
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        signer = Signer(oin, oin, key)
        transport = HolderTransport(client, holder_places(town.places), signer)
        for start in range(0, len(bsns), MAX_POINTS):
            numbers = [parse_bsn(bsn) for bsn in bsns[start : start + MAX_POINTS]]
            done = await pseudonymise(transport, config, numbers, Act.PUBLISH)
            found += done.pseudonyms
    return found


async def make_parts(town: MeasuredTown, sizes: Sizes) -> list[SignedPart]:
    """Sign all signals of the measured town; the published file's come first."""
    pseudonyms = await fetch_pseudonyms(town, number_citizens(sizes.citizens))
    rest = sizes.signals - 2 * sizes.citizens
    parts = _sign_all(town, INCOME, pseudonyms)
    parts += _sign_all(town, DEBTS, pseudonyms)
    return parts + _sign_all(town, SCHOOLS, pseudonyms[:rest])


async def fill_index(
    town: MeasuredTown, index: MeasuredIndex, parts: Sequence[SignedPart]
) -> None:
    """Send the parts to an index; raises `FillingFailed` unless all are accepted."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        senders = {
            agency.slug: await Sending.begin(town, index, client, agency)
            for agency in (INCOME, DEBTS, SCHOOLS)
        }

        async def send(part: SignedPart) -> None:
            async with gate:
                await senders[part.agency.slug].send_part(part)

        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(send(part))


def _sign_contact(town: MeasuredTown, agency: Agency, contact: ContactHolder) -> str:
    key, own = _read_key(town, agency), Oin(agency.organisation)
    id_ = _contact_of(agency)
    return sign_contact(key, id_, own, contact, iss=own, now=clock.now())


def _read_key(town: MeasuredTown, agency: Agency) -> NoticeKey:
    path = town.places.agency(agency.slug) / "keys" / "notice-key.jwk"
    return parse_notice_key(path.read_bytes())


def _sign_all(
    town: MeasuredTown, agency: Agency, pseudonyms: Sequence[Pseudonym]
) -> list[SignedPart]:
    key, version = _read_key(town, agency), town.config.key_version
    return [
        _sign_part(key, agency, version, pseudonyms[start : start + BATCH_MAXIMUM])
        for start in range(0, len(pseudonyms), BATCH_MAXIMUM)
    ]


def _sign_part(
    key: NoticeKey,
    agency: Agency,
    version: KeyVersion,
    pseudonyms: Sequence[Pseudonym],
) -> SignedPart:
    notices, subjects = [], []
    for pseudonym in pseudonyms:
        salt = secrets.token_bytes(SALT_BYTES)
        notice = _describe(agency, subject_commitment(salt, pseudonym))
        notices.append(notice)
        proof = SubjectProof(
            reference=notice.reference, pseudonym=pseudonym.encoded, salt=salt
        )
        subjects.append(proof)
    oin = Oin(agency.organisation)
    token = sign_batch(key, Batch(uuid4(), tuple(notices)), iss=oin, now=clock.now())
    body = BatchBody(
        keyVersion=version, batch=token, subjects=subjects
    ).model_dump_json()
    return SignedPart(agency, body.encode(), len(notices))


def _describe(agency: Agency, subject: bytes) -> Notice:
    today = _today()
    return Notice(
        reference=uuid4(),
        version=1,
        source=Oin(agency.organisation),
        subject=subject,
        category=Slug(agency.categories[0]),
        contactHolder=_contact_of(agency),
        validFrom=today - timedelta(days=100),
        validUntil=today + timedelta(days=150),
        municipality=MunicipalityCode(MUNICIPALITY),
        informed=Informed(code=Slug("informed-by-letter"), on=today),
    )


def _contact_of(agency: Agency) -> UUID:
    return UUID(int=CONTACT.int + AGENCIES.index(agency))


def _demand_accepted(answer: httpx.Response, count: int) -> None:
    if answer.status_code != 200:
        raise FillingFailed(f"a batch gave {answer.status_code}: {answer.text[:200]}")
    outcomes = [result["outcome"] for result in answer.json()["results"]]
    if outcomes != ["accepted"] * count:
        raise FillingFailed(f"not every notice was accepted: {set(outcomes)}")


def _today() -> date:
    return clock.now().date()
