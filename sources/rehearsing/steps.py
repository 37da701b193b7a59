"""How each case is run: it does something, looks, and says whether that was right.

A step gives `None` where it came out as it should, or the code of what it saw instead.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from keys.municipality import MunicipalityCode
from signal_index.notice import new_notice_key
from signal_index.wire.deliveries import Delivery, DeliveryCounts, DeliveryKind, Hearing
from signal_index.wire.rehearsals import RehearsalCase
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Slug
from sources.errors import IndexRefused
from sources.outbox.settling import BatchAnswer
from sources.rehearsing.desk import RehearsalDesk

Step = Callable[[RehearsalDesk], Awaitable[str | None]]

ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
UNCHANGED: Final = "unchanged"
SUPERSEDED: Final = "superseded"
NOT_REFUSED: Final = "not-refused"
NO_CATEGORY: Final = Slug("oefening-bestaat-niet")
NO_MUNICIPALITY: Final = MunicipalityCode("0000")


async def _source_in_trial(desk: RehearsalDesk) -> str | None:
    own = (await desk.index.fetch_registration()).sources
    states = {one.state for one in own if one.source == desk.sender.source}
    return None if states == {SourceState.TRIAL} else "not-in-trial"


async def _contact_accepted(desk: RehearsalDesk) -> str | None:
    for which in ("first", "second"):
        contact = desk.name_contact(which)
        said = desk.sender.sign_contact(contact, desk.make_contact())
        await desk.index.put_contact(contact, said)
    return None


async def _contact_refused(desk: RehearsalDesk) -> str | None:
    ahead = desk.make_contact(lastVerified=desk.today + timedelta(days=30))
    contact = uuid4()
    said = desk.sender.sign_contact(contact, ahead)
    return await _refused(desk.index.put_contact(contact, said))


async def _signal_published(desk: RehearsalDesk) -> str | None:
    notice = desk.make_notice(desk.references.first)
    body = desk.sign([(notice, desk.persons[0])])
    desk.kept["first"] = body
    return _outcome(await desk.index.send_batch(body), notice.reference, ACCEPTED)


async def _second_signal(desk: RehearsalDesk) -> str | None:
    place = desk.places[-1]
    notice = desk.make_notice(
        desk.references.second,
        category=Slug(place.category),
        municipality=MunicipalityCode(place.municipality),
        informed={"code": place.informedCodes[0], "on": desk.today},
    )
    answer = await desk.publish((notice, desk.persons[0]))
    return _outcome(answer, notice.reference, ACCEPTED)


async def _same_batch_again(desk: RehearsalDesk) -> str | None:
    answer = await desk.index.send_batch(desk.kept["first"])
    return _outcome(answer, desk.references.first, UNCHANGED)


async def _contact_changed(desk: RehearsalDesk) -> str | None:
    return await _change(desk, contactHolder=desk.name_contact("second"))


async def _end_changed(desk: RehearsalDesk) -> str | None:
    return await _change(desk, validUntil=desk.today + timedelta(days=60))


async def _person_corrected(desk: RehearsalDesk) -> str | None:
    notice = desk.make_notice(desk.references.first)
    body = desk.sign([(notice, desk.persons[1])])
    desk.kept["last"] = body
    answer = await desk.index.send_batch(body)
    return _outcome(answer, notice.reference, ACCEPTED)


async def _unknown_category(desk: RehearsalDesk) -> str | None:
    reference = desk.references.unknown_category
    notice = desk.make_notice(reference, category=NO_CATEGORY)
    answer = await desk.publish((notice, desk.persons[2]))
    return _outcome(answer, reference, REFUSED)


async def _unknown_municipality(desk: RehearsalDesk) -> str | None:
    reference = desk.references.unknown_municipality
    notice = desk.make_notice(reference, municipality=NO_MUNICIPALITY)
    answer = await desk.publish((notice, desk.persons[2]))
    return _outcome(answer, reference, REFUSED)


async def _one_wrong_item(desk: RehearsalDesk) -> str | None:
    good = desk.make_notice(desk.references.beside_a_wrong_one)
    yesterday = desk.today - timedelta(days=1)
    wrong = desk.make_notice(desk.references.wrong, validUntil=yesterday)
    person = desk.persons[2]
    answer = await desk.publish((good, person), (wrong, person))
    return _outcome(answer, good.reference, ACCEPTED) or _outcome(
        answer, wrong.reference, REFUSED
    )


async def _other_key_version(desk: RehearsalDesk) -> str | None:
    notice = desk.make_notice(desk.references.other_version)
    other = desk.key_version + 1_000
    body = desk.sign([(notice, desk.persons[2])], key_version=other)
    return await _refused(desk.index.send_batch(body))


async def _foreign_signature(desk: RehearsalDesk) -> str | None:
    notice = desk.make_notice(desk.references.foreign)
    body = desk.sign([(notice, desk.persons[2])], key=new_notice_key())
    return await _refused(desk.index.send_batch(body))


async def _delivery_ahead(desk: RehearsalDesk) -> str | None:
    ahead = _delivery(desk, uuid4(), ends_in=timedelta(hours=1))
    return await _refused(desk.index.close_delivery(ahead))


async def _delivery_closed(desk: RehearsalDesk) -> str | None:
    delivery = _delivery(desk, desk.delivery)
    await desk.index.close_delivery(delivery)
    await desk.index.close_delivery(delivery)
    return None


async def _index_holds_them(desk: RehearsalDesk) -> str | None:
    expected = {
        one: desk.notices[one].version
        for one in desk.references.published
        if one in desk.notices
    }
    found = await desk.ask_standing()
    return None if found == expected else "other-signals"


async def _unknown_withdrawal(desk: RehearsalDesk) -> str | None:
    nobodys = uuid4()
    return _outcome(await desk.withdraw(nobodys), nobodys, REFUSED)


async def _all_withdrawn(desk: RehearsalDesk) -> str | None:
    answer = await desk.withdraw(*desk.references.published)
    for reference in desk.references.published:
        if seen := _outcome(answer, reference, ACCEPTED):
            return seen
    return None


async def _late_copy(desk: RehearsalDesk) -> str | None:
    answer = await desk.index.send_batch(desk.kept["last"])
    if seen := _outcome(answer, desk.references.first, SUPERSEDED):
        return seen
    return "still-there" if await desk.ask_standing() else None


STEPS: Final[Mapping[RehearsalCase, Step]] = {
    RehearsalCase.SOURCE_IN_TRIAL: _source_in_trial,
    RehearsalCase.CONTACT_ACCEPTED: _contact_accepted,
    RehearsalCase.CONTACT_REFUSED: _contact_refused,
    RehearsalCase.SIGNAL_PUBLISHED: _signal_published,
    RehearsalCase.SECOND_SIGNAL: _second_signal,
    RehearsalCase.SAME_BATCH_AGAIN: _same_batch_again,
    RehearsalCase.CONTACT_CHANGED: _contact_changed,
    RehearsalCase.END_CHANGED: _end_changed,
    RehearsalCase.PERSON_CORRECTED: _person_corrected,
    RehearsalCase.UNKNOWN_CATEGORY: _unknown_category,
    RehearsalCase.UNKNOWN_MUNICIPALITY: _unknown_municipality,
    RehearsalCase.ONE_WRONG_ITEM: _one_wrong_item,
    RehearsalCase.OTHER_KEY_VERSION: _other_key_version,
    RehearsalCase.FOREIGN_SIGNATURE: _foreign_signature,
    RehearsalCase.DELIVERY_AHEAD: _delivery_ahead,
    RehearsalCase.DELIVERY_CLOSED: _delivery_closed,
    RehearsalCase.INDEX_HOLDS_THEM: _index_holds_them,
    RehearsalCase.UNKNOWN_WITHDRAWAL: _unknown_withdrawal,
    RehearsalCase.ALL_WITHDRAWN: _all_withdrawn,
    RehearsalCase.LATE_COPY: _late_copy,
}


async def _change(desk: RehearsalDesk, **changed: object) -> str | None:
    notice = desk.make_notice(desk.references.first, **changed)
    answer = await desk.publish((notice, desk.persons[0]))
    return _outcome(answer, notice.reference, ACCEPTED)


def _outcome(answer: BatchAnswer, reference: UUID, expected: str) -> str | None:
    """Give None where an item came to what it should; else its problem or outcome."""
    for one in answer.results:
        if one.reference == reference:
            return None if one.outcome == expected else one.problem or one.outcome
    return "no-answer"


async def _refused(sent: Awaitable[object]) -> str | None:
    """Hold that a request is refused, whichever of our own mistakes it shows."""
    try:
        await sent
    except IndexRefused:
        return None
    return NOT_REFUSED


def _delivery(
    desk: RehearsalDesk, delivery: UUID, *, ends_in: timedelta = timedelta()
) -> Delivery:
    counts = dict.fromkeys(DeliveryCounts.model_fields, 0)
    return Delivery.model_validate(
        {
            "delivery": delivery,
            "source": desk.sender.source,
            "kind": DeliveryKind.DELTA,
            "from": desk.now - timedelta(minutes=5),
            "until": desk.now + ends_in,
            "categories": sorted({one.category for one in desk.places}),
            "municipalities": sorted({one.municipality for one in desk.places}),
            "hearing": Hearing.HEARD,
            "counts": counts | {"read": 3, "accepted": 3},
        }
    )
