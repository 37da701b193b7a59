"""Between answers for a person stands no line of a log; who asks for JSON gets them."""

import os
import pty
from pathlib import Path

import pytest

from deploy.town.commands import attempt
from deploy.town.forks import start_fork

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
    command = ["signal-source", verb, *words]
    ours, theirs = pty.openpty()
    try:
        with (tmp_path / "said").open("w") as said, os.fdopen(theirs, "w") as terminal:
            code = start_fork(command, tmp_path, said, terminal).wait()
            seen = os.read(ours, 10_000).decode()
    finally:
        os.close(ours)
    assert REFUSAL in seen
    assert '"event"' not in seen
    again, _, piped = attempt(command, tmp_path)
    is_asked = "--json" in words or verb == "run"
    assert ('"event"' in piped) == is_asked, "a pipe alone is no machine"
    assert code == again == 2
