"""The agent goes on with other feeds while key holders do not evaluate."""

from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.parking import find_parked
from tests.agent_office import Office, a_feed, a_file, an_office, shown
from tests.connector_formats import Record, write_csv
from tests.sources_builders import PROFILE, a_number

pytestmark = pytest.mark.anyio


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An agency with two feeds of changes, each with a profile of its own."""
    made = an_office(tmp_path)
    second = PROFILE.replace('name = "test"', 'name = "x"\nbeside = ["test"]')
    (tmp_path / "second.toml").write_text(second)
    kind = DeliveryKind.DELTA.value
    own = a_feed(tmp_path, kind=kind)
    folder = tmp_path / "wmo"
    other = a_feed(tmp_path, "second.toml", name="wmo", folder=folder, kind=kind)
    made.employ(own, other)
    return made


def put_other(office: Office, name: str, data: bytes) -> None:
    (office.root / "wmo" / "inbox" / name).write_bytes(data)


async def test_what_one_feed_ends_does_not_wait_behind_anothers_budget(
    office: Office,
) -> None:
    office.put("a.csv", a_file(9))
    put_other(office, "a.csv", a_file(1, 2))
    await office.work()
    assert office.index.shown() == shown(1, 2, 9)
    office.evaluator.budget = office.evaluator.asked
    seen: list[tuple[set[tuple[str, str]], int]] = []

    def look() -> None:
        seen.append((office.index.shown(), len(find_parked(office.outbox))))
        if len(seen) == 2:
            office.evaluator.budget = 10**9

    office.slept = look
    office.put("new.csv", a_file(30))
    over = Record(number="Z-1", bsn=a_number(1), ended=True)
    put_other(office, "b.csv", write_csv([over]))
    await office.work()
    assert seen[0] == (shown(2, 9), 1), "it is withdrawn before anybody waits"
    assert office.index.shown() == shown(2, 9, 30)
    assert find_parked(office.outbox) == []
    assert len(office.files("done")) == 2
