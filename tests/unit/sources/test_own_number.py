"""What an agent does with the number of its organisation: never unseen, never older."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signal_index.notice import NoticeKey, new_notice_key, parse_signer_key
from signal_index.wire.contact_holders import ContactHolder, OwnContactHolder
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Label, Phone
from sources import events
from sources.errors import IndexRefused
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.pipeline import Pipeline, Sender
from tests.sources_builders import NOW, SECRET
from tests.sources_parties import NOTICE_KEY, OIN, FakeEvaluator, FakeIndex

pytestmark = pytest.mark.anyio
ID = name_own_number(OIN)
OWN = ContactHolder(
    function=Label("Loket"),
    phone=Phone("+31182555100"),
    lastVerified=date(2026, 10, 1),
)
LATER = OWN.model_copy(
    update={"phone": Phone("+31182555199"), "lastVerified": date(2026, 10, 20)}
)


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(clock=lambda: NOW)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET))


async def send(
    outbox: Outbox, index: FakeIndex, own: ContactHolder, key: NoticeKey = NOTICE_KEY
) -> None:
    """Send whom to call, as each delivery does first."""
    sender = Sender(OIN, OIN, key, lambda: NOW, own)
    pipeline = Pipeline(outbox, (FakeEvaluator(), index), sender)
    await pipeline.send_own_number()


async def test_it_is_stored_once_and_again_where_it_changed(
    outbox: Outbox, index: FakeIndex
) -> None:
    await send(outbox, index, OWN)
    await send(outbox, index, OWN)
    assert index.replaced == [None]
    (stands,) = await index.fetch_contacts()
    await send(outbox, index, LATER)
    assert stands.signature is not None
    assert index.replaced == [None, stands.signature.value]
    assert index.state["contacts"][str(ID)]["phone"] == LATER.phone  # type: ignore[index]  # JSON has no types


async def test_a_number_of_a_key_of_before_is_signed_anew(
    outbox: Outbox, index: FakeIndex
) -> None:
    """Holders state the former key no more: nobody would see the number."""
    await send(outbox, index, OWN)
    before = (await index.fetch_contacts())[0]
    key = new_notice_key("next")
    fetched = [before]
    index.signer = parse_signer_key(OIN, key.encode_public())

    async def fetch() -> list[OwnContactHolder]:
        return list(fetched)

    index.fetch_contacts = fetch  # type: ignore[method-assign]  # as it stood
    await send(outbox, index, OWN, key)
    assert len(index.replaced) == 2


async def test_a_number_that_was_confirmed_later_stays_and_is_told(
    outbox: Outbox, index: FakeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """On the page Contactpersonen; each delivery wrote the older over it, unsaid."""
    await send(outbox, index, LATER)
    with caplog.at_level("INFO", logger=events.LOG_NAME):
        await send(outbox, index, OWN)
    assert index.state["contacts"][str(ID)]["phone"] == LATER.phone  # type: ignore[index]  # JSON has no types
    assert "own-number-older" in caplog.text


async def test_what_the_index_changed_is_signed_anew(
    outbox: Outbox, index: FakeIndex
) -> None:
    """The details as they were, under a signature that does not hold."""
    await send(outbox, index, OWN)
    (stands,) = await index.fetch_contacts()
    assert stands.signature is not None
    broken = stands.signature.model_copy(update={"value": "A" * 86})
    changed = stands.model_copy(update={"signature": broken})

    async def fetch() -> list[OwnContactHolder]:
        return [changed]

    index.fetch_contacts = fetch  # type: ignore[method-assign]  # as it stood
    await send(outbox, index, OWN)
    assert len(index.replaced) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_a_number_that_is_refused_stops_no_delivery(
    outbox: Outbox,
    index: FakeIndex,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    async def refuse(*_: object) -> None:
        raise IndexRefused(status, "unknown-contact-holder")

    index.put_contact = refuse  # type: ignore[method-assign,assignment]  # what it answers
    with caplog.at_level("INFO", logger=events.LOG_NAME):
        await send(outbox, index, OWN)
    assert "own-number-refused" in caplog.text
