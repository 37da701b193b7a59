"""A policy as one file: one text, one SHA-256, checked whole."""

import hashlib
import json
from dataclasses import replace

import pytest

from policy.bundle import MOST_BYTES, Bundle, load_bundle, parse_bundle, shipped_bundle
from policy.errors import InvalidBundle, InvalidPolicy


def test_the_shipped_policy_is_a_bundle_that_reads_back() -> None:
    shipped = shipped_bundle()
    assert parse_bundle(shipped.encode()) == shipped
    assert load_bundle(shipped).catalogue.purposes


def test_the_digest_is_that_of_the_file() -> None:
    shipped = shipped_bundle()
    assert shipped.digest == hashlib.sha256(shipped.encode()).digest()


def test_the_same_files_in_another_order_are_the_same_bundle() -> None:
    shipped = shipped_bundle()
    turned = Bundle(
        dict(reversed(list(shipped.catalogue.items()))), dict(shipped.rules)
    )
    assert turned.digest == shipped.digest


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b" " * (MOST_BYTES + 1),
        json.dumps({"format": "signal-policy/bundle/1"}).encode(),
        json.dumps(json.loads(shipped_bundle().encode())).encode(),
        shipped_bundle().encode().replace(b"bundle/1", b"bundle/2"),
        Bundle({"../x.toml": ""}, {}).encode(),
        Bundle({f"{n}.toml": "" for n in range(51)}, {}).encode(),
        shipped_bundle().encode().replace(b'"rules": {', b'"rules": {"a.cedar": 1,'),
    ],
)
def test_anything_but_the_one_text_is_no_bundle(data: bytes) -> None:
    with pytest.raises(InvalidBundle):
        parse_bundle(data)


@pytest.mark.parametrize("part", ["catalogue", "rules"])
def test_a_bundle_without_a_part_loads_no_policy(part: str) -> None:
    bundle = parse_bundle(replace(shipped_bundle(), **{part: {}}).encode())
    with pytest.raises(InvalidPolicy):
        load_bundle(bundle)


def test_a_bundle_does_not_print_its_texts() -> None:
    assert repr(shipped_bundle()) == f"<Bundle {shipped_bundle().digest.hex()[:12]}>"
