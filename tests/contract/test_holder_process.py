"""Three holders as processes: start, serve, fall over, come back, refuse to start."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.town.commands import run
from deploy.town.ports import Ports
from keys.client import pseudonymise
from keys.commands import app
from keys.errors import HolderBudgetSpent
from keys.request import Act, write_request_key
from tests.holder_processes import ROOT, HolderProcesses, prepare_holders
from tests.holders_builders import a_bsn

NUMBERS = [a_bsn(1), a_bsn(2)]


@pytest.fixture(scope="module")
def holders(
    tmp_path_factory: pytest.TempPathFactory, ports: Ports
) -> Iterator[HolderProcesses]:
    folder = tmp_path_factory.mktemp("holders")
    prepared = prepare_holders(folder, ports, per_user=40)
    for index in (1, 2, 3):
        prepared.start(index)
    try:
        for index in (1, 2, 3):
            prepared.wait(index)
        yield prepared
    finally:
        prepared.stop_all()


async def look_up(holders: HolderProcesses, subject: str, count: int = 2) -> object:
    async with httpx.AsyncClient(timeout=20) as client:
        transport = holders.transport(client, holders.lookup, subject)
        numbers = [a_bsn(each) for each in range(count)]
        return await pseudonymise(
            transport, holders.dealing.config, numbers, Act.LOOKUP
        )


@pytest.mark.anyio
async def test_any_two_holders_give_the_same_pseudonyms_and_say_who_was_down(
    holders: HolderProcesses,
) -> None:
    async with httpx.AsyncClient(timeout=20) as client:
        transport = holders.transport(client, holders.lookup, "user-1")
        config = holders.dealing.config
        all_up = await pseudonymise(transport, config, NUMBERS, Act.LOOKUP)
        holders.stop(2, signal.SIGKILL)
        one_down = await pseudonymise(transport, config, NUMBERS, Act.LOOKUP)
    holders.start(2)
    holders.wait(2)
    assert (all_up.passed_over, one_down.passed_over) == ({}, {2: "unavailable"})
    assert all_up.pseudonyms == one_down.pseudonyms
    assert len(one_down.tickets) == 2


@pytest.mark.anyio
async def test_a_killed_holder_remembers_what_was_spent(
    holders: HolderProcesses,
) -> None:
    await look_up(holders, "user-2", 40)
    for index in (1, 2):
        holders.stop(index, signal.SIGKILL)
    for index in (1, 2):
        holders.start(index)
        holders.wait(index)
    with pytest.raises(HolderBudgetSpent):
        await look_up(holders, "user-2")


def test_a_holder_stops_when_told_and_says_so(holders: HolderProcesses) -> None:
    code = holders.stop(3)
    last = json.loads(holders.log(3).splitlines()[-1])
    holders.start(3)
    holders.wait(3)
    assert code in {0, -signal.SIGTERM}
    assert last["event"] == "stopped"


@pytest.mark.anyio
async def test_an_auditor_gets_a_day_s_statement(
    holders: HolderProcesses, tmp_path: Path
) -> None:
    await look_up(holders, "user-3")
    write_request_key(tmp_path / "auditor.jwk", holders.auditor.key)
    keys = holders.folder / "keys"
    settings = tmp_path / "auditor.toml"
    settings.write_text(
        f'organisation = "{holders.auditor.oin}"\n'
        'request_key = "auditor.jwk"\n'
        f'key_config = "{keys}/key-config.json"\n'
        f'pins = "{keys}/pins.json"\n'
        'accepted_origin = "dealt"\n'
        f'[holders]\nholder-1 = "{holders.place(1).url}"\n'
    )
    day = datetime.now(UTC).date()  # noqa: TID251 - the process's own day
    asked = ["signal-keys", "statement", str(day), "--settings", str(settings)]
    said = json.loads(run([*asked, "--holder", "holder-1", "--json"], ROOT))
    mine = [ticket for ticket in said["tickets"] if ticket["sub"] == "user-3"]
    assert (said["holder"], said["complete"]) == ("holder-1", False)
    assert [ticket["count"] for ticket in mine] == [2]


def test_a_holder_that_refuses_to_start_logs_why_and_exits_with_1(
    tmp_path: Path, ports: Ports
) -> None:
    holders = prepare_holders(tmp_path, ports)
    holders.settings(1).with_name("pins.json").unlink()
    holders.start(1)
    assert holders.running[1].wait(timeout=30) == 1
    logged = json.loads(holders.log(1).splitlines()[0])
    assert logged["event"] == "start-refused"
    assert "pins.json" in logged["reason"]


def test_a_key_pair_is_made_and_its_public_half_registered(tmp_path: Path) -> None:
    into = ["--into", str(tmp_path)]
    call = CliRunner().invoke
    assert call(app, ["organisation", "new-key", *into]).exit_code == 0
    listed = tmp_path / "organisations.toml"
    listed.write_text("# kept by hand\n")
    added = ["organisation", "add", "--organisations", str(listed)]
    added += ["--oin", "00000001000000000009", "--name", "Bron", "--kind", "source"]
    added += ["--declared-caseload", "100", "--request-key"]
    public = str(tmp_path / "request-key.public.jwk")
    assert call(app, [*added, public]).exit_code == 0
    assert call(app, [*added, public]).exit_code == 1
    assert call(app, [*added, str(tmp_path / "request-key.jwk")]).exit_code == 1
    assert listed.read_text().startswith("# kept by hand\n")
    assert listed.read_text().count("[[organisations]]") == 1
