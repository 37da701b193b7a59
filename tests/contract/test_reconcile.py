"""A day from real lookups to the verdict, with the files that each party makes."""

import gzip
import json
from pathlib import Path

import pytest

from keys.restoration import Restoration
from signal_index.proof import WitnessKey, decode_b64u
from tests.holders_builders import FakeMeter, a_bsn
from tests.ledger_builders import CHECKPOINT_KEY
from tests.match_builders import open_matching, run_matches
from tests.overlap_builders import as_distributed, change_over, share_anew
from tests.reconcile_world import gather, keep_statements, write_receipts
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_day_of_lookups_fits(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    is_sqlite = database == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("registered_postgres"))
    async with open_world(tmp_path, url) as world:
        await judge_a_day(world, tmp_path)


async def judge_a_day(world: World, tmp_path: Path) -> None:
    await open_matching(world)
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [a_bsn(1)])
    assert await run_matches(world) == 1  # a lookup by nobody: it has no request
    answers = await world.look_up([a_bsn(1)])
    answers += await world.look_up([a_bsn(2), a_bsn(3)])
    refused = await world.ask([a_bsn(4)], purpose="jeugdhulp-toegang")
    refused["legalBasis"] = "jeugdwet-2.3"
    await world.send("POST", "/lookups", world.a_token(), refused)
    files = await gather(world, tmp_path, answers)
    result = files.reconcile()
    assert result.exit_code == 0, result.output
    assert "Fits: 2026" in result.output
    judged = files.report()["judged"]
    assert judged == {"entries": 4, "requests": 3, "receipts": 3, "stillOpen": 0}


async def test_requests_that_came_to_nothing_are_counted(
    world: World, tmp_path: Path
) -> None:
    for number in range(1, 5):
        await world.ask([a_bsn(number)])
    files = await gather(world, tmp_path)
    result = files.reconcile()
    assert result.exit_code == 1
    (found,) = files.report()["findings"]
    assert (found["code"], found["user"], found["count"]) == (
        "abandoned-user",
        "user-1",
        4,
    )


async def test_an_answer_that_its_desk_never_saw_is_found(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    await world.look_up([a_bsn(2)])
    files = await gather(world, tmp_path, answers)
    assert files.codes() == ["entry-without-receipt"]


async def test_what_a_restored_holder_lost_is_one_finding(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)]) + await world.look_up([a_bsn(2)])
    noon = int(world.clock().timestamp())
    gap = {"since": noon - 3600, "until": noon + 3600, "said_at": noon + 3600}
    meters = [one.meter for one in world.holders.holders.values()]
    meter = next(one for one in meters if isinstance(one, FakeMeter) and one.tickets)
    lost = len(meter.tickets)
    meter.tickets.clear()
    meter.restored = (Restoration.model_validate(gap | {"because": "machine-lost"}),)
    files = await gather(world, tmp_path, answers)
    (found,) = files.report()["findings"]
    assert (found["code"], found["count"]) == ("holder-restored", lost)
    assert found["gap"]["because"] == "machine-lost"
    assert "machine-lost: " in files.reconcile().output


