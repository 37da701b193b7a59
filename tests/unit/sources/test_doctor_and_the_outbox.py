"""The doctor holds the outbox against the index: lost, older, renamed, not equal."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from signal_index.wire.deliveries import ClosedDelivery
from sources.findings import Finding, Patient, State
from sources.outbox.last_heard import make_delivery_id
from sources.outbox.standing import record_differed, record_reconciled
from sources.profile import Profile
from tests.doctor_builders import a_patient, find
from tests.sources_builders import (
    NOW,
    Agency,
    a_number,
    a_profile,
    a_row,
    an_agency,
)

pytestmark = pytest.mark.anyio
ABOUT = "postvak en index"


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    made.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 5)))
    await made.publish()
    return made


class Told:
    """The index that the agency told of its signals, beside one that HTTP answers."""

    def __init__(self, patient: Patient, agency: Agency) -> None:
        self._http = patient.index
        self.fetch_signals = agency.index.fetch_signals
        self.fetch_deliveries = agency.index.fetch_deliveries

    def __getattr__(self, name: str) -> object:
        return getattr(self._http, name)


async def look(
    agency: Agency, about: str, profiles: tuple[Profile, ...] = ()
) -> Finding:
    """Look the agency over, with its own outbox and what the index has of it."""
    if agency.outbox_path.exists():
        agency.outbox_path.rename(agency.folder / "outbox.db")
    async with a_patient(agency.folder, profiles=profiles) as patient:
        told = replace(patient, index=Told(patient, agency))  # type: ignore[arg-type]
        return await find(told, about)


async def test_the_outbox_that_told_everything_is_good(agency: Agency) -> None:
    assert (await look(agency, ABOUT, (agency.profile,))).state is State.GOOD


@pytest.mark.parametrize("profiles", [(), (a_profile(),)])
async def test_a_lost_outbox_is_wrong_and_names_the_cure(
    agency: Agency, profiles: tuple[Profile, ...]
) -> None:
    agency.outbox_path.unlink()
    found = await look(agency, ABOUT, profiles)
    assert (found.state, "outbox restart" in found.says) == (State.WRONG, True)


async def test_an_older_copy_is_wrong_and_names_the_cure(agency: Agency) -> None:
    (known,) = await agency.index.fetch_deliveries()
    mark = UUID(str(next(iter(agency.index.state["signals"].values()))["outbox"]))  # type: ignore[index]
    later = known.model_copy(update={"delivery": make_delivery_id(mark)})

    async def fetch() -> list[ClosedDelivery]:
        return [later, known]

    agency.index.fetch_deliveries = fetch  # type: ignore[method-assign]
    found = await look(agency, ABOUT)
    assert (found.state, "reconcile" in found.says) == (State.WRONG, True)


async def test_a_renamed_profile_is_wrong_before_it_is_published(
    agency: Agency,
) -> None:
    found = await look(agency, ABOUT, (a_profile(name='"nieuw"'),))
    assert (found.state, "profile rename test nieuw" in found.says) == (
        State.WRONG,
        True,
    )


async def test_a_comparison_that_was_not_equal_is_not_called_equal(
    tmp_path: Path,
) -> None:
    async with a_patient(tmp_path) as patient:
        record_reconciled(patient.outbox, NOW)
        record_differed(patient.outbox, NOW)
        found = await find(patient, "vergelijking")
    assert (found.state, "niet gelijk" in found.says) == (State.WARNING, True)


async def test_what_delivers_nothing_is_not_told_to_compare(tmp_path: Path) -> None:
    """As a population register, which has no signals."""
    async with a_patient(tmp_path) as patient:
        found = await find(patient, "vergelijking")
    assert (found.state, found.remedy) == (State.GOOD, "")


async def test_what_was_delivered_and_never_compared_is_a_warning(
    agency: Agency,
) -> None:
    assert (await look(agency, "vergelijking")).state is State.WARNING
