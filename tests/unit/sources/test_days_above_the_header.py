"""A file is as old as the one day above its header says."""

from datetime import date
from pathlib import Path

import pytest

from sources.errors import DeliveryHeld
from sources.judging.rules import Doubt
from tests.held_builders import rows, waiting
from tests.sources_builders import Agency, an_agency

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


@pytest.mark.parametrize(
    "title", ["Uitgedraaid op {:%d-%m-%Y}", "Lijst;{:%Y-%m-%d};08:15", "{:%d.%m.%Y}"]
)
async def test_a_file_whose_title_says_that_it_is_older_is_asked_about(
    agency: Agency, title: str
) -> None:
    """One case that ends by it would be a flag lost, and no bound is that low."""

    async def deliver(day: int, count: int) -> None:
        agency.write(*rows(count))
        body = agency.file.read_text("utf-8")
        said = title.format(date(2026, 11, day))
        agency.file.write_text(f"{said}\n\n{body}", "utf-8")
        await agency.publish()

    await deliver(20, 40)
    with pytest.raises(DeliveryHeld):
        await deliver(19, 39)
    (held,) = waiting(agency)
    assert [finding.doubt for finding in held.findings] == [Doubt.OLDER_FILE]
    await deliver(21, 39)
    assert len(agency.index.shown()) == 39


async def test_a_period_above_the_header_does_not_say_when_a_file_was_made(
    agency: Agency,
) -> None:
    for months, count in (
        ("01-02-2026 t/m 30-11-2026", 40),
        ("1-1-2026 - 1-7-2026", 39),
    ):
        agency.write(*rows(count))
        body = agency.file.read_text("utf-8")
        agency.file.write_text(f"Periode {months}\n{body}", "utf-8")
        await agency.publish()
    assert len(agency.index.shown()) == 39
