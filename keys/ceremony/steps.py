"""The steps of one holder: commit, share, accept, finish. Files in, files out.

A step that was taken gives the same file again and never another. Nothing can be used
before `finish`, which needs the certificates of all: so either all can finish or none.

Proven by tests/property/test_ceremony.py and
tests/attack/test_a_ceremony_is_cheated.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from keys.ceremony.cards import CARD, load_ceremony_key, load_config_key, open_card
from keys.ceremony.conclusion import (
    Conclusion,
    certify_config,
    collect_certificates,
    conclude,
    name_blamed,
)
from keys.ceremony.documents import (
    Blame,
    BlameFile,
    CardFile,
    CertificateFile,
    CommitFile,
    MessageFile,
    RecordFile,
    encode,
    read_file,
)
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.exchange import (
    collect_commits,
    collect_messages,
    read_contribution,
    verify_committed,
    write_commit,
    write_message,
)
from keys.ceremony.former_share import open_former
from keys.ceremony.plan import Plan
from keys.ceremony.signing import sign_statement
from keys.ceremony.state import Progress, StateFolder, Step
from keys.dkg import (
    Constant,
    PartyBlamed,
    Polynomial,
    ZeroSharing,
    certify,
    contribute,
    draw_polynomial,
    draw_sharing,
    draw_zero_sharing,
    open_shares,
    verify_share,
)
from keys.errors import InvalidPoint, SharesRefused
from keys.files import replace_public
from keys.group import Scalar, add_scalars, multiply_base, multiply_scalars
from keys.jose import PrivateKey
from keys.renewal import sign_alone
from keys.sealing import Sealer
from keys.shares import KeyShare

Named = Iterable[tuple[str, MessageFile]]


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """One holder at one step, with its secrets; made by `open_holder`."""

    folder: Path
    plan: Plan
    index: int
    own: Scalar
    config_key: PrivateKey
    former: KeyShare | None = None
    """Its share now, where that is part of its share to come."""

    def __repr__(self) -> str:
        """Show the type, never a key."""
        return "<Holder>"

    @property
    def states(self) -> StateFolder:
        """Give the states of this ceremony."""
        return StateFolder(self.folder, self.plan.digest, self.own)


@dataclass(frozen=True, slots=True, repr=False)
class Finished:
    """What a holder takes away: its share, the signed config and the record."""

    share: Scalar
    conclusion: Conclusion
    document: bytes
    record: RecordFile

    def __repr__(self) -> str:
        """Show the type, never the share."""
        return "<Finished>"


def open_holder(folder: Path, plan: Plan, sealer: Sealer) -> Holder:
    """Open a holder's keys and find its place in the ceremony.

    Raises `CeremonyMixed` where the keys are not those of its card, or the card is not
    in ceremony.json, or follows on another config than the holder's own;
    `KeyringRefused` where a key does not open.
    """
    card = open_card(read_file(CardFile, folder / CARD))
    index = plan.find_index(card)
    own = load_ceremony_key(folder, card.id, sealer)
    config_key = load_config_key(folder)
    if multiply_base(own).encoded != card.ceremony_key:
        raise CeremonyMixed("the ceremony key is not the one of the card")
    if config_key.public != card.config_key:
        raise CeremonyMixed("the config key is not the one of the card")
    former = open_former(folder, plan, index, sealer)
    return Holder(folder, plan, index, own, config_key, former)


def draw(holder: Holder) -> Polynomial | ZeroSharing:
    """Draw what this holder contributes, of the kind that the ceremony demands."""
    session, plan = holder.plan.session, holder.plan
    demanded = session.constant(holder.index)
    if demanded is Constant.ZERO:
        return draw_zero_sharing(session.threshold)
    if demanded is Constant.DRAWN:
        return draw_polynomial(session.threshold)
    if plan.former is None or holder.former is None:
        raise CeremonyMixed("this holder must give of a share that it does not have")
    given = multiply_scalars(plan.former.weigh(holder.index), holder.former.scalar)
    return draw_sharing(given, session.threshold)


def commit(holder: Holder, polynomial: Polynomial | ZeroSharing, fresh: Scalar) -> Path:
    """Make the message, keep it sealed and give out its digest alone.

    `polynomial` and `fresh` are drawn for this call and forgotten with it; a second
    call for one ceremony gives the first one's commit.
    """
    if holder.states.exists(Step.COMMIT):
        message = holder.states.read(Step.COMMIT).message
    else:
        made = contribute(
            holder.plan.session, holder.index, holder.own, polynomial, fresh
        )
        message = write_message(holder.plan, holder.index, holder.config_key, made)
        holder.states.begin(Progress(message=message))
    return _give_out(holder, "commit", _own_commit(holder, message))


def share(holder: Holder, files: Iterable[tuple[str, CommitFile]]) -> Path:
    """Give out the message, once every holder has committed."""
    tokens = ((name, file.commit) for name, file in files)
    commits = collect_commits(holder.plan, tokens)
    if holder.states.exists(Step.SHARE):
        progress = holder.states.read(Step.SHARE)
    else:
        before = holder.states.read(Step.COMMIT)
        seen = before.model_copy(update={"commits": commits})
        _verify_own_commit(holder, seen)
        progress = holder.states.follow(Step.COMMIT, Step.SHARE, lambda: seen)
    if progress.commits != commits:
        raise CeremonyMixed("other commits than those that were seen before: stop")
    return _give_out(holder, "message", progress.message)


def accept(holder: Holder, files: Named) -> tuple[Path, bytes]:
    """Check every message and certify; give the certificate's file and the transcript.

    Raises `HolderBlamed` after it wrote blame-1.json, `CeremonyRefused` otherwise.
    """
    messages = collect_messages(holder.plan, files)
    if holder.states.exists(Step.ACCEPT):
        progress = holder.states.read(Step.ACCEPT)
        if progress.messages != messages:
            raise CeremonyMixed("other messages than those that were certified: stop")
        conclusion, _ = _take_in(holder, progress)
    else:
        before = holder.states.read(Step.SHARE)
        if messages[holder.index - 1] != before.message:
            raise CeremonyMixed("the own message is not as it was given out: stop")
        seen = before.model_copy(update={"messages": messages})
        conclusion, _ = _take_in(holder, seen)
        progress = holder.states.follow(
            Step.SHARE, Step.ACCEPT, lambda: _certified(holder, seen, conclusion)
        )
    if progress.certificate is None:
        raise CeremonyMixed("the state holds no certificate")
    path = _give_out(holder, "certificate", progress.certificate)
    return path, conclusion.transcript


def finish(holder: Holder, files: Iterable[tuple[str, CertificateFile]]) -> Finished:
    """Give the share and the signed config, once every holder has certified.

    Signs nothing, so it may be taken again until what it gave is on disk.
    """
    progress = holder.states.read(Step.ACCEPT)
    certificates = collect_certificates(holder.plan, files)
    conclusion, own_share = _take_in(holder, progress)
    document = certify_config(conclusion, certificates)
    record = RecordFile(
        ceremony=holder.plan.file,
        commits=progress.commits,
        messages=tuple(each.message for each in progress.messages),
        certificates=certificates,
    )
    return Finished(own_share, conclusion, document, record)


def _take_in(holder: Holder, progress: Progress) -> tuple[Conclusion, Scalar]:
    """Give what all messages come to and the own share, or raise."""
    plan = holder.plan
    tokens = [each.message for each in progress.messages]
    verify_committed(plan, progress.commits, tokens)
    contributions = [
        read_contribution(plan, index, each.message, each.shares)
        for index, each in enumerate(progress.messages, 1)
    ]
    try:
        received = open_shares(plan.session, holder.index, holder.own, contributions)
    except PartyBlamed as blamed:
        _blame(holder, blamed, tokens[blamed.index - 1])
        raise name_blamed(plan, blamed) from None
    try:
        conclusion = conclude(plan, contributions)
    except InvalidPoint:
        raise SharesRefused("the contributions cancel out") from None
    own_share = _add_former(holder, received)
    verify_share(conclusion.outcome, holder.index, own_share)
    return conclusion, own_share


def _add_former(holder: Holder, received: Scalar) -> Scalar:
    """Give the share to come: at a refresh what was received changes the one now."""
    plan = holder.plan
    if plan.former is None or plan.former.givers or holder.former is None:
        return received
    return add_scalars(holder.former.scalar, received)


def _certified(holder: Holder, progress: Progress, conclusion: Conclusion) -> Progress:
    certificate = CertificateFile(
        ceremony=holder.plan.digest,
        index=holder.index,
        certificate=certify(holder.own, conclusion.transcript),
        config=sign_alone(conclusion.config, holder.config_key).signatures[0],
    )
    return progress.model_copy(update={"certificate": certificate})


def _own_commit(holder: Holder, message: MessageFile) -> CommitFile:
    return write_commit(holder.plan, holder.index, holder.config_key, message)


def _verify_own_commit(holder: Holder, progress: Progress) -> None:
    own = _own_commit(holder, progress.message).commit
    if progress.commits[holder.index - 1] != own:
        raise CeremonyMixed("the own commit is not as it was given out: stop")


def _blame(holder: Holder, blamed: PartyBlamed, token: str) -> None:
    statement = Blame(
        ceremony=holder.plan.digest,
        index=holder.index,
        blamed=blamed.index,
        rule=blamed.rule,
        message=token,
        share=blamed.share,
    )
    signed = sign_statement(holder.config_key, statement)
    _give_out(holder, "blame", BlameFile(blame=signed))


def _give_out(
    holder: Holder,
    kind: str,
    document: CommitFile | MessageFile | CertificateFile | BlameFile,
) -> Path:
    path = holder.folder / f"{kind}-{holder.index}.json"
    replace_public(path, encode(document) + b"\n")
    return path
