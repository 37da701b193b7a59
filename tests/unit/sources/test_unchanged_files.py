"""A file that was delivered before is not read again, unless something hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from signal_index.wire.reconciling import MarkedSignal
from sources.outbox.standing import tell_again
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.sources_builders import (
    SECRET,
    Agency,
    Heard,
    a_number,
    a_profile,
    a_row,
    an_agency,
)

Change = Callable[[list[dict[str, str]]], list[dict[str, str]]]

pytestmark = pytest.mark.anyio


@dataclass
class Counting(Heard):
    """Counts the rows that were read."""

    rows: int = 0

    def read(self, count: int) -> None:
        self.rows += count


def deliver_to(folder: Path, *rows: dict[str, str]) -> Agency:
    agency = an_agency(folder)
    agency.heard = Counting()
    agency.write(*(rows or (a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))))
    return agency


async def publish_again(agency: Agency) -> tuple[int, int]:
    """Publish, and give how many rows were read and how many were unchanged."""
    heard = Counting()
    agency.heard = heard
    delivery = await agency.publish(approve=True)
    return heard.rows, delivery.counts.unchanged


async def test_the_same_file_is_recognised_and_its_delivery_closed(
    tmp_path: Path,
) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    agency.now += timedelta(days=1)
    assert await publish_again(agency) == (0, 2)
    assert len(agency.index.state["deliveries"]) == 2


async def test_its_rejects_stand_in_the_new_rejects_file_too(tmp_path: Path) -> None:
    wrong = a_row(Zaak="Z-3", BSN="123456789")
    agency = deliver_to(tmp_path, a_row(), wrong)
    await agency.publish()
    await publish_again(agency)
    assert [reject.reason.value for reject in agency.heard.rejects] == ["bsn-invalid"]


async def test_after_a_week_it_is_read_again_whatever_it_says(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    agency.now += timedelta(days=6)
    assert await publish_again(agency) == (0, 2)
    agency.now += timedelta(days=2)
    assert await publish_again(agency) == (2, 2)


async def test_an_end_that_comes_is_not_slept_through(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path, a_row(), a_row(Zaak="Z-2", Eind="2026-11-25"))
    await agency.publish()
    agency.now += timedelta(days=2)
    assert (await publish_again(agency))[0] == 0
    agency.now += timedelta(days=3)
    assert await publish_again(agency) == (2, 1)  # the other ended at the index itself


async def test_a_day_in_the_future_is_waited_for_by_reading(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path, a_row(), a_row(Zaak="Z-2", Begin="2026-11-24"))
    await agency.publish()
    agency.now += timedelta(days=3)
    assert (await publish_again(agency))[0] == 2
    assert len(agency.index.shown_often()) == 2


async def test_what_the_index_refused_is_tried_again(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    agency.index.refuse = lambda _: "category-not-established"
    await agency.publish()
    agency.index.refuse = lambda _: ""
    assert (await publish_again(agency))[0] == 2
    assert len(agency.index.shown_often()) == 2


async def test_another_profile_reads_the_file_anew(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    agency.profile = a_profile(valid_months="6")
    assert (await publish_again(agency))[0] == 2


async def test_what_a_comparison_found_missing_is_told_again(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    agency.index.lose_one()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        rows = outbox.connection.execute("SELECT reference, version FROM signal")
        known = [(UUID(row["reference"]), row["version"]) for row in rows]
        tell_again(outbox, [MarkedSignal(reference=r, version=v) for r, v in known])
    assert (await publish_again(agency))[0] == 2


async def test_one_other_byte_is_another_file(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(3)))
    assert (await publish_again(agency))[0] == 2


async def test_the_same_rows_in_another_order_are_recognised(tmp_path: Path) -> None:
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 6)]
    agency = deliver_to(tmp_path, *rows)
    await agency.publish()
    agency.write(*reversed(rows))
    assert await publish_again(agency) == (0, 5)
    agency.write(*rows[2:], *rows[:2])
    assert await publish_again(agency) == (0, 5)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [*rows[1:], rows[1]],
        lambda rows: rows[1:],
        lambda rows: [*rows, rows[0]],
        lambda rows: [rows[0] | {"BSN": rows[1]["BSN"]}, *rows[1:]],
    ],
    ids=["one for another", "one gone", "one twice", "a person of another row"],
)
async def test_other_rows_are_read(tmp_path: Path, change: Change) -> None:
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 6)]
    agency = deliver_to(tmp_path, *rows)
    await agency.publish()
    changed = change(rows)
    agency.write(*changed)
    assert (await publish_again(agency))[0] == len(changed)


async def test_a_reject_names_its_own_line_in_another_order(tmp_path: Path) -> None:
    wrong = a_row(Zaak="Z-3", BSN="123456789")
    agency = deliver_to(tmp_path, a_row(), wrong)
    await agency.publish()
    agency.write(wrong, a_row())
    assert (await publish_again(agency))[0] == 2
    assert [reject.place.line for reject in agency.heard.rejects] == [2]


async def test_another_heading_over_the_same_rows_is_read(tmp_path: Path) -> None:
    agency = deliver_to(tmp_path)
    await agency.publish()
    header, *rows = agency.file.read_text().splitlines(keepends=True)
    agency.file.write_text("".join([header.upper(), *rows]))
    assert (await publish_again(agency))[0] == 2


async def test_where_a_line_is_no_row_the_order_counts(tmp_path: Path) -> None:
    quoted = a_row(Zaak='"Z-2"', BSN=a_number(2))
    agency = deliver_to(tmp_path, a_row(), quoted)
    await agency.publish()
    agency.write(quoted, a_row())
    assert (await publish_again(agency))[0] == 2
