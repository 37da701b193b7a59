"""One suite for every connector: whatever the format, a record means the same.

A format joins by giving a `Format`: how to write records in it, and its profile.
"""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from sources.connectors import CONNECTORS, read_file
from sources.errors import UnreadableFile
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import (
    Case,
    CaseNumber,
    Closing,
    Kept,
    NaturalKey,
    Reading,
    Reject,
)
from tests.sources_builders import (
    HEADER,
    PROFILE,
    TODAY,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
)

DDAS = """
name = "test"
format = "{form}"
category = "bijstand"
municipalities = ["9901", "9902"]
valid_months = 12
informed = "discussed"
{default}

[contacts.TEAM]
function = "Klantmanager Inkomen"
phone = "0182 555 101"
last_verified = 2026-10-01
"""


@dataclass(frozen=True)
class Record:
    """A record in no format."""

    number: str = "Z-1"
    bsn: str = a_number(1)
    start: str = "2026-01-05"
    ended: bool = False
    municipality: str = "9901"
    phone: str = "0182 555 101"


@dataclass(frozen=True)
class Format:
    """How to write records, and what a profile of the format is."""

    name: str
    write: Callable[[list[Record]], bytes]
    profile: Profile
    numbered: bool


def write_csv(records: list[Record]) -> bytes:
    lines = [";".join(HEADER)]
    for record in records:
        row = a_row(
            Zaak=record.number,
            BSN=record.bsn,
            Begin=record.start,
            Stand="dicht" if record.ended else "open",
            Gemeente=record.municipality,
            Telefoon=record.phone,
        )
        lines.append(";".join(row[name] for name in HEADER))
    return "\n".join(lines).encode()


def _persons(record: Record) -> list[dict[str, str]]:
    return [{"functietitel": "Klantmanager Inkomen", "telefoonnummer": record.phone}]


def write_shv(records: list[Record]) -> bytes:
    """One delivery for each record; the organisation stands behind its cases."""
    deliveries = [
        {
            "teller": index,
            "schuldhulptrajecten": [
                {
                    "gemeentecode": f"GM{record.municipality}",
                    "startdatum": record.start,
                    "client": [{"Burgerservicenummer": record.bsn}],
                    **({"einddatum": "2026-06-01"} if record.ended else {}),
                }
            ],
            "aanleverende_organisatie": {"contactpersonen": _persons(record)},
        }
        for index, record in enumerate(records)
    ]
    return json.dumps({"leveringen": deliveries}).encode()


def write_vs(records: list[Record]) -> bytes:
    deliveries = []
    for index, record in enumerate(records):
        cases = [{"resultaat": "Andere", "vroegsignalen": [{"ID": record.number}]}]
        deliveries.append(
            {
                "teller": index,
                "vroegsignaalzaken": cases if record.ended else [],
                "vroegsignalen": [
                    {
                        "ID": record.number,
                        "signaaldatum": record.start,
                        "client": {"Burgerservicenummer": record.bsn},
                        "signaalpartner": {"type": "Energie"},
                    }
                ],
                "aanleverende_organisatie": {"contactpersoonen": _persons(record)},
                "gemeentecode": record.municipality,
            }
        )
    return json.dumps({"leveringen": deliveries}).encode()


def ddas(form: str) -> Profile:
    return a_profile(DDAS.format(form=form, default='default_contact = "TEAM"'))


FORMATS = (
    Format("csv", write_csv, a_profile(PROFILE), numbered=True),
    Format("ddas-shv-1.0", write_shv, ddas("ddas-shv-1.0"), numbered=False),
    Format("ddas-vs-0.9", write_vs, ddas("ddas-vs-0.9"), numbered=True),
)


@pytest.fixture(params=FORMATS, ids=lambda each: each.name)
def form(request: pytest.FixtureRequest) -> Format:
    found = request.param
    assert isinstance(found, Format)
    return found


def read(form: Format, *records: Record, today: date = TODAY) -> list[Reading]:
    file = io.BytesIO(form.write(list(records)))
    return [each for each in read_file(file, form.profile, today=today) if each]


def rejects(readings: list[Reading]) -> list[Reject]:
    return [each for one in readings for each in one if isinstance(each, Reject)]


def cases(readings: list[Reading]) -> list[Case]:
    return [each for one in readings for each in one if isinstance(each, Case)]


