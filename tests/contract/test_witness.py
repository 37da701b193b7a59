"""A witness answers as c2sp.org/tlog-witness says, and remembers across restarts."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import httpx
import pytest

from keys.errors import SuccessorForked
from keys.events import EventLog
from keys.pinned_keys import find_fork, take_successors
from keys.successor import Successor, sign_successor
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.proof import (
    SIZE_TYPE,
    AddCheckpoint,
    Checkpoint,
    NoteKey,
    TreeRead,
    encode_b64,
    encode_note,
    move_to_year,
    parse_add_checkpoint,
    parse_cosignatures,
    split_note,
    verify_checkpoint,
)
from signal_index.witness.app import make_witness_app
from signal_index.witness.errors import CheckpointRefused, WitnessUnusable
from signal_index.witness.keys import read_cosigner, write_cosigner
from signal_index.witness.memory import create_memory, open_memory
from signal_index.witness.settings import load_witness_settings
from signal_index.witness.witness import Witness
from tests.ledger_builders import CHECKPOINT_KEY, NOON, every_tile, private_of
from tests.witness_builders import (
    COSIGNER,
    LOG,
    a_note,
    a_request,
    a_witness,
    leaves,
    root_of,
)

SETTINGS = 'host = "127.0.0.1"\nport = 1\nkey = "k"\nmemory = "m"\n'


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    with a_witness(tmp_path) as opened:
        yield opened


async def post(witness: Witness, body: str | bytes) -> httpx.Response:
    async with client_of(witness) as client:
        return await client.post("/add-checkpoint", content=body)


def client_of(witness: Witness) -> httpx.AsyncClient:
    served = make_witness_app(witness, EventLog(StringIO(), lambda: NOON))
    transport = httpx.ASGITransport(served)
    return httpx.AsyncClient(transport=transport, base_url="http://witness.test")


@pytest.mark.anyio
async def test_a_first_checkpoint_is_cosigned(witness: Witness) -> None:
    answer = await post(witness, a_request(0, 7).encode())
    assert answer.status_code == 200
    text, _ = split_note(a_note(7))
    (found,) = parse_cosignatures(answer.text, text, [COSIGNER.public])
    assert found.at == NOON
    assert witness.memory.find_note(LOG.name) == a_note(7) + answer.text


@pytest.mark.anyio
async def test_a_ledger_that_grows_is_cosigned_again(witness: Witness) -> None:
    for old, size in ((0, 7), (7, 300), (300, 300), (300, 301)):
        answer = await post(witness, a_request(old, size).encode())
        assert answer.status_code == 200


@pytest.mark.anyio
async def test_another_old_size_is_told_the_right_one(witness: Witness) -> None:
    await post(witness, a_request(0, 12).encode())
    for old in (0, 7):
        answer = await post(witness, a_request(old, 20).encode())
        assert (answer.status_code, answer.text) == (409, "12\n")
        assert answer.headers["content-type"] == SIZE_TYPE


@pytest.mark.anyio
async def test_a_smaller_checkpoint_is_a_conflict(witness: Witness) -> None:
    await post(witness, a_request(0, 12).encode())
    answer = await post(witness, a_request(0, 7).encode())
    assert (answer.status_code, answer.text) == (409, "12\n")


@pytest.mark.anyio
async def test_another_tree_of_the_same_size_is_unprocessable(
    witness: Witness,
) -> None:
    first = await post(witness, a_request(0, 12).encode())
    answer = await post(witness, a_request(12, 12, "forged ").encode())
    assert answer.status_code == 422
    assert witness.memory.find_note(LOG.name) == a_note(12) + first.text


@pytest.mark.anyio
async def test_an_empty_tree_with_a_root_is_unprocessable(witness: Witness) -> None:
    note = sign_checkpoint(Checkpoint(LOG.name, 0, bytes(32)), CHECKPOINT_KEY)
    answer = await post(witness, AddCheckpoint(0, (), note).encode())
    assert answer.status_code == 422
    assert witness.memory.find_note(LOG.name) is None
    assert (await post(witness, a_request(0, 0).encode())).status_code == 200


@pytest.mark.anyio
async def test_a_forked_tree_is_unprocessable(witness: Witness) -> None:
    first = await post(witness, a_request(0, 12).encode())
    answer = await post(witness, a_request(12, 20, "forged ").encode())
    assert answer.status_code == 422
    assert witness.memory.find_note(LOG.name) == a_note(12) + first.text


@pytest.mark.anyio
async def test_a_first_checkpoint_with_a_proof_is_unprocessable(
    witness: Witness,
) -> None:
    answer = await post(witness, AddCheckpoint(0, [bytes(32)], a_note(7)).encode())
    assert answer.status_code == 422


@pytest.mark.anyio
async def test_an_unknown_ledger_is_not_found(witness: Witness) -> None:
    note = a_note(7, origin="other.example/ledger/2026")
    answer = await post(witness, AddCheckpoint(0, (), note).encode())
    assert answer.status_code == 404


@pytest.mark.anyio
async def test_another_key_is_forbidden(witness: Witness) -> None:
    note = a_note(7, key=CheckpointKey(b"\x09" * 32))
    answer = await post(witness, AddCheckpoint(0, (), note).encode())
    assert answer.status_code == 403


@pytest.mark.anyio
async def test_an_old_size_above_the_checkpoint_is_a_bad_request(
    witness: Witness,
) -> None:
    answer = await post(witness, a_request(9, 7).encode())
    assert answer.status_code == 400


@pytest.mark.anyio
@pytest.mark.parametrize("junk", ["", "old x\n\n", "\xff\xfe", "old 0\n\nno note\n"])
async def test_junk_gets_no_cosignature(witness: Witness, junk: str) -> None:
    answer = await post(witness, junk.encode("latin-1"))
    assert answer.status_code in {400, 403, 404}
    assert not junk or junk not in answer.text


@pytest.mark.anyio
async def test_a_request_without_end_is_refused(witness: Witness) -> None:
    answer = await post(witness, b"old 0\n" + b"A" * 200_000)
    assert answer.status_code == 413


@pytest.mark.anyio
async def test_the_key_of_a_ledger_holds_for_its_other_years(witness: Witness) -> None:
    later = NoteKey(move_to_year(LOG.name, 2027), LOG.public)
    note = a_note(3, origin=later.name)
    answer = await post(witness, AddCheckpoint(0, (), note).encode())
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_what_was_seen_last_can_be_read(witness: Witness) -> None:
    stranger = f"— stranger.example {encode_b64(bytes(68))}\n"
    own = (await post(witness, a_request(0, 7).encode() + stranger)).text
    async with client_of(witness) as client:
        seen = await client.get(f"/{sha256(LOG.name.encode()).hexdigest()}/checkpoint")
        unknown = await client.get(f"/{'0' * 64}/checkpoint")
        health = await client.get("/health")
    assert seen.text == a_note(7) + own
    assert unknown.status_code == 404
    assert health.json() == {"status": "ok", "name": "witness.example/w1", "forks": 0}


@pytest.mark.anyio
async def test_extension_lines_are_cosigned_and_kept_as_they_are(
    witness: Witness,
) -> None:
    offered = Checkpoint(LOG.name, 7, root_of(leaves(7)), ("x 1", "y"))
    note = sign_checkpoint(offered, CHECKPOINT_KEY)
    answer = await post(witness, AddCheckpoint(0, (), note).encode())
    assert answer.status_code == 200
    assert parse_cosignatures(answer.text, offered.encode(), [COSIGNER.public])
    assert witness.memory.find(LOG.name) == offered


@pytest.mark.anyio
async def test_a_note_with_sixteen_post_quantum_signatures_is_taken(
    witness: Witness,
) -> None:
    signature = encode_b64(bytes(4 + 4_900))
    lines = [f"— other.example/{number} {signature}\n" for number in range(15)]
    request = AddCheckpoint(0, (), a_note(7) + "".join(lines))
    assert (await post(witness, request.encode())).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["log.example/behind-the-sofa", "key.example"])
async def test_any_log_with_a_configured_origin_is_witnessed(
    tmp_path: Path, name: str
) -> None:
    origin = "log.example/behind-the-sofa"
    key = NoteKey(name, CHECKPOINT_KEY.public)
    named = f'"{key.encode()}"'
    if name != origin:
        named = f'{{origin = "{origin}", keys = [{named}]}}'
    settings = tmp_path / "witness.toml"
    settings.write_text(f"{SETTINGS}logs = [{named}]\n")
    logs = load_witness_settings(settings, print).logs
    text = Checkpoint(origin, 7, root_of(leaves(7))).encode()
    note = encode_note(text, [(key, CHECKPOINT_KEY.private.sign(text.encode()))])
    with a_witness(tmp_path) as witness:
        told = replace(witness, logs=logs)
        answer = await post(told, AddCheckpoint(0, (), note).encode())
        stranger = await post(told, a_request(0, 7).encode())
    assert (answer.status_code, stranger.status_code) == (200, 404)


@pytest.mark.parametrize(
    "named",
    [
        '{origin = "a", keys = []}',
        '{keys = ["k"]}',
        "7",
        '{origin = "a", keys = ["k"]}',
    ],
)
def test_a_log_that_is_none_is_not_witnessed(tmp_path: Path, named: str) -> None:
    settings = tmp_path / "witness.toml"
    settings.write_text(f"{SETTINGS}logs = [{named}]\n")
    with pytest.raises(WitnessUnusable, match="logs: "):
        load_witness_settings(settings, print)


def test_what_is_refused_is_kept_as_evidence(tmp_path: Path) -> None:
    with a_witness(tmp_path) as witness:
        seen = witness.add_checkpoint(a_request(0, 12).encode())
        forged = a_request(12, 12, "forged ")
        for request in (forged, forged, a_request(0, 12, "forged ")):
            with pytest.raises(CheckpointRefused):
                witness.add_checkpoint(request.encode())
    (kept,) = (tmp_path / "refused").iterdir()
    found = json.loads(kept.read_text())
    assert found["request"] == forged.encode()
    for note in (found["seen"], parse_add_checkpoint(found["request"]).checkpoint):
        assert verify_checkpoint(note, [LOG]).size == 12
    assert found["seen"].startswith(seen.note)


def test_proofs_made_up_leave_room_for_the_evidence_of_a_fork(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal_index.witness.memory.MOST_REFUSED", 3)
    with a_witness(tmp_path) as witness:
        witness.add_checkpoint(a_request(0, 12).encode())
        for size in range(13, 20):
            made_up = AddCheckpoint(12, [bytes(32)], a_note(size)).encode()
            with pytest.raises(CheckpointRefused):
                witness.add_checkpoint(made_up)
        with pytest.raises(CheckpointRefused):
            witness.add_checkpoint(a_request(12, 12, "forged ").encode())
        assert witness.memory.count_refused("growth") == 3
        assert witness.memory.count_refused("fork") == 1


def test_a_request_of_nobody_leaves_nothing_behind(tmp_path: Path) -> None:
    note = a_note(12, key=CheckpointKey(b"\x09" * 32))
    with a_witness(tmp_path) as witness, pytest.raises(CheckpointRefused):
        witness.add_checkpoint(AddCheckpoint(0, (), note).encode())
    assert not (tmp_path / "refused").exists()


def test_a_restarted_witness_remembers(tmp_path: Path) -> None:
    with a_witness(tmp_path) as first:
        first.add_checkpoint(a_request(0, 12).encode())
    with a_witness(tmp_path) as again:
        with pytest.raises(CheckpointRefused):
            again.add_checkpoint(a_request(0, 11).encode())
        again.add_checkpoint(a_request(12, 13).encode())


def test_a_cosignature_leaves_once_what_was_seen_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_witness(tmp_path) as witness:
        done = witness.add_checkpoint(a_request(0, 12).encode())
        monkeypatch.setattr(os, "fsync", _fail)
        with pytest.raises(OSError, match="disk"):
            witness.add_checkpoint(a_request(12, 13).encode())
    with a_witness(tmp_path) as again:
        kept = again.memory.find_note(LOG.name)
    assert kept == a_note(12) + done.cosignature.encode()


def _fail(_file: int) -> None:
    raise OSError("the disk is full")


def test_a_lost_memory_is_not_an_empty_one(tmp_path: Path) -> None:
    with (
        pytest.raises(WitnessUnusable, match="retire this witness"),
        open_memory(tmp_path / "gone.json"),
    ):
        pass


@pytest.mark.parametrize(
    "junk",
    ["", "{}", '{"format":"x","seen":{}}', '{"format":"signal-index/witness/1"}'],
)
def test_a_damaged_memory_is_not_used(tmp_path: Path, junk: str) -> None:
    (tmp_path / "memory.json").write_text(junk)
    with pytest.raises(WitnessUnusable), open_memory(tmp_path / "memory.json"):
        pass


def test_two_witnesses_never_share_a_memory(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    create_memory(path)
    with (
        open_memory(path),
        pytest.raises(WitnessUnusable, match="another process"),
        open_memory(path),
    ):
        pass


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    made = write_cosigner(path, "witness.example/w1", b"\x05" * 32)
    assert read_cosigner(path).public == made.public == COSIGNER.public
    path.chmod(0o640)
    with pytest.raises(WitnessUnusable, match="chmod 600"):
        read_cosigner(path)
    with pytest.raises(WitnessUnusable, match="never overwritten"):
        write_cosigner(path, "witness.example/w1", b"\x06" * 32)


def test_a_witness_of_nothing_does_not_start(tmp_path: Path) -> None:
    settings = tmp_path / "witness.toml"
    text = 'host = "127.0.0.1"\nport = 1\nkey = "k"\nmemory = "m"\nlogs = []\n'
    settings.write_text(text)
    with pytest.raises(WitnessUnusable, match="witness of nothing"):
        load_witness_settings(settings, print)
    settings.write_text(text.replace("logs = []", f'logs = ["{LOG.encode()}"]'))
    assert load_witness_settings(settings, print).logs.find(LOG.name, NOON) == [LOG]
    settings.write_text(text.replace("logs", "log"))
    with pytest.raises(WitnessUnusable, match="log, logs"):
        load_witness_settings(settings, print)


def test_a_witness_that_serves_takes_up_what_is_put_beside_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)
    heard: list[Exception] = []
    pinned = tmp_path / "checkpoint.vkey"
    pinned.write_text(LOG.encode())
    settings = tmp_path / "witness.toml"
    settings.write_text(
        'host = "127.0.0.1"\nport = 1\nkey = "k"\nmemory = "m"\n'
        'logs = ["checkpoint.vkey"]\n'
    )
    logs = load_witness_settings(settings, heard.append).logs
    former, key = private_of(b"\x01" * 32), private_of(b"\x02" * 32)
    said = Successor(
        use="checkpoint",
        number=2,
        former=former.public,
        key=key.public,
        made=NOON,
        begins=NOON,
        ends=NOON + timedelta(days=1),
    )
    assert logs.find(LOG.name, NOON) == [LOG]
    take_successors(pinned, [sign_successor(said, former, key)])
    assert logs.find(LOG.name, NOON) == [LOG, NoteKey(LOG.name, key.public.raw)]
    later = NOON + timedelta(days=400)
    name = move_to_year(LOG.name, 2027)
    assert logs.find(name, later) == [NoteKey(name, key.public.raw)]
    find_fork(pinned).write_text("{}")
    assert len(logs.find(LOG.name, NOON)) == 2
    assert [type(one) for one in heard] == [SuccessorForked]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_growth_made_by_the_verifier_is_what_the_writer_proves(size: int) -> None:
    hashes = leaves(size)
    tiles = every_tile(hashes)
    tree = TreeRead(size, lambda ref: b"".join(tiles[ref.level or 0, ref.position]))
    for old in {1, size // 2 or 1, size - 1 or 1, size}:
        assert list(tree.prove_growth(old)) == list(a_request(old, size).path)
