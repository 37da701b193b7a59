"""A town's commands run as forks: they end, speak and fail as when started by hand."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.town.commands import attempt, run
from deploy.town.found import program
from deploy.town.processes import PartyFailed, environment

WRONG_USE = ["signal-source", "publish", "--nothing-of-the-kind"]
REFUSED = ["signal-index", "serve", "--settings", "absent.toml"]
NEW_KEY = ["signal-keys", "organisation", "new-key", "--into", "."]


@pytest.mark.parametrize("command", [["signal-desk", "--help"], WRONG_USE, REFUSED])
def test_it_says_and_ends_as_the_program_itself(
    command: Sequence[str], tmp_path: Path
) -> None:
    name, *arguments = command
    done = subprocess.run(  # noqa: S603 - our own command
        [program(name), *arguments],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    forked = attempt(command, tmp_path)
    assert forked == (done.returncode, done.stdout, done.stderr)


def test_one_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(PartyFailed, match="--settings gave 2:\nUsage: signal-index"):
        run(REFUSED, tmp_path)


def test_each_works_in_its_own_folder_also_side_by_side(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(6)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(lambda folder: run(NEW_KEY, folder), folders))
    keys = {(folder / "request-key.jwk").read_text() for folder in folders}
    assert len(keys) == len(folders), "a fork draws its own random numbers"
