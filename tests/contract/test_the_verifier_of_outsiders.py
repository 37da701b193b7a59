"""`signal-verify` as an outsider gets it: a wheel, in an environment of its own.

It is built from this repository, installed from the package index that this machine
uses, and run there: neither our code nor any other package of ours is in reach.
"""

import json
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.proof_corpus import Case, Corpus, make_corpus

ROOT = Path(__file__).parents[2]
MOST_PACKAGES = 6
OURS = {"keys", "signal_index"}
LOADED = """
import sys
from signal_index.verify import __main__, command
ours = {"keys", "signal_index"}
print(*(one for one in sys.modules if one.partition(".")[0] in ours))
"""
EACH = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from signal_index.verify.command import run

def judge(options, typed, language):
    sys.stdin, said = io.StringIO(typed), io.StringIO()
    with redirect_stdout(said), redirect_stderr(io.StringIO()):
        code = run([*options, "--lang", language])
    return code, said.getvalue()

told = []
for options, typed in json.load(sys.stdin):
    both = [judge(options, typed, language) for language in ("en", "nl")]
    told.append((both[0][0], [said for _, said in both]))
print(json.dumps(told))
"""
ENGLISH = {0: "Holds: ", 1: "False: ", 2: "Cannot judge: "}
DUTCH = {0: "Klopt: ", 1: "Klopt niet: ", 2: "Niet te beoordelen: "}
QUICK = 0.3


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, and how long installing took."""

    folder: Path
    seconds: float

    def judge(self, cases: Sequence[Case]) -> list[tuple[int, str, str]]:
        """Give code, English and Dutch of each, all from one process in there."""
        given = [([*map(str, one.options)], one.typed) for one in cases]
        done = subprocess.run(  # noqa: S603 - our own program
            [str(self.folder / "bin" / "python"), "-I", "-c", EACH],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=True,
        )
        return [(code, *said) for code, said in json.loads(done.stdout)]

    def run(self, *arguments: object, typed: str = "") -> tuple[int, str, str]:
        done = subprocess.run(  # noqa: S603 - our own program
            [str(self.folder / "bin" / "signal-verify"), *map(str, arguments)],
            input=typed,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": "/usr/bin", "HOME": str(self.folder)},
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(  # noqa: S603 - our own command
        [*command, "-d", str(into)], check=True, cwd=ROOT / "verifier"
    )
    (made,) = into.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("outside") / "env"
    bare = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(bare, check=True)  # noqa: S603 - our own command
    began = time.monotonic()
    subprocess.run(  # noqa: S603 - our own command
        [*pip_in(folder), "install", "-q", str(wheel)], check=True
    )
    return Installed(folder, time.monotonic() - began)


def pip_in(folder: Path) -> list[str]:
    return [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


def test_it_is_at_most_six_packages(installed: Installed) -> None:
    listed = subprocess.run(  # noqa: S603 - our own command
        [*pip_in(installed.folder), "list", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {one["name"].lower() for one in json.loads(listed.stdout)}
    assert names == {*("signal-verify", "cryptography", "cffi", "pycparser", "joserfc")}
    assert len(names) <= MOST_PACKAGES


def test_it_holds_what_the_command_needs_and_nothing_else(wheel: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    needed = set(done.stdout.split())
    there = set()
    for name in zipfile.ZipFile(wheel).namelist():
        if name.endswith(".py"):
            parts = name.removesuffix(".py").removesuffix("/__init__").split("/")
            there.add(".".join(parts))
    assert there == needed
    assert {one.partition(".")[0] for one in there} == OURS


def test_it_asks_for_the_versions_that_we_use() -> None:
    own = tomllib.loads((ROOT / "verifier" / "pyproject.toml").read_text("utf-8"))
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(own["project"]["dependencies"]) <= set(ours["project"]["dependencies"])


def test_it_judges_each_file_as_we_do(installed: Installed, corpus: Corpus) -> None:
    told = installed.judge(corpus.cases)
    for case, (code, english, dutch) in zip(corpus.cases, told, strict=True):
        assert code == case.verdict, (case.name, english)
        assert english.startswith(ENGLISH[code]), case.name
        assert dutch.startswith(DUTCH[code]), case.name
        assert english.count("\n") == dutch.count("\n") == 1, case.name
        assert not re.search(r"\b(the|proof|entry|entries|not) ", dutch), dutch


@pytest.mark.parametrize(
    "name", ["about this person", "the wrong name", "a zip that was cut off"]
)
def test_its_command_ends_with_that_code(
    installed: Installed, corpus: Corpus, name: str
) -> None:
    case = corpus.get(name)
    code, said, heard = installed.run(*case.options, typed=case.typed)
    assert (code, said.count("\n")) == (case.verdict, 1)
    assert case.number not in said + heard or not case.number
    assert "Traceback" not in heard


def test_a_mistyped_command_line_is_one_sentence(installed: Installed) -> None:
    code, said, heard = installed.run("there-is-no-such-file", "--quorum", "many")
    assert (code, said) == (2, "")
    assert "Traceback" not in heard
    assert "invalid int value" in heard


def test_help_comes_at_once(installed: Installed) -> None:
    installed.run("--help")
    took = []
    for _ in range(5):
        began = time.monotonic()
        code, said, _ = installed.run("--help")
        took.append(time.monotonic() - began)
        assert code == 0
        assert said.startswith("usage: signal-verify")
    assert min(took) < QUICK, took
