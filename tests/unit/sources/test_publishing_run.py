"""A run as the agency sees it: what is sent, what is kept back, what is taken back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.notice import parse_signed_batch
from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.signals import Notice
from signal_index.wire.sources import SourceState
from sources.errors import (
    EvaluationStopped,
    OutboxBusy,
    OutboxKeyChanged,
    OutboxRefused,
)
from sources.events import LOG_NAME
from sources.outbox.standing import count_signals
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from tests.builders import anew
from tests.sources_builders import (
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import LATER, REGISTERED, SIGNER

pytestmark = pytest.mark.anyio


def ten_rows() -> list[dict[str, str]]:
    return [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 11)]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


@pytest.mark.parametrize("state", [SourceState.TRIAL, SourceState.LIVE])
async def test_of_a_source_in_trial_a_delivery_says_that_nobody_sees_it(
    agency: Agency, state: SourceState, caplog: pytest.LogCaptureFixture
) -> None:
    source = anew(REGISTERED.sources[0], state=state)
    agency.index.registration = anew(REGISTERED, sources=[source])
    agency.write(a_row())
    with caplog.at_level("INFO", logger=LOG_NAME):
        await agency.publish()
    assert ("source-in-trial" in caplog.text) == (state is SourceState.TRIAL)


async def test_an_open_case_is_shown(agency: Agency) -> None:
    agency.write(a_row())
    delivery = await agency.publish()
    assert agency.index.shown() == shows((a_number(1), "bijstand"))
    assert (delivery.counts.read, delivery.counts.accepted) == (1, 1)


async def test_what_is_signed_stands_in_no_order_of_the_file(agency: Agency) -> None:
    """The index keeps it: two kinds of one person would stand side by side."""
    agency.write(*ten_rows())
    await agency.publish()
    for token in agency.index.state["batches"].values():
        signed = parse_signed_batch(str(token), SIGNER, now=LATER)
        references = [
            one.reference for one in signed.notices if isinstance(one, Notice)
        ]
        assert len(references) == 10
        assert references == sorted(references)


async def test_an_unchanged_record_is_not_sent_again(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    delivery = await agency.publish()
    assert (delivery.counts.accepted, delivery.counts.unchanged) == (1, 1)
    assert agency.evaluator.asked == 2


async def test_a_delivery_is_closed_also_when_nothing_changed(agency: Agency) -> None:
    agency.write(a_row())
    first = await agency.publish()
    agency.now += timedelta(days=1)
    second = await agency.publish()
    assert len(agency.index.state["deliveries"]) == 2
    assert second.starts == first.ends
    assert second.counts.unchanged == 1


async def test_an_empty_file_still_closes_a_delivery(agency: Agency) -> None:
    agency.write(a_row(Stand="dicht"))
    await agency.publish()
    agency.write()
    delivery = await agency.publish()
    assert delivery.counts.read == 0
    assert len(agency.index.state["deliveries"]) == 2


async def test_a_changed_record_is_a_newer_version(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(Team="ANDER"))
    await agency.publish()
    (row,) = agency.index.state["signals"].values()
    assert isinstance(row, dict)
    assert row["version"] == 2
    assert len(agency.index.state["contacts"]) == 2


async def test_a_closed_case_is_withdrawn(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(Stand="dicht"))
    delivery = await agency.publish()
    assert agency.index.shown() == set()
    assert delivery.counts.withdrawn == 1


async def test_a_case_that_ended_in_the_past_was_never_told(agency: Agency) -> None:
    agency.write(a_row(Eind="2026-06-01"))
    delivery = await agency.publish()
    assert agency.index.shown() == set()
    assert delivery.counts.rejected == 0


async def test_an_announced_end_limits_the_signal(agency: Agency) -> None:
    agency.write(a_row(Eind="2026-12-05"))
    await agency.publish()
    (row,) = agency.index.state["signals"].values()
    assert isinstance(row, dict)
    assert row["validUntil"] == "2026-12-05"


async def test_a_case_gone_from_a_full_delivery_is_withdrawn(agency: Agency) -> None:
    rows = ten_rows()
    agency.write(*rows)
    await agency.publish()
    agency.write(*rows[2:])
    await agency.publish()
    assert len(agency.index.shown()) == 8


async def test_a_delta_withdraws_nothing_by_silence(agency: Agency) -> None:
    agency.write(*ten_rows())
    await agency.publish()
    agency.write(a_row(Zaak="Z-11", BSN=a_number(11)))
    await agency.publish(kind=DeliveryKind.DELTA)
    assert len(agency.index.shown()) == 11


async def test_a_mistyped_telephone_does_not_withdraw_a_signal(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(Telefoon="06-123"))
    delivery = await agency.publish()
    assert agency.index.shown() == shows((a_number(1), "bijstand"))
    assert delivery.counts.rejected == 1


async def test_another_person_in_a_case_is_another_signal(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(BSN=a_number(2)))
    await agency.publish(approve=True)
    assert agency.index.shown() == shows((a_number(2), "bijstand"))
    (gone,) = agency.index.state["gone"].values()
    assert gone == {"version": 2, "reason": "entered-in-error"}


async def test_a_double_record_counts_once_and_is_named(agency: Agency) -> None:
    agency.write(a_row(), a_row())
    delivery = await agency.publish()
    assert delivery.counts.accepted == 1
    assert [each.reason for each in agency.heard.rejects] == [Reason.DOUBLE_RECORD]
    assert agency.heard.rejects[0].place.line == 3


async def test_a_signal_is_confirmed_when_half_its_time_has_passed(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.now += timedelta(days=60)
    assert (await agency.publish()).counts.unchanged == 1
    agency.now += timedelta(days=90)
    assert (await agency.publish()).counts.accepted == 1


async def test_an_expired_signal_of_an_open_case_is_told_anew(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.index.state["signals"].clear()
    agency.now += timedelta(days=400)
    await agency.publish()
    assert len(agency.index.shown()) == 1


async def test_an_expired_signal_that_nobody_tells_again_is_forgotten(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.index.state["signals"].clear()
    agency.now += timedelta(days=400)
    agency.write()
    await agency.publish(kind=DeliveryKind.DELTA)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert count_signals(outbox) == 0


async def test_what_was_evaluated_is_published_when_the_budget_is_spent(
    agency: Agency,
) -> None:
    agency.evaluator.budget = 1_000
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 1_202)))
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    assert len(agency.index.shown()) == 1_000
    assert agency.index.state["deliveries"] == {}
    agency.evaluator.budget = 10**9
    await agency.publish()
    assert len(agency.index.shown()) == 1_201
    assert len(agency.index.state["deliveries"]) == 1


async def test_a_reopened_case_gets_a_new_reference(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    (before,) = agency.index.state["signals"]
    agency.write(a_row(Stand="dicht"))
    await agency.publish()
    agency.write(a_row(), a_row(Zaak="Z-2", Stand="aanvraag"))
    await agency.publish()
    (after,) = agency.index.state["signals"]
    assert before != after


async def test_another_profile_does_not_withdraw_this_ones_signals(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    named = agency.profile.model_copy(update={"name": "x", "beside": ("test",)})
    other = replace(agency, profile=named)
    other.write(a_row(Zaak="Z-2", BSN=a_number(2)))
    await other.publish()
    assert len(agency.index.shown()) == 2


async def test_two_runs_never_share_an_outbox(agency: Agency) -> None:
    key = OutboxKey(SECRET)
    with Outbox(agency.outbox_path, key), pytest.raises(OutboxBusy):
        Outbox(agency.outbox_path, key)


async def test_an_outbox_of_another_key_is_refused(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    with pytest.raises(OutboxKeyChanged):
        Outbox(agency.outbox_path, OutboxKey(bytes(32)))


async def test_a_file_that_is_no_outbox_is_refused(agency: Agency) -> None:
    agency.outbox_path.write_bytes(b"x" * 5_000)
    for _ in range(2):
        with pytest.raises(OutboxRefused, match="beschadigd"):
            Outbox(agency.outbox_path, OutboxKey(SECRET))


@pytest.mark.parametrize(("before", "after", "told"), [(24, 6, 0), (6, 24, 2)])
async def test_another_validity_counts_below_half_of_it_or_with_a_change(
    tmp_path: Path, before: int, after: int, told: int
) -> None:
    """As docs/connect-a-source.md says of `valid_months`."""
    agency = an_agency(tmp_path, a_profile(valid_months=str(before)))
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    agency.profile = a_profile(valid_months=str(after))
    assert (await agency.publish()).counts.accepted == told
    agency.write(a_row(Team="ANDER"), a_row(Zaak="Z-2", BSN=a_number(2)))
    assert (await agency.publish()).counts.accepted == 1
