"""What a ceremony is about, opened and checked: the cards, the draft, the session.

- `digest` (SHA-256 of the session's context) names the ceremony in every message; the
  context binds each byte of ceremony.json, its fresh nonce and its cards in order.
- Ids, config keys, ticket keys and ceremony keys belong to one card each.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.ceremony.cards import open_card
from keys.ceremony.documents import (
    CardContent,
    CardFile,
    Draft,
    Kind,
    PlanFile,
    encode,
    writing,
)
from keys.ceremony.errors import CeremonyMalformed, CeremonyMixed, CeremonyRefused
from keys.ceremony.runs import open_sessions
from keys.ceremony.succession import Former, follow, open_current, read_former
from keys.config_document import SignedDocument
from keys.dkg import Session
from keys.errors import SharesRefused
from keys.group import parse_point

CLOCKS_DIFFER: Final = timedelta(minutes=5)
_CALL_TAKES: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Plan:
    """A ceremony as all must see it; made by `open_plan`."""

    file: PlanFile
    cards: tuple[CardContent, ...]
    sessions: tuple[Session, ...]
    former: Former | None

    @property
    def session(self) -> Session:
        """Give the session of the key: the first run."""
        return self.sessions[0]

    @property
    def digest(self) -> bytes:
        """Give the name of this ceremony and try, 32 bytes."""
        return hashlib.sha256(self.session.context).digest()

    @property
    def extension(self) -> bytes:
        """Give SHA-256 of the draft config: what the transcript binds besides."""
        parts = [encode(self.file.draft), *(encode(card) for card in self.cards)]
        framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hashlib.sha256(b"signal-keys/draft-config/1" + framed).digest()

    def card(self, index: int) -> CardContent:
        """Give the card at an index."""
        return self.cards[index - 1]

    def find_index(self, card: CardContent) -> int:
        """Give the index of a holder's own card, or raise `CeremonyMixed`."""
        for index, each in enumerate(self.cards, 1):
            if each == card:
                return index
        raise CeremonyMixed("ceremony.json does not hold the card of this holder")


def draw_up(
    cards: tuple[CardFile, ...],
    *,
    threshold: int,
    valid: timedelta,
    nonce: bytes,
    now: datetime,
) -> PlanFile:
    """Write down a ceremony that makes the first version of a key.

    Raises `CeremonyMalformed` for too few or too many cards.
    """
    start = now.replace(microsecond=0)
    with writing("ceremony.json"):
        draft = Draft(
            threshold=threshold,
            valid_from=start,
            valid_until=start + valid,
        )
        return PlanFile(nonce=nonce, opened_at=start, draft=draft, cards=cards)


def draw_up_succession(
    current: SignedDocument,
    cards: tuple[CardFile, ...],
    *,
    lost: Collection[str] = (),
    rotation: str | None = None,
    valid: timedelta,
    nonce: bytes,
    now: datetime,
) -> PlanFile:
    """Write down a ceremony that shares the key in use anew, or rotates it.

    With `rotation`, what the index asks, it rotates; without that, and without anybody
    in `lost`, it is a refresh. `lost` names holders of the config in use
    that have no share, or leave; the first of the others that suffice give. Raises
    `CeremonyMalformed` where too few are left, or one is no holder.

    It is valid from when the first key began, as a renewal is: no trial begins anew.
    """
    config = open_current(current)
    unknown = set(lost) - {holder.id for holder in config.holders}
    if unknown:
        raise CeremonyMalformed(f"{min(unknown)}: no holder of the config in use")
    kind: Kind = "refresh" if rotation is None else "rotate"
    if lost:
        kind = "replace"
    version, epoch = follow(kind, config)
    draft = Draft(
        serial=config.serial + 1,
        key_version=version,
        epoch=epoch,
        threshold=config.threshold,
        valid_from=config.valid_from,
        valid_until=now.replace(microsecond=0) + valid,
    )
    left = [holder.index for holder in config.holders if holder.id not in lost]
    if len(left) < config.threshold:
        raise CeremonyMalformed(
            f"{len(left)} left, and {config.threshold} must give: the key is lost"
        )
    return PlanFile(
        kind=kind,
        nonce=nonce,
        opened_at=now.replace(microsecond=0),
        draft=draft,
        cards=cards,
        current=current,
        givers=tuple(left[: config.threshold]) if lost else (),
        rotation=rotation,
    )


def open_plan(file: PlanFile) -> Plan:
    """Check every card and open the session, or raise `CeremonyRefused`."""
    cards = tuple(
        open_card(card, f"card {at}") for at, card in enumerate(file.cards, 1)
    )
    _verify_distinct(cards)
    if file.draft.valid_from >= file.draft.valid_until:
        raise CeremonyMalformed("ceremony.json: valid until before valid from")
    former = read_former(file, cards)
    try:
        parties = [parse_point(card.ceremony_key) for card in cards]
        sessions = open_sessions(file, parties, former)
    except SharesRefused as refusal:
        raise CeremonyMalformed(f"ceremony.json: {refusal}") from None
    return Plan(file, cards, sessions, former)


def verify_begun(plan: Plan, now: datetime) -> None:
    """Return when ceremony.json was opened just now by this clock, or raise.

    A clock that is behind by five minutes, or ahead by two hours, is refused with
    `CeremonyRefused`: a key made by a wrong clock is refused by everybody until theirs
    says the same, and a former share would go before it may.
    """
    opened = plan.file.opened_at
    if opened - now > CLOCKS_DIFFER or now - opened > _CALL_TAKES:
        raise CeremonyRefused(
            f"ceremony.json was opened at {opened:%Y-%m-%d %H:%M} UTC, and this "
            f"machine says {now:%Y-%m-%d %H:%M} UTC: compare your clocks; where both "
            "are right, have it opened anew"
        )


def _verify_distinct(cards: tuple[CardContent, ...]) -> None:
    if len({card.id for card in cards}) != len(cards):
        raise CeremonyMalformed("ceremony.json: two cards have the same id")
    # One key in two roles or hands would let one party sign, or ticket, for two.
    keys = [key.raw for card in cards for key in (card.config_key, card.ticket_key)]
    if len(set(keys)) != len(keys):
        raise CeremonyMalformed("ceremony.json: two signing keys are the same")
