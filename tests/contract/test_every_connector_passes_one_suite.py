"""One suite for every connector: whatever the format, a record means the same.

A format joins by giving a `Format` in tests/connector_formats.py.
"""

import gc
import re
import sqlite3
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from keys.case_name import has_number
from signal_index.wire.deliveries import DeliveryKind
from sources.errors import UnreadableFile
from sources.formats import FORMATS as KNOWN
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.task import Task
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
from tests.connector_formats import EVERYTHING, FORMATS, Format, Record
from tests.sources_builders import (
    SECRET,
    TODAY,
    a_number,
    a_wrong_number,
    an_agency,
    shows,
)

DIRTY = (
    ({"bsn": a_wrong_number()}, Reason.BSN_INVALID),
    ({"bsn": ""}, Reason.BSN_MISSING),
    ({"bsn": "12345678"}, Reason.BSN_LENGTH),
    ({"bsn": "1,23457E+08"}, Reason.BSN_EXPONENT),
    ({"bsn": "O10000008"}, Reason.BSN_LETTERS),
    ({"start": "2027-01-01"}, Reason.DATE_IN_FUTURE),
    ({"start": "5 januari"}, Reason.DATE_INVALID),
    ({"start": ""}, Reason.FIELD_MISSING),
    ({"municipality": "001"}, Reason.MUNICIPALITY_UNKNOWN),
    ({"municipality": "9903"}, Reason.MUNICIPALITY_UNKNOWN),
    ({"phone": "06-123"}, Reason.PHONE_INVALID),
    ({"phone": "112"}, Reason.PHONE_INVALID),
)


@pytest.fixture(params=EVERYTHING, ids=lambda each: each.name)
def form(request: pytest.FixtureRequest) -> Format:
    found = request.param
    assert isinstance(found, Format)
    return found


def read(form: Format, *records: Record, today: date = TODAY) -> list[Reading]:
    data = form.write(list(records))
    return [each for each in form.read(data, form.profile, today) if each]


def rejects(readings: list[Reading]) -> list[Reject]:
    return [each for one in readings for each in one if isinstance(each, Reject)]


def cases(readings: list[Reading]) -> list[Case]:
    return [each for one in readings for each in one if isinstance(each, Case)]


def test_every_format_is_in_the_suite() -> None:
    names = {each.name for each in FORMATS}
    assert names == KNOWN.keys()


def test_the_documents_name_every_format() -> None:
    docs = Path(__file__).parents[2] / "docs"
    rows = (docs / "connectors" / "README.md").read_text("utf-8").splitlines()
    cells = [row.split("|")[2] for row in rows if row.startswith("| ")]
    assert {each for cell in cells for each in re.findall(r"`(.+?)`", cell)} == {*KNOWN}
    page = (docs / "connectors" / "csv-excel.md").read_text("utf-8")
    (listed,) = re.findall(r'format = "(\S+)" +# of (.+)', page)
    assert {listed[0], *listed[1].split(", ")} == {*KNOWN}


def test_an_open_case_is_typed(form: Format) -> None:
    (case,) = cases(read(form, Record()))
    assert case.bsn.digits == a_number(1)
    assert case.started_on == date(2026, 1, 5)
    assert case.municipality == "9901"
    assert case.category == "bijstand"
    assert case.contact.holder.phone == "+31182555101"
    assert isinstance(case.key, CaseNumber if form.numbered else NaturalKey)


def test_a_case_is_called_as_its_own_people_know_it(form: Format) -> None:
    """By its number; without one by its day and team. Never by whose it is."""
    (case,) = cases(read(form, Record(number="7")))
    key, whom = case.key, case.contact.holder.function
    number = key.text if isinstance(key, CaseNumber) else ""
    assert case.name == (number or f"sinds 5 januari 2026, bij {whom}")
    assert has_number(case.name) is form.numbered
    assert case.bsn.digits not in case.name
    assert case.name not in repr(case)


def test_the_leading_zero_of_a_number_is_kept(form: Format) -> None:
    (case,) = cases(read(form, Record(bsn="010000008")))
    assert case.bsn.digits == "010000008"


