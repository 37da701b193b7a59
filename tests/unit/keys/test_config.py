"""A key config is refused for each thing that architecture.md section 4 lists.

Every wrong document here is signed by all three holders unless the test is about the
signatures: what is wrong with it is the one thing the test names.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from keys.config import KeyConfig
from keys.errors import (
    ConfigForked,
    ConfigKeyChanged,
    ConfigNotActive,
    ConfigNotValidNow,
    ConfigOriginRefused,
    ConfigPointRefused,
    ConfigRolledBack,
    ConfigSharesDisagree,
    ConfigSharesEqual,
    ConfigUncertified,
    ConfigUnsigned,
)
from keys.group import add, generate_scalar, multiply_base, parse_point
from keys.jose import PrivateKey
from tests.dealing import sign_config
from tests.keys_builders import (
    Client,
    a_dealing,
    changed_config,
    config_with_holder,
    encode_point,
    payload_of,
    pins_of,
    sign_payload,
    signing_keys,
    the_dealing,
)

DEALING = the_dealing()
CLIENT = Client(pins=pins_of(DEALING))
PRODUCTION = replace(CLIENT, accepted_origin="distributed")
FIRST, SECOND = encode_point(b"1" * 32), encode_point(b"2" * 32)
"""Digests of the transcripts of two ceremonies."""
STRANGER = PrivateKey.generate()
IDENTITY = encode_point(bytes(32))
RANDOM_POINT = encode_point(multiply_base(generate_scalar()).encoded)


def successor(**members: object) -> KeyConfig:
    """Give what a client has accepted before: the good config with other numbers."""
    return DEALING.config.model_copy(update=members)


def test_a_config_that_all_holders_signed_is_accepted() -> None:
    assert CLIENT.accept(DEALING.document) == DEALING.config


def test_a_config_reads_back_from_what_it_encodes() -> None:
    assert payload_of(DEALING.document) == json.loads(DEALING.config.encode())


def test_the_same_config_is_accepted_again() -> None:
    again = replace(CLIENT, known=DEALING.config)
    assert again.accept(DEALING.document) == DEALING.config


def distributed(ceremony: str = FIRST, **members: object) -> bytes:
    """Give the good config as a ceremony would have made it."""
    return changed_config(origin="distributed", ceremony=ceremony, **members)


def test_a_newer_epoch_by_a_ceremony_of_its_own_is_accepted() -> None:
    before = PRODUCTION.accept(distributed())
    again = replace(PRODUCTION, known=before)
    assert again.accept(distributed(SECOND, serial=2, epoch=2)).epoch == 2


def test_a_newer_key_version_may_have_another_key() -> None:
    newer = a_dealing()
    keys = signing_keys(newer)
    made = {"origin": "distributed", "ceremony": SECOND}
    payload = payload_of(newer.document) | made | {"serial": 2, "keyVersion": 2}
    client = replace(PRODUCTION, pins=pins_of(newer), known=DEALING.config)
    assert client.accept(sign_payload(payload, keys)).key_version == 2


@pytest.mark.parametrize("numbers", [{"epoch": 2}, {"keyVersion": 2}], ids=str)
def test_another_epoch_or_version_by_the_ceremony_of_before_is_refused(
    numbers: dict[str, int],
) -> None:
    again = replace(PRODUCTION, known=PRODUCTION.accept(distributed()))
    with pytest.raises(ConfigUncertified):
        again.accept(distributed(FIRST, serial=2, **numbers))


def test_a_dealt_key_has_no_other_epoch() -> None:
    with pytest.raises(ConfigUncertified):
        replace(CLIENT, known=DEALING.config).accept(changed_config(serial=2, epoch=2))


# Who signed


def test_a_missing_signature_is_refused() -> None:
    document = sign_payload(payload_of(DEALING.document), signing_keys(DEALING)[:2])
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(document)


def test_one_holder_signing_three_times_is_refused() -> None:
    document = sign_payload(payload_of(DEALING.document), signing_keys(DEALING)[:1] * 3)
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(document)


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_signature_of_a_stranger_is_refused(index: int) -> None:
    keys = signing_keys(DEALING)
    keys[index - 1] = STRANGER
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(sign_payload(payload_of(DEALING.document), keys))


def test_a_stranger_under_a_holders_kid_is_refused() -> None:
    keys = signing_keys(DEALING)
    keys[0] = PrivateKey(keys[0].kid, STRANGER.jose)
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(sign_payload(payload_of(DEALING.document), keys))


def test_an_extra_signature_is_refused() -> None:
    keys = [*signing_keys(DEALING), STRANGER]
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(sign_payload(payload_of(DEALING.document), keys))


def test_a_payload_changed_after_signing_is_refused() -> None:
    envelope = json.loads(DEALING.document)
    envelope["payload"] = json.loads(changed_config(serial=7))["payload"]
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(json.dumps(envelope).encode())


def test_config_keys_other_than_the_pins_are_refused() -> None:
    document = config_with_holder(2, configKey=STRANGER.public.jwk)
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(document)


def test_a_config_of_other_holders_is_refused() -> None:
    with pytest.raises(ConfigUnsigned):
        CLIENT.accept(a_dealing().document)


# Which key, and since when


def test_a_dealt_key_is_refused_where_a_ceremony_is_expected() -> None:
    with pytest.raises(ConfigOriginRefused):
        PRODUCTION.accept(DEALING.document)


def test_a_distributed_key_is_refused_where_a_dealt_one_is_expected() -> None:
    with pytest.raises(ConfigOriginRefused):
        CLIENT.accept(distributed())


def test_a_distributed_key_is_accepted_in_production() -> None:
    assert PRODUCTION.accept(distributed()).origin == "distributed"


@pytest.mark.parametrize("state", ["upcoming", "retired"])
def test_a_key_that_is_not_in_use_is_refused(state: str) -> None:
    with pytest.raises(ConfigNotActive):
        CLIENT.accept(changed_config(state=state))


def test_a_config_before_its_time_is_refused() -> None:
    early = replace(CLIENT, now=DEALING.config.valid_from - timedelta(seconds=1))
    with pytest.raises(ConfigNotValidNow):
        early.accept(DEALING.document)


def test_a_config_at_the_end_of_its_time_is_refused() -> None:
    late = replace(CLIENT, now=DEALING.config.valid_until)
    ended = f"until {late.now:%Y-%m-%dT%H:%MZ}, and here it is {late.now:%Y-%m-%dT}"
    with pytest.raises(ConfigNotValidNow, match=ended):
        late.accept(DEALING.document)


@pytest.mark.parametrize(
    "known",
    [
        successor(serial=2),
        successor(serial=2, key_version=2, public_key=bytes(32)),
    ],
    ids=["same version", "newer version"],
)
def test_a_lower_serial_is_refused(known: KeyConfig) -> None:
    with pytest.raises(ConfigRolledBack):
        replace(CLIENT, known=known).accept(DEALING.document)


def test_a_higher_serial_cannot_bring_back_an_older_key_version() -> None:
    client = replace(CLIENT, known=successor(key_version=2))
    with pytest.raises(ConfigRolledBack):
        client.accept(changed_config(serial=2))


def test_a_higher_serial_cannot_bring_back_an_older_epoch() -> None:
    client = replace(CLIENT, known=successor(epoch=2))
    with pytest.raises(ConfigRolledBack):
        client.accept(changed_config(serial=2))


def test_two_configs_with_one_serial_are_refused() -> None:
    client = replace(CLIENT, known=DEALING.config)
    with pytest.raises(ConfigForked):
        client.accept(changed_config(epoch=2))


def test_a_key_that_changes_within_a_version_is_refused() -> None:
    other = a_dealing()
    client = Client(pins=pins_of(other), known=DEALING.config)
    document = sign_payload(
        payload_of(other.document) | {"serial": 2}, signing_keys(other)
    )
    with pytest.raises(ConfigKeyChanged):
        client.accept(document)


# The points


@pytest.mark.parametrize(
    "point",
    [
        IDENTITY,
        encode_point(b"\xff" * 32),
        encode_point(b"\x01" + bytes(31)),
    ],
    ids=["identity", "non-canonical", "negative"],
)
def test_a_public_key_outside_the_group_is_refused(point: str) -> None:
    with pytest.raises(ConfigPointRefused):
        CLIENT.accept(changed_config(publicKey=point))


@pytest.mark.parametrize("index", [1, 2, 3])
def test_an_identity_among_the_shares_is_refused(index: int) -> None:
    with pytest.raises(ConfigPointRefused):
        CLIENT.accept(config_with_holder(index, publicShare=IDENTITY))


def test_equal_shares_are_refused() -> None:
    first = encode_point(DEALING.config.holders[0].public_share)
    with pytest.raises(ConfigSharesEqual):
        CLIENT.accept(config_with_holder(2, publicShare=first))


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_share_that_breaks_two_pairs_is_refused(index: int) -> None:
    with pytest.raises(ConfigSharesDisagree):
        CLIENT.accept(config_with_holder(index, publicShare=RANDOM_POINT))


def test_a_key_that_no_pair_gives_is_refused() -> None:
    with pytest.raises(ConfigSharesDisagree):
        CLIENT.accept(changed_config(publicKey=RANDOM_POINT))


def test_shares_that_cancel_out_are_refused() -> None:
    # At 1 and 2 the sum is 2*K_1 - K_2.
    first = parse_point(DEALING.config.holders[0].public_share)
    doubled = encode_point(add(first, first).encoded)
    with pytest.raises(ConfigSharesDisagree):
        CLIENT.accept(config_with_holder(2, publicShare=doubled))


def test_every_quorum_of_a_larger_circle_is_checked() -> None:
    dealing = a_dealing(holders=5, threshold=3)
    client = Client(pins=pins_of(dealing))
    client.accept(dealing.document)
    payload = payload_of(dealing.document)
    payload["holders"][4]["publicShare"] = RANDOM_POINT
    with pytest.raises(ConfigSharesDisagree):
        client.accept(sign_payload(payload, signing_keys(dealing)))


def test_signing_a_config_gives_the_document_that_clients_read() -> None:
    document = sign_config(DEALING.config, signing_keys(DEALING))
    assert CLIENT.accept(document) == DEALING.config
