"""Between answers on a terminal stands no line of a log; a machine gets them."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = ("--settings", "no.toml", "--profile", "no.toml")
REFUSAL = "De instellingen (no.toml)"


def run(verb: str, words: tuple[str, ...], stderr: int, folder: Path) -> bytes | None:
    program = [sys.executable, "-m", "sources", verb, *words]
    done = subprocess.run(  # noqa: S603 - our own program
        program, stdout=subprocess.PIPE, stderr=stderr, cwd=folder, check=False
    )
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("publish", ("no.csv", *WORDS)),
        ("publish", ("no.csv", *WORDS, "--json")),
        ("reconcile", WORDS),
        ("run", WORDS[:2]),
    ],
)
def test_a_log_is_for_a_machine(
    verb: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    try:
        run(verb, words, theirs, tmp_path)
        seen = os.read(ours, 10_000).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    assert REFUSAL in seen
    assert '"event"' not in seen
    piped = run(verb, words, subprocess.PIPE, tmp_path) or b""
    assert b'"event"' in piped
