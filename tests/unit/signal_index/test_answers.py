"""An answer has one length, whatever it shows."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from policy.catalogue import load_catalogue
from signal_index.answers import (
    PART_MINIMUM,
    PART_STEP,
    encode_answer,
    encode_part,
    make_contact,
    make_flag,
)
from signal_index.api.colleagues import MOST_NAMED
from signal_index.api.told_before import MOST_NAMED as MOST_CHANGES
from signal_index.signals import SignalState, StoredSignal
from signal_index.wire.lookups import (
    AskedBefore,
    Colleague,
    Flag,
    Freshness,
    Part,
    Receipt,
    SaidBefore,
)
from signal_index.wire.values import Label, Phone
from tests.builders import PLACE, TODAY, a_contact_holder, a_day
from tests.holders_builders import NOON

CATALOGUE = load_catalogue()
LONG, PHONE = Label("é" * 30), Phone("+" + "1" * 15)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
LONGEST = a_contact_holder(
    function=LONG,
    name=LONG,
    phone=PHONE,
    outOfHoursPhone=PHONE,
    officeHours=[{"days": WEEK, "from": "09:00", "to": "17:00"}] * 3,
    deputy={"function": LONG, "phone": PHONE, "name": LONG},
    absentUntil=a_day(3),
)
SIGNED = {"by": "1" * 20, "at": 2**31 - 1, "kid": "k" * 64, "value": "A" * 86}
SIGNAL = StoredSignal(
    row_key=bytes(16),
    id=uuid.UUID(int=1),
    reference=uuid.UUID(int=2),
    category=CATALOGUE.parse_category("voortijdig-schoolverlaten"),
    source="1" * 20,
    municipality=PLACE,
    state=SignalState.ACTIVE,
    valid_from=a_day(-30),
    valid_until=a_day(30),
    ended_on=None,
    confirmed_on=NOON.date(),
    contact_id=uuid.UUID(int=2),
    contact={**LONGEST.model_dump(mode="json"), "signature": SIGNED},
    contact_verified=TODAY,
)
# As long as a receipt is in practice: leaf, five opened groups, promise.
RECEIPT = Receipt(leaf="A" * 1_200, disclosures=["A" * 5_600], promise="A" * 600)
LONGEST_ROW = max(
    CATALOGUE.categories.values(), key=lambda row: len(row.label.encode())
)


OWN = {
    "function": LONG,
    "phone": PHONE,
    "lastVerified": TODAY.isoformat(),
    "signature": SIGNED,
}


def _flag() -> Flag:
    return make_flag(SIGNAL, LONGEST_ROW, LONG, TODAY)


def _part(flags: int, sources: int = 13) -> Part:
    said = Freshness(
        category=SIGNAL.category,
        categoryLabel="é" * 30,
        organisation=LONG,
        contactHolder=make_contact((SIGNAL.contact_id, OWN, TODAY), "1" * 20, TODAY),
        lastHeard=NOON,
        stale=True,
    )
    return Part(
        entryId=uuid.uuid4(),
        scope="é" * 150,
        asked=[str(code) for code in CATALOGUE.categories],
        flags=[_flag()] * flags,
        sources=[said] * sources,
        colleagues=[Colleague(name="é" * 30, team="t" * 40, since=TODAY)] * MOST_NAMED,
        canFollow=True,
        followedUntil=TODAY,
        tells=[str(code) for code in CATALOGUE.categories],
        before=AskedBefore(
            at=NOON,
            changes=[
                ("é" * 44 + ", twee van drie, ") * (MOST_CHANGES)
                + "Andere contactpersoon: "
            ]
            * 3,
        ),
        saidBefore=[
            SaidBefore(
                flag=place,
                entryId=uuid.uuid4(),
                place=place,
                at=NOON,
                outcome="x" * 64,
            )
            for place in range(flags)
        ],
        receipt=RECEIPT,
        padding="",
    )


@pytest.mark.parametrize("flags", [0, 1, 19])
def test_nineteen_flags_of_the_longest_kind_take_no_more_than_a_miss(
    flags: int,
) -> None:
    assert len(encode_part(_part(flags))) == PART_MINIMUM


def test_a_longer_part_grows_by_whole_steps() -> None:
    assert (len(encode_part(_part(60))) - PART_MINIMUM) % PART_STEP == 0


def test_a_part_is_json_and_says_what_was_put_in_it() -> None:
    part = _part(2)
    read = json.loads(encode_answer([encode_part(part)]))["answers"][0]
    assert (read["entryId"], len(read["flags"])) == (str(part.entryId), 2)


def test_a_contact_holder_not_verified_for_long_is_shown_as_stale() -> None:
    old = replace(SIGNAL, contact_verified=TODAY - timedelta(days=181))
    shown = make_flag(old, LONGEST_ROW, "y", TODAY)
    assert shown.contactHolder is not None
    assert shown.contactHolder.stale
