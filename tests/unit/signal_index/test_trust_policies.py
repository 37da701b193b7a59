"""A trust policy (c2sp.org/tlog-policy) is read as it stands, or not at all."""

from datetime import UTC, datetime

import pytest

from signal_index.proof import (
    MalformedProof,
    NoteKey,
    QuorumRefused,
    encode_policy,
    parse_policy,
    split_note,
)
from signal_index.witness.keys import make_cosigner
from tests.ledger_builders import CHECKPOINT_KEY, NOON
from tests.witness_builders import LOG, a_note

SIX = [make_cosigner(f"w{n}.example", bytes([n]) * 32) for n in range(1, 7)]
KEYS = [one.public for one in SIX]
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
WITNESSES = "".join(
    f"witness {name} {key.encode()}\n" for name, key in zip(NAMES, KEYS, strict=True)
)
EXAMPLE = f"""# two of ours, and one of theirs
log {LOG.encode()} https://index.example/v1/ledger/2026

{WITNESSES}
group X-witnesses 2 X1 X2 X3
\tgroup Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses   Y-witnesses
quorum X-and-Y
"""


def cosigned(*numbers: int, at: datetime = NOON) -> str:
    text, _ = split_note(a_note(7))
    lines = [SIX[number - 1].cosign(text, at=at).encode() for number in numbers]
    return a_note(7) + "".join(lines)


@pytest.mark.parametrize("numbers", [(1, 2, 4), (2, 3, 6), (1, 2, 3, 4, 5, 6)])
def test_groups_of_groups_are_counted(numbers: tuple[int, ...]) -> None:
    policy = parse_policy(EXAMPLE)
    assert policy.logs == [LOG]
    assert policy.quorum is not None
    assert len(policy.quorum.verify(cosigned(*numbers)).names) == len(numbers)


@pytest.mark.parametrize("numbers", [(), (1, 2, 3), (1, 4, 5, 6), (4, 5, 6)])
def test_too_few_of_a_group_are_too_few(numbers: tuple[int, ...]) -> None:
    quorum = parse_policy(EXAMPLE).quorum
    assert quorum is not None
    with pytest.raises(QuorumRefused):
        quorum.verify(cosigned(*numbers))


def test_the_moment_is_when_the_last_that_was_needed_signed() -> None:
    quorum = parse_policy(EXAMPLE).quorum
    assert quorum is not None
    later = datetime(2026, 11, 22, 13, tzinfo=UTC)
    text, _ = split_note(a_note(7))
    note = cosigned(1, 4) + SIX[1].cosign(text, at=later).encode()
    assert quorum.verify(note).at == NOON
    assert quorum.verify(note + SIX[0].cosign(text, at=later).encode()).at == NOON


def test_one_witness_is_a_quorum_and_none_is_said() -> None:
    one = parse_policy(f"witness a {KEYS[0].encode()}\nquorum a\n").quorum
    assert one is not None
    assert one.verify(cosigned(1)).names == ["w1.example"]
    assert parse_policy("quorum none\n").quorum is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum X1\n",
        f"{WITNESSES}quorum X1\nquorum X2\n",
        f"{WITNESSES}quorum X4\n",
        f"{WITNESSES}group a 4 X1 X2 X3\nquorum a\n",
        f"{WITNESSES}group a 0 X1\nquorum a\n",
        f"{WITNESSES}group a 01 X1\nquorum a\n",
        f"{WITNESSES}group a any\nquorum a\n",
        f"{WITNESSES}group a 2 X1 X1\nquorum a\n",
        f"{WITNESSES}group a any X1\ngroup b any X1\nquorum b\n",
        f"{WITNESSES}group a any none\nquorum a\n",
        f"{WITNESSES}group none any X1\nquorum X1\n",
        f"group a any X1\n{WITNESSES}quorum a\n",
        f"{WITNESSES}witness X1 {KEYS[0].encode()}\nquorum X1\n",
        f"witness a {KEYS[0].encode()}\nwitness b {KEYS[0].encode()}\nquorum a\n",
        f"log {LOG.encode()}\nlog {LOG.encode()}\nquorum none\n",
        f"log {KEYS[0].encode()}\nquorum none\n",
        f"witness a {LOG.encode()}\nquorum a\n",
        "quorum none\r\n",
        "quorum\n",
        "trust everybody\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_not_read_as_one(text: str) -> None:
    with pytest.raises(MalformedProof):
        parse_policy(text)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_a_desk_writes_reads_back(count: int) -> None:
    log = NoteKey("index.example/ledger/2026", CHECKPOINT_KEY.public)
    read = parse_policy(encode_policy([log], KEYS[:count], count))
    assert read.logs == [log]
    if read.quorum is None:
        assert count == 0
    else:
        assert (list(read.quorum.keys), read.quorum.count) == (KEYS[:count], count)
