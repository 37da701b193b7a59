"""Random histories of an agency: the index always ends up with what is true."""

from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from hypothesis import given
from hypothesis import strategies as st

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.store import Moment, Step
from tests.sources_builders import a_number, a_row, an_agency, shows
from tests.sources_parties import Died

STEPS: tuple[Step, ...] = ("stage", "plan", "evaluate", "assign-batch", "settle-batch")

case = st.tuples(
    st.integers(0, 5),  # which case number
    st.integers(0, 3),  # whose
    st.sampled_from(("open", "open", "open", "dicht", "aanvraag")),
    st.sampled_from(("9901", "9902", "0000")),
    st.sampled_from(("TEAM", "ANDER")),
)
delivery = st.tuples(
    st.lists(case, max_size=6, unique_by=lambda each: each[0]),
    st.none() | st.tuples(st.sampled_from(STEPS), st.sampled_from(("before", "after"))),
)
Case = tuple[int, int, str, str, str]
Death = tuple[Step, Moment] | None
History = list[tuple[list[Case], Death]]


def expected(told: dict[int, int], cases: list[Case]) -> dict[int, int]:
    """Who is shown after a full delivery: a dict model of the whole agency."""
    after: dict[int, int] = {}
    for number, person, state, municipality, _team in cases:
        if state == "dicht":
            continue
        if state == "open" and municipality != "0000":
            after[number] = person
        elif number in told:  # in the file, but nothing new to tell of it
            after[number] = told[number]
    return after


async def publish_history(
    folder: Path, history: list[tuple[list[Case], Death]]
) -> None:
    agency = an_agency(folder)
    told: dict[int, int] = {}
    for cases, death in history:
        agency.write(
            *(
                a_row(
                    Zaak=f"Z-{number}",
                    BSN=a_number(person),
                    Stand=state,
                    Gemeente=municipality,
                    Team=team,
                )
                for number, person, state, municipality, team in cases
            )
        )

        def die(step: Step, moment: Moment, death: Death = death) -> None:
            if (step, moment) == death:
                raise Died

        try:
            await agency.publish(approve=True, observer=die)
        except Died:
            await agency.publish(approve=True)
        told = expected(told, cases)
        assert agency.index.shown_often() == sorted(
            (n, "bijstand")
            for person in told.values()
            for n, _ in shows((a_number(person), "bijstand"))
        )


@given(st.lists(delivery, min_size=1, max_size=4))
def test_the_index_shows_what_is_true_whatever_happened(history: History) -> None:
    with TemporaryDirectory() as folder:
        anyio.run(publish_history, Path(folder), history)


@given(st.lists(case, max_size=6, unique_by=lambda each: each[0]))
def test_the_same_delta_twice_sends_nothing_the_second_time(cases: list[Case]) -> None:
    async def publish_twice(folder: Path) -> None:
        agency = an_agency(folder)
        agency.write(
            *(
                a_row(Zaak=f"Z-{number}", BSN=a_number(person), Stand=state)
                for number, person, state, _place, _team in cases
            )
        )
        await agency.publish(kind=DeliveryKind.DELTA)
        again = await agency.publish(kind=DeliveryKind.DELTA)
        assert (again.counts.accepted, again.counts.withdrawn) == (0, 0)

    with TemporaryDirectory() as folder:
        anyio.run(publish_twice, Path(folder))