def test_every_format_is_in_the_suite() -> None:
    assert {each.name for each in FORMATS} == set(CONNECTORS)


def test_an_open_case_is_typed(form: Format) -> None:
    (case,) = cases(read(form, Record()))
    assert case.bsn.digits == a_number(1)
    assert case.started_on == date(2026, 1, 5)
    assert case.municipality == "9901"
    assert case.category == "bijstand"
    assert case.contact.holder.phone == "+31182555101"
    assert isinstance(case.key, CaseNumber if form.numbered else NaturalKey)


def test_the_leading_zero_of_a_number_is_kept(form: Format) -> None:
    (case,) = cases(read(form, Record(bsn="010000008")))
    assert case.bsn.digits == "010000008"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"bsn": a_wrong_number()}, Reason.BSN_INVALID),
        ({"bsn": ""}, Reason.BSN_MISSING),
        ({"bsn": "12345678"}, Reason.BSN_INVALID),
        ({"start": "2027-01-01"}, Reason.DATE_IN_FUTURE),
        ({"start": "5 januari"}, Reason.DATE_INVALID),
        ({"start": ""}, Reason.FIELD_MISSING),
        ({"municipality": "001"}, Reason.MUNICIPALITY_UNKNOWN),
        ({"municipality": "9903"}, Reason.MUNICIPALITY_UNKNOWN),
        ({"phone": "06-123"}, Reason.PHONE_INVALID),
        ({"phone": "112"}, Reason.PHONE_INVALID),
    ],
)
def test_a_dirty_record_is_rejected_for_its_reason(
    form: Format, changed: dict[str, str], reason: Reason
) -> None:
    readings = read(form, Record(**changed))  # type: ignore[arg-type]  # only texts are changed
    assert [each.reason for each in rejects(readings)] == [reason]
    assert cases(readings) == []


def test_one_bad_record_does_not_sink_the_rest(form: Format) -> None:
    readings = read(
        form,
        Record(number="Z-1", bsn=a_wrong_number()),
        Record(number="Z-2", bsn=a_number(2)),
    )
    assert len(cases(readings)) == len(rejects(readings)) == 1


def test_all_faults_of_a_record_are_named_at_once(form: Format) -> None:
    readings = read(form, Record(bsn=a_wrong_number(), municipality="0000"))
    assert {each.reason for each in rejects(readings)} == {
        Reason.BSN_INVALID,
        Reason.MUNICIPALITY_UNKNOWN,
    }


def test_an_ended_case_closes_and_is_not_opened(form: Format) -> None:
    readings = read(form, Record(ended=True))
    closings = [e for one in readings for e in one if isinstance(e, Closing)]
    assert len(closings) == 1
    if form.numbered:
        assert closings[0].key == CaseNumber("Z-1")


def test_a_rejected_case_with_a_key_is_not_gone(form: Format) -> None:
    readings = read(form, Record(phone="06-123"))
    assert [type(each) for each in readings[0]] == [Reject, Kept]


def test_no_value_of_a_record_is_in_a_reject(form: Format) -> None:
    number = a_wrong_number()
    found = rejects(read(form, Record(number=number, bsn=number, start=number)))
    assert found
    assert number not in repr(found)


def test_nothing_typed_prints_a_number_of_a_person_or_case(form: Format) -> None:
    readings = read(form, Record(number="Z-geheim"))
    assert a_number(1) not in repr(readings)
    assert "Z-geheim" not in repr(readings)


def test_a_file_of_another_format_is_refused_whole(form: Format) -> None:
    file = io.BytesIO(b'\xff\xfe{"leveringen": [')
    with pytest.raises(UnreadableFile):
        list(read_file(file, form.profile, today=TODAY))


def test_memory_does_not_grow_with_the_file(form: Format) -> None:
    def peak(count: int) -> int:
        many = [Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(count)]
        file = io.BytesIO(form.write(many))
        tracemalloc.start()
        for _ in _walk(file, form):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # whatever is remembered once
    small, large = peak(200), peak(2_000)
    # DDAS keeps the contact persons of each delivery in the file, and this suite
    # gives every record a delivery of its own: that is all that may grow.
    assert large - small < 1_800 * 1_500


def _walk(file: io.BytesIO, form: Format) -> Iterator[Reading]:
    yield from read_file(file, form.profile, today=TODAY)
