"""An outbox of before deliveries were held goes on, with what it told."""

import sqlite3
from pathlib import Path

import pytest

from sources.outbox.schema import STEPS
from tests.sources_builders import Agency, a_number, a_row, an_agency, shows

pytestmark = pytest.mark.anyio
BEFORE = 5  # steps, of which the last knew no parts of a case


async def make_older(agency: Agency) -> None:
    """Put what an agency told into an outbox as it was before that step."""
    path = agency.outbox_path
    newer = path.with_name("newer.sqlite")
    path.rename(newer)
    older = sqlite3.connect(path, isolation_level=None)
    older.executescript("".join(STEPS[:BEFORE]))
    older.execute("ATTACH ? AS newer", (str(newer),))
    for table in ("meta", "delivery", "contact", "signal", "reject"):
        names = [row[1] for row in older.execute(f"PRAGMA main.table_info({table})")]
        listed = ", ".join(names)
        older.execute(
            f"INSERT INTO main.{table} SELECT {listed} FROM newer.{table}"  # noqa: S608 - our own names
        )
    older.execute(f"PRAGMA user_version = {BEFORE}")
    older.close()


async def test_what_was_told_before_is_known_and_not_told_again(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 5)]
    agency.write(*rows)
    await agency.publish()
    references = set(agency.index.state["signals"])
    await make_older(agency)
    agency.write(*rows[:3], a_row(Zaak="Z-5", BSN=a_number(5)))
    done = await agency.publish()
    assert (done.counts.accepted, done.counts.unchanged) == (1, 3)
    assert done.counts.withdrawn == 1
    assert len(references & set(agency.index.state["signals"])) == 3
    told = [(a_number(n), "bijstand") for n in (1, 2, 3, 5)]
    assert agency.index.shown() == shows(*told)
    agency.write(*rows[:3], a_row(Zaak="Z-5", BSN=a_number(5)), a_row(Zaak="Z-6"))
    assert (await agency.publish()).counts.unchanged == 4


async def test_what_was_told_before_learns_which_part_it_is(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    await make_older(agency)
    await agency.publish()
    with sqlite3.connect(agency.outbox_path) as outbox:
        query = "SELECT count(*) FROM signal WHERE part = x''"
        (left,) = outbox.execute(query).fetchone()
    outbox.close()
    assert left == 0
