"""A file that was refused whole leaves a trace, and never its name."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.errors import NotRegistered, UnreadableFile
from sources.flag_looks import look_at_flags
from sources.intake.several import SeveralIntake
from sources.outbox.refused import RefusedFile, find_refused_files
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.task import Task
from tests.agency_settings import an_agency_with_settings
from tests.builders import anew
from tests.doctor_builders import a_patient
from tests.held_builders import publish, rows
from tests.sources_builders import SECRET, Agency, a_number
from tests.sources_parties import REGISTERED
from tests.unit.sources.test_deliveries_command import ask

pytestmark = pytest.mark.anyio
runner = CliRunner()
BROKEN = "%PDF-1.7 iets heel anders\n"


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Two cases are told; the next file, a minute later, is no table."""
    made = an_agency_with_settings(tmp_path)
    await publish(made, *rows(2))
    made.now += timedelta(minutes=1)
    made.file.write_text(BROKEN)
    with pytest.raises(UnreadableFile):
        await made.publish()
    return made


def refused(agency: Agency) -> list[RefusedFile]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return find_refused_files(outbox)


async def test_it_is_kept_with_its_day_and_why_and_without_its_name(
    agency: Agency,
) -> None:
    (one,) = refused(agency)
    assert (one.profile, one.at) == ("test", agency.now)
    assert one.about == "1 kB, gelezen als csv"
    assert one.why in one.say()
    assert agency.file.name not in one.say()
    assert one.why.encode() not in b"".join(
        path.read_bytes() for path in agency.folder.glob("outbox.sqlite*")
    )


async def test_status_and_show_and_doctor_say_it(agency: Agency) -> None:
    (one,) = refused(agency)
    words = ["status", "--settings", str(agency.folder / "agency.toml")]
    wide = {"COLUMNS": "200"}
    told = await anyio.to_thread.run_sync(
        lambda: runner.invoke(app, words, env=wide).stdout
    )
    assert one.say() in told
    (last, first) = json.loads(ask(agency, "show", "--json").stdout)
    assert (last["state"], first["state"]) == ("refused", "closed")
    shown = ask(agency, "show", last["delivery"]).stdout
    assert "bestand geweigerd" in shown
    assert one.why in shown.replace("\n", " ")
    async with a_patient(agency.folder) as patient:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            (found,) = look_at_flags(replace(patient, outbox=outbox))
    assert found.named == (one.say(),)
    assert one.why not in json.dumps(found.describe())


async def test_it_is_said_until_a_file_of_its_profile_is_read(agency: Agency) -> None:
    agency.now += timedelta(minutes=1)
    await publish(agency, *rows(2))
    assert refused(agency) == []
    assert len(json.loads(ask(agency, "show", "--json").stdout)) == 3


async def test_one_of_what_is_not_registered_is_kept_too(agency: Agency) -> None:
    closed = [anew(x, mayPublish=False) for x in REGISTERED.sources[0].coverage]
    source = anew(REGISTERED.sources[0], coverage=closed)
    agency.index.registration = anew(REGISTERED, sources=[source])
    agency.profile = agency.profile.model_copy(
        update={"name": "ander", "beside": ("test",)}
    )
    agency.write(*rows(2))
    with pytest.raises(NotRegistered):
        await agency.publish()
    assert [one.profile for one in refused(agency)] == ["ander", "test"]


async def test_of_several_files_each_that_was_passed_over_is_listed(
    tmp_path: Path,
) -> None:
    agency = an_agency_with_settings(tmp_path)
    agency.write(*rows(2))
    broken = tmp_path / f"{a_number(1)}.csv"
    broken.write_text(BROKEN)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        intake = SeveralIntake([agency.file, broken], agency.profile)
        task = Task(intake, agency.profile, DeliveryKind.DELTA)
        await agency.make_run(outbox).publish(task)
    states = [one["state"] for one in json.loads(ask(agency, "show", "--json").stdout)]
    assert sorted(states) == ["closed", "refused"]
    assert a_number(1) not in ask(agency, "show").stdout
