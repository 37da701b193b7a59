"""What a holder makes of the others' messages: its shares, or a blame.

Nothing is signed here but `blame-1.json`: which holder broke which rule, in which run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from keys.ceremony.conclusion import Conclusion, conclude, name_blamed
from keys.ceremony.documents import Blame, BlameFile
from keys.ceremony.exchange import read_contributions, verify_committed
from keys.ceremony.holder import Holder, give_out
from keys.ceremony.signing import sign_statement
from keys.ceremony.state import Progress
from keys.dkg import (
    Contribution,
    PartyBlamed,
    open_shares,
    verify_fresh,
    verify_share,
)
from keys.errors import InvalidPoint, SharesRefused
from keys.group import Scalar, add_scalars


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """What all messages come to, and this holder's share of every run."""

    conclusion: Conclusion
    share: Scalar
    further: tuple[Scalar, ...]

    def __repr__(self) -> str:
        """Show the type, never a share."""
        return "<Taken>"


def take_in(holder: Holder, progress: Progress) -> Taken:
    """Give what all messages come to and the own share, or raise."""
    plan = holder.plan
    tokens = [each.message for each in progress.messages]
    verify_committed(plan, progress.commits, tokens)
    contributions = read_contributions(
        plan, tokens, [each.shares for each in progress.messages]
    )
    received = [
        _open_run(holder, tokens, run, given)
        for run, given in enumerate(contributions, 1)
    ]
    for index, own in enumerate(zip(*contributions, strict=True), 1):
        with _blaming(holder, tokens, len(plan.sessions)):
            verify_fresh(index, own)
    try:
        conclusion = conclude(plan, contributions)
    except InvalidPoint:
        raise SharesRefused("the contributions cancel out") from None
    own_share = _add_former(holder, received[0])
    verify_share(conclusion.outcome, holder.index, own_share)
    return Taken(conclusion, own_share, tuple(received[1:]))


def _open_run(
    holder: Holder, tokens: Sequence[str], run: int, given: Sequence[Contribution]
) -> Scalar:
    session = holder.plan.sessions[run - 1]
    with _blaming(holder, tokens, run):
        return open_shares(session, holder.index, holder.own, given)


def _add_former(holder: Holder, received: Scalar) -> Scalar:
    """Give the share to come: at a refresh what was received changes the one now."""
    former = holder.plan.former
    if former is None or former.kind != "refresh" or holder.former is None:
        return received
    return add_scalars(holder.former.scalar, received)


@contextmanager
def _blaming(holder: Holder, tokens: Sequence[str], run: int) -> Iterator[None]:
    """Write down whom this holder blames, and raise `HolderBlamed`."""
    try:
        yield
    except PartyBlamed as blamed:
        _blame(holder, blamed, tokens[blamed.index - 1], run)
        raise name_blamed(holder.plan, blamed) from None


def _blame(holder: Holder, blamed: PartyBlamed, token: str, run: int) -> None:
    statement = Blame(
        ceremony=holder.plan.digest,
        index=holder.index,
        blamed=blamed.index,
        run=run,
        rule=blamed.rule,
        message=token,
        share=blamed.share,
    )
    signed = sign_statement(holder.config_key, statement)
    give_out(holder, "blame", BlameFile(blame=signed))
