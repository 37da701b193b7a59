"""What a verifier brings along: keys, checkpoints once seen, witnesses it believes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from signal_index import clock
from signal_index.proof import (
    EVER,
    Checkpoint,
    ConsistencyRefused,
    LedgerKey,
    MalformedProof,
    NamedKeys,
    NoteKey,
    Quorum,
    SignatureRefused,
    Witnessed,
    WitnessKey,
    move_to_year,
    parse_note_key,
    parse_policy,
    verify_checkpoint,
    year_of_origin,
)
from signal_index.verify.errors import CannotJudge
from signal_index.verify.sources import LedgerSource


@dataclass(frozen=True, slots=True)
class JudgedKeys:
    """How many steps with keys were shown or erased, and ceremonies checked.

    `successors`: keys that follow another; `untaken`: of a key that was given, and that
    do not lie beside it yet. `unjudged`: steps that this verifier does not look into.
    """

    shown: int = 0
    erased: int = 0
    ceremonies: int = 0
    successors: int = 0
    untaken: int = 0
    unjudged: int = 0


Span = tuple[datetime, datetime]
"""The minutes of a tree's first and latest entry."""
JudgeKeys = Callable[[LedgerSource, Mapping[str, bytes], Span | None], JudgedKeys]
"""Judges the steps with keys of a tree, by entry the digest of what each says."""


def pass_over_keys(
    _source: LedgerSource, recorded: Mapping[str, bytes], _span: Span | None
) -> JudgedKeys:
    """Count the steps with keys: how they were made is not looked into."""
    return JudgedKeys(unjudged=len(recorded))


@dataclass(frozen=True)
class SignedTree:
    """A tree that the ledger signed, and who saw it.

    `is_former`: by a key that counts no more. Where nobody cosigned it, who holds that
    key may have made it since; of a year that is over it is what one expects.
    """

    checkpoint: Checkpoint
    witnessed: Witnessed | None
    is_former: bool


@dataclass(frozen=True)
class Trust:
    """What the verifier brings along.

    One key signs every year, each under that year's name, and those that follow it by
    its word; `year` None accepts any. `quorum` None: no witness is asked for, and where
    `judge_keys` passes over steps with keys, they are counted: the verdict says both.
    """

    key: LedgerKey
    earlier: Sequence[str] = ()
    year: int | None = None
    quorum: Quorum | None = None
    judge_keys: JudgeKeys = pass_over_keys
    now: datetime = field(default_factory=clock.now)

    def verify_signed(self, note: str) -> SignedTree:
        """Hold that the ledger signed this, and its witnesses.

        Raises a `ProofRefused` leaf, or `CannotJudge` where the tree is empty.
        """
        origin = self.name_tree(note)
        signed = verify_checkpoint(note, self.list_keys(origin), origin=origin)
        if signed.size == 0:
            raise CannotJudge("the tree is empty")
        witnessed = self.verify_witnessed(note)
        return SignedTree(signed, witnessed, not self._counts(note, self.now))

    def name_tree(self, note: str) -> str:
        """Give the origin that a note must have: this ledger, in the year in question.

        Raises `MalformedProof` where the year is its own to say, and it says none.
        """
        year = self.year or year_of_origin(note.partition("\n")[0])
        return move_to_year(self.key.name, year)

    def list_keys(self, origin: str) -> Sequence[NoteKey]:
        """List every key that has signed trees of this ledger until now."""
        return self.key.list_named(origin, EVER, self.now)

    def verify_witnessed(self, note: str) -> Witnessed | None:
        """Hold that enough witnesses cosigned this, where any are believed.

        A key of the ledger that counted then must have signed it.
        """
        if self.quorum is None:
            return None
        found = self.quorum.verify(note)
        if not self._counts(note, found.at):
            raise SignatureRefused(
                "a key signed this that did not count when it was cosigned"
            )
        return found

    def _counts(self, note: str, at: datetime) -> bool:
        origin = note.partition("\n")[0]
        try:
            verify_checkpoint(note, self.key.list_named(origin, at, at))
        except SignatureRefused:
            return False
        return True

    def verify_earlier(self, signed: Checkpoint) -> Sequence[Checkpoint]:
        """Give the checkpoints once seen, each smaller than what is signed now."""
        keys = self.list_keys(signed.origin)
        return [_verify_earlier(note, signed, keys) for note in self.earlier]


def parse_ledger_key(text: str) -> LedgerKey:
    """Read the key of a ledger, or several of one, a line each; or `MalformedProof`."""
    first, *others = [parse_note_key(line) for line in text.strip().split("\n")]
    if not others:
        return first
    return NamedKeys(first.name, [first.public, *(one.public for one in others)])


def names_file(text: str) -> bool:
    """Tell whether what was typed is a file that is there, and not the key itself."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name
        return False


def make_quorum(keys: Sequence[WitnessKey], count: int | None) -> Quorum | None:
    """Give the quorum asked for: all of the witnesses where no number is.

    Raises `CannotJudge` for one that could not refuse, or never be reached: naming no
    witness and asking for some is a mistake, not a pass.
    """
    if not keys and count is None:
        return None
    wanted = len(keys) if count is None else count
    if not 1 <= wanted <= len({key.public for key in keys}):
        raise CannotJudge("the quorum is not between one and the witnesses named")
    return Quorum(keys, wanted)


def choose_believed(
    key: str | None, quorum: Quorum | None, policy: str | None
) -> tuple[str, Quorum | None]:
    """Give the ledger's key and the quorum, from a policy or from what was named.

    A policy says both (of a ledger whose key was followed: each key, in a line of its
    own); a key beside it must be one of its ledgers (a file, beside which
    lies what follows on it). Raises `CannotJudge` where both name witnesses, or neither
    names a ledger; `MalformedProof` for a policy that is none.
    """
    if policy is None:
        if key is None:
            raise CannotJudge("name the ledger's key, or a policy")
        return key, quorum
    if quorum is not None:
        raise CannotJudge("name the witnesses in the policy, or beside it, not both")
    said = parse_policy(policy)
    if key is None:
        if len({one.name for one in said.logs}) != 1:
            raise CannotJudge("the policy does not name one ledger; name its key too")
        return "\n".join(one.encode() for one in said.logs), said.quorum
    text = Path(key).read_text("utf-8") if names_file(key) else key
    if parse_note_key(text) not in said.logs:
        raise CannotJudge("the key is of no ledger in the policy")
    return key, said.quorum


def read_note(data: bytes) -> str:
    """Give the text of a checkpoint, or raise `MalformedProof`."""
    try:
        return data.decode()
    except UnicodeDecodeError as cause:
        raise MalformedProof("the checkpoint is not text") from cause


def _verify_earlier(
    note: str, signed: Checkpoint, keys: Sequence[NoteKey]
) -> Checkpoint:
    earlier = verify_checkpoint(note, keys, origin=signed.origin)
    if earlier.size > signed.size:
        raise ConsistencyRefused(
            "the ledger is smaller than an earlier checkpoint: it was rolled back"
        )
    return earlier
