"""What a ceremony or a holder has in memory is read by no other process, nor dumped.

Asked of the processes themselves, from nothing as at a holder's: each says what the
system promises at the moment in which it opens a file with a secret in it.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.town.found import program
from deploy.town.ports import Ports
from keys.files import write_whole
from tests.ceremony_people import People, done
from tests.holder_processes import ROOT, prepare_holders

WATCH = """
import ctypes, json, os, resource, sys

LOG = os.environ["SECRETS_OPENED"]
NAMES = ("share.json", "ceremony.key", "config-signing.key", "ticket.key", "passphrase")
prctl = ctypes.CDLL(None).prctl

def watch(event, given):
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
        name = f"{event} {given}"
    elif event == "open" and isinstance(given[0], (str, bytes, os.PathLike)):
        name = os.path.basename(os.fsdecode(given[0]))
        if name not in NAMES and not name.startswith("state-"):
            return
    else:
        return
    said = {
        "name": name,
        "verb": [one for one in sys.argv[1:] if one.isalpha()][:2],
        "pid": os.getpid(),
        "dumpable": prctl(3, 0, 0, 0, 0),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
    }
    line = (json.dumps(said) + "\\n").encode()
    into = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(into, line)
    os.close(into)

sys.addaudithook(watch)
"""
PATIENCE_SECONDS: Final = 60.0
DIGITS: Final = re.compile(r"(?:\d{3} ){5}\d{3}")
STEPS: Final = ("new", "commit", "share", "accept", "finish")
"""Of a ceremony, each in a process of its own that has a secret in memory."""


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """What has a process say what it opens."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    said = {
        "PYTHONPATH": str(tmp_path / "watch"),
        "SECRETS_OPENED": str(said_in(tmp_path)),
    }
    return os.environ | said  # noqa: TID251 - what a process of ours begins with


def said_in(place: Path) -> Path:
    return place / "opened.jsonl"


def opened(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said_in(place).read_text().splitlines()]


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_begun(one: Mapping[str, Any]) -> bool:
    return str(one["name"]).startswith(("subprocess.", "os."))


def verify_kept_in(said: Sequence[Mapping[str, Any]]) -> None:
    """What looks for the crypto library begins `ldconfig`, before there is a secret."""
    assert [one for one in said if (one["dumpable"], one["core"]) != (0, [0, 0])] == []
    holding = set()
    for one in said:
        assert not (is_begun(one) and one["pid"] in holding), one
        if not is_begun(one):
            holding.add(one["pid"])


def type_in(environment: Mapping[str, str], *typed: object) -> str:
    """Have the first holder type a step, in a process that begins and ends with it."""
    command = [program("signal-keys"), *map(str, typed)]
    ended = subprocess.run(  # noqa: S603 - our own command
        command,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_each_step_of_a_ceremony_is_a_process_that_keeps_its_memory(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    people = People(tmp_path)
    into = people.folders[1]
    kept = ("--passphrase", people.passphrase)
    card = ("card", "new", "--id", "holder-1", "--into", into, *kept)
    type_in(environment, *card)
    done("card", "new", "--id", "holder-2", "--into", people.folders[2], *kept)

    def take(step: str, *given: object) -> str:
        done("ceremony", step, *given, *people.opened(2))
        return type_in(environment, "ceremony", step, *given, *people.opened(1))

    take("commit", "--digits", people.open())
    take("share", *people.files("commit"))
    read_aloud = DIGITS.findall(take("accept", *people.files("message")))[-1]
    take("finish", *people.files("certificate"), "--digits", read_aloud)
    said = opened(tmp_path)
    verify_kept_in(said)
    by_step = {one["verb"][-1]: one["pid"] for one in said if not is_begun(one)}
    assert list(by_step) == list(STEPS), "a step opened no secret"
    assert len(set(by_step.values())) == len(STEPS), "two steps in one process"
    assert (into / "share.json").exists()


def test_a_holder_that_serves_keeps_its_memory(
    tmp_path: Path, environment: Mapping[str, str], ports: Ports
) -> None:
    """Also while it reads a share again that was replaced."""
    holders = prepare_holders(tmp_path, ports)
    settings = holders.settings(1)
    serve = [program("signal-keys"), "serve", "--settings", str(settings)]
    with (tmp_path / "log").open("wb") as log:
        serving = subprocess.Popen(  # noqa: S603 - our own command
            serve, cwd=ROOT, env=dict(environment), stdout=log, stderr=log
        )
    try:
        wait_for(lambda: b'"started"' in (tmp_path / "log").read_bytes())
        count = len(opened(tmp_path))
        share = settings.parent / "share.json"
        write_whole(share, share.read_bytes(), replace=True)
        wait_for(lambda: len(opened(tmp_path)) > count)
    finally:
        serving.terminate()
        serving.wait()
    said = opened(tmp_path)
    verify_kept_in(said)
    assert {"share.json", "ticket.key"} <= {one["name"] for one in said}
