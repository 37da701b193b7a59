"""Between reading and sending: what goes unasked, and what is asked about."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import DeliveryHeld
from sources.judging.rules import Doubt, Finding
from sources.judging.words import find_remedy
from sources.outbox.holding import get_named_cases
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.connector_formats import FORMATS, Record
from tests.held_builders import answer, hold, named, publish, rows, waiting
from tests.sources_builders import (
    NOW,
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import taking

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


async def test_one_case_of_four_may_end_or_go(agency: Agency) -> None:
    await publish(agency, *rows(4))
    await publish(agency, *rows(3))
    assert len(agency.index.shown()) == 3


async def test_four_cases_of_twenty_gone_at_once_are_asked_about(
    agency: Agency,
) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert [finding.doubt for finding in held.findings] == [Doubt.CASES_GONE]
    gone = sorted(named(agency, held, Doubt.CASES_GONE))
    assert gone == ["Z-17", "Z-18", "Z-19", "Z-20"]


async def test_a_column_that_slipped_by_one_gives_nobody_anothers_flag(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12))
    slipped = [
        each | {"BSN": a_number(n % 12 + 1)} for n, each in enumerate(rows(12), 1)
    ]
    held = await hold(agency, *slipped)
    assert [finding.doubt for finding in held.findings] == [Doubt.OTHER_PERSON]
    assert (held.findings[0].count, held.findings[0].of) == (12, 12)
    assert "Z-7" in named(agency, held, Doubt.OTHER_PERSON)


@pytest.mark.parametrize("size", [4, 400])
async def test_one_case_of_another_person_waits_and_is_named(
    agency: Agency, size: int
) -> None:
    """One number that is valid and wrong gives a flag to whom it is not of."""
    await publish(agency, *rows(size))
    other = a_row(Zaak="Z-4", BSN=a_number(4_004))
    changed = [*rows(3), other, *rows(size)[4:]]
    held = await hold(agency, *changed)
    assert held.findings == (Finding(Doubt.OTHER_PERSON, 1, size),)
    assert named(agency, held, Doubt.OTHER_PERSON) == ["Z-4"]
    answer(agency, held, "approved")
    await publish(agency, *changed)
    assert waiting(agency) == []
    assert shows((a_number(4_004), "bijstand")) < agency.index.shown()
    assert len(agency.index.shown()) == size
    await publish(agency, *changed)


async def test_each_held_delivery_says_its_own_reason(agency: Agency) -> None:
    """That more changes than is ordinary is not so of a file that is only older."""
    await publish(agency, *rows(12))
    await publish(agency, *rows(13)[1:])
    agency.write(*rows(12))
    with pytest.raises(DeliveryHeld, match="lijkt ouder dan wat u het laatst"):
        await agency.publish()
    with pytest.raises(DeliveryHeld, match="lijkt ouder") as again:
        await agency.publish()
    assert "Z-" not in str(again.value), "a planner keeps this sentence"


async def test_all_cases_that_end_at_once_are_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(12))
    held = await hold(agency, *rows(12, Stand="dicht"))
    assert [finding.doubt for finding in held.findings] == [Doubt.CASES_ENDED]
    assert len(named(agency, held, Doubt.CASES_ENDED)) == 12


async def test_a_file_without_a_record_is_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(2))
    held = await hold(agency)
    assert [finding.doubt for finding in held.findings] == [Doubt.NOTHING_READ]


async def test_a_first_file_with_only_its_header_is_asked_about_once(
    agency: Agency,
) -> None:
    held = await hold(agency)
    assert held.findings == (Finding(Doubt.FIRST_EMPTY, 1, 1),)
    answer(agency, held, "approved")
    await publish(agency)
    assert waiting(agency) == []
    await publish(agency)
    await publish(agency, *rows(1))
    assert len(agency.index.shown()) == 1


async def test_a_total_row_that_says_more_is_asked_about(agency: Agency) -> None:
    """Also where as few are gone as go unasked: the export broke off, as it says."""
    await publish(agency, *rows(20))
    agency.write(*rows(18))
    with agency.file.open("a") as file:
        file.write("Totaal;20;;;;;;\n")
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    (held,) = waiting(agency)
    assert held.findings == (Finding(Doubt.TOTAL_DIFFERS, 20, 18),)
    assert len(agency.index.shown()) == 20


async def test_a_contact_that_began_a_century_ago_is_asked_about_once(
    agency: Agency,
) -> None:
    old = a_row(Zaak="Z-2", BSN=a_number(2), Begin="1926-11-05")
    edge = a_row(Zaak="Z-3", BSN=a_number(3), Begin=f"{NOW:%Y-%m-%d}")
    edge["Begin"] = f"{NOW.year - 50}{edge['Begin'][4:]}"
    held = await hold(agency, *rows(1), old, edge)
    assert held.findings == (Finding(Doubt.OLD_STARTS, 1, 3),)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (case,) = get_named_cases(outbox, held)[Doubt.OLD_STARTS]
    assert (case.name, case.line) == ("Z-2", 3)
    answer(agency, held, "approved")
    await publish(agency, *rows(1), old, edge)
    assert len(agency.index.shown()) == 3
    await publish(agency, *rows(1), old, edge, a_row(Zaak="Z-4", BSN=a_number(4)))
    assert len(agency.index.shown()) == 4


async def test_the_file_of_before_the_last_is_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(12))
    await publish(agency, *rows(13)[1:])
    held = await hold(agency, *rows(12))
    assert [finding.doubt for finding in held.findings] == [Doubt.OLDER_FILE]


async def test_an_older_file_is_known_by_what_it_undoes(agency: Agency) -> None:
    """Exported anew it has other bytes: a case that ended is open, a new one is not."""
    await publish(agency, *rows(12))
    await publish(agency, *rows(13)[1:])
    held = await hold(agency, *reversed(rows(12)))
    assert [finding.doubt for finding in held.findings] == [Doubt.OLDER_FILE]
    assert set(named(agency, held, Doubt.OLDER_FILE)) == {"Z-1", "Z-13"}
    assert "Herstelt dit bestand een fout" in find_remedy(Doubt.OLDER_FILE)


async def test_cases_that_ended_before_the_last_change_and_are_open_again_are_asked(
    agency: Agency,
) -> None:
    """An older export, of other bytes, that undoes little of the last delivery."""
    await publish(agency, *rows(16))
    await publish(agency, *rows(4, Stand="dicht"), *rows(16)[4:])
    await publish(agency, *rows(17)[4:])
    held = await hold(agency, *reversed(rows(16)), a_row(Zaak="Z-99", BSN=a_number(99)))
    (finding,) = held.findings
    assert (finding.doubt, finding.count) == (Doubt.CASES_REOPENED, 4)
    names = named(agency, held, Doubt.CASES_REOPENED)
    assert sorted(names) == ["Z-1", "Z-2", "Z-3", "Z-4"]


async def test_open_records_with_a_last_day_that_is_over_are_asked_about_once(
    agency: Agency,
) -> None:
    """Also in a first delivery: all of them would stay without a flag, unseen."""
    over = rows(3, Eind="2026-02-01")
    held = await hold(agency, *over, *rows(12)[3:])
    (finding,) = held.findings
    assert (finding.doubt, finding.count, finding.of) == (Doubt.OPEN_THOUGH_OVER, 3, 12)
    answer(agency, held, "approved")
    await publish(agency, *over, *rows(13)[3:])
    assert len(agency.index.shown()) == 10


async def test_rows_that_a_stray_quote_swallowed_are_asked_about(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12))
    agency.write(*rows(12))
    lines = agency.file.read_text().splitlines()
    lines[5] = lines[5].replace("TEAM", '"TEAM')
    lines[8] = lines[8].replace("TEAM", 'TEAM"')
    agency.file.write_text("\n".join(lines) + "\n")
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    (held,) = waiting(agency)
    assert Doubt.ROWS_SWALLOWED in {finding.doubt for finding in held.findings}
    assert len(agency.index.shown()) == 12


async def test_a_file_that_says_it_is_older_is_asked_about(tmp_path: Path) -> None:
    form = next(each for each in FORMATS if each.name == "ddas-shv-1.0")
    agency = an_agency(tmp_path, form.profile)

    async def deliver(written: str, count: int) -> None:
        records = [Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(1, count)]
        said = json.loads(form.write(records)) | {"aanleverdatumEnTijd": written}
        agency.file.write_text(json.dumps(said))
        await agency.publish()

    await deliver("2026-11-20T08:00:00Z", 12)
    with pytest.raises(DeliveryHeld):
        await deliver("2026-11-20T08:30:00+01:00", 11)
    await deliver("2026-11-21T08:00:00Z", 11)
    assert len(agency.index.shown()) == 10


async def test_another_number_for_everybody_is_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(20, Telefoon="0182 555 199"))
    assert [finding.doubt for finding in held.findings] == [Doubt.CONTACTS_CHANGED]
    assert len(agency.index.state["contacts"]) == 1, "the number was not sent either"


def each_with_a_number(count: int) -> list[dict[str, str]]:
    """A column that somebody took for the agency's: each client has a telephone."""
    return [
        row | {"Telefoon": f"06 1234 {5000 + n}"} for n, row in enumerate(rows(count))
    ]


