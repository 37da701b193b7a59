"""A ceremony that follows on a key in use: the same key shared anew, or another.

    refresh   every holder shares zero: each share changes, who has one does not
    replace   `givers`, as many as suffice, share what their shares come to at zero;
              everybody else shares zero, so whoever lost or never had one gets one
    rotate    every holder draws: a key of the next version, for which the index keeps
              each row as it is, since it learns the factor between the two

What must hold of ceremony.json, before a holder does anything:

1. its config in use is signed by every holder that it names, is active, and its key
   was made by a ceremony: no dealt key becomes `distributed`;
2. it takes the next serial and epoch of the same version, or at a rotation the first
   epoch of the next version; threshold and number of holders stay;
3. refresh and rotate: every card is of the holder that stands there, by id, config key
   and ticket key. Replace: every giver's is, and somebody has no share yet;
4. rotate: the index asks for it, signed, on this very config; and there are as many
   holders as products of two shares need.

What a contribution may be as its constant term follows from that alone, by the public
shares of the config in use: where a key is shared anew, no holder brings in another.
"""

from dataclasses import dataclass

from keys.ceremony.documents import CardContent, Kind, PlanFile, encode
from keys.ceremony.errors import CeremonyMalformed, CeremonyMixed
from keys.ceremony.rotation import Rotation, open_told
from keys.config import KeyConfig, open_config
from keys.config_document import (
    ConfigPins,
    HolderConfig,
    SignedDocument,
    read_payload,
)
from keys.dkg import Constant, Outcome
from keys.errors import ConfigRefused
from keys.group import Point, Scalar, multiply, parse_point, parse_scalar
from keys.lagrange import derive_coefficients


@dataclass(frozen=True, slots=True)
class Former:
    """The config in use that a ceremony follows on, and who gives of its shares."""

    kind: Kind
    config: KeyConfig
    givers: tuple[int, ...] = ()
    rotation: Rotation | None = None
    """At a rotation: what the index asks; by which index, its holders must see."""

    @property
    def outcome(self) -> Outcome:
        """Give its key and public shares."""
        return Outcome(
            parse_point(self.config.public_key),
            tuple(parse_point(each.public_share) for each in self.config.holders),
        )

    def find_holder(self, index: int, card: CardContent) -> HolderConfig | None:
        """Give the holder that stands at this place, if this is its card."""
        known = self.config.holders[index - 1]
        same = (known.id, known.config_key) == (card.id, card.config_key)
        return known if same else None

    def needs_share(self, index: int) -> bool:
        """Tell whether this holder takes part with the share that it has now."""
        return self.kind != "replace" or index in self.givers

    def weigh(self, index: int) -> Scalar:
        """Give the weight of a giver's share at zero, among the givers."""
        weights = dict(zip(self.givers, derive_coefficients(self.givers), strict=True))
        return parse_scalar(weights[index])

    def find_constants(self) -> tuple[Constant | Point, ...]:
        """Give what the constant term of each holder must be, in order of index."""
        shares = self.outcome.public_shares
        if self.kind == "rotate":
            return tuple(Constant.DRAWN for _ in shares)
        return tuple(
            multiply(self.weigh(index), share)
            if index in self.givers
            else Constant.ZERO
            for index, share in enumerate(shares, 1)
        )


def read_former(file: PlanFile, cards: tuple[CardContent, ...]) -> Former | None:
    """Give what a ceremony follows on, None for a new key; raises `CeremonyRefused`."""
    if file.kind == "generate":
        if file.current is not None or file.givers or file.rotation is not None:
            raise CeremonyMalformed("ceremony.json: a new key follows on no other")
        if (file.draft.serial, file.draft.key_version, file.draft.epoch) != (1, 1, 1):
            raise CeremonyMalformed("ceremony.json: a new key has the first serial")
        return None
    if file.current is None:
        raise CeremonyMalformed("ceremony.json: names no config in use")
    rotation = None
    if file.rotation is not None:
        rotation = open_told(Rotation, file.rotation, "rotation.json")
    config = open_current(file.current)
    former = Former(file.kind, config, file.givers, rotation)
    _verify_draft(file, former.config)
    if len(cards) != len(former.config.holders):
        raise CeremonyMalformed("ceremony.json: another number of holders than now")
    if file.kind == "replace":
        _verify_replacement(former, cards)
    else:
        _verify_same_holders(former, cards)
    _verify_cards(former, cards)
    _verify_asked(file, former)
    return former


