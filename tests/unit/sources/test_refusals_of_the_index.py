"""What the index refuses, and what becomes of it at the agency."""

from pathlib import Path

import pytest

from sources.errors import IndexRefused
from sources.reasons import Reason
from tests.sources_builders import Agency, a_number, a_row, an_agency

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


async def test_a_refusal_of_the_index_is_a_reject_and_tried_again(
    agency: Agency,
) -> None:
    agency.index.refuse = lambda notice: (
        "category-not-established" if notice.municipality == "9902" else ""
    )
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2), Gemeente="9902"))
    delivery = await agency.publish()
    assert (delivery.counts.accepted, delivery.counts.rejected) == (1, 1)
    assert [each.reason for each in agency.heard.rejects] == [Reason.REFUSED_CATEGORY]
    agency.index.refuse = lambda _: ""
    await agency.publish()
    assert len(agency.index.shown()) == 2


async def test_a_contact_holder_the_index_refuses_rejects_its_signals(
    agency: Agency,
) -> None:
    agency.index.takes_contacts = False
    agency.write(a_row())
    delivery = await agency.publish()
    assert delivery.counts.rejected == 1
    assert [each.reason for each in agency.heard.rejects] == [Reason.REFUSED_CONTACT]
    agency.index.takes_contacts = True
    await agency.publish()
    assert len(agency.index.shown()) == 1


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("function", "functie van de contactpersoon"),
        ("deputy.function", "functie van de vervanger"),
        ("contactHolder.lastVerified", "dag waarop het nummer is nagegaan"),
        ("somethingElse", "contactpersoon"),
        ("", "contactpersoon"),
    ],
)
async def test_what_of_a_contact_holder_is_refused_stands_in_the_file_of_rejects(
    agency: Agency, field: str, told: str
) -> None:
    agency.index.takes_contacts, agency.index.refused_field = False, field
    agency.write(a_row())
    await agency.publish()
    (reject,) = agency.heard.rejects
    assert reject.field.startswith(told)


async def test_signals_of_a_key_that_is_gone_go_with_the_next_delivery(
    agency: Agency,
) -> None:
    agency.index.problem = "stale-key-version"
    agency.write(a_row())
    delivery = await agency.publish()
    assert delivery.counts.rejected == 1
    assert [each.reason for each in agency.heard.rejects] == [Reason.REFUSED_STALE]
    agency.index.problem = ""
    await agency.publish()
    assert len(agency.index.shown()) == 1


@pytest.mark.parametrize("problem", ["caller-suspended", "signature-invalid"])
async def test_a_batch_refused_whole_waits_for_the_next_run(
    agency: Agency, problem: str
) -> None:
    agency.index.problem = problem
    agency.write(a_row())
    with pytest.raises(IndexRefused):
        await agency.publish()
    agency.index.problem = ""
    delivery = await agency.publish()
    assert delivery.counts.accepted == 1
    assert agency.evaluator.asked == 1


async def test_silence_about_an_item_is_not_an_answer(agency: Agency) -> None:
    agency.index.silent = True
    agency.write(a_row())
    with pytest.raises(IndexRefused, match="incomplete-answer"):
        await agency.publish()
    assert agency.index.state["deliveries"] == {}


async def test_a_signal_the_index_no_longer_has_is_forgotten(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.index.state["signals"].clear()
    agency.write(a_row(Stand="dicht"))
    delivery = await agency.publish()
    assert (delivery.counts.rejected, delivery.counts.withdrawn) == (0, 0)
    assert (await agency.publish()).counts.withdrawn == 0


async def test_a_case_that_another_took_over_is_a_reject_and_no_second_flag(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    told = dict(agency.index.state["signals"])
    agency.index.refuse = lambda _: "signal-transferred"
    agency.write(a_row(Eind="2027-02-02"))
    delivery = await agency.publish()
    assert [each.reason for each in agency.heard.rejects] == [Reason.TRANSFERRED]
    assert delivery.counts.rejected == 1
    agency.index.refuse = lambda _: ""
    agency.write(a_row(Eind="2027-02-03"))
    await agency.publish()
    assert agency.index.state["signals"].keys() == told.keys()  # no new reference
