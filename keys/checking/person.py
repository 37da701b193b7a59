"""Whose a pseudonym is: from a number to N, by what holders proved, without them.

The file (`keys.person_proof` writes it) holds the key config as its holders signed it,
the blinded number, the blind sealed under a code, and what holders made of it. Whose
holders these are says who checks, with pins of their own.

Proven by tests/unit/keys/test_person_proof.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from keys.base64url import decode_b64u
from keys.bsn import Bsn, parse_bsn
from keys.checking.evaluations import (
    combine,
    hash_to_group,
    parse_scalar,
    verify_evaluation,
)
from keys.checking.ristretto import ORDER, encode_element, multiply, parse_element
from keys.errors import ConfigMalformed, KeysError, PersonRefused, UnusableKey
from keys.jose import PublicKey, open_compact, parse_public_key

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
FORMAT: Final = "signal-keys/person/1"
CONFIG_TYPE: Final = "signal-key-config+json"
_CONFIG_FORMAT: Final = "signal-keys/config/1"
_LABEL: Final = b"signal-keys/person/1\n"
_MEMBERS: Final = {"format", "keyConfig", "blinded", "sealed", "evaluations"}
_LARGEST: Final = 64 * 1024
_HOLDERS: Final = range(2, 10)

Pins: TypeAlias = Sequence[PublicKey]
"""The config keys of all holders, in order of index."""


@dataclass(frozen=True, slots=True, repr=False)
class ProvenPerson:
    """The pseudonym (32 bytes) of a number under a key version; the holders say so."""

    key_version: int
    pseudonym: bytes


@dataclass(frozen=True, slots=True)
class _Config:
    """What checking needs of a key config that its holders signed."""

    key_version: int
    threshold: int
    public_key: bytes
    shares: Mapping[int, bytes]


def list_pin_files(path: Path) -> Sequence[Path]:
    """List the files of pins that lie there: one, or more while holders change over."""
    beside = sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"))
    return [*([path] if path.exists() or not beside else []), *beside]


def read_pin_sets(path: Path) -> Sequence[Pins]:
    """Read these; raises `OSError`, or `ConfigMalformed` for what is no such file."""
    return [parse_pin_set(one.read_bytes()) for one in list_pin_files(path)]


def parse_pin_set(data: bytes) -> Pins:
    """Read `{"pins":[JWK,…]}` of two to nine holders, or raise `ConfigMalformed`."""
    said = _parse_object(data, {"pins"})
    listed = said["pins"]
    if not isinstance(listed, list) or len(listed) not in _HOLDERS:
        raise ConfigMalformed("pins: two to nine keys belong here")
    try:
        pins = [parse_public_key(one) for one in listed]
    except UnusableKey as refusal:
        raise ConfigMalformed(f"pins: {refusal}") from None
    if len({one.raw for one in pins}) != len(pins):
        raise ConfigMalformed("pins: two are the same key")
    return pins


def open_person(
    data: bytes, code: str, number: Bsn, pins: Sequence[Pins]
) -> ProvenPerson:
    """Give the pseudonym of this number, or raise `PersonRefused`.

    What must hold: (1) all holders of one set of pins signed the key config; (2) the
    blinded point is this number's, by the blind that the code opens; (3) each of as
    many holders as the config asks for proved its evaluation, and these make up K.
    """
    try:
        said = _parse_person(data)
        config = _open_config(said["keyConfig"], pins)
        blinded = _read_bytes(said["blinded"])
        parse_element(blinded)
        proven = _verify_all(config, blinded, said["evaluations"])
        blind = _open_blind(_read_bytes(said["sealed"]), code, number, blinded)
        pseudonym = combine(proven, pow(blind, -1, ORDER))
    except PersonRefused:
        raise
    except (KeysError, ValueError, TypeError, KeyError) as refusal:
        raise PersonRefused("what the holders proved does not hold") from refusal
    return ProvenPerson(config.key_version, pseudonym)


def open_person_file(file: Path, pins: Path, number: str, code: str) -> ProvenPerson:
    """Give the same of a file and pins that lie there, and a number as it was typed.

    Raises `InvalidBsn`, `OSError`, `ConfigMalformed` for pins that are none, too.
    """
    found = read_pin_sets(pins)
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    return open_person(data, code, parse_bsn(number), found)


def mask_blind(data: bytes, code: str) -> bytes:
    """Seal or open 32 bytes under a code that is used for one file."""
    typed = "".join(one for one in code.upper() if one in ALPHABET)
    key = sha256(_LABEL + typed.encode("ascii")).digest()
    return bytes(one ^ other for one, other in zip(data, key, strict=True))


def _parse_person(data: bytes) -> Mapping[str, object]:
    said = _parse_object(data, _MEMBERS)
    if said["format"] != FORMAT:
        raise PersonRefused("it is of another format")
    return said


def _open_blind(sealed: bytes, code: str, number: Bsn, blinded: bytes) -> int:
    other = PersonRefused("it is of another number, or the code is another")
    try:
        blind = parse_scalar(mask_blind(sealed, code))
    except KeysError:
        raise other from None
    if encode_element(multiply(blind, hash_to_group(number.registered))) != blinded:
        raise other
    return blind


def _verify_all(config: _Config, blinded: bytes, said: object) -> Mapping[int, bytes]:
    """Hold that enough holders, each once, answered by shares that make up the key."""
    proven: dict[int, bytes] = {}
    for one in _read_list(said):
        members = _as_object(one, {"holder", "evaluated", "proof"})
        holder, evaluated = members["holder"], _read_bytes(members["evaluated"])
        if not isinstance(holder, int) or holder in proven:
            raise PersonRefused("a holder answered twice")
        share, proof = config.shares[holder], _read_bytes(members["proof"])
        verify_evaluation(share, blinded, evaluated, proof)
        proven[holder] = evaluated
    if len(proven) < config.threshold:
        raise PersonRefused("fewer holders answered than must")
    if combine({one: config.shares[one] for one in proven}) != config.public_key:
        raise PersonRefused("the holders' shares are not of one key")
    return proven


def _open_config(signed: object, pins: Sequence[Pins]) -> _Config:
    document = _as_object(signed, {"payload", "signatures"})
    payload, signatures = str(document["payload"]), _read_list(document["signatures"])
    for one in pins:
        if len(one) == len(signatures) and all(
            _is_signed(payload, member, key)
            for member, key in zip(signatures, one, strict=True)
        ):
            return _read_config(decode_b64u(payload), one)
    raise PersonRefused("the key config is not of the holders that are known")


def _is_signed(payload: str, member: object, key: PublicKey) -> bool:
    said = _as_object(member, {"protected", "signature"})
    token = f"{said['protected']}.{payload}.{said['signature']}"
    try:
        open_compact(token, CONFIG_TYPE, lambda _claims: key)
    except KeysError:
        return False
    return True


def _read_config(data: bytes, pins: Pins) -> _Config:
    """Read what all of them signed; so only what is needed here is looked at."""
    said = json.loads(data)
    holders = said["holders"]
    named = [parse_public_key(one["configKey"]) for one in holders]
    if said["format"] != _CONFIG_FORMAT or named != list(pins):
        raise PersonRefused("the key config names other holders than signed it")
    shares = {int(one["index"]): _read_bytes(one["publicShare"]) for one in holders}
    version, threshold = int(said["keyVersion"]), int(said["threshold"])
    if not 2 <= threshold <= len(shares) == len(pins) or version < 1:
        raise PersonRefused("the key config is not one")
    return _Config(version, threshold, _read_bytes(said["publicKey"]), shares)


def _parse_object(data: bytes, members: set[str]) -> Mapping[str, object]:
    if len(data) > _LARGEST:
        raise ConfigMalformed("the document is too large")
    try:
        said = json.loads(data.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ConfigMalformed("the document is not JSON of its form") from None
    return _as_object(said, members)


def _as_object(value: object, members: set[str]) -> Mapping[str, object]:
    if not isinstance(value, dict) or value.keys() != members:
        raise ConfigMalformed("the document has other members than it should")
    return value


def _once(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _read_list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise ConfigMalformed("a list belongs there")
    return value


def _read_bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise ConfigMalformed("a text of base64url belongs there")
    return decode_b64u(value)
