"""One holder at one step: its folder, its secrets, and what it draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.ceremony.cards import CARD, load_ceremony_key, load_config_key, open_card
from keys.ceremony.documents import (
    BlameFile,
    CardFile,
    CertificateFile,
    CommitFile,
    HandOverFile,
    MessageFile,
    encode,
    read_file,
)
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.former_share import open_former
from keys.ceremony.plan import Plan
from keys.ceremony.state import StateFolder
from keys.dkg import (
    Constant,
    Polynomial,
    Session,
    ZeroSharing,
    draw_polynomial,
    draw_sharing,
    draw_zero_sharing,
)
from keys.files import replace_public
from keys.group import Scalar, generate_scalar, multiply_base, multiply_scalars
from keys.jose import PrivateKey
from keys.sealing import Sealer
from keys.shares import KeyShare

Drawn = Sequence[tuple[Polynomial | ZeroSharing, Scalar]]
"""For each run what is shared in it, and the key of its session."""


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """One holder at one step, with its secrets; made by `open_holder`."""

    folder: Path
    plan: Plan
    index: int
    own: Scalar
    config_key: PrivateKey
    sealer: Sealer
    former: KeyShare | None = None
    """Its share now, where it takes part with that."""

    def __repr__(self) -> str:
        """Show the type, never a key."""
        return "<Holder>"

    @property
    def states(self) -> StateFolder:
        """Give the states of this ceremony."""
        return StateFolder(self.folder, self.plan.digest, self.own)


def open_holder(folder: Path, plan: Plan, sealer: Sealer) -> Holder:
    """Open a holder's keys and find its place in the ceremony.

    Raises `CeremonyMixed` where the keys are not those of its card, or the card is not
    in ceremony.json, or follows on another config than the holder's own;
    `KeyringRefused` where a key does not open.
    """
    card = open_card(read_file(CardFile, folder / CARD))
    index = plan.find_index(card)
    own = load_ceremony_key(folder, card.id, sealer)
    config_key = load_config_key(folder, card.id, sealer)
    if multiply_base(own).encoded != card.ceremony_key:
        raise CeremonyMixed("the ceremony key is not the one of the card")
    if config_key.public != card.config_key:
        raise CeremonyMixed("the config key is not the one of the card")
    former = open_former(folder, plan, index, sealer)
    return Holder(folder, plan, index, own, config_key, sealer, former)


def draw(holder: Holder) -> Drawn:
    """Draw what this holder contributes to each run, as the ceremony demands it."""
    return [(_draw(holder, each), generate_scalar()) for each in holder.plan.sessions]


def _draw(holder: Holder, session: Session) -> Polynomial | ZeroSharing:
    plan = holder.plan
    demanded = session.constant(holder.index)
    if demanded is Constant.ZERO:
        return draw_zero_sharing(session.threshold)
    if demanded is Constant.DRAWN:
        return draw_polynomial(session.threshold)
    if plan.former is None or holder.former is None:
        raise CeremonyMixed("this holder must give of a share that it does not have")
    given = multiply_scalars(plan.former.weigh(holder.index), holder.former.scalar)
    return draw_sharing(given, session.threshold)


def give_out(
    holder: Holder,
    kind: str,
    document: CommitFile | MessageFile | CertificateFile | BlameFile | HandOverFile,
) -> Path:
    """Write a file for the others, also over the one of this step taken before."""
    path = holder.folder / f"{kind}-{holder.index}.json"
    replace_public(path, encode(document) + b"\n")
    return path
