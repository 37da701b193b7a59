"""Cosignatures: the published form, and none but a true one of a witness we know."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from signal_index.ledger import sign_checkpoint
from signal_index.proof import (
    AddCheckpoint,
    Checkpoint,
    Cosignature,
    MalformedProof,
    NoteKey,
    ProofError,
    QuorumRefused,
    SignatureRefused,
    WitnessKey,
    cosigned_message,
    decode_b64,
    find_cosignatures,
    parse_add_checkpoint,
    parse_cosignatures,
    parse_note_key,
    parse_witness_key,
    read_cosignature_time,
    split_note,
    verify_checkpoint,
    verify_quorum,
)
from tests.ledger_builders import CHECKPOINT_KEY, NOON

# A checkpoint of a public log, with the cosignatures of public witnesses below it.
PUBLIC_NOTE = (
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27l"
    "efwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
    "— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8e"
    "O0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n"
    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+"
    "aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
)
PUBLIC_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
# The example of c2sp.org/tlog-cosignature: its key is not published, its time is.
SPECIFIED = (
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)
# The example of c2sp.org/tlog-witness.
REQUEST = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4UR"
    "YN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
LOG = NoteKey("index.example/ledger/2026", CHECKPOINT_KEY.public)
SECRETS = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (5, 6, 7)]
WITNESSES = [
    WitnessKey(f"witness-{n}.example", secret.public_key().public_bytes_raw())
    for n, secret in enumerate(SECRETS)
]


def a_note(size: int = 7) -> str:
    return sign_checkpoint(Checkpoint(LOG.name, size, bytes(range(32))), CHECKPOINT_KEY)


def cosign(note: str, number: int, at: datetime = NOON) -> str:
    text, _ = split_note(note)
    signature = SECRETS[number].sign(cosigned_message(text, at))
    return Cosignature(WITNESSES[number], at, signature).encode()


def cosigned(numbers: Sequence[int], note: str | None = None) -> str:
    bare = a_note() if note is None else note
    return bare + "".join(cosign(bare, number) for number in numbers)


def test_the_cosignature_of_a_public_witness_verifies() -> None:
    key = parse_witness_key(PUBLIC_WITNESS)
    assert key.encode() == PUBLIC_WITNESS
    found = verify_quorum(PUBLIC_NOTE, [key], 1)
    assert found.names == ["remora.n621.de"]
    assert found.at == datetime(2026, 5, 23, 21, 50, 24, tzinfo=UTC)
    (cosignature,) = find_cosignatures(PUBLIC_NOTE, [key])
    assert cosignature.encode() in PUBLIC_NOTE


def test_the_specified_cosignature_has_the_specified_time() -> None:
    at = read_cosignature_time(decode_b64(SPECIFIED))
    assert at.timestamp() == 1679315147


def test_the_specified_message_is_what_is_signed() -> None:
    text = (
        "example.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    at = datetime.fromtimestamp(1679315147, UTC)
    assert cosigned_message(text, at) == (
        b"cosignature/v1\ntime 1679315147\n" + text.encode()
    )


def test_the_specified_request_reads_back() -> None:
    request = parse_add_checkpoint(REQUEST)
    assert (request.old, len(request.path)) == (20852014, 4)
    assert request.checkpoint.startswith("example.com/behind-the-sofa\n20852163\n")
    assert request.encode() == REQUEST


def test_a_request_has_at_most_63_hashes() -> None:
    request = AddCheckpoint(1, [bytes(32)] * 63, a_note())
    assert parse_add_checkpoint(request.encode()) == AddCheckpoint(
        1, (bytes(32),) * 63, a_note()
    )
    with pytest.raises(MalformedProof):
        parse_add_checkpoint(AddCheckpoint(1, [bytes(32)] * 64, a_note()).encode())


@given(st.text(max_size=80))
def test_junk_is_no_request(junk: str) -> None:
    with pytest.raises(MalformedProof):
        parse_add_checkpoint(junk)


def test_a_witness_key_is_no_ledger_key() -> None:
    with pytest.raises(MalformedProof):
        parse_note_key(WITNESSES[0].encode())
    with pytest.raises(MalformedProof):
        parse_witness_key(LOG.encode())


def test_a_ledger_never_cosigns_itself() -> None:
    own = WitnessKey(LOG.name, LOG.public)
    with pytest.raises(QuorumRefused):
        verify_quorum(a_note(), [own], 1)


def test_a_cosigned_checkpoint_still_verifies() -> None:
    assert verify_checkpoint(cosigned([0, 1]), [LOG]).size == 7


def test_a_quorum_counts_the_witnesses_that_we_know() -> None:
    assert verify_quorum(cosigned([0, 1, 2]), WITNESSES[:2], 2).names == [
        "witness-0.example",
        "witness-1.example",
    ]
    with pytest.raises(QuorumRefused, match="1 of the 2 witnesses"):
        verify_quorum(cosigned([0, 2]), WITNESSES[:2], 2)


@pytest.mark.parametrize("quorum", [0, -1, 3])
def test_a_quorum_that_cannot_refuse_or_be_reached_is_a_mistake(quorum: int) -> None:
    with pytest.raises(ValueError, match="quorum"):
        verify_quorum(cosigned([0, 1]), WITNESSES[:2], quorum)
    with pytest.raises(ValueError, match="quorum"):
        verify_quorum(cosigned([0, 1]), [], 0)


def test_one_key_under_two_names_counts_once() -> None:
    twice = [WITNESSES[0], WitnessKey("other.example", WITNESSES[0].public)]
    with pytest.raises(ValueError, match="quorum"):
        verify_quorum(cosigned([0]), twice, 2)


def test_the_time_of_a_quorum_is_when_the_last_needed_witness_cosigned() -> None:
    note = a_note()
    times = [NOON + timedelta(minutes=minutes) for minutes in (0, 5, 9)]
    full = note + "".join(cosign(note, n, at) for n, at in enumerate(times))
    assert verify_quorum(full, WITNESSES, 1).at == times[2]
    assert verify_quorum(full, WITNESSES, 2).at == times[1]
    assert verify_quorum(full, WITNESSES, 3).at == times[0]


def test_the_newest_cosignature_of_a_witness_counts() -> None:
    note = a_note()
    later = NOON + timedelta(hours=1)
    full = note + cosign(note, 0, later) + cosign(note, 0)
    assert verify_quorum(full, WITNESSES, 1).at == later


def test_a_failing_cosignature_of_a_witness_we_know_refuses_all() -> None:
    other = cosign(a_note(8), 0)
    with pytest.raises(SignatureRefused):
        verify_quorum(cosigned([1]) + other, WITNESSES, 1)


def test_an_answer_of_another_witness_is_ignored() -> None:
    text, _ = split_note(a_note())
    answer = cosign(a_note(), 2) + cosign(a_note(), 0)
    assert [one.key for one in parse_cosignatures(answer, text, WITNESSES[:1])] == [
        WITNESSES[0]
    ]


@given(st.data())
def test_a_changed_cosigned_checkpoint_never_reaches_its_quorum(
    data: st.DataObject,
) -> None:
    note = cosigned([0])
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != note[place]))
    changed = note[:place] + other + note[place + 1 :]
    with pytest.raises(ProofError):
        _hold(changed)


def _hold(note: str) -> None:
    verify_checkpoint(note, [LOG], origin=LOG.name)
    verify_quorum(note, WITNESSES[:1], 1)
