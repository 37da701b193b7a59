"""The steps of one holder: commit, share, accept, finish. Files in, files out.

A step that was taken gives the same file again and never another. Nothing can be used
before `finish`, which needs the certificates of all: so either all can finish or none.

Proven by tests/property/test_ceremony.py and
tests/attack/test_a_ceremony_is_cheated.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keys.ceremony.cards import CONFIG_KEY
from keys.ceremony.conclusion import (
    Conclusion,
    certify_config,
    collect_certificates,
)
from keys.ceremony.documents import (
    CertificateFile,
    CommitFile,
    HandOverFile,
    MessageFile,
    RecordFile,
)
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.exchange import (
    collect_commits,
    collect_messages,
    write_commit,
    write_message,
)
from keys.ceremony.handing_over import hand_over
from keys.ceremony.holder import Drawn, Holder, give_out
from keys.ceremony.state import Progress, Step
from keys.ceremony.taking_in import Taken, take_in
from keys.dkg import certify, contribute
from keys.dkg.factor import Parts
from keys.group import Scalar
from keys.renewal import sign_alone
from keys.signed_configs import remember_signed

Named = Iterable[tuple[str, MessageFile]]


@dataclass(frozen=True, slots=True, repr=False)
class Finished:
    """What a holder takes away: its share, the signed config and the record."""

    share: Scalar
    conclusion: Conclusion
    document: bytes
    record: RecordFile
    handed: HandOverFile | None
    """At a rotation: what the index alone can open."""

    def __repr__(self) -> str:
        """Show the type, never the share."""
        return "<Finished>"


def commit(holder: Holder, drawn: Drawn, now: datetime) -> Path:
    """Make the message, keep it sealed and give out its digest alone.

    What is drawn is drawn for this call and forgotten with it; a second call for one
    ceremony gives the first one's commit.
    """
    if holder.states.exists(Step.COMMIT):
        progress = holder.states.read(Step.COMMIT)
    else:
        made = [
            contribute(session, holder.index, holder.own, polynomial, fresh)
            for session, (polynomial, fresh) in zip(
                holder.plan.sessions, drawn, strict=True
            )
        ]
        message = write_message(holder.plan, holder.index, holder.config_key, made)
        progress = Progress(message=message, made_at=now.replace(microsecond=0))
        holder.states.begin(progress)
    return give_out(holder, "commit", _own_commit(holder, progress))


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
    return give_out(holder, "message", progress.message)


def accept(holder: Holder, files: Named) -> tuple[Path, bytes]:
    """Check every message and certify; give the certificate's file and the transcript.

    Raises `HolderBlamed` after it wrote blame-1.json, `CeremonyRefused` otherwise.
    """
    messages = collect_messages(holder.plan, files)
    if holder.states.exists(Step.ACCEPT):
        progress = holder.states.read(Step.ACCEPT)
        if progress.messages != messages:
            raise CeremonyMixed("other messages than those that were certified: stop")
        conclusion = take_in(holder, progress).conclusion
    else:
        before = holder.states.read(Step.SHARE)
        if messages[holder.index - 1] != before.message:
            raise CeremonyMixed("the own message is not as it was given out: stop")
        seen = before.model_copy(update={"messages": messages})
        conclusion = take_in(holder, seen).conclusion
        progress = holder.states.follow(
            Step.SHARE, Step.ACCEPT, lambda: _certified(holder, seen, conclusion)
        )
    if progress.certificate is None:
        raise CeremonyMixed("the state holds no certificate")
    path = give_out(holder, "certificate", progress.certificate)
    return path, conclusion.transcript


def finish(holder: Holder, files: Iterable[tuple[str, CertificateFile]]) -> Finished:
    """Give the share and the signed config, once every holder has certified.

    Signs nothing, so it may be taken again until what it gave is on disk.
    """
    progress = holder.states.read(Step.ACCEPT)
    certificates = collect_certificates(holder.plan, files)
    taken = take_in(holder, progress)
    conclusion = taken.conclusion
    document = certify_config(conclusion, certificates)
    record = RecordFile(
        ceremony=holder.plan.file,
        commits=progress.commits,
        messages=tuple(each.message for each in progress.messages),
        certificates=tuple(file for _, file in certificates),
    )
    return Finished(
        taken.share, conclusion, document, record, _hand_over(holder, taken)
    )


def _hand_over(holder: Holder, taken: Taken) -> HandOverFile | None:
    if not taken.further or holder.former is None:
        return None
    mask, *zeros = taken.further
    parts = Parts(holder.former.scalar, taken.share, mask, (zeros[0], zeros[1]))
    return hand_over(taken.conclusion, holder.index, holder.config_key, parts)


def _certified(holder: Holder, progress: Progress, conclusion: Conclusion) -> Progress:
    key = holder.folder / CONFIG_KEY
    remember_signed(key, conclusion.config, holder.sealer, anew=True)
    certificate = CertificateFile(
        ceremony=holder.plan.digest,
        index=holder.index,
        certificate=certify(holder.own, conclusion.transcript),
        config=sign_alone(conclusion.config, holder.config_key).signatures[0],
    )
    return progress.model_copy(update={"certificate": certificate})


def _own_commit(holder: Holder, progress: Progress) -> CommitFile:
    return write_commit(
        holder.plan,
        holder.index,
        holder.config_key,
        progress.message,
        progress.made_at,
    )


def _verify_own_commit(holder: Holder, progress: Progress) -> None:
    own = _own_commit(holder, progress).commit
    if progress.commits[holder.index - 1] != own:
        raise CeremonyMixed("the own commit is not as it was given out: stop")
