"""What a holder hands the index at the end of a rotation, sealed and signed.

`hand-over-1.json` is for the index, not for the other holders. Only the index's
one-time key opens it; the holder's config key signs it, for one transcript. With all
of them the index finds the factor between the keys (`keys.dkg.factor`); no holder does.
"""

from keys.ceremony.conclusion import Conclusion
from keys.ceremony.documents import HandOver, HandOverFile
from keys.ceremony.errors import CeremonyMixed, HolderBlamed
from keys.ceremony.rotation import Rotation, SealPair, seal_for, unseal
from keys.ceremony.runs import MASK, ZEROS
from keys.ceremony.signing import sign_statement
from keys.dkg.factor import (
    Parts,
    Products,
    PublicParts,
    mask_products,
    parse_products,
    verify_products,
)
from keys.errors import InvalidScalar, ProofRefused, SharesRefused
from keys.group import generate_scalar
from keys.jose import PrivateKey


def hand_over(
    conclusion: Conclusion, index: int, key: PrivateKey, parts: Parts
) -> HandOverFile:
    """Seal a holder's products for the index, and sign that with its config key.

    Raises `SharesRefused` where they are not what everybody can see of this holder.
    """
    public = find_public_parts(conclusion, index)
    try:
        products = mask_products(parts, public, generate_scalar())
    except ProofRefused:
        raise SharesRefused("the shares are not those that all can see") from None
    statement = HandOver(
        ceremony=conclusion.plan.digest,
        index=index,
        transcript=find_transcript(conclusion),
        sealed=seal_for(find_rotation(conclusion).seal_key, products.encode()),
    )
    return HandOverFile(hand_over=sign_statement(key, statement))


def open_handed(conclusion: Conclusion, handed: HandOver, pair: SealPair) -> Products:
    """Give a holder's products as it must have made them, or raise, naming it.

    `CeremonyMixed` for another transcript, `HolderBlamed` for what does not open or is
    not proven.
    """
    name = conclusion.plan.card(handed.index).id
    if handed.transcript != find_transcript(conclusion):
        raise CeremonyMixed(f"{name}: hands over what is of another transcript")
    try:
        plain = unseal(pair, handed.sealed)
    except ValueError:
        raise HolderBlamed(f"{name}: what it hands over does not open") from None
    try:
        products = parse_products(plain)
        verify_products(find_public_parts(conclusion, handed.index), products)
    except (InvalidScalar, ProofRefused):
        raise HolderBlamed(
            f"{name}: what it hands over is not made of the shares that all can see"
        ) from None
    return products


def find_public_parts(conclusion: Conclusion, index: int) -> PublicParts:
    """Give what everybody can see of a holder's shares; `CeremonyMixed` for none."""
    former = conclusion.plan.former
    if former is None or former.kind != "rotate":
        raise CeremonyMixed("this ceremony rotates no key")
    at = index - 1
    runs = [conclusion.outcome.public_shares, *conclusion.further]
    first, second = (runs[run][at] for run in ZEROS)
    return PublicParts(
        former.outcome.public_shares[at], runs[0][at], runs[MASK][at], (first, second)
    )


def find_rotation(conclusion: Conclusion) -> Rotation:
    """Give what the index asked, or raise `CeremonyMixed`."""
    former = conclusion.plan.former
    if former is None or former.rotation is None:
        raise CeremonyMixed("this ceremony rotates no key")
    return former.rotation


def find_transcript(conclusion: Conclusion) -> bytes:
    """Give the digest by which the key config names the ceremony."""
    digest = conclusion.config.ceremony
    if digest is None:
        raise CeremonyMixed("the key config names no ceremony")
    return digest
