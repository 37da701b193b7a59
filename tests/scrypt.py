"""What a passphrase is worth to tests: the least that the product opens, derived once.

A test that seals has its own command, holder or machine open it again, up to twenty
times in one ceremony; each of these was a twentieth of a second at the least cost, and
eight times that at the cost of the product. What is derived is the real one, so that a
process of its own opens what a test has sealed.
"""

from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from deploy.town.forking import seal_lightly
from keys import sealing


@dataclass(frozen=True)
class RememberedScrypt:
    """`Scrypt`, as far as `keys.sealing` asks it, which derives each key once."""

    salt: bytes
    length: int
    n: int
    r: int
    p: int

    def derive(self, material: bytes) -> bytes:
        return _derive(self, material)


@cache
def _derive(kdf: RememberedScrypt, material: bytes) -> bytes:
    real = Scrypt(salt=kdf.salt, length=kdf.length, n=kdf.n, r=kdf.r, p=kdf.p)
    return real.derive(material)


def spare_passphrases() -> None:
    """Have commands in this process seal at the least cost; derive each key once."""
    seal_lightly()
    vars(sealing).update(Scrypt=RememberedScrypt)
