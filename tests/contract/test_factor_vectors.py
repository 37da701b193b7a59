"""The factor between two keys, against vectors of our own that stand on a seed.

Every secret is SHA-512(seed/label), reduced; `factor-vectors.json` holds what comes of
them, so that others can check us: decision 73 says what each value is.
"""

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from keys.dkg import Polynomial, ZeroSharing
from keys.dkg.factor import (
    find_factor,
    mask_products,
    parse_products,
    verify_products,
)
from keys.group import (
    Scalar,
    derive_scalar,
    invert_scalars,
    multiply,
    multiply_base,
    multiply_scalars,
    parse_point,
    parse_scalar,
)
from tests.rotation_builders import Rotated

OURS = Path(__file__).with_name("factor-vectors.json")
VECTORS: list[dict[str, Any]] = json.loads(OURS.read_text())["vectors"]


def derive(seed: str, label: str) -> Scalar:
    return derive_scalar(hashlib.sha512(f"{seed}/{label}".encode()).digest())


def make_run(threshold: int, parties: int, seed: str) -> Rotated:
    run = Rotated(threshold, parties)
    drawn = partial(derive, seed)

    def polynomial(label: str, terms: range) -> Polynomial:
        return Polynomial(tuple(drawn(f"{label} {term}") for term in terms))

    run.former, run.following, run.mask = (
        polynomial(label, range(threshold)) for label in ("former", "following", "mask")
    )
    wide = range(1, 2 * threshold - 1)
    run.zeros = (
        ZeroSharing(polynomial("zero 1", wide)),
        ZeroSharing(polynomial("zero 2", wide)),
    )
    return run


def make_vector(*, t: int, n: int, seed: str) -> dict[str, Any]:
    run = make_run(t, n, seed)
    public = {at: run.public(at) for at in range(1, n + 1)}
    products = {
        at: mask_products(run.parts(at), public[at], derive(seed, f"nonce {at}"))
        for at in public
    }
    factor, scalar = find_factor(products), derive(seed, "index")
    carried = multiply_scalars(scalar, invert_scalars([factor])[0])
    return {
        "t": t,
        "n": n,
        "seed": seed,
        "former_key": multiply_base(run.former_key).encoded.hex(),
        "following_key": multiply_base(run.following_key).encoded.hex(),
        "parties": [
            {
                "former_share": run.parts(at).former.encoded.hex(),
                "following_share": run.parts(at).following.encoded.hex(),
                "mask_share": run.parts(at).mask.encoded.hex(),
                "zero_shares": [each.encoded.hex() for each in run.parts(at).zeros],
                "handed_over": products[at].encode().hex(),
            }
            for at in public
        ],
        "factor": factor.encoded.hex(),
        "index_scalar": scalar.encoded.hex(),
        "next_index_scalar": carried.encoded.hex(),
    }


def terms(vector: dict[str, Any]) -> dict[str, Any]:
    return {name: vector[name] for name in ("t", "n", "seed")}


def test_our_vectors_are_made_again_from_their_seed() -> None:
    assert [make_vector(**terms(each)) for each in VECTORS] == VECTORS
    assert [(each["t"], each["n"]) for each in VECTORS] == [(2, 3), (2, 5), (3, 5)]


@pytest.mark.parametrize("at", range(3))
def test_our_vectors_hold(at: int) -> None:
    vector = VECTORS[at]
    run = make_run(vector["t"], vector["n"], vector["seed"])
    products = {}
    for index, party in enumerate(vector["parties"], 1):
        products[index] = parse_products(bytes.fromhex(party["handed_over"]))
        verify_products(run.public(index), products[index])
    factor = find_factor(products)
    assert factor.encoded.hex() == vector["factor"]
    former, following = (
        parse_point(bytes.fromhex(vector[name]))
        for name in ("former_key", "following_key")
    )
    assert multiply(factor, former) == following
    scalar, carried = (
        parse_scalar(bytes.fromhex(vector[name]))
        for name in ("index_scalar", "next_index_scalar")
    )
    assert multiply(carried, following) == multiply(scalar, former)
