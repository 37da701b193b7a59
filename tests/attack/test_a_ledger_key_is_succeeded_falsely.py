"""The tree is signed by the pinned key and by what it says follows, each in its time.

Who holds a former key, or makes one of their own, gets no tree cosigned or believed;
and a ledger that tells of another succession than was taken is false.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from keys.config_document import SignedDocument
from keys.errors import SuccessorForged, SuccessorForked
from keys.instants import write_instant
from keys.jose import PrivateKey
from keys.pinned_keys import (
    PinnedKey,
    encode_successors,
    find_fork,
    find_successors,
    read_chain,
    take_successors,
)
from keys.successor import Chain, KeyUse, Successor, open_successor, sign_successor
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.proof import (
    Checkpoint,
    JsonObject,
    MalformedProof,
    Quorum,
    SignatureRefused,
    SucceededKey,
)
from signal_index.verify.errors import SuccessionRefused
from signal_index.verify.successions import judge_successions, read_pinned
from signal_index.verify.trust import Trust
from signal_index.witness.errors import NotSigned
from signal_index.witness.judge import Logs
from signal_index.witness.memory import create_memory, open_memory
from signal_index.witness.witness import Witness
from tests.ledger_builders import NOON, private_of
from tests.witness_builders import COSIGNER, LOG, a_request, leaves, root_of

DAY = timedelta(days=1)
USE = KeyUse.CHECKPOINT
BEGINS, ENDS = NOON + 10 * DAY, NOON + 40 * DAY
SEEDS = [bytes([number]) * 32 for number in (1, 21, 22, 23)]


FIRST, SECOND, THIRD, STRANGER = [private_of(seed) for seed in SEEDS]
SIGNING = {
    key.kid: CheckpointKey(seed)
    for key, seed in zip((FIRST, SECOND, THIRD, STRANGER), SEEDS, strict=True)
}


def a_step(
    former: PrivateKey = FIRST,
    key: PrivateKey = SECOND,
    number: int = 2,
    *,
    use: KeyUse = USE,
    later: timedelta = timedelta(0),
) -> SignedDocument:
    said = Successor(
        use=use.value,
        number=number,
        former=former.public,
        key=key.public,
        made=NOON + later,
        begins=BEGINS + later,
        ends=ENDS + later,
    )
    return sign_successor(said, former, key)


NEXT = a_step(SECOND, THIRD, 3, later=100 * DAY)


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.vkey"
    path.write_text(LOG.encode() + "\n")
    return path


def chain_of(pinned: Path, *steps: SignedDocument) -> Chain:
    take_successors(pinned, steps)
    return read_chain(pinned, USE)


def a_note(size: int, *keys: PrivateKey, branch: str = "") -> str:
    checkpoint = Checkpoint(LOG.name, size, root_of(leaves(size, branch)))
    return sign_checkpoint(checkpoint, *(SIGNING[key.kid] for key in keys))


def offer(
    folder: Path, chain: Chain, now: datetime, note: str, branch: str = ""
) -> str:
    """Offer a first checkpoint to a witness that holds a chain; give the whole note."""
    size = int(note.split("\n")[1])
    request = a_request(0, size, branch).encode().partition("\n\n")[0]
    memory = folder / "memory.json"
    memory.unlink(missing_ok=True)
    create_memory(memory)
    with open_memory(memory) as opened:
        logs = Logs([SucceededKey(chain.name, chain.keys)])
        witness = Witness(COSIGNER, opened, logs, lambda: now)
        done = witness.add_checkpoint(f"{request}\n\n{note}")
    return done.note + done.cosignature.encode()


def trust(chain: Chain, now: datetime, *, seen: bool = True) -> Trust:
    quorum = Quorum([COSIGNER.public], 1) if seen else None
    return Trust(SucceededKey(chain.name, chain.keys), quorum=quorum, now=now)


def _by_a_stranger() -> SignedDocument:
    signatures = a_step(STRANGER, SECOND).signatures
    return SignedDocument(payload=a_step().payload, signatures=signatures)


FORGED: dict[str, Callable[[], Sequence[SignedDocument]]] = {
    "by a stranger": lambda: [_by_a_stranger()],
    "one is missing": lambda: [NEXT],
    "of a key of another ledger": lambda: [a_step(STRANGER, SECOND)],
    "of the receipt key": lambda: [a_step(use=KeyUse.RECEIPT)],
    "rolled back": lambda: [a_step(), a_step(SECOND, FIRST, 3, later=100 * DAY)],
    "before the last is over": lambda: [a_step(), a_step(SECOND, THIRD, 3, later=DAY)],
}


@pytest.mark.parametrize("name", FORGED)
def test_what_the_pinned_key_does_not_lead_to_is_taken_by_nobody(
    pinned: Path, name: str
) -> None:
    with pytest.raises(SuccessorForged):
        take_successors(pinned, FORGED[name]())
    assert read_chain(pinned, USE).keys[0].raw == LOG.public
    assert not find_successors(pinned).exists()
    assert not find_fork(pinned).exists()


def test_a_receipt_key_in_the_place_of_the_ledgers_is_none(pinned: Path) -> None:
    pinned.write_text(json.dumps(FIRST.public.jwk))
    with pytest.raises(MalformedProof, match="the receipt key"):
        read_pinned(pinned, USE)


def test_a_witness_takes_each_key_in_its_time_alone(pinned: Path) -> None:
    chain, folder = chain_of(pinned, a_step()), pinned.parent
    both = a_note(12, FIRST, SECOND)
    for now, note in (
        (NOON, a_note(12, FIRST)),
        (BEGINS, a_note(12, FIRST)),
        (BEGINS, a_note(12, SECOND)),
        (BEGINS, both),
        (ENDS, a_note(12, SECOND)),
    ):
        assert COSIGNER.public.name in offer(folder, chain, now, note)
    for now, key in ((NOON, SECOND), (ENDS, FIRST), (ENDS, STRANGER)):
        with pytest.raises(NotSigned):
            offer(folder, chain, now, a_note(12, key))


def test_a_thief_of_a_former_key_has_no_tree_believed_that_was_seen_later(
    pinned: Path,
) -> None:
    """A witness that took nothing cosigns for a thief; who asks for its word knows."""
    alone, now = read_chain(pinned, USE), ENDS + DAY
    forked = offer(pinned.parent, alone, now, a_note(20, FIRST, branch="x"), "x")
    chain = chain_of(pinned, a_step())
    with pytest.raises(SignatureRefused, match="did not count when"):
        trust(chain, now).verify_signed(forked)
    unseen = trust(chain, now, seen=False).verify_signed(forked)
    assert unseen.is_former  # nobody saw it: that is said, and no more


def test_an_old_checkpoint_stays_what_it_was(pinned: Path) -> None:
    old = offer(pinned.parent, read_chain(pinned, USE), NOON, a_note(12, FIRST))
    chain = chain_of(pinned, a_step(), NEXT)
    found = trust(chain, NOON + 1000 * DAY).verify_signed(old)
    assert (found.checkpoint.size, found.is_former) == (12, True)


def test_a_key_that_has_not_begun_signs_nothing(pinned: Path) -> None:
    chain = chain_of(pinned, a_step())
    with pytest.raises(SignatureRefused):
        trust(chain, BEGINS - DAY, seen=False).verify_signed(a_note(12, SECOND))


def test_two_successors_are_kept_as_evidence_and_said(pinned: Path) -> None:
    heard: list[Exception] = []
    seconds = iter(range(100))
    held = PinnedKey(pinned, USE, heard.append, lambda: next(seconds), seen=None)
    take_successors(pinned, [a_step()])
    assert len(held.chain.keys) == 2
    with pytest.raises(SuccessorForked):
        take_successors(pinned, [a_step(FIRST, STRANGER)])
    assert [one.key for one in held.chain.keys] == [FIRST.public, SECOND.public]
    assert [type(one) for one in heard] == [SuccessorForked]
    assert held.chain.is_forked
    with pytest.raises(SuccessionRefused, match="two successors"):
        read_pinned(pinned, USE)
    again: list[Exception] = []
    PinnedKey(pinned, USE, again.append, seen=None)
    assert [type(one) for one in again] == [SuccessorForked]


def test_a_process_keeps_what_it_had_where_a_file_is_none(pinned: Path) -> None:
    heard: list[Exception] = []
    seconds = iter(range(100))
    held = PinnedKey(pinned, USE, heard.append, lambda: next(seconds), seen=None)
    file = find_successors(pinned)
    for data in (b"{", encode_successors([a_step(STRANGER, SECOND)])[:-9]):
        file.write_bytes(data)
        assert len(held.chain.keys) == 1
    assert [type(one) for one in heard] == [SuccessorForged, SuccessorForged]
    file.write_bytes(encode_successors([a_step()]))
    assert len(held.chain.keys) == 2


def test_it_is_looked_for_once_a_second_and_taken_up_without_a_restart(
    pinned: Path,
) -> None:
    moment = [0.0]
    held = PinnedKey(pinned, USE, print, lambda: moment[0], seen=None)
    take_successors(pinned, [a_step()])
    moment[0] = 0.9
    assert len(held.chain.keys) == 1
    moment[0] = 1.0
    assert len(held.chain.keys) == 2


def a_told(document: SignedDocument, **changed: object) -> JsonObject:
    """Give what an entry says of a succession."""
    said = open_successor(document)
    what = {
        "act": f"{said.use}-key-succeeded",
        "number": said.number,
        "former": said.former.kid,
        "key": said.key.kid,
        "begins": write_instant(said.begins),
        "ends": write_instant(said.ends),
        "statement": document.model_dump_json(),
    }
    return what | changed  # type: ignore[return-value]


SPAN = (NOON - DAY, NOON + 2 * DAY)


def test_a_step_that_both_keys_signed_holds(pinned: Path) -> None:
    known = {USE: chain_of(pinned, a_step())}
    found = judge_successions([a_told(a_step()), a_told(NEXT)], known, SPAN)
    assert (found.shown, found.untaken) == (2, 1)


def test_a_step_told_twice_by_a_command_that_was_killed_is_one(pinned: Path) -> None:
    known = {USE: chain_of(pinned, a_step())}
    told = [a_told(a_step())] * 2
    assert judge_successions(told, known, SPAN).shown == 1


LIES: dict[str, tuple[Callable[[], Sequence[JsonObject]], str]] = {
    "no statement": (lambda: [a_told(a_step(), statement=None)], "falsely"),
    "a forged statement": (
        lambda: [
            a_told(a_step(), statement=FORGED["by a stranger"]()[0].model_dump_json())
        ],
        "falsely",
    ),
    "another number": (lambda: [a_told(a_step(), number=3)], "otherwise"),
    "another key": (lambda: [a_told(a_step(), key=STRANGER.kid)], "otherwise"),
    "another end": (
        lambda: [a_told(a_step(), ends="2029-01-01T00:00:00Z")],
        "otherwise",
    ),
    "of the other key": (
        lambda: [a_told(a_step(), act="receipt-key-succeeded")],
        "otherwise",
    ),
    "two of one key": (
        lambda: [a_told(a_step()), a_told(a_step(FIRST, STRANGER))],
        "two keys follow",
    ),
    "another than was taken": (
        lambda: [a_told(a_step(FIRST, STRANGER))],
        "another successor",
    ),
    "nothing": (list, "no entry tells of"),
    "one that leads nowhere": (
        lambda: [a_told(a_step()), a_told(a_step(STRANGER, THIRD, 3))],
        "one is missing",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_ledger_that_tells_otherwise_is_false(pinned: Path, name: str) -> None:
    make, why = LIES[name]
    known = {USE: chain_of(pinned, a_step())}
    with pytest.raises(SuccessionRefused, match=why):
        judge_successions(make(), known, SPAN)


def test_an_export_of_before_is_not_asked_for_the_step(pinned: Path) -> None:
    known = {USE: chain_of(pinned, a_step())}
    for span in ((NOON - 9 * DAY, NOON + DAY), (NOON + DAY, NOON + 9 * DAY), None):
        assert judge_successions([], known, span).shown == 0
