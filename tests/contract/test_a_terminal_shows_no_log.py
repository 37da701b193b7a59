"""Between answers for a person stands no line of a log; who asks for JSON gets them."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.town.commands import attempt

WORDS = ("--settings", "no.toml", "--profile", "no.toml")
REFUSAL = "De instellingen (no.toml)"


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("publish", ("no.csv", *WORDS)),
        ("publish", ("no.csv", *WORDS, "--json")),
        ("reconcile", WORDS),
        ("reconcile", (*WORDS, "--json")),
        ("run", WORDS[:2]),
    ],
)
def test_a_log_is_for_a_machine(
    verb: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "sources", verb, *words]
    ours, theirs = pty.openpty()
    try:
        with (tmp_path / "said").open("w") as said:
            code = subprocess.call(program, stdout=said, stderr=theirs, cwd=tmp_path)  # noqa: S603 - our own program
        seen = os.read(ours, 10_000).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    assert REFUSAL in seen
    assert '"event"' not in seen
    again, _, piped = attempt(["signal-source", verb, *words], tmp_path)
    is_asked = "--json" in words or verb == "run"
    assert ('"event"' in piped) == is_asked, "a pipe alone is no machine"
    assert code == again == 2
