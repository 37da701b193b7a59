"""The key of a witness: one line in one file that only its owner can read.

`PRIVATE+KEY+name+id+base64`, the form that signed-note tools write, with the type byte
of a cosignature key (c2sp.org/tlog-cosignature).
"""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signal_index.proof import (
    Cosignature,
    MalformedProof,
    WitnessKey,
    cosigned_message,
    decode_b64,
    encode_b64,
)
from signal_index.witness.errors import WitnessUnusable

_PREFIX = "PRIVATE+KEY+"
_COSIGNATURE = b"\x04"
SEED_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, repr=False)
class Cosigner:
    """A witness's private key and the public one that others pin."""

    public: WitnessKey
    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return "<Cosigner>"

    def cosign(self, text: str, *, at: datetime) -> Cosignature:
        """Give the cosignature of a checkpoint's text.

        Only for a checkpoint that was judged and kept: a cosignature cannot be taken
        back.
        """
        moment = at.replace(microsecond=0)
        signature = self._private.sign(cosigned_message(text, moment))
        return Cosignature(self.public, moment, signature)


def make_cosigner(name: str, seed: bytes) -> Cosigner:
    """Give the cosigner of a name and a 32-byte secret."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Cosigner(WitnessKey(name, private.public_key().public_bytes_raw()), private)


def write_cosigner(path: Path, name: str, seed: bytes) -> Cosigner:
    """Write a new key, readable by its owner alone; never over another one."""
    cosigner = make_cosigner(name, seed)
    key_id = cosigner.public.key_id.hex()
    line = f"{_PREFIX}{name}+{key_id}+{encode_b64(_COSIGNATURE + seed)}\n"
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WitnessUnusable(
            f"{path.name} exists; keys are never overwritten"
        ) from None
    with os.fdopen(made, "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return cosigner


def read_cosigner(path: Path) -> Cosigner:
    """Read a key, or raise `WitnessUnusable`; one that others may read is refused."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise WitnessUnusable(f"{path.name}: others may read it; chmod 600")
            line = file.read().decode()
    except (OSError, UnicodeDecodeError) as cause:
        raise WitnessUnusable(f"{path.name}: cannot be read") from cause
    name, _, rest = line.strip().removeprefix(_PREFIX).partition("+")
    key_id, _, material = rest.partition("+")
    try:
        secret = decode_b64(material)
    except MalformedProof:
        secret = b""
    if secret[:1] != _COSIGNATURE or len(secret) != 1 + SEED_BYTES:
        raise WitnessUnusable(f"{path.name}: not a witness key")
    cosigner = make_cosigner(name, secret[1:])
    if cosigner.public.key_id.hex() != key_id:
        raise WitnessUnusable(f"{path.name}: not a witness key")
    return cosigner
