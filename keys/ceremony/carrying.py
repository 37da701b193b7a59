"""What the index makes of a rotation: its secret of the next key version.

What must hold, in this order, before there is one:

1. the ceremony holds, from what is public, and rotates the very key config in use, as
   this index asked with the one-time key that is still here;
2. every holder handed over, signed, for this transcript; each opens and is proven
   (`keys.dkg.factor`): a wrong one names its holder;
3. factor*K = K', which the ceremony holds to be another key than K;
4. c' = c/factor, and c'*K' = c*K: so c'*N' = c*N of every person, and no row changes.

The index learns the factor here and forgets it with the process; no holder learns it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keys.ceremony.conclusion import Conclusion, verify_record
from keys.ceremony.documents import HandOver, HandOverFile, RecordFile
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.exchange import collect_handed
from keys.ceremony.handing_over import find_rotation, open_handed
from keys.ceremony.rotation import Rotation, SealPair
from keys.config import KeyConfig
from keys.dkg.factor import find_factor
from keys.errors import InvalidScalar, SharesRefused
from keys.group import (
    Scalar,
    invert_scalars,
    multiply,
    multiply_scalars,
    parse_point,
    parse_scalar,
)
from keys.pseudonym import IndexScalar, parse_index_scalar


@dataclass(frozen=True, slots=True)
class Asked:
    """What an index asked: the request as it was signed, and its one-time key."""

    rotation: Rotation
    pair: SealPair


@dataclass(frozen=True, slots=True)
class Carried:
    """The secret of the next key version, and the ceremony that it belongs to."""

    scalar: IndexScalar
    conclusion: Conclusion


def carry_over(
    record: RecordFile,
    files: Iterable[tuple[str, HandOverFile]],
    asked: Asked,
    *,
    known: KeyConfig,
    scalar: IndexScalar,
) -> Carried:
    """Give c' for the key of this ceremony, from c of the key in use.

    Raises `CeremonyRefused`, naming the holder where one is at fault, or
    `SharesRefused`. Proven by tests/attack/test_a_rotation_gives_the_key_away.py and
    tests/property/test_rotation.py.
    """
    conclusion, _ = verify_record(record)
    former = conclusion.plan.former
    if former is None or former.config != known:
        raise CeremonyMixed(
            "record.json follows on another config than the one in use: give the one "
            "of this rotation, from the folder version-… of a holder"
        )
    if find_rotation(conclusion) != asked.rotation:
        raise CeremonyMixed("record.json is of another rotation than this index began")
    factor = _find_factor(conclusion, collect_handed(conclusion.plan, files), asked)
    return Carried(_carry(conclusion, known, scalar, factor), conclusion)


def _find_factor(
    conclusion: Conclusion, handed: Sequence[HandOver], asked: Asked
) -> Scalar:
    products = {
        each.index: open_handed(conclusion, each, asked.pair) for each in handed
    }
    try:
        return find_factor(products)
    except InvalidScalar:
        raise SharesRefused("the sums are zero") from None


def _carry(
    conclusion: Conclusion, known: KeyConfig, scalar: IndexScalar, factor: Scalar
) -> IndexScalar:
    key, following = parse_point(known.public_key), conclusion.outcome.public_key
    if multiply(factor, key) != following:
        raise SharesRefused("not the factor between the two keys")
    now = parse_scalar(scalar.encoded)
    carried = multiply_scalars(now, invert_scalars([factor])[0])
    if multiply(carried, following) != multiply(now, key):
        raise SharesRefused("the rows would change")
    return parse_index_scalar(carried.encoded)
