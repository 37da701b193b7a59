"""Every reason that a verifier can give has its Dutch, and each is said as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import keys
import signal_index
from signal_index.verify.dutch import REASONS, VERDICTS, in_dutch

INDEX, KEYS = Path(signal_index.__file__).parent, Path(keys.__file__).parent
NOT_VERIFIED = {
    *("add_checkpoint.py", "adoption.py", "growth.py", "line_file.py", "promise.py"),
    *("receipt.py", "statement.py", "ceremonies.py", "full.py"),
}
"""What a verifier of proofs and ledgers never comes to."""
FILES = [
    *(INDEX / "verify").glob("*.py"),
    *(INDEX / "proof").glob("*.py"),
    *(KEYS / "checking" / "person.py", KEYS / "note_keys.py"),
]
SAYS_WHY = ("Refused", "MalformedProof", "CannotJudge", "SignerUnknown", "ValueError")
PROGRAMMERS = {"the salt of a person has 16 bytes", "a salt has 16 bytes"}
PROGRAMMERS |= {"the padding is ours to make", "the text of a note ends in a newline"}
PROGRAMMERS |= {"a quorum is at least one and at most every witness"}
PROGRAMMERS |= {"the facts of an entry do not make a leaf", "a member stands twice"}
"""Mistakes of who calls, which nobody is told."""
PIECES = {"{}, and {}: it is not of that time", "{} of the {} witnesses cosigned{}"}
"""Put together of others, which are looked at below."""


def read_reasons() -> Iterator[str]:
    for file in FILES:
        if file.name not in NOT_VERIFIED:
            yield from _read_file(ast.parse(file.read_text("utf-8")))


def _read_file(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if name.endswith(SAYS_WHY) or name == "_refuse":
                yield from filter(None, map(_read_text, node.args))


def _read_text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}"
            for part in node.values
        )
    return None


KNOWN = "\n".join(REASONS)


@pytest.mark.parametrize("reason", sorted({*read_reasons()} - PROGRAMMERS - PIECES))
def test_each_reason_has_its_dutch(reason: str) -> None:
    assert reason in REASONS or reason in KNOWN, reason


def test_reasons_are_found() -> None:
    assert len({*read_reasons()}) > 90


def test_both_say_as_much_of_what_differs() -> None:
    for said, dutch in {**VERDICTS, **REASONS}.items():
        assert said.count("{}") == dutch.count("{}"), said
        assert said != dutch or ".tlog-proof" in said, said


@pytest.mark.parametrize(
    ("sentence", "dutch"),
    [
        (
            "Holds: index.example/ledger/2026, 5 entries; every entry is as it was "
            "recorded; their times held against 3 cosigned checkpoints; cosigned by "
            "w.example, last at 2026-11-22T12:00Z.",
            "Klopt: index.example/ledger/2026, 5 regels; elke regel is zoals die is "
            "vastgelegd; de tijden kloppen met 3 controlepunten van getuigen; "
            "medeondertekend door w.example, het laatst op 2026-11-22T12:00Z.",
        ),
        (
            "Holds: entry 1 of 2026-11-22T12:00Z (lookup; opened: about, what) is in "
            "a/2026, seen by 1 of the witnesses; 1 are about this person.",
            "Klopt: regel 1 van 2026-11-22T12:00Z (lookup; geopend: about, what) staat "
            "in a/2026, gezien door 1 van de getuigen; 1 gaan over deze persoon.",
        ),
        (
            "False: b.tlog-proof: 0 of the 2 witnesses cosigned, 1 must.",
            "Klopt niet: b.tlog-proof: 0 van de 2 getuigen tekenden mee, het moeten er "
            "1 zijn.",
        ),
        (
            "Cannot judge: http leads to this machine alone; use https.",
            "Niet te beoordelen: http mag alleen naar deze computer; gebruik https.",
        ),
        ("Cannot judge: nobody wrote this.", "Niet te beoordelen: nobody wrote this."),
    ],
)
def test_a_verdict_is_said_piece_by_piece(sentence: str, dutch: str) -> None:
    assert in_dutch(sentence) == dutch