@pytest.mark.parametrize(
    ("form", "changed", "reason"),
    [
        pytest.param(form, changed, reason, id=f"{form.name}-{changed}")
        for form in EVERYTHING
        for changed, reason in DIRTY
        if form.phoned or "phone" not in changed
    ],
)
def test_a_dirty_record_is_rejected_for_its_reason(
    form: Format, changed: dict[str, str], reason: Reason
) -> None:
    readings = read(form, replace(Record(), **changed))  # type: ignore[arg-type]  # only texts are changed
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
        assert closings[0].key == form.find_key(Record())


def test_a_rejected_case_with_a_key_is_not_gone(form: Format) -> None:
    readings = read(form, Record(municipality="9903"))
    assert [type(each) for each in readings[0]] == [Reject, Kept]


@dataclass
class Written:
    """Records of a format as an intake: what a full delivery of them would read."""

    form: Format
    records: list[Record]

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:  # noqa: ARG002
        return None

    def find_mark(self, key: OutboxKey) -> bytes:
        return key.mark("test", repr([replace(each) for each in self.records]))

    def read(self, *, today: date) -> Iterator[Reading]:
        return self.form.read(self.form.write(self.records), self.form.profile, today)

    def settle(self, connection: sqlite3.Connection) -> None: ...


@pytest.mark.anyio
@pytest.mark.parametrize("changed", [{"bsn": a_wrong_number()}, {"start": "5 januari"}])
async def test_a_rejected_record_never_ends_a_signal(
    form: Format, changed: dict[str, str], tmp_path: Path
) -> None:
    """Whether its case is known by a number, or cannot be known at all.

    Another case is gone at the same time: only where the rejected one is known by its
    number, that one is withdrawn.
    """
    agency = an_agency(tmp_path, form.profile)
    whole = [Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(1, 8)]
    broken = [*whole[:5], replace(whole[5], **changed)]  # type: ignore[arg-type]  # only texts are changed
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        run = agency.make_run(outbox)
        first, second = (
            Task(Written(form, records), form.profile, DeliveryKind.FULL)
            for records in (whole, broken)
        )
        await run.publish(first)
        (done,) = await run.publish(second)
    assert done.counts.rejected == 1
    assert shows((a_number(6), "bijstand")) < agency.index.shown()
    lists_all = done.kind is DeliveryKind.FULL
    is_gone = lists_all and form.numbered
    assert (shows((a_number(7), "bijstand")) < agency.index.shown()) is not is_gone
    assert done.spared == (2 if lists_all and not form.numbered else 0)


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
    with pytest.raises(UnreadableFile):
        list(form.read(b'\xff\xfe{"leveringen": [', form.profile, TODAY))


@pytest.mark.parametrize(
    "form",
    [each for each in EVERYTHING if each.name != "sql"],
    ids=lambda each: each.name,
)
def test_a_file_that_breaks_off_is_refused_whole(form: Format) -> None:
    """What is behind the break must never look as if it had been closed."""
    whole = form.write([Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(40)])
    with pytest.raises(UnreadableFile):
        list(form.read(whole[: len(whole) // 2 + 1], form.profile, TODAY))


@pytest.fixture
def _quick_collector() -> Iterator[None]:
    """Collect cycles soon: else it is chance how many there are at the peak.

    What stands already is left out, and stays so (tests/conftest.py): beside much of
    it, whole rounds are put off.
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.collect()  # of next to nothing: a quarter of it is what puts a whole round off
    gc.set_threshold(100, 2, 2)
    yield
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("_quick_collector")
def test_memory_does_not_grow_with_the_file(form: Format, times: int) -> None:
    def peak(count: int) -> int:
        many = [Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(count)]
        data = form.write(many)
        tracemalloc.start()
        for _ in form.read(data, form.profile, TODAY):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # whatever is remembered once
    least, most = 300, 400 + 100 * times  # beyond any buffer
    small, large = peak(least), peak(most)
    # DDAS keeps the contact persons of each delivery in the file, and this suite
    # gives every record a delivery of its own; a ZIP keeps the names of its members,
    # and this suite gives every record a message of its own: that is all that may grow.
    assert large - small < (most - least) * 1_500