@pytest.mark.parametrize("count", [6, 23])
async def test_numbers_of_citizens_are_asked_about_in_a_first_delivery(
    agency: Agency, count: int
) -> None:
    held = await hold(agency, *each_with_a_number(count))
    (finding,) = held.findings
    assert (finding.doubt, finding.count) == (Doubt.OTHER_NUMBERS, count)
    assert agency.index.state["contacts"] == {}


async def test_numbers_that_somebody_let_through_are_not_asked_about_again(
    agency: Agency,
) -> None:
    held = await hold(agency, *each_with_a_number(12))
    assert answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
    await publish(agency, *each_with_a_number(13))
    assert len(agency.index.shown()) == 13


async def test_numbers_of_colleagues_go_unasked(agency: Agency) -> None:
    ours = [
        row | {"Telefoon": f"0182 555 1{n % 10:02}"} for n, row in enumerate(rows(23))
    ]
    await publish(agency, *ours)
    assert len(agency.index.shown()) == 23


async def test_another_category_or_municipality_for_many_is_asked_about(
    agency: Agency,
) -> None:
    """Nobody has had another kind of help because a profile was edited."""
    await publish(agency, *rows(4))
    agency.index.registration = taking("bijstand", "schuldhulpverlening")
    other = agency.profile.model_copy(update={"category": "schuldhulpverlening"})
    held = await hold(replace(agency, profile=other), *rows(4))
    assert [(one.doubt, one.count) for one in held.findings] == [(Doubt.OTHER_KIND, 4)]
    assert len(named(agency, held, Doubt.OTHER_KIND)) == 4
    held = await hold(agency, *rows(4, Gemeente="9902"))
    assert [(one.doubt, one.count) for one in held.findings] == [(Doubt.OTHER_KIND, 4)]
    await publish(agency, *rows(4)[:2], *rows(4, Gemeente="9902")[2:])
    assert len(agency.index.shown()) == 4


