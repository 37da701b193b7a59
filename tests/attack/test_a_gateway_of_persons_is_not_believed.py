"""A gateway that errs, lies or is silent; and whoever looks for a name afterwards."""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from keys.bsn import parse_bsn
from sources.brp.box import (
    forget_answer,
    list_waiting,
    open_doubt,
    settle_doubt,
)
from sources.brp.identifying import Identifier
from sources.brp.matching import Doubt
from sources.errors import (
    GatewayStopped,
    InvalidAgencySettings,
    UnknownDoubt,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from sources.reasons import Reason
from tests.brp_builders import (
    BORN,
    PROFILE,
    FakeRegister,
    a_person,
    a_row,
    an_identifier,
    write_reports,
)
from tests.sources_builders import (
    NOW,
    SECRET,
    TODAY,
    Agency,
    a_number,
    an_agency,
    shows,
)
from tests.sources_parties import pseudonym_of, taking

pytestmark = pytest.mark.anyio
SHOWN = shows((a_number(1), "vroegsignalering"))
ADDRESS = {"adresregel1": "Dorpsweg 1", "adresregel2": "1234AB DORP"}


@dataclass
class Partner:
    """A municipality's agent for a partner, and the register that it asks."""

    agency: Agency
    register: FakeRegister
    most: int = 100

    def __post_init__(self) -> None:
        self.agency.find_persons = self.find

    def find(self, outbox: Outbox) -> Identifier:
        folder = self.agency.folder
        return an_identifier(folder, outbox, self.register, most_per_day=self.most)

    def write(self, *rows: dict[str, str]) -> None:
        write_reports(self.agency.file, *rows)

    async def publish(self) -> list[Reason]:
        await self.agency.publish()
        return [one.reason for one in self.agency.heard.rejects]

    def open(self) -> Outbox:
        return Outbox(self.agency.outbox_path, OutboxKey(SECRET))

    @property
    def shown(self) -> set[tuple[str, str]]:
        return self.agency.index.shown()


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    registered = an_agency(tmp_path, parse_profile(PROFILE))
    registered.index.registration = taking("vroegsignalering")
    made = Partner(registered, FakeRegister([a_person()]))
    made.write(a_row())
    return made


async def test_the_person_whom_everything_names_is_published(partner: Partner) -> None:
    assert await partner.publish() == []
    assert partner.shown == SHOWN


async def test_who_was_found_is_not_asked_about_again(partner: Partner) -> None:
    await partner.publish()
    partner.write(a_row(), a_row(Melding="M-2"))
    await partner.publish()
    assert len(partner.register.asked) == 1


@pytest.mark.parametrize(
    "persons",
    [
        [],
        [a_person(adressering=ADDRESS)],
        [a_person(), a_person(a_number(2), adressering=ADDRESS)],
        [a_person(), a_person()],
        [a_person(opschortingBijhouding={"reden": {"code": "O"}})],
        [a_person(burgerservicenummer="")],
    ],
)
async def test_another_person_no_person_or_two_are_published_for_nobody(
    partner: Partner, persons: list[dict[str, object]]
) -> None:
    partner.register.persons = persons
    assert await partner.publish() == [Reason.BRP_DOUBT]
    assert partner.shown == set()


async def test_a_person_who_was_not_asked_for_is_not_taken(partner: Partner) -> None:
    """The gateway ignores the question and always answers the same person."""
    other = a_person(a_number(9), naam={"geslachtsnaam": "Ander", "voorletters": "Q."})
    answer = {"type": "ZoekMetGeslachtsnaamEnGeboortedatum", "personen": [other]}
    partner.register.body = json.dumps(answer).encode()
    assert await partner.publish() == [Reason.BRP_DOUBT]
    assert partner.shown == set()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, 302, 204])
async def test_a_refusal_or_an_outage_stops_the_run_and_finds_nobody_absent(
    partner: Partner, status: int
) -> None:
    await partner.publish()
    partner.write(a_row(), a_row(Melding="M-2", Postcode="9901ZX"))
    partner.register.status = status
    with pytest.raises(GatewayStopped) as stopped:
        await partner.publish()
    assert "Zeldzaam" not in str(stopped.value)
    assert partner.shown == SHOWN
    with partner.open() as outbox:
        assert list_waiting(outbox, today=TODAY) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>",
        b'{"type": "ZoekMetGeslachtsnaamEnGeboortedatum"}',
        b'{"type": "ZoekMetPostcodeEnHuisnummer", "personen": []}',
        b'{"type": "ZoekMetGeslachtsnaamEnGeboortedatum", "personen": {}}',
        b'{"type": "ZoekMetGeslachtsnaamEnGeboortedatum", "personen": [1]}',
        b'{"type": "ZoekMetGeslachtsnaamEnGeboortedatum", "personen": ['
        + b",".join([b"{}"] * 101)
        + b"]}",
        b'{"type": "ZoekMetGeslachtsnaamEnGeboortedatum", "x": "' + b"x" * (1 << 20),
    ],
)
async def test_what_is_no_answer_to_the_question_stops_the_run(
    partner: Partner, body: bytes
) -> None:
    partner.register.body = body
    with pytest.raises(GatewayStopped):
        await partner.publish()
    assert partner.shown == set()


async def test_no_more_is_asked_in_a_day_than_was_agreed(partner: Partner) -> None:
    partner.most = 2
    partner.write(*(a_row(Melding=f"M-{n}", Huisnummer=str(n)) for n in range(1, 6)))
    for _ in range(2):
        with pytest.raises(GatewayStopped):
            await partner.publish()
    assert len(partner.register.asked) == 2
    partner.agency.now += timedelta(days=1)
    with pytest.raises(GatewayStopped):
        await partner.publish()
    assert len(partner.register.asked) == 4


