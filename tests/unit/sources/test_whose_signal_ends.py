"""Rejected records and provisions of one number: nobody else's signal ends."""

from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind, Hearing
from sources.profile import parse_profile
from sources.reasons import Reason
from tests.held_builders import answer, hold, publish, rows
from tests.sources_builders import (
    PROFILE,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
    an_agency,
    shows,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


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


async def test_a_header_without_rows_is_heard_when_somebody_says_so(
    agency: Agency,
) -> None:
    assert answer(agency, await hold(agency), "approved")
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


@pytest.mark.parametrize(
    "corrected",
    [
        {"BSN": a_number(9)},
        {"Begin": "2026-02-02"},
        {"BSN": a_number(9), "Begin": "2026-02-02"},
    ],
    ids=["person", "start", "both"],
)
async def test_a_row_that_is_over_and_corrected_ends_what_it_corrects(
    agency: Agency, corrected: dict[str, str]
) -> None:
    """Of changes no later file says that it is over: the flag would stay."""
    await publish(agency, *rows(3))
    agency.write(a_row(Zaak="Z-2", BSN=a_number(2), Stand="dicht") | corrected)
    done = await agency.publish(kind=DeliveryKind.DELTA)
    assert (done.counts.withdrawn, done.counts.rejected) == (1, 0)
    assert agency.index.shown() == shows(*((a_number(n), "bijstand") for n in (1, 3)))


async def test_a_corrected_start_ends_the_provision_of_that_person(
    agency: Agency,
) -> None:
    await publish(agency, *(a_row(BSN=a_number(n)) for n in (1, 2)))
    agency.write(a_row(BSN=a_number(2), Begin="2026-02-02", Stand="dicht"))
    await agency.publish(kind=DeliveryKind.DELTA)
    assert agency.index.shown() == shows((a_number(1), "bijstand"))


async def test_a_row_that_is_over_for_nobody_we_know_is_said(agency: Agency) -> None:
    """Two persons under the number, and it names a third: whose flag is it about?"""
    await publish(agency, *(a_row(BSN=a_number(n)) for n in (1, 2)))
    agency.write(a_row(BSN=a_number(9), Stand="dicht"))
    done = await agency.publish(kind=DeliveryKind.DELTA)
    assert (done.counts.rejected, done.ended) == (1, 0)
    (reject,) = agency.heard.rejects
    assert (reject.reason, reject.place.line) == (Reason.CLOSING_UNCLEAR, 2)
    assert len(agency.index.shown()) == 2


async def test_a_row_that_is_over_beside_the_open_one_ends_the_other(
    agency: Agency,
) -> None:
    await publish(agency, *(a_row(BSN=a_number(n)) for n in (1, 2)))
    over = a_row(BSN=a_number(9), Stand="dicht")
    agency.write(a_row(BSN=a_number(1)), over)
    await agency.publish(kind=DeliveryKind.DELTA)
    assert agency.index.shown() == shows((a_number(1), "bijstand"))