async def test_a_holder_that_is_silent_leaves_the_day_unjudged(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    (files.statements / "holder-2.jwt").unlink()
    result = files.reconcile()
    assert result.exit_code == 2
    assert "no statement of holder-2" in result.output


async def test_a_day_on_which_a_holder_was_replaced_has_two_configs(
    world: World, tmp_path: Path
) -> None:
    """Who left and who came must both have stated it."""
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    first = as_distributed(world.holders.dealing)
    second = share_anew(first, replaced=3)
    for name, dealing in (("", first), ("-2", second)):
        (tmp_path / f"key-config{name}.json").write_bytes(dealing.document)
        (tmp_path / f"pins{name}.json").write_bytes(dealing.pins)
    both = ("--key-config", tmp_path / "key-config-2.json")
    of_both = ("--accepted-origin", "distributed", *both)
    result = files.reconcile(*of_both)
    assert result.exit_code == 2
    assert "no statement of holder-3-new" in result.output
    world.holders.holders[3].meter = FakeMeter()  # it has a record of its own
    change_over(world.holders, second, 3)
    statements = tmp_path / "came"
    statements.mkdir()
    await keep_statements(world, statements, files.day)
    (statements / "holder-3.jwt").rename(files.statements / "holder-3-new.jwt")
    result = files.reconcile(*of_both)
    assert (result.exit_code, "Fits: 2026" in result.output) == (0, True), result.output
    (files.statements / "holder-3.jwt").unlink()
    result = files.reconcile(*of_both)
    assert "no statement of holder-3 about" in result.output


async def test_a_statement_with_a_changed_byte_is_no_statement(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    kept = files.statements / "holder-1.jwt"
    head, payload, signature = kept.read_text().split(".")
    kept.write_text(f"{head}.{payload[:-2]}{payload[-1]}A.{signature}")
    assert files.reconcile().exit_code == 2


async def test_a_receipt_that_the_index_did_not_promise_accuses_nobody(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    files = await gather(world, tmp_path, answers)
    forged = {**answers[0]["receipt"], "promise": "e30.e30.AAAA"}
    write_receipts(files, [{"receipt": forged}])
    result = files.reconcile()
    assert (result.exit_code, "False" in result.output) == (1, True)


async def test_an_opened_entry_that_says_otherwise_than_its_leaf_is_false(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1), a_bsn(2)]))
    lines = gzip.decompress(files.opened.read_bytes()).splitlines()
    first, second = json.loads(lines[1]), json.loads(lines[2])
    first["disclosures"], second["disclosures"] = (
        second["disclosures"],
        first["disclosures"],
    )
    changed = [
        json.dumps(one, separators=(",", ":"), sort_keys=True).encode()
        for one in (first, second)
    ]
    files.opened.write_bytes(b"\n".join([lines[0], *changed, lines[3], b""]))
    result = files.reconcile()
    assert (result.exit_code, "False" in result.output) == (1, True)


async def test_entries_that_were_left_out_are_missed(
    world: World, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    files = await gather(world, tmp_path, answers)
    lines = gzip.decompress(files.opened.read_bytes()).splitlines()
    files.opened.write_bytes(b"\n".join([lines[0], b'{"count":0}', b""]))
    assert files.codes() == ["entry-closed"]


async def test_a_file_that_was_cut_off_is_not_judged(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    lines = gzip.decompress(files.opened.read_bytes()).splitlines()
    files.opened.write_bytes(b"\n".join([*lines[:-1], b""]))
    result = files.reconcile()
    assert result.exit_code == 2
    assert "ends before its last line" in result.output


async def test_a_changed_ledger_is_false(world: World, tmp_path: Path) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    bundle = next((files.export / "tile" / "entries").iterdir())
    bundle = next(bundle.iterdir()) if bundle.is_dir() else bundle
    bundle.write_bytes(bundle.read_bytes().replace(b'"answered"', b'"recorded"', 1))
    result = files.reconcile()
    assert (result.exit_code, "False" in result.output) == (1, True)


async def test_what_it_opens_names_no_person(world: World, tmp_path: Path) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    lines = gzip.decompress(files.opened.read_bytes()).splitlines()
    texts = [text for line in lines[1:-1] for text in json.loads(line)["disclosures"]]
    groups = {json.loads(decode_b64u(text))[1] for text in texts}
    assert groups == {"what", "who", "decision"}


async def test_the_report_is_a_file_for_its_owner(world: World, tmp_path: Path) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    kept = tmp_path / "report.json"
    assert files.reconcile("--report", kept).exit_code == 0
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["format"] == "signal-index/reconciliation/1"


async def test_a_day_that_is_not_over_is_judged_only_as_far_as_it_is(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    files.day = world.clock().date()
    files.receipts = []
    result = files.reconcile()
    assert result.exit_code == 2


async def test_a_witness_that_did_not_cosign_is_missed(
    world: World, tmp_path: Path
) -> None:
    files = await gather(world, tmp_path, await world.look_up([a_bsn(1)]))
    key = WitnessKey("witness.example", CHECKPOINT_KEY.public).encode()
    assert files.reconcile("--witness", key).exit_code in {1, 2}
    assert files.reconcile("--quorum", 1).exit_code == 2
