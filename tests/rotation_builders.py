"""A rotation: its shares in one place, as no party ever has them, and its index."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from keys.ceremony.carrying import Asked, Carried, carry_over
from keys.ceremony.documents import HandOverFile, RecordFile, parse_file, read_file
from keys.ceremony.handing_over import find_transcript
from keys.ceremony.rotation import Rotated as RotatedSaid
from keys.ceremony.rotation import (
    RotatedFile,
    Rotation,
    SealPair,
    sign_told,
)
from keys.config import KeyConfig
from keys.dkg import Polynomial, ZeroSharing, draw_polynomial, draw_zero_sharing
from keys.dkg.factor import Parts, Products, PublicParts, mask_products
from keys.group import Scalar, generate_scalar, multiply_base
from keys.jose import PrivateKey
from keys.overlap import VERSION_OVERLAP
from keys.pseudonym import parse_index_scalar
from tests.ceremony_builders import NOW, Call
from tests.succession_builders import config_of


@dataclass
class Rotated:
    """Both keys, the mask and shares of zero, of one threshold among some parties."""

    threshold: int
    parties: int
    former: Polynomial = field(init=False)
    following: Polynomial = field(init=False)
    mask: Polynomial = field(init=False)
    zeros: tuple[ZeroSharing, ZeroSharing] = field(init=False)

    def __post_init__(self) -> None:
        self.former, self.following, self.mask = (
            draw_polynomial(self.threshold) for _ in range(3)
        )
        wide = 2 * self.threshold - 1
        self.zeros = (draw_zero_sharing(wide), draw_zero_sharing(wide))

    @property
    def former_key(self) -> Scalar:
        return self.former.coefficients[0]

    @property
    def following_key(self) -> Scalar:
        return self.following.coefficients[0]

    def parts(self, at: int) -> Parts:
        first, second = (each.value_at(at) for each in self.zeros)
        return Parts(
            self.former.value_at(at),
            self.following.value_at(at),
            self.mask.value_at(at),
            (first, second),
        )

    def public(self, at: int) -> PublicParts:
        parts = self.parts(at)
        first, second = (multiply_base(each) for each in parts.zeros)
        return PublicParts(
            multiply_base(parts.former),
            multiply_base(parts.following),
            multiply_base(parts.mask),
            (first, second),
        )

    def products(self) -> dict[int, Products]:
        return {
            at: mask_products(self.parts(at), self.public(at), generate_scalar())
            for at in range(1, self.parties + 1)
        }


class Index:
    """The index of some holders: its receipt key, its secret, and what it asked."""

    def __init__(self) -> None:
        self.key = PrivateKey.generate()
        self.scalar = parse_index_scalar(generate_scalar().encoded)

    def begin(self, call: Call) -> None:
        """Ask for a rotation, and have the holders open it."""
        self.known = config_of(call.folders[1])
        for folder in call.folders.values():
            self.introduce(folder)
        pair = SealPair.generate()
        self.asked = Asked(self.ask(self.known, pair), pair)
        call.follow(rotation=sign_told(self.key, self.asked.rotation))

    def ask(self, known: KeyConfig, pair: SealPair) -> Rotation:
        return Rotation(
            key_version=known.key_version + 1,
            serial=known.serial,
            seal_key=pair.public,
            begun_at=NOW,
            index_key=self.key.public,
        )

    def introduce(self, folder: Path) -> None:
        """Give a holder the key with which this index signs."""
        (folder / "receipt.public.jwk").write_text(json.dumps(self.key.public.jwk))

    def finish(self, call: Call) -> Carried:
        """Take in what all handed over, with the record of holder 1."""
        record = read_file(RecordFile, results(call, 1) / "record.json")
        return self.take(record, handed(call))

    def take(
        self, record: RecordFile, files: list[tuple[str, HandOverFile]]
    ) -> Carried:
        return carry_over(
            record, files, self.asked, known=self.known, scalar=self.scalar
        )

    def say(self, carried: Carried) -> RotatedFile:
        said = RotatedSaid(
            transcript=find_transcript(carried.conclusion),
            key_version=self.asked.rotation.key_version,
            over_at=NOW + VERSION_OVERLAP,
            index_key=self.key.public,
        )
        return RotatedFile(rotated=sign_told(self.key, said))


def results(call: Call, at: int) -> Path:
    return call.folders[at] / f"version-{call.plan.file.draft.key_version}"


def handed(call: Call) -> list[tuple[str, HandOverFile]]:
    return [
        (name, parse_file(HandOverFile, data, name))
        for name, data in sorted(call.table.items())
        if name.startswith("hand-over-")
    ]


def settle(call: Call, rotated: RotatedFile) -> None:
    """Let the former shares go, once the index says that their version is over."""
    for at in call.folders:
        call.settle(at, rotated)
