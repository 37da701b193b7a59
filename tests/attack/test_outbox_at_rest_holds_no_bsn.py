"""Whoever copies an agency's outbox learns no BSN, no case number and no pseudonym."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from keys.bsn import parse_bsn
from sources.errors import EvaluationStopped, OutboxKeyChanged
from sources.outbox.deliveries import find_unfinished
from sources.outbox.evaluated import find_evaluated
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox.work import find_sealed
from sources.outbox_key import OutboxKey
from tests.sources_builders import (
    SECRET,
    TODAY,
    Agency,
    a_number,
    a_row,
    an_agency,
)
from tests.sources_parties import Died, pseudonym_of

pytestmark = pytest.mark.anyio
COUNT = 30


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    made.write(
        *(a_row(Zaak=f"GEHEIM-{n}", BSN=a_number(n)) for n in range(1, COUNT + 1))
    )
    return made


def found_in(folder: Path) -> list[str]:
    """Whatever of the persons stands readable in the outbox's files."""
    data = b"".join(path.read_bytes() for path in folder.glob("outbox.sqlite*"))
    marks = [b"GEHEIM"]
    for number in range(1, COUNT + 1):
        digits = a_number(number)
        marks += [digits.encode(), int(digits).to_bytes(4, "big")]
        marks += [pseudonym_of(digits).encoded]
    return [mark.hex() for mark in marks if mark in data]


def under_way(outbox: Outbox) -> UUID:
    """The one delivery that is not finished."""
    (one,) = find_unfinished(outbox)
    return one.id


@pytest.mark.parametrize(
    "step",
    ["stage", "plan", "keep-evaluated", "evaluate", "assign-batch", "settle-batch"],
)
async def test_no_step_writes_a_person_readably(agency: Agency, step: Step) -> None:
    looked: list[list[str]] = []

    def look(at: Step, moment: Moment) -> None:
        if (at, moment) == (step, "after"):
            looked.append(found_in(agency.folder))

    await agency.publish(observer=look)
    assert looked
    assert all(found == [] for found in looked)


async def test_a_bsn_is_gone_as_soon_as_it_is_evaluated(agency: Agency) -> None:
    def look(at: Step, moment: Moment) -> None:
        if (at, moment) == ("assign-batch", "before"):
            raise Died

    with pytest.raises(Died):
        await agency.publish(observer=look)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert find_sealed(outbox, under_way(outbox), after=0, limit=COUNT) == []


async def test_a_bsn_waits_only_while_it_is_not_evaluated(agency: Agency) -> None:
    agency.evaluator.budget = 0
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        waiting = find_sealed(outbox, under_way(outbox), after=0, limit=COUNT)
        assert len(waiting) == COUNT
    assert found_in(agency.folder) == []


async def test_a_sealed_bsn_does_not_open_in_another_row(agency: Agency) -> None:
    """Swapping two rows would tell one person's signal about another."""
    agency.evaluator.budget = 0
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        outbox.connection.execute(
            "UPDATE work SET sealed = (SELECT sealed FROM work WHERE id = 2)"
            " WHERE id = 1"
        )
        with pytest.raises(OutboxKeyChanged):
            find_sealed(outbox, under_way(outbox), after=0, limit=COUNT)


async def test_a_kept_pseudonym_does_not_open_in_another_row(agency: Agency) -> None:
    """Swapping two rows would tell one person's signal about another."""
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        outbox.connection.execute(
            "UPDATE evaluated SET sealed = (SELECT sealed FROM evaluated LIMIT 1)"
        )
        numbers = [parse_bsn(a_number(n)) for n in range(1, COUNT + 1)]
        with pytest.raises(OutboxKeyChanged):
            find_evaluated(outbox, numbers, 1, today=TODAY)


@pytest.mark.parametrize("new", [0, 1])
async def test_a_kept_pseudonym_is_gone_after_a_week(agency: Agency, new: int) -> None:
    """Also where nobody new is asked about: the same file comes every day."""
    await agency.publish()
    agency.now += timedelta(days=8)
    if new:
        agency.write(a_row(Zaak="Z-99", BSN=a_number(COUNT + 1)))
    await agency.publish(approve=True)
    assert count_kept(agency) == new


def count_kept(agency: Agency) -> int:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        kept = outbox.connection.execute("SELECT count(*) FROM evaluated").fetchone()
        return int(kept[0])


async def test_the_file_is_its_owners_alone(agency: Agency) -> None:
    await agency.publish()
    assert agency.outbox_path.stat().st_mode & 0o077 == 0


async def test_marks_of_two_agencies_do_not_match() -> None:
    """Nobody can compare two agencies' outboxes to find who is in both."""
    digits = a_number(1)
    one = OutboxKey(SECRET).mark("natural", "profile", digits, "2026-01-05")
    two = OutboxKey(bytes(32)).mark("natural", "profile", digits, "2026-01-05")
    assert one != two
