"""What the index takes of nobody is refused before a holder or the index is asked."""

from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import NotRegistered
from sources.foreseeing import Foreseen, foresee, open_copy
from sources.intake.files import FileIntake
from sources.outbox.awaited import find_awaited
from sources.outbox.deliveries import find_newest
from sources.outbox.store import Outbox
from sources.outbox.takes import Taken
from sources.outbox_key import OutboxKey
from sources.publisher.admission import list_taken
from sources.publisher.task import Task
from sources.reasons import Reason
from tests.builders import anew
from tests.held_builders import publish, rows
from tests.sources_builders import (
    NOW,
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import OIN, REGISTERED, FakeIndex

pytestmark = pytest.mark.anyio
SOURCE = REGISTERED.sources[0]
FULL = DeliveryKind.FULL
ELSEWHERE = {"Gemeente": "9902"}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    """The index takes of this source only what is of the first municipality."""
    made = an_agency(tmp_path)
    close(made.index)
    return made


def close(index: FakeIndex, place: str = "9902") -> None:
    closed = [anew(x, mayPublish=x.municipality != place) for x in SOURCE.coverage]
    index.registration = anew(REGISTERED, sources=[anew(SOURCE, coverage=closed)])


def shown(*which: int) -> set[tuple[str, str]]:
    return shows(*((a_number(n), "bijstand") for n in which))


async def test_a_first_file_of_nothing_that_is_taken_is_refused_whole(
    agency: Agency,
) -> None:
    agency.write(*rows(4, **ELSEWHERE))
    with pytest.raises(NotRegistered, match="elke zaak is van soort signaal bijstand"):
        await agency.publish()
    assert (agency.evaluator.asked, agency.index.state["deliveries"]) == (0, {})
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert not find_newest(outbox, limit=1)


async def test_of_a_first_file_what_is_taken_goes(agency: Agency) -> None:
    agency.write(*rows(4), a_row(Zaak="Z-9", BSN=a_number(9), **ELSEWHERE))
    done = await agency.publish()
    assert (done.counts.accepted, done.counts.rejected) == (4, 1)
    assert agency.evaluator.asked == 4, "nobody is evaluated who cannot be told"
    (reject,) = agency.heard.rejects
    assert (reject.reason, reject.place.line) == (Reason.REFUSED_CATEGORY, 6)


async def test_what_ended_is_withdrawn_also_where_nothing_new_is_taken(
    agency: Agency,
) -> None:
    await publish(agency, *rows(4))
    close(agency.index, "9901")
    agency.write(*rows(3), a_row(Zaak="Z-9", BSN=a_number(9)))
    done = await agency.publish()
    assert (done.counts.withdrawn, done.counts.rejected) == (1, 1)
    assert agency.index.shown() == shown(1, 2, 3)


async def test_a_person_who_was_the_wrong_one_loses_the_flag_all_the_same(
    agency: Agency,
) -> None:
    await publish(agency, *rows(4))
    close(agency.index, "9901")
    agency.write(*rows(3), a_row(Zaak="Z-4", BSN=a_number(20)))
    await agency.publish(approve=True)
    assert agency.index.shown() == shown(1, 2, 3)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (one,) = find_awaited(outbox)
    assert (one.name, one.reason) == ("Z-4", Reason.REFUSED_CATEGORY)


async def test_what_is_refused_goes_once_it_is_taken(agency: Agency) -> None:
    agency.write(*rows(2), a_row(Zaak="Z-9", BSN=a_number(9), **ELSEWHERE))
    await agency.publish()
    agency.index.registration = REGISTERED
    done = await agency.publish()
    assert (done.counts.accepted, done.counts.rejected) == (1, 0)


@pytest.mark.parametrize(
    ("which", "reason"),
    [
        (("bijstand", "9901"), None),
        (("bijstand", "9902"), Reason.REFUSED_CATEGORY),
        (("bijstand", "0363"), Reason.REFUSED_UNREGISTERED_PLACE),
        (("wmo", "9901"), Reason.REFUSED_UNREGISTERED_CATEGORY),
    ],
)
def test_each_refusal_says_whom_to_ask(
    agency: Agency, which: tuple[str, str], reason: Reason | None
) -> None:
    taken = list_taken(agency.index.registration, OIN)
    assert taken is not None
    assert taken.find_refusal(*which) is reason


def test_of_a_source_that_the_index_does_not_know_it_is_asked_itself() -> None:
    known = anew(REGISTERED, sources=[anew(SOURCE, active=False)])
    assert list_taken(known, OIN) is None


def foreseen(agency: Agency) -> Foreseen:
    takes = list_taken(agency.index.registration, OIN)
    assert isinstance(takes, Taken)
    with open_copy(None, None) as outbox:
        task = Task(FileIntake(agency.file, agency.profile), agency.profile, FULL)
        return foresee(outbox, task, now=NOW, told=lambda _: None, takes=takes)


def test_a_check_foresees_both(agency: Agency) -> None:
    agency.write(*rows(4, **ELSEWHERE))
    whole = foreseen(agency)
    assert "elke zaak is van soort signaal bijstand" in whole.refused
    assert whole.sends == {"bijstand": 4}, "the file is judged all the same"
    agency.write(*rows(4), a_row(Zaak="Z-9", BSN=a_number(9), **ELSEWHERE))
    part = foreseen(agency)
    assert (part.refused, part.sends) == ("", {"bijstand": 4})
    assert part.delivery.counts.rejected == 1
