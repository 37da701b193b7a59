"""Commits, messages and certificates: made by one holder, checked by all.

What must hold, in this order, before a holder certifies anything:

1. a commit of every holder, signed, of this ceremony; the own one among them;
2. a message of every holder, signed, of this ceremony, and the very one committed to:
   so nobody chose its own after it saw another's;
3. every contribution as `keys.dkg` demands, public part and own share, in every run;
4. the sum is the own share's, and every quorum of public shares gives the key.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import TypeVar

from keys.ceremony.documents import (
    Commit,
    CommitFile,
    Done,
    DoneFile,
    HandOver,
    HandOverFile,
    Message,
    MessageFile,
    RunMessage,
)
from keys.ceremony.errors import (
    CeremonyIncomplete,
    CeremonyMalformed,
    CeremonyMixed,
    CeremonyRefused,
)
from keys.ceremony.plan import CLOCKS_DIFFER, Plan
from keys.ceremony.signing import open_statement, sign_statement
from keys.dkg import Contribution, Outcome, add_up, refresh
from keys.errors import SharesRefused
from keys.group import parse_point
from keys.jose import PrivateKey
from keys.lagrange import combine_points

Sealed = tuple[bytes, ...]
Contributions = Sequence[Sequence[Contribution]]
"""By run, then by holder."""
_Told = TypeVar("_Told", str, MessageFile, Done, HandOver)


def write_commit(
    plan: Plan, index: int, key: PrivateKey, message: MessageFile, made_at: datetime
) -> CommitFile:
    """Sign the digest of a message that stays here until all have committed."""
    digest = _digest(message.message)
    commit = Commit(ceremony=plan.digest, index=index, message=digest, made_at=made_at)
    return CommitFile(commit=sign_statement(key, commit))


def write_message(
    plan: Plan, index: int, key: PrivateKey, contributions: Sequence[Contribution]
) -> MessageFile:
    """Sign the contributions to all runs; the sealed shares lie beside them, bound."""
    sealed = tuple(each.sealed for each in contributions)
    message = Message(
        ceremony=plan.digest,
        index=index,
        runs=tuple(_write_run(each) for each in contributions),
        shares=_digest_shares(sealed),
    )
    return MessageFile(message=sign_statement(key, message), shares=sealed)


def _write_run(contribution: Contribution) -> RunMessage:
    return RunMessage(
        commitments=tuple(point.encoded for point in contribution.commitments),
        possession=contribution.possession,
        ephemeral=contribution.ephemeral.encoded,
    )


def collect_commits(plan: Plan, tokens: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Give every holder's commit in order of index; `tokens` are (name, commit)."""
    found: dict[int, str] = {}
    for name, token in tokens:
        commit = open_statement(Commit, plan, token, name)
        _add(found, commit.index, token, name)
    return _in_order(plan, found, "commit")


def compare_clocks(
    plan: Plan, commits: Sequence[str], now: datetime
) -> Mapping[str, datetime]:
    """Give when each holder committed, by its own clock, held against this one.

    What was made before now is not from later than now, and what follows on
    ceremony.json is not from before it: beyond five minutes one of the two clocks is
    wrong. Raises `CeremonyRefused`, and names whose differs from this one; whose is
    wrong a person must see.
    """
    made = {
        plan.card(index).id: open_statement(
            Commit, plan, token, f"commit {index}"
        ).made_at
        for index, token in enumerate(commits, 1)
    }
    for id_, at in made.items():
        if at - now > CLOCKS_DIFFER or plan.file.opened_at - at > CLOCKS_DIFFER:
            raise CeremonyRefused(
                f"{id_} committed at {at:%Y-%m-%d %H:%M} UTC by its clock, after "
                f"ceremony.json was opened at {plan.file.opened_at:%H:%M} and before "
                f"now, {now:%Y-%m-%d %H:%M} by this machine: compare your clocks"
            )
    return made


def collect_done(plan: Plan, files: Iterable[tuple[str, DoneFile]]) -> tuple[Done, ...]:
    """Give what every holder said of its new share, in order of index."""
    found: dict[int, Done] = {}
    for name, file in files:
        done = open_statement(Done, plan, file.done, name)
        _add(found, done.index, done, name)
    return _in_order(plan, found, "done file")