async def test_only_an_agent_with_a_gateway_looks_anybody_up(partner: Partner) -> None:
    partner.agency.find_persons = None
    with pytest.raises(InvalidAgencySettings, match="gemeente"):
        await partner.publish()


async def test_a_doubt_never_ends_a_signal(partner: Partner) -> None:
    await partner.publish()
    partner.write(a_row(Postcode="9901ZX"))
    assert await partner.publish() == [Reason.BRP_DOUBT]
    assert partner.shown == SHOWN


async def test_a_person_settles_a_doubt_and_the_names_are_wiped(
    partner: Partner,
) -> None:
    partner.register.persons = [a_person(adressering=ADDRESS)]
    await partner.publish()
    with partner.open() as outbox:
        (waiting,) = list_waiting(outbox, today=TODAY)
        assert (waiting.why, waiting.record) == (Doubt.ADDRESS, "record 1")
        opened = open_doubt(outbox, waiting.reference, today=TODAY)
        assert opened.sought.surname == "Zeldzaam"
        assert opened.candidates[0].adressering.adresregel1 == "Dorpsweg 1"
        chosen = a_number(1)
        settle(outbox, waiting.reference, chosen)
        with pytest.raises(UnknownDoubt):
            open_doubt(outbox, waiting.reference, today=TODAY)
        row = outbox.connection.execute("SELECT mark, sealed FROM brp_answer")
        mark, sealed = row.fetchone()
        assert outbox.key.open_sealed(sealed, label=b"brp", row=mark) == chosen.encode()
    assert await partner.publish() == []
    assert partner.shown == SHOWN


def settle(outbox: Outbox, reference: str, chosen: str | None) -> None:
    from_digits = None if chosen is None else parse_bsn(chosen)
    keep = timedelta(days=90)
    settle_doubt(outbox, reference, from_digits, today=TODAY, keep=keep)


async def test_a_decision_can_be_that_it_is_nobody_and_can_be_taken_back(
    partner: Partner,
) -> None:
    partner.register.persons = [a_person(adressering=ADDRESS)]
    await partner.publish()
    with partner.open() as outbox:
        (waiting,) = list_waiting(outbox, today=TODAY)
        settle(outbox, waiting.reference, None)
        assert list_waiting(outbox, today=TODAY) == []
    assert await partner.publish() == [Reason.BRP_NOBODY]
    with partner.open() as outbox:
        forget_answer(outbox, waiting.reference)
    partner.register.persons = [a_person()]
    assert await partner.publish() == []
    assert partner.shown == SHOWN


async def test_a_doubt_is_kept_for_a_bounded_time(partner: Partner) -> None:
    partner.register.persons = []
    await partner.publish()
    partner.agency.now += timedelta(days=31)
    partner.register.persons = [a_person()]
    assert await partner.publish() == []
    assert len(partner.register.asked) == 2


async def test_it_is_wiped_also_when_nobody_is_sought_any_more(
    partner: Partner,
) -> None:
    """The partner stopped; the municipality's agent only looks what is to finish."""
    partner.register.persons = []
    await partner.publish()
    partner.agency.now += timedelta(days=31)
    with partner.open() as outbox:
        counted = "SELECT count(*) FROM brp_answer"
        assert outbox.connection.execute(counted).fetchone()[0] == 1
        partner.agency.index.clock = lambda: NOW  # ours is a month ahead of it
        await partner.agency.make_run(outbox).finish_unfinished()
        assert outbox.connection.execute(counted).fetchone()[0] == 1
        partner.agency.index.clock = lambda: partner.agency.now
        await partner.agency.make_run(outbox).finish_unfinished()
        assert outbox.connection.execute(counted).fetchone()[0] == 0


async def test_no_name_or_address_is_in_a_log_an_address_or_the_outbox(
    partner: Partner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    partner.register.persons = [a_person(adressering=ADDRESS)]
    await partner.publish()
    (asked,) = partner.register.asked
    assert str(asked.url) == "https://brp.test/haalcentraal/api/brp/personen"
    secrets = [
        *("Zeldzaam", "9901ZZ", "9901 zz", "Dorpsweg", "1234AB", BORN.isoformat()),
        *(a_number(1), pseudonym_of(a_number(1)).encoded.hex()),
    ]
    kept = b"".join(
        path.read_bytes() for path in partner.agency.folder.glob("outbox.sqlite*")
    )
    assert '"doubts": 1' in caplog.text
    assert [one for one in secrets if one in caplog.text] == []
    assert [one for one in secrets if one.encode() in kept] == []
    assert [one for one in secrets if one in repr(partner.agency.index.__dict__)] == []


async def test_the_question_asks_for_no_more_than_the_rule_looks_at(
    partner: Partner,
) -> None:
    await partner.publish()
    said = json.loads(partner.register.asked[0].content)
    assert said == {
        "type": "ZoekMetGeslachtsnaamEnGeboortedatum",
        "geslachtsnaam": "Zeldzaam",
        "geboortedatum": "1980-05-17",
        "fields": [
            "burgerservicenummer",
            *("naam.voorletters", "naam.voorvoegsel", "naam.geslachtsnaam"),
            "geboorte.datum",
            *("adressering.adresregel1", "adressering.adresregel2"),
        ],
    }
