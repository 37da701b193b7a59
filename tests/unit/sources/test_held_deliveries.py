"""Between reading and sending: what is believed, what is held, and what never ends."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind, Hearing
from sources.errors import ChangesWait, DeliveryHeld
from sources.judging.rules import Doubt
from sources.outbox.deliveries import find_unfinished
from sources.outbox.holding import (
    HELD_FOR,
    Held,
    find_held,
    get_named_cases,
    record_answer,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from tests.connector_formats import FORMATS, Record
from tests.sources_builders import (
    HEADER,
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
    an_agency,
    shows,
)

pytestmark = pytest.mark.anyio
Row = Mapping[str, str]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


def rows(count: int, **changed: str) -> list[dict[str, str]]:
    return [
        a_row(Zaak=f"Z-{n}", BSN=a_number(n), **changed) for n in range(1, count + 1)
    ]


async def publish(agency: Agency, *written: Row) -> None:
    agency.write(*written)
    await agency.publish()


async def hold(agency: Agency, *written: Row) -> Held:
    """Publish what must be held; nothing may have changed at the index."""
    before = agency.index.shown_often()
    deliveries = len(agency.index.state["deliveries"])
    agency.write(*written)
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert agency.index.shown_often() == before
    assert len(agency.index.state["deliveries"]) == deliveries
    return waiting(agency)[0]


def waiting(agency: Agency) -> list[Held]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return find_held(outbox)


def answer(agency: Agency, held: Held, said: str) -> bool:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return record_answer(outbox, held.delivery, held.digest, said)  # type: ignore[arg-type]  # one of two words


def named(agency: Agency, held: Held, doubt: Doubt) -> list[str]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return [case.name for case in get_named_cases(outbox, held)[doubt]]


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


async def test_one_corrected_number_is_ordinary(agency: Agency) -> None:
    await publish(agency, *rows(4))
    await publish(agency, *rows(3), a_row(Zaak="Z-4", BSN=a_number(44)))
    assert shows((a_number(44), "bijstand")) < agency.index.shown()
    assert len(agency.index.shown()) == 4


async def test_all_cases_that_end_at_once_are_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(12))
    held = await hold(agency, *rows(12, Stand="dicht"))
    assert [finding.doubt for finding in held.findings] == [Doubt.CASES_ENDED]
    assert len(named(agency, held, Doubt.CASES_ENDED)) == 12


async def test_a_file_without_a_record_is_asked_about(agency: Agency) -> None:
    await publish(agency, *rows(2))
    held = await hold(agency)
    assert [finding.doubt for finding in held.findings] == [Doubt.NOTHING_READ]


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


async def test_what_ended_while_it_was_held_is_not_told_any_more(
    agency: Agency,
) -> None:
    """A new case is no reject of the index, and a known one is taken back."""
    await publish(agency, *rows(20))
    tomorrow = (agency.now + timedelta(days=1)).date().isoformat()
    ending = {"Eind": tomorrow}
    new = a_row(Zaak="Z-30", BSN=a_number(30), **ending)
    held = await hold(agency, rows(1)[0] | ending, *rows(14)[1:], new)
    agency.now += timedelta(days=5)
    assert answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (done,) = await agency.make_run(outbox).finish_unfinished()
    assert (done.counts.accepted, done.counts.withdrawn) == (0, 7)
    assert agency.index.shown() == shows(
        *((a_number(n), "bijstand") for n in range(2, 15))
    )


async def test_what_is_approved_goes_on_as_it_was_read(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert answer(agency, held, "approved")
    agency.write(*rows(20))  # whatever stands in the file by now
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (closed,) = await agency.make_run(outbox).finish_unfinished()
    assert closed.id == held.delivery
    assert len(agency.index.shown()) == 16
    assert waiting(agency) == []


async def test_what_is_dropped_was_never_sent(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert answer(agency, held, "dropped")
    await publish(agency, *rows(20))
    assert len(agency.index.shown()) == 20
    assert waiting(agency) == []


async def test_an_answer_about_another_difference_is_none(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert not answer(agency, replace(held, digest=bytes(20)), "approved")
    assert not waiting(agency)[0].is_approved


async def test_what_changed_since_it_was_approved_is_asked_about_anew(
    agency: Agency,
) -> None:
    """The index lost a signal meanwhile: the difference is not what was approved."""
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        with outbox.transaction("mend") as connection:
            connection.execute(
                "DELETE FROM signal WHERE reference ="
                " (SELECT min(reference) FROM signal)"
            )
        assert await agency.make_run(outbox).finish_unfinished() == []
    (anew,) = waiting(agency)
    assert (anew.delivery, anew.is_approved) == (held.delivery, False)
    assert anew.digest != held.digest


async def test_the_same_file_again_is_not_read_again(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    assert refusal.value.delivery == held.delivery


async def test_a_newer_file_is_judged_against_what_was_sent(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(12))
    await publish(agency, *rows(19))
    assert len(agency.index.shown()) == 19
    assert waiting(agency) == []


async def test_another_profile_delivers_meanwhile(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(16))
    named = agency.profile.model_copy(update={"name": "x", "beside": ("test",)})
    other = replace(agency, profile=named)
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50)))
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50), Stand="dicht"))
    assert len(agency.index.shown()) == 20
    assert len(waiting(agency)) == 1
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert find_unfinished(outbox) is None


async def test_what_nobody_answers_about_is_dropped_in_time(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(16))
    agency.now += HELD_FOR + timedelta(hours=1)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
        left = outbox.connection.execute("SELECT count(*) FROM held_case").fetchone()
    assert waiting(agency) == []
    assert left[0] == 0


async def test_a_rejected_record_of_a_known_case_ends_nothing(agency: Agency) -> None:
    await publish(agency, *rows(4))
    await publish(agency, *rows(3), a_row(Zaak="Z-4", BSN=a_wrong_number()))
    assert len(agency.index.shown()) == 4


async def test_nothing_is_gone_while_a_broken_row_may_be_any_case(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12))
    agency.write(*rows(11))
    text = agency.file.read_text()
    agency.file.write_text(text + "een;regel;met;te;weinig\n")
    done = await agency.publish()
    assert len(agency.index.shown()) == 12
    assert (done.counts.rejected, done.spared) == (1, 1)


async def test_a_row_that_slipped_is_any_case_though_it_has_a_number(
    agency: Agency,
) -> None:
    """Its number is none that anybody knows, and person and start are unreadable."""
    await publish(agency, *rows(12))
    slipped = a_row(Zaak="open", BSN="9901", Begin="TEAM")
    agency.write(*rows(11), slipped)
    await agency.publish()
    assert len(agency.index.shown()) == 12


async def test_a_new_case_that_is_rejected_keeps_nobody_elses_signal(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12))
    await publish(agency, *rows(11), a_row(Zaak="Z-77", BSN=a_wrong_number()))
    assert len(agency.index.shown()) == 11


async def test_a_case_that_says_that_it_ended_ends_whatever_is_rejected(
    agency: Agency,
) -> None:
    await publish(agency, *rows(12))
    agency.write(*rows(11), a_row(Zaak="Z-12", BSN=a_number(12), Stand="dicht"))
    agency.file.write_text(agency.file.read_text() + "te;weinig\n")
    await agency.publish()
    assert len(agency.index.shown()) == 11


async def test_most_of_a_file_rejected_is_not_heard(agency: Agency) -> None:
    agency.write(*rows(1))
    await agency.publish()
    bad = [each | {"BSN": a_wrong_number()} for each in rows(4)[1:]]
    agency.write(*rows(1), *bad)
    done = await agency.publish()
    assert done.hearing is Hearing.UNHEARD
    told = agency.index.state["deliveries"][str(done.id)]
    assert isinstance(told, dict)
    assert told["hearing"] == "unheard"
    assert len(agency.index.shown()) == 1


async def test_a_header_without_rows_is_heard(agency: Agency) -> None:
    agency.file.write_text(";".join(HEADER) + "\n")
    assert (await agency.publish()).hearing is Hearing.HEARD


async def test_an_ended_and_an_open_provision_do_not_hide_each_other(
    agency: Agency,
) -> None:
    old = a_row(Zaak="Z-1", Begin="2024-02-01", Stand="dicht")
    also_old = a_row(
        Zaak="Z-2",
        BSN=a_number(2),
        Begin="2024-02-01",
        Eind="2026-06-30",
        Stand="dicht",
    )
    await publish(
        agency,
        old,
        a_row(Zaak="Z-1", Begin="2026-06-01"),
        a_row(Zaak="Z-2", BSN=a_number(2), Begin="2026-06-01"),
        also_old,
        a_row(Zaak="Z-3", BSN=a_number(3)),
    )
    assert agency.index.shown() == shows(
        *((a_number(n), "bijstand") for n in (1, 2, 3))
    )
    assert agency.heard.rejects == []


async def test_two_open_provisions_of_a_case_are_two_signals_in_any_order(
    agency: Agency,
) -> None:
    first = a_row(Begin="2026-01-05")
    second = a_row(Begin="2026-06-01")
    for written in ((first, second), (second, first)):
        await publish(agency, *written)
        assert len(agency.index.shown_often()) == 2
    assert agency.index.state["gone"] == {}
    await publish(agency, second, first | {"Stand": "dicht"})
    assert len(agency.index.shown_often()) == 1
    assert len(agency.index.state["gone"]) == 1


async def test_one_provision_that_comes_beside_another_leaves_it_alone(
    agency: Agency,
) -> None:
    await publish(agency, a_row(Begin="2026-06-01"))
    (known,) = agency.index.state["signals"]
    await publish(agency, a_row(Begin="2026-01-05"), a_row(Begin="2026-06-01"))
    assert known in agency.index.state["signals"]
    assert len(agency.index.state["signals"]) == 2


async def test_a_corrected_start_is_a_newer_version(agency: Agency) -> None:
    await publish(agency, a_row(Begin="2026-01-05"))
    (known,) = agency.index.state["signals"]
    await publish(agency, a_row(Begin="2026-01-06"))
    assert list(agency.index.state["signals"]) == [known]


async def test_changes_alone_are_judged_as_well(agency: Agency) -> None:
    await publish(agency, *rows(12))
    agency.write(*rows(12, Stand="dicht"))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)


@pytest.mark.parametrize("said", ["approved", "dropped"])
async def test_changes_that_wait_are_answered_before_the_next_ones_go(
    agency: Agency, said: str
) -> None:
    """A newer file of changes does not say them again: it cannot take their place."""
    await publish(agency, *rows(20))
    ended = rows(8, Eind="2026-06-01")
    agency.write(*ended)
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
    agency.write(a_row(Zaak="Z-21", BSN=a_number(21)))
    with pytest.raises(ChangesWait, match="wacht nog op u"):
        await agency.publish(kind=DeliveryKind.DELTA)
    (held,) = waiting(agency)
    assert answer(agency, held, said)
    await agency.publish(kind=DeliveryKind.DELTA)
    assert len(agency.index.shown()) == (13 if said == "approved" else 21)


async def test_a_whole_file_takes_the_place_of_changes_that_wait(
    agency: Agency,
) -> None:
    await publish(agency, *rows(20))
    agency.write(*rows(8, Eind="2026-06-01"))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
    await publish(agency, *rows(19))
    assert len(agency.index.shown()) == 19
    assert waiting(agency) == []


OPT_IN = (
    PROFILE.replace('status = "Stand"', 'opt_in = "Stand"')
    .replace("[codes.status]", "[codes.opt_in]")
    .replace('opens = ["open"]\ncloses = ["dicht"]\nignores = ["aanvraag"]', "")
    .replace("[codes.opt_in]", '[codes.opt_in]\nyes = ["J"]\nno = ["N"]')
)


@pytest.mark.parametrize("kind", [DeliveryKind.FULL, DeliveryKind.DELTA])
@pytest.mark.parametrize("said", [{"Stand": "N"}, {"Stand": "N", "BSN": "slip"}])
async def test_a_partner_who_says_no_takes_nobody_elses_flag(
    tmp_path: Path, kind: DeliveryKind, said: dict[str, str]
) -> None:
    """Two persons under one number: the opt-in of each is of that one alone."""
    agency = an_agency(tmp_path, parse_profile(OPT_IN))
    both = [a_row(BSN=a_number(n), Stand="J") for n in (1, 2)]
    await publish(agency, *both)
    agency.write(both[0], both[1] | said)
    await agency.publish(kind=kind)
    assert agency.index.shown() == shows((a_number(1), "bijstand"))


@pytest.mark.parametrize("kind", [DeliveryKind.FULL, DeliveryKind.DELTA])
@pytest.mark.parametrize(
    "slip", [{"BSN": "123"}, {"Begin": ""}, {"BSN": "", "Begin": ""}]
)
async def test_a_slip_in_a_row_that_is_over_ends_nobody_elses_signal(
    agency: Agency, kind: DeliveryKind, slip: dict[str, str]
) -> None:
    """Three persons under one number; one is over, and written wrong."""
    three = [a_row(BSN=a_number(n)) for n in (1, 2, 3)]
    await publish(agency, *three)
    agency.write(*three[:2], three[2] | {"Stand": "dicht"} | slip)
    await agency.publish(kind=kind)
    left = [(a_number(n), "bijstand") for n in (1, 2)]
    assert agency.index.shown() == shows(*left)


async def test_a_row_that_is_over_alone_ends_all_of_its_number_in_changes(
    agency: Agency,
) -> None:
    """Nobody knows whose it was, and nothing says that another one is open."""
    await publish(agency, *(a_row(BSN=a_number(n)) for n in (1, 2)))
    agency.write(a_row(BSN="123", Stand="dicht"))
    await agency.publish(kind=DeliveryKind.DELTA)
    assert agency.index.shown() == set()
