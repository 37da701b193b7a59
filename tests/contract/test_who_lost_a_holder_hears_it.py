"""Who a key holder ended hears what it means: whether a colleague still sees a number.

The holders are real, and know only what their own commands said.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from keys.commands import app as keys_app
from keys.holder.registering import add_organisation
from signal_index.wire.deliveries import DeliveryKind
from sources.agency_keys import load_keys
from sources.cli.edge import Bars
from sources.cli.publish import _say_who_lacks
from sources.findings import Patient, State
from sources.outbox.deliveries import open_delivery
from sources.settings import load_settings
from sources.vouching import WHY, find_vouching, look_at_vouching
from tests.contract.test_doctor_after_joining import OTHER, a_patient
from tests.joining_builders import HOLDERS, OIN, Parties, found_parties, run
from tests.sources_builders import a_profile

pytestmark = pytest.mark.anyio


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    """An agency that every holder took in."""
    found = found_parties(tmp_path)
    found.invite()
    found.join()
    for index in HOLDERS:
        add_organisation(found.holder(index) / "organisations.toml", OTHER)
        found.accept_at(index)
    return found


def end(parties: Parties, index: int) -> None:
    """Have one holder end the agency's entry, as somebody there does."""
    path = parties.holder(index) / "organisations.toml"
    which = ("--oin", OIN, "--kind", "source", "--because", "lost")
    done = run(keys_app, "organisation", "end", "--organisations", path, *which)
    assert done.exit_code == 0, done.output


async def tell_something(patient: Patient) -> None:
    """As after a first delivery; the key config is known from it."""
    await patient.evaluator.find_key_version()
    full = DeliveryKind.FULL
    open_delivery(patient.outbox, a_profile(), full, b"mark", now=patient.now())
    patient.outbox.connection.execute("UPDATE delivery SET state = 'closed'")


@pytest.mark.parametrize(
    ("ended", "state", "words"),
    [
        ((), State.GOOD, ["kan zien wie te bellen", "holder-1, holder-2 en holder-3"]),
        ((2,), State.WARNING, ["niet bij holder-2", "een collega merkt nu niets"]),
        (
            (1, 3),
            State.WRONG,
            ["niet bij holder-1 en holder-3", "geen telefoonnummer", "intrekken kan"],
        ),
    ],
)
async def test_how_many_holders_are_left_says_what_a_colleague_sees(
    parties: Parties, ended: tuple[int, ...], state: State, words: list[str]
) -> None:
    for index in ended:
        end(parties, index)
    async with a_patient(parties) as patient:
        await tell_something(patient)
        (found,) = await look_at_vouching(patient)
        kept = find_vouching(patient.outbox)
    assert (found.about, found.state) == ("telefoonnummer", state)
    assert [word for word in words if word not in found.says] == []
    assert kept is not None
    warned = [*kept.warn(today=date.fromisoformat(kept.on))]
    assert warned == ([f"{found.says} {WHY}"] if ended else [])


async def test_publish_says_it_before_anything_is_read(
    parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    end(parties, 1)
    keys = load_keys(load_settings(parties.agency / "agency.toml").keys)
    async with a_patient(parties) as patient:
        await tell_something(patient)
        at = (patient.client, patient.settings, keys, patient.outbox)
        await _say_who_lacks(*at, Bars(quiet=False))
    assert "niet bij holder-1" in capsys.readouterr().err


async def test_what_status_says_later_names_the_day(parties: Parties) -> None:
    end(parties, 2)
    async with a_patient(parties) as patient:
        await tell_something(patient)
        await look_at_vouching(patient)
        kept = find_vouching(patient.outbox)
    assert kept is not None
    day = date.fromisoformat(kept.on) + timedelta(days=1)
    assert "(gevraagd op " in next(kept.warn(today=day))


async def test_before_a_first_delivery_nobody_sees_anything_of_us(
    parties: Parties,
) -> None:
    end(parties, 2)
    async with a_patient(parties) as patient:
        await patient.evaluator.find_key_version()
        assert await look_at_vouching(patient) == []