async def test_another_number_for_a_small_agency_is_ordinary(agency: Agency) -> None:
    await publish(agency, *rows(4))
    await publish(agency, *rows(4, Telefoon="0182 555 199"))
    assert len(agency.index.state["contacts"]) == 2


async def test_a_contact_holder_changed_in_the_profile_is_asked_about_too(
    agency: Agency,
) -> None:
    await publish(agency, *rows(20))
    rows_of = dict(agency.profile.contacts)
    rows_of["TEAM"] = rows_of["TEAM"].model_copy(update={"phone": "+31182555198"})
    other = agency.profile.model_copy(update={"contacts": rows_of})
    held = await hold(replace(agency, profile=other), *rows(20))
    assert [finding.doubt for finding in held.findings] == [Doubt.CONTACTS_CHANGED]


async def test_changes_alone_are_judged_as_well(agency: Agency) -> None:
    await publish(agency, *rows(12))
    agency.write(*rows(12, Stand="dicht"))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)


async def test_two_gone_and_two_ended_of_four_are_asked_about_together(
    agency: Agency,
) -> None:
    """Each alone is ordinary at an agency of four; together nothing is left."""
    await publish(agency, *rows(4))
    ended = [row | {"Stand": "dicht"} for row in rows(2)]
    held = await hold(agency, *ended)
    assert [(one.doubt, one.count) for one in held.findings] == [
        (Doubt.FLAGS_AT_STAKE, 4)
    ]
    assert sorted(named(agency, held, Doubt.FLAGS_AT_STAKE)) == [
        f"Z-{n}" for n in range(1, 5)
    ]