def collect_handed(
    plan: Plan, files: Iterable[tuple[str, HandOverFile]]
) -> tuple[HandOver, ...]:
    """Give what every holder hands the index, sealed as it is, in order of index."""
    found: dict[int, HandOver] = {}
    for name, file in files:
        handed = open_statement(HandOver, plan, file.hand_over, name)
        _add(found, handed.index, handed, name)
    return _in_order(plan, found, "hand-over file")


def collect_messages(
    plan: Plan, files: Iterable[tuple[str, MessageFile]]
) -> tuple[MessageFile, ...]:
    """Give every holder's message in order of index, each as its sender signed it."""
    found: dict[int, MessageFile] = {}
    for name, file in files:
        message = open_statement(Message, plan, file.message, name)
        if message.shares != _digest_shares(file.shares):
            raise CeremonyMixed(f"{name}: its sealed shares were changed on the way")
        _add(found, message.index, file, name)
    return _in_order(plan, found, "message")


def verify_committed(
    plan: Plan, commits: Sequence[str], messages: Sequence[str]
) -> None:
    """Hold each message against what its sender committed to, or `CeremonyMixed`.

    Both are signed, before anybody is named: `CeremonyForged` where one is not.
    """
    for index, (commit, message) in enumerate(zip(commits, messages, strict=True), 1):
        open_statement(Message, plan, message, f"message {index}")
        said = open_statement(Commit, plan, commit, f"commit {index}")
        if said.message != _digest(message):
            raise CeremonyMixed(
                f"{plan.card(index).id}: another message than it committed to"
            )


def read_contributions(
    plan: Plan, tokens: Sequence[str], sealed: Sequence[Sequence[Sealed]] | None
) -> Contributions:
    """Give what all messages contribute, by run and then by holder.

    Without `sealed`, the shares that only their receivers can read, it is their public
    part. Raises `CeremonyMixed`, or `CeremonyMalformed` for another number of runs.
    """
    count = len(plan.sessions)
    by_holder = []
    for index, token in enumerate(tokens, 1):
        message = open_statement(Message, plan, token, f"message {index}")
        if message.index != index:
            raise CeremonyMixed(f"message {index}: another holder's")
        shares = [()] * count if sealed is None else sealed[index - 1]
        if len(message.runs) != count or len(shares) != count:
            raise CeremonyMalformed(
                f"message {index}: {plan.card(index).id} takes part in another number "
                "of runs than this ceremony has"
            )
        by_holder.append(list(map(_read_run, message.runs, shares)))
    return tuple(zip(*by_holder, strict=True))


def _read_run(run: RunMessage, sealed: Sealed) -> Contribution:
    return Contribution(
        tuple(parse_point(point) for point in run.commitments),
        run.possession,
        parse_point(run.ephemeral),
        sealed,
    )


def find_outcome(plan: Plan, contributions: Sequence[Contribution]) -> Outcome:
    """Add the first run up, and see that every quorum gives the key it must give.

    That is the one in use where a ceremony shares it anew, and another where it
    rotates. Raises `SharesRefused`.
    """
    former = plan.former
    if former is not None and former.kind == "refresh":
        outcome = refresh(plan.session, contributions, former.outcome)
    else:
        outcome = add_up(plan.session, contributions)
    if former is not None:
        is_same = outcome.public_key == former.outcome.public_key
        if is_same == (former.kind == "rotate"):
            raise SharesRefused("not the key that this ceremony must give")
    points = {
        index: point.encoded for index, point in enumerate(outcome.public_shares, 1)
    }
    for quorum in combinations(points, plan.session.threshold):
        if combine_points({at: points[at] for at in quorum}) != (
            outcome.public_key.encoded
        ):
            raise SharesRefused("not every quorum gives the key")
    return outcome


def _add(found: dict[int, _Told], index: int, token: _Told, name: str) -> None:
    if found.setdefault(index, token) != token:
        raise CeremonyIncomplete(f"{name}: this holder said two different things")


def _in_order(plan: Plan, found: dict[int, _Told], what: str) -> tuple[_Told, ...]:
    missing = [
        plan.card(index).id for index in plan.session.indexes if index not in found
    ]
    if missing:
        raise CeremonyIncomplete(f"no {what} of {', '.join(missing)}")
    return tuple(found[index] for index in plan.session.indexes)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _digest_shares(sealed: Sequence[Sealed]) -> bytes:
    framed = b"".join(
        len(run).to_bytes(8, "big")
        + b"".join(len(each).to_bytes(8, "big") + each for each in run)
        for run in sealed
    )
    return hashlib.sha256(framed).digest()
