"""The verifier's command: one plain sentence, and an exit code for a machine.

0: it holds. 1: it is false. 2: it cannot be judged. What is judged follows from what is
at the place: a ledger (an export, or tiles over HTTP), or proof files of entries.

One command line for `signal-verify` and `signal-index verify`: `Means` is what the
second has besides.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import Final, Protocol

from signal_index.proof import (
    MalformedProof,
    ProofRefused,
    Quorum,
    SignerUnknown,
    parse_witness_key,
)
from signal_index.verify import judge, verdicts
from signal_index.verify.checkpoints import judge_growth
from signal_index.verify.dutch import in_dutch
from signal_index.verify.errors import CannotJudge
from signal_index.verify.options import PROGRAM, make_parser
from signal_index.verify.persons import ProvenPerson, read_person
from signal_index.verify.proof_files import (
    find_proof_files,
    has_successors,
    judge_proofs,
)
from signal_index.verify.sources import open_source
from signal_index.verify.trust import (
    Trust,
    choose_believed,
    make_quorum,
    names_file,
    parse_ledger_key,
)

HOLDS, FALSE, UNJUDGED = 0, 1, 2
_FOLLOWED: Final = "another key follows the given one; give the ledger's key of now"


class ReadTrust(Protocol):
    """Reads what a verifier pinned."""

    def __call__(
        self,
        key: str,
        receipt_key: Path | None,
        earlier: Sequence[str],
        year: int | None,
        quorum: Quorum | None,
        /,
    ) -> Trust:
        """Give the trust, or raise `ProofRefused`, `MalformedProof`, `CannotJudge`."""


def read_plain_trust(
    key: str,
    _receipt_key: Path | None,
    earlier: Sequence[str],
    year: int | None,
    quorum: Quorum | None,
) -> Trust:
    """Take one key of the ledger: what follows on it is not looked into."""
    return Trust(parse_ledger_key(_read_named(key)), earlier, year, quorum)


@dataclass(frozen=True, slots=True)
class Means:
    """How a verifier reads a pinned key, and whether it looks into the life of keys."""

    name: str
    read_trust: ReadTrust
    follows_keys: bool


OUTSIDE: Final = Means(PROGRAM, read_plain_trust, follows_keys=False)


def run(arguments: Sequence[str], means: Means = OUTSIDE) -> int:
    """Judge what a command line names, say it, and give the exit code."""
    parser = make_parser(means.name, follows_keys=means.follows_keys)
    return answer(parser.parse_args(arguments), means)


def answer(asked: argparse.Namespace, means: Means = OUTSIDE) -> int:
    """Do the same of a command line that was read."""
    code, facts = _judge(lambda: _find_facts(asked, means), asked.lang)
    said = json.dumps(facts) if asked.json else str(facts["sentence"])
    sys.stdout.write(f"{said}\n")
    return code


def _find_facts(asked: argparse.Namespace, means: Means) -> verdicts.Facts:
    keys = [parse_witness_key(_read_named(text)) for text in asked.witness]
    notes = [_read_text(path) for path in asked.earlier]
    said = None if asked.policy is None else _read_text(asked.policy)
    log, quorum = choose_believed(asked.key, make_quorum(keys, asked.quorum), said)
    trust = means.read_trust(log, asked.receipt_key, notes, asked.year, quorum)
    try:
        return _judge_place(asked, trust)
    except ProofRefused as refusal:
        is_unknown = isinstance(refusal.__cause__ or refusal, SignerUnknown)
        if is_unknown and not means.follows_keys and _has_successor(asked.place, log):
            raise CannotJudge(_FOLLOWED) from None
        raise


def _judge_place(asked: argparse.Namespace, trust: Trust) -> verdicts.Facts:
    place = asked.place
    if not asked.checkpoint_only and (files := find_proof_files(place)):
        proven = judge_proofs(files, trust, _read_person(asked.person, asked.pins))
        return verdicts.tell_of_proofs(proven)
    if asked.person is not None:
        raise CannotJudge("only proof files are held against a person")
    file = asked.token_file
    token = None if file is None else _read_text(file).strip()
    with open_source(place, token=token) as source:
        if asked.checkpoint_only:
            return verdicts.tell_of_growth(judge_growth(source, trust))
        with _progress() as progress:
            found = judge.judge_ledger(source, trust, progress=progress)
    return verdicts.tell_of_ledger(found)


def _has_successor(place: str, key: str) -> bool:
    """Tell whether something beside key or proofs says that another key follows."""
    beside = Path(key).with_name(f"{Path(key).name.partition('.')[0]}-successors.json")
    return has_successors(place) or (names_file(key) and beside.exists())


def _judge(
    find_facts: Callable[[], verdicts.Facts], language: str
) -> tuple[int, verdicts.Facts]:
    try:
        code, facts = HOLDS, {"verified": True, **find_facts()}
    except ProofRefused as refusal:
        code, facts = FALSE, {"verified": False, "sentence": f"False: {refusal}."}
    except (CannotJudge, MalformedProof) as refusal:
        said = f"Cannot judge: {refusal}."
        code, facts = UNJUDGED, {"verified": None, "sentence": said}
    except Exception as fault:  # noqa: BLE001 - the edge: our own fault is no verdict
        said = f"Cannot judge: the verifier failed ({type(fault).__name__})."
        code, facts = UNJUDGED, {"verified": None, "sentence": said}
    if language == "nl":
        facts["sentence"] = in_dutch(str(facts["sentence"]))
    return code, facts


def _read_person(file: Path | None, pins: Path | None) -> ProvenPerson | None:
    """Ask for the number and the code, without showing them; neither is kept."""
    if file is None:
        return None
    if pins is None:
        raise CannotJudge("--person needs --pins: whose key holders they are")
    number, code = _ask("Number"), _ask("Code")
    return read_person(file, pins, number, code)


def _ask(what: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"{what}: ").strip()
    sys.stderr.write(f"{what}: \n")
    return sys.stdin.readline().strip()


def _read_named(text: str) -> str:
    """Give a key that was written on the command line, or stands in the file named."""
    return _read_text(Path(text)) if names_file(text) else text


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as cause:
        raise CannotJudge("a file that was named cannot be read") from cause


@contextmanager
def _progress() -> Iterator[judge.Progress]:
    """Count on the screen, where there is one."""
    if not sys.stderr.isatty():
        yield lambda _done, _size: None
        return
    yield _count
    sys.stderr.write("\r\x1b[K")


def _count(done: int, size: int) -> None:
    sys.stderr.write(f"\rverifying {done}/{size}")