async def test_flags_that_go_sooner_are_in_the_sum(agency: Agency) -> None:
    """An end of tomorrow takes a flag away as well as one of yesterday."""
    await publish(agency, *rows(4))
    tomorrow = (agency.now + timedelta(days=1)).date().isoformat()
    held = await hold(agency, *(row | {"Eind": tomorrow} for row in rows(2)))
    assert [one.doubt for one in held.findings] == [Doubt.FLAGS_AT_STAKE]


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        ({"Begin": "2026-05-01"}, Doubt.OTHER_STARTS),
        ({"Eind": "2030-01-01"}, Doubt.OTHER_ENDS),
    ],
)
async def test_other_days_for_many_are_asked_about(
    agency: Agency, changed: dict[str, str], doubt: Doubt
) -> None:
    await publish(agency, *rows(12))
    held = await hold(agency, *rows(12, **changed))
    assert [(one.doubt, one.count) for one in held.findings] == [(doubt, 12)]
    assert named(agency, held, doubt)[0].startswith("Z-")
    await publish(agency, *rows(11), a_row(Zaak="Z-12", BSN=a_number(12)) | changed)
    assert len(agency.index.shown()) == 12


async def test_days_that_somebody_let_through_are_not_asked_about_again(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12, Eind="2030-01-01"))
    await publish(agency, *rows(13, Eind="2030-01-01"))
    held = await hold(agency, *rows(13))
    assert [one.doubt for one in held.findings] == [Doubt.OTHER_ENDS]
    assert answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
    await publish(agency, *rows(14))
    assert len(agency.index.shown()) == 14


@pytest.mark.parametrize("kind", [DeliveryKind.FULL, DeliveryKind.DELTA])
async def test_an_older_file_that_only_reopens_is_asked_about(
    agency: Agency, kind: DeliveryKind
) -> None:
    """Two cases ended; a file of before says in other bytes that they are open."""
    await publish(agency, *rows(12))
    await publish(agency, *rows(10))
    agency.write(*reversed(rows(12)))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=kind)
    (held,) = waiting(agency)
    assert [(one.doubt, one.count) for one in held.findings] == [(Doubt.OLDER_FILE, 2)]
    assert len(agency.index.shown()) == 10


async def test_an_older_file_that_only_forgets_is_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await publish(agency, *rows(22))
    held = await hold(agency, *reversed(rows(20)))
    assert [one.doubt for one in held.findings] == [Doubt.OLDER_FILE]


async def test_of_a_file_that_lost_its_half_only_what_is_undone_is_called_undone(
    agency: Agency,
) -> None:
    """Two cases were new; half a file lacks them too, beside eleven that stood."""
    await publish(agency, *rows(20))
    await publish(agency, *rows(22))
    held = await hold(agency, *rows(9))
    (older,) = [one for one in held.findings if one.doubt is Doubt.OLDER_FILE]
    assert sorted(named(agency, held, Doubt.OLDER_FILE)) == ["Z-21", "Z-22"]
    assert older.count == 2
    assert len(named(agency, held, Doubt.CASES_GONE)) > older.count


async def test_one_case_that_is_opened_again_is_ordinary(agency: Agency) -> None:
    await publish(agency, *rows(12))
    await publish(agency, *rows(11))
    await publish(agency, *rows(12, Eind=""), a_row(Zaak="Z-13", BSN=a_number(13)))
    assert len(agency.index.shown()) == 13


async def test_changes_of_before_the_last_ones_are_asked_about(agency: Agency) -> None:
    """The same bytes as an earlier file of changes: what it says is over by now."""
    await publish(agency, *rows(12))
    agency.write(a_row(Zaak="Z-1", BSN=a_number(1), Stand="dicht"))
    await agency.publish(kind=DeliveryKind.DELTA)
    agency.write(*rows(1))
    await agency.publish(kind=DeliveryKind.DELTA)
    agency.write(a_row(Zaak="Z-1", BSN=a_number(1), Stand="dicht"))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
