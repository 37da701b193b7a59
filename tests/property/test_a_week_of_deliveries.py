"""A week at an agency, with every kind of bad luck: in the end both sides are equal.

Each day has a file of that day's cases and perhaps a failure: the process dies, the
holders' budget is spent, the index is silent, refuses everything, answers into the
void, has lost a row or ended one by itself, the clock is ahead, the outbox lost a row
or is put back as it was in the morning.
Then one quiet day: deliver, reconcile, deliver what that asks for, reconcile. Where
neither side lost what it knew, the first delivery alone makes them equal.
"""

import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import anyio
from hypothesis import example, given
from hypothesis import strategies as st

from keys.municipality import MunicipalityCode
from signal_index.wire.reconciling import ReconcilingScope
from signal_index.wire.values import Slug
from sources.clock import day_of
from sources.errors import OutboxOutdated, PublishingStopped
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox_key import OutboxKey
from sources.publisher.pipeline import Sender
from sources.reconciling import Reconciled, reconcile
from tests.sources_builders import SECRET, Agency, a_number, a_row, an_agency, shows
from tests.sources_parties import NOTICE_KEY, OIN, Died

STEPS: tuple[Step, ...] = ("stage", "plan", "evaluate", "assign-batch", "settle-batch")
Trouble = str | tuple[Step, Moment]
Day = tuple[list[tuple[int, int, str]], Trouble]
BAD_LUCK = (
    "none",
    "no-run",
    "no-budget",
    "silent",
    "refused",
    "clock-ahead",
    "answers-lost",
)
LOSSES = ("index-loses", "index-ends", "outbox-loses", "outbox-put-back")

case = st.tuples(
    st.integers(0, 6), st.integers(0, 3), st.sampled_from(("open", "open", "dicht"))
)
trouble = st.sampled_from((*BAD_LUCK, *LOSSES)) | st.tuples(
    st.sampled_from(STEPS), st.sampled_from(("before", "after"))
)
day = st.tuples(st.lists(case, max_size=6, unique_by=lambda each: each[0]), trouble)


async def live_a_week(folder: Path, week: list[Day]) -> None:
    agency = an_agency(folder)
    cases: list[tuple[int, int, str]] = []
    for cases, trouble in week:
        agency.now += timedelta(days=1)
        agency.write(
            *(
                a_row(Zaak=f"Z-{number}", BSN=a_number(person), Stand=state)
                for number, person, state in cases
            )
        )
        await live_a_day(agency, trouble)
    right = sorted(
        (n, "bijstand")
        for _, person, state in cases
        if state == "open"
        for n, _ in shows((a_number(person), "bijstand"))
    )
    await agency.publish(approve=True)
    if not any(trouble in LOSSES for _, trouble in week):
        assert agency.index.shown_often() == right
    done = await hold_against_each_other(agency)
    if done.needs_delivery:
        await agency.publish(approve=True)
        done = await hold_against_each_other(agency)
    assert done.equal
    assert agency.index.shown_often() == right


async def live_a_day(agency: Agency, trouble: Trouble) -> None:
    def die(step: Step, moment: Moment) -> None:
        if (step, moment) == trouble:
            raise Died

    morning = agency.outbox_path.with_suffix(".morning")
    with suppress(FileNotFoundError):
        copyfile(agency.outbox_path, morning)
    agency.evaluator.budget = agency.evaluator.asked if trouble == "no-budget" else 99
    agency.index.silent = trouble == "silent"
    agency.index.loses_answers = trouble == "answers-lost"
    agency.index.problem = "signature-invalid" if trouble == "refused" else ""
    agency.ahead = timedelta(days=400 if trouble == "clock-ahead" else 0)
    if trouble != "no-run":
        with suppress(Died, PublishingStopped):
            await agency.publish(approve=True, observer=die)
    agency.evaluator.budget = 10**9
    agency.index.silent = agency.index.loses_answers = False
    agency.index.problem, agency.ahead = "", timedelta()
    await lose(agency, trouble, morning)


async def lose(agency: Agency, trouble: Trouble, morning: Path) -> None:
    if trouble == "index-loses":
        agency.index.lose_one()
    if trouble == "index-ends":
        agency.index.end_one()
    if trouble == "outbox-put-back":
        with suppress(FileNotFoundError):
            copyfile(morning, agency.outbox_path)
        with suppress(OutboxOutdated):  # what was under way is ended first
            await agency.publish(approve=True)
        await hold_against_each_other(agency)
    if trouble == "outbox-loses":
        with sqlite3.connect(agency.outbox_path) as connection:
            connection.execute(
                "DELETE FROM signal WHERE case_key IN"
                " (SELECT case_key FROM signal WHERE case_key NOT IN"
                " (SELECT case_key FROM work) LIMIT 1)"
            )


async def hold_against_each_other(agency: Agency) -> Reconciled:
    profile = agency.profile
    scope = ReconcilingScope(
        source=OIN,
        categories=[Slug(each) for each in profile.categories],
        municipalities=[MunicipalityCode(each) for each in profile.municipalities],
        on=day_of(agency.now),
        salt=bytes(16),
    )
    sender = Sender(OIN, OIN, NOTICE_KEY, lambda: agency.now)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return await reconcile(outbox, agency.index, sender, scope, confirmed=True)


FIVE = [(number, 0, "open") for number in range(5)]


@example(
    [(FIVE, "none"), ([], "answers-lost"), (FIVE, "none")],
).via("a withdrawal was taken, its answer was lost, and its case is open again")
@example(
    [
        (FIVE, "none"),
        (FIVE[:4], "answers-lost"),
        ([], ("settle-batch", "before")),
        ([(4, 0, "open")], ("stage", "after")),
    ],
).via("the same, and the next run died before it wrote the answer down")
@example(
    [(FIVE, "index-ends"), (FIVE, "none"), (FIVE, "none")],
).via("what the index ended by itself is told again under another reference")
@example(
    [([], "no-run"), ([(0, 0, "open")], "no-budget"), ([], "outbox-put-back")],
).via("a copy of before the first delivery was put back, and compared")
@given(st.lists(day, min_size=3, max_size=7))
def test_after_a_week_of_bad_luck_both_sides_are_equal(week: list[Day]) -> None:
    with TemporaryDirectory() as folder:
        anyio.run(live_a_week, Path(folder), week)
