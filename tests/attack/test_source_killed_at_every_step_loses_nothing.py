"""Kill -9 at every step: nothing is lost, nothing is doubled.

Each row of the table is one commit of a run, killed just before or just after it; a
real child process is killed with SIGKILL, then the same command runs again.
"""

import os
import signal
from functools import partial
from pathlib import Path

import anyio
import pytest

from sources.outbox.store import Moment, Step
from tests.sources_builders import (
    Agency,
    a_number,
    a_profile,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import FakeEvaluator, FakeIndex

FIRST_RUN: tuple[Step, ...] = (
    "mend",  # which codes the index allows
    "forget",
    "open-delivery",
    "stage",
    "plan",
    "send-contact",
    "keep-evaluated",
    "evaluate",
    "assign-batch",
    "settle-batch",
    "close-delivery",
)
POINTS = [(step, moment) for step in FIRST_RUN for moment in ("before", "after")]
RUNS = ("first", "second")


def an_agency_on_disk(folder: Path) -> Agency:
    """An agency whose index outlives a killed process."""
    index = FakeIndex(folder / "index.json")
    return Agency(folder, a_profile(), index, FakeEvaluator())


def write_first(agency: Agency) -> None:
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 12)))


def write_second(agency: Agency) -> None:
    """One closed, one gone, one changed, one of another person, one new."""
    agency.write(
        a_row(Zaak="Z-1", BSN=a_number(1), Stand="dicht"),
        a_row(Zaak="Z-3", BSN=a_number(3), Team="ANDER"),
        a_row(Zaak="Z-4", BSN=a_number(40)),
        *(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(5, 13)),
    )


WRITERS = {"first": write_first, "second": write_second}
SHOWN = {
    "first": shows(*((a_number(n), "bijstand") for n in range(1, 12))),
    "second": shows(*((a_number(n), "bijstand") for n in (3, 40, *range(5, 13)))),
}


def run_killed(folder: Path, step: Step, moment: Moment) -> int:
    """Publish in a child that is killed at a point; gives how the child ended."""
    child = os.fork()
    if child == 0:

        def observer(at: Step, when: Moment) -> None:
            if (at, when) == (step, moment):
                os.kill(os.getpid(), signal.SIGKILL)

        async def publish() -> None:
            agency = an_agency_on_disk(folder)
            await agency.publish(observer=observer, approve=True)

        anyio.run(publish)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def prepare(folder: Path, which: str) -> None:
    """Bring an agency to just before the run that is killed."""
    agency = an_agency_on_disk(folder)
    if which == "second":
        write_first(agency)
        anyio.run(agency.publish)
    WRITERS[which](an_agency_on_disk(folder))


@pytest.mark.parametrize("which", RUNS)
@pytest.mark.parametrize(("step", "moment"), POINTS)
def test_a_killed_run_loses_and_doubles_nothing(
    tmp_path: Path, which: str, step: Step, moment: Moment
) -> None:
    prepare(tmp_path, which)
    ended = run_killed(tmp_path, step, moment)
    assert os.WIFSIGNALED(ended), "the step was never reached"
    assert os.WTERMSIG(ended) == signal.SIGKILL
    agency = an_agency_on_disk(tmp_path)
    anyio.run(partial(agency.publish, approve=True))
    assert agency.index.shown() == SHOWN[which]
    assert len(agency.index.shown_often()) == len(SHOWN[which])


@pytest.mark.parametrize(("step", "moment"), POINTS)
def test_a_killed_run_leaves_no_signal_behind_that_it_forgot(
    tmp_path: Path, step: Step, moment: Moment
) -> None:
    """What the killed run told, the next full delivery can still take back."""
    prepare(tmp_path, "first")
    run_killed(tmp_path, step, moment)
    agency = an_agency_on_disk(tmp_path)
    agency.write(a_row(Zaak="Z-99", BSN=a_number(99)))

    async def publish_and_confirm() -> None:
        await agency.publish(approve=True)

    anyio.run(publish_and_confirm)
    assert agency.index.shown() == shows((a_number(99), "bijstand"))


@pytest.mark.anyio
async def test_the_table_names_every_step_of_a_run(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    write_first(agency)
    seen: list[Step] = []
    await agency.publish(observer=lambda step, _: seen.append(step))
    assert set(seen) == set(FIRST_RUN)
