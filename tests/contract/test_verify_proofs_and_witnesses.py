"""`signal-index verify` on proof files, witnesses, and checkpoints alone."""

import asyncio
import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from signal_index.cli.commands import app
from signal_index.keyring import YearKeys
from signal_index.proof import Group, WitnessKey
from signal_index.store.connect import reading
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.upkeep.export import export_year
from signal_index.verify.verdicts import UNWITNESSED
from tests.ledger_builders import a_disclosure_key, an_entry
from tests.ledger_world import LedgerWorld, a_ledger, key_of
from tests.witness_builders import COSIGNER, SECOND, a_watch

ONE, TWO = COSIGNER.public, SECOND.public
KEYS = YearKeys({2026: a_disclosure_key()})


def run(place: object, *options: object) -> Result:
    arguments = ["verify", str(place), "--key", key_of().encode()]
    return CliRunner().invoke(app, [*arguments, *(str(one) for one in options)])


def told(result: Result, code: int) -> dict[str, object]:
    assert result.exit_code == code, result.output
    facts: dict[str, object] = json.loads(result.output)
    return facts


@dataclass(frozen=True)
class Given:
    """What an adviser or officer was given: a ledger, an early one, proof files."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    @property
    def early(self) -> Path:
        return self.folder / "early"

    @property
    def proofs(self) -> Path:
        return self.folder / "proofs"

    @property
    def proof(self) -> Path:
        return self.proofs / "2.tlog-proof"


async def export(world: LedgerWorld, into: Path) -> None:
    await export_year(
        world.owner, 2026, into, keys={}, progress=lambda _done, _size: None
    )


async def prove(world: LedgerWorld, number: int, groups: Sequence[Group]) -> str:
    async with reading(world.web) as conn:
        return await prove_entry_for(conn, an_entry(number).id, groups, KEYS)


async def make(folder: Path) -> None:
    given = Given(folder)
    url = f"sqlite+aiosqlite:///{folder}/ledger.db"
    async with (
        a_watch(folder, count=2) as watch,
        a_ledger(url, folder, witnesses=watch.asked) as world,
    ):
        await world.record_some(range(1, 300))
        await world.sequence()
        await export(world, given.early)
        watch.lines[1].is_cut = True
        await world.record_some(range(300, 700))
        await world.sequence()
        await export(world, given.ledger)
        given.proofs.mkdir()
        for number, groups in ((2, [Group.WHY]), (3, []), (400, list(Group))):
            path = given.proofs / f"{number}.tlog-proof"
            path.write_text(await prove(world, number, groups))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given") / "made"
    folder.mkdir()
    asyncio.run(make(folder))
    return folder


@pytest.fixture
def given(once: Path, tmp_path: Path) -> Given:
    return Given(shutil.copytree(once, tmp_path / "made"))


def test_one_proof_file_holds_and_says_what_it_opens(given: Given) -> None:
    result = run(given.proof)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Holds: entry {an_entry(2).id} of ")
    assert "(lookup; opened: why) is in index.example/ledger/2026; " in result.output
    assert UNWITNESSED in result.output


def test_the_json_of_a_proof_holds_what_was_opened_and_nothing_else(
    given: Given,
) -> None:
    facts = told(run(given.proof, "--json"), 0)
    proofs = facts["proofs"]
    assert isinstance(proofs, dict)
    shown = proofs["2.tlog-proof"]
    assert shown["opened"]["why"]["purpose"] == "wmo-onderzoek"
    assert set(shown["opened"]) == {"why"}


def test_a_folder_and_a_zip_of_proofs_hold(given: Given, tmp_path: Path) -> None:
    archive = tmp_path / "report.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("report.txt", "Rapport")
        for path in given.proofs.iterdir():
            made.write(path, path.name)
    for place in (given.proofs, archive):
        result = run(place)
        assert result.exit_code == 0, result.output
        assert result.output.startswith("Holds: 3 of 3 entries are in ")


def test_one_false_proof_among_many_is_named(given: Given) -> None:
    other = (given.proofs / "3.tlog-proof").read_text()
    text = given.proof.read_text()
    given.proof.write_text(text.replace("\nindex 2\n", "\nindex 3\n"))
    result = run(given.proofs)
    assert result.exit_code == 1
    assert result.output.startswith("False: 2.tlog-proof: ")
    given.proof.write_text(other.replace("extra ", "extra A", 1))
    assert run(given.proofs).exit_code == 2


def test_a_proof_without_its_entry_cannot_be_judged(given: Given) -> None:
    lines = given.proof.read_text().split("\n")
    given.proof.write_text("\n".join([lines[0], *lines[2:]]))
    assert run(given.proof).exit_code == 2


def test_a_proof_of_another_ledger_is_false(given: Given) -> None:
    assert run(given.proof, "--year", "2025").exit_code == 1


def test_a_group_of_another_entry_is_false(given: Given) -> None:
    first = given.proof.read_text().split("\n")
    other = (given.proofs / "400.tlog-proof").read_text().split("\n")
    first[1] = other[1]
    given.proof.write_text("\n".join(first))
    assert run(given.proof).exit_code == 1


def test_junk_that_is_called_a_proof_cannot_be_judged(tmp_path: Path) -> None:
    path = tmp_path / "x.tlog-proof"
    for junk in (b"", b"\xff\xfe", b"c2sp.org/tlog-proof@v1\n", b"A" * (1 << 21)):
        path.write_bytes(junk)
        assert run(path).exit_code == 2


def witness(*keys: WitnessKey) -> list[str]:
    return [part for key in keys for part in ("--witness", key.encode())]


def test_a_quorum_of_witnesses_holds(given: Given) -> None:
    for place in (given.early, given.proof):
        facts = told(run(place, *witness(ONE), "--json"), 0)
        assert facts["witnesses"] == ["witness.example/w1"]
    early = told(run(given.early, *witness(ONE, TWO), "--json"), 0)
    assert early["witnesses"] == ["witness.example/w1", "witness.example/w2"]


def test_a_quorum_that_is_not_reached_is_false(given: Given) -> None:
    result = run(given.ledger, *witness(ONE, TWO))
    assert result.exit_code == 1
    assert "False: 1 of the 2 witnesses cosigned, 2 must." in result.output
    assert run(given.ledger, *witness(ONE, TWO), "--quorum", 1).exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--quorum", "1"],
        [*witness(ONE), "--quorum", "0"],
        [*witness(ONE), "--quorum", "2"],
        [*witness(ONE, ONE), "--quorum", "2"],
        ["--witness", key_of().encode()],
        ["--witness", "nobody"],
    ],
)
def test_a_quorum_that_makes_no_sense_is_never_a_pass(
    given: Given, options: list[str]
) -> None:
    assert run(given.early, *options).exit_code == 2


def test_two_checkpoints_are_compared_without_the_entries(given: Given) -> None:
    shutil.rmtree(given.ledger / "tile" / "entries")
    (given.ledger / "tile" / "0" / "000").unlink()
    kept = given.early / "checkpoint"
    result = run(given.ledger, "--checkpoint-only", "--earlier", kept)
    assert result.exit_code == 0, result.output
    assert "it extends the tree of 300 entries" in result.output
    assert run(given.ledger).exit_code == 2


def test_a_later_checkpoint_is_not_extended_by_an_earlier_one(given: Given) -> None:
    kept = given.ledger / "checkpoint"
    result = run(given.early, "--checkpoint-only", "--earlier", kept)
    assert result.exit_code == 1
    assert "rolled back" in result.output


def test_a_tile_that_lies_does_not_prove_growth(given: Given) -> None:
    tile = given.ledger / "tile" / "0" / "001"
    tile.write_bytes(tile.read_bytes()[::-1])
    kept = given.early / "checkpoint"
    assert run(given.ledger, "--checkpoint-only", "--earlier", kept).exit_code == 1


def test_a_checkpoint_with_nothing_to_compare_it_with_cannot_be_judged(
    given: Given,
) -> None:
    assert run(given.ledger, "--checkpoint-only").exit_code == 2


def test_a_kept_checkpoint_by_itself_is_held_against_witnesses(given: Given) -> None:
    kept = given.early / "checkpoint"
    alone = (kept, "--checkpoint-only")
    assert run(*alone, *witness(ONE, TWO)).exit_code == 0
    assert run(*alone, "--earlier", kept).exit_code == 0
    later = (given.ledger / "checkpoint", "--checkpoint-only")
    assert run(*later, *witness(ONE, TWO)).exit_code == 1
    assert run(*later, "--earlier", kept).exit_code == 2
    assert run(kept).exit_code == 2