def open_current(document: SignedDocument) -> KeyConfig:
    """Give the config that every holder in it signed, or raise `CeremonyMalformed`.

    Whether these are the right holders, whoever knows them must see: a holder by its
    own files, anybody else by pins.json or the config that it uses.
    """
    try:
        named = read_payload(document)
        pins = ConfigPins(keys=tuple(each.config_key for each in named.holders))
        config = open_config(encode(document), pins)
    except (ConfigRefused, ValueError) as refusal:
        said = refusal.why if isinstance(refusal, ConfigRefused) else "not base64url"
        raise CeremonyMalformed(f"ceremony.json: its config in use: {said}") from None
    if config.state != "active" or config.origin != "distributed":
        raise CeremonyMalformed(
            "ceremony.json: its config in use is not active, or its key was dealt"
        )
    return config


def _verify_draft(file: PlanFile, config: KeyConfig) -> None:
    draft = file.draft
    version, epoch = follow(file.kind, config)
    expected = (config.serial + 1, version, epoch, config.threshold)
    found = (draft.serial, draft.key_version, draft.epoch, draft.threshold)
    if draft.valid_from != config.valid_from:
        raise CeremonyMalformed("ceremony.json: validFrom is not when the key began")
    if found != expected:
        raise CeremonyMalformed(
            "ceremony.json: not the next serial and epoch of its config in use, "
            "or another version or threshold"
        )


def follow(kind: Kind, config: KeyConfig) -> tuple[int, int]:
    """Give the version and epoch that follow on a config in use."""
    if kind == "rotate":
        return config.key_version + 1, 1
    return config.key_version, config.epoch + 1


def verify_width(threshold: int, holders: int) -> None:
    """Return where so many holders can rotate a key, or raise `CeremonyMalformed`."""
    needed = 2 * threshold - 1
    if holders < needed:
        raise CeremonyMalformed(
            f"a key of which {threshold} of {holders} suffice cannot be rotated: that "
            f"takes {needed} holders. Make a new key instead"
        )


def _verify_asked(file: PlanFile, former: Former) -> None:
    """Hold that a rotation, and nothing else, is what the index asked for."""
    config, asked = former.config, former.rotation
    if (file.kind == "rotate") != (asked is not None):
        raise CeremonyMalformed(
            "ceremony.json: a rotation is asked for by the index, and nothing else is"
        )
    if asked is None:
        return
    verify_width(config.threshold, len(config.holders))
    if (asked.key_version, asked.serial) != (config.key_version + 1, config.serial):
        raise CeremonyMixed("rotation.json: follows on another config than this one")


def _verify_same_holders(former: Former, cards: tuple[CardContent, ...]) -> None:
    if former.givers:
        raise CeremonyMalformed(f"ceremony.json: nobody gives at a {former.kind}")
    for index, card in enumerate(cards, 1):
        if former.find_holder(index, card) is None:
            known = former.config.holders[index - 1]
            raise CeremonyMixed(f"card {index}: is not of {known.id}, which holds now")


def _verify_replacement(former: Former, cards: tuple[CardContent, ...]) -> None:
    givers = former.givers
    if list(givers) != sorted(set(givers)) or len(givers) != former.config.threshold:
        raise CeremonyMalformed("ceremony.json: not as many givers as suffice")
    for index in givers:
        if index > len(cards):
            raise CeremonyMalformed("ceremony.json: a giver that is no holder")
        if former.find_holder(index, cards[index - 1]) is None:
            known = former.config.holders[index - 1]
            raise CeremonyMixed(f"card {index}: is not of {known.id}, which gives")
    if len(givers) == len(cards):
        raise CeremonyMalformed("ceremony.json: everybody gives; that is a refresh")


def _verify_cards(former: Former, cards: tuple[CardContent, ...]) -> None:
    """Hold that who keeps its share signs tickets as before, and has its own keys.

    A ticket key is changed by a renewal; who lost everything else may bring a new one.
    """
    owners = {
        key: known.id
        for known in former.config.holders
        for key in (known.config_key, *known.ticket_keys)
    }
    for index, card in enumerate(cards, 1):
        known = former.config.holders[index - 1]
        if former.needs_share(index) and card.ticket_key != known.ticket_key:
            raise CeremonyMixed(
                f"card {index}: has another ticket key than {known.id} uses"
            )
        for key in (card.config_key, card.ticket_key):
            if owners.get(key, card.id) != card.id:
                raise CeremonyMixed(f"card {index}: has a key of another holder")
