"""The secrets of the index, as types that cannot be printed.

- The database holds none of them; who has only the database links no row to a person.
- `c_v` and `h` find rows; `l_y` names persons in one year's ledger; the disclosure key
  of a year opens that year's entries. The keys of a year are destroyed when its entries
  have expired: what they sealed is then gone, wherever a copy of it lies.
- Checkpoint and receipt keys sign; their public halves are files for desk and verifier.
- Reading and making the files is done in `signal_index.key_files`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from joserfc.jwk import OKPKey

from keys.pseudonym import IndexScalar, KeyVersion, LedgerNameKey, RowKeySecret
from signal_index.errors import KeyFilesRefused, StaleKeyVersion

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class DisclosureKey:
    """32 bytes under which the disclosures of one year are sealed."""

    year: int
    encoded: bytes

    def __post_init__(self) -> None:
        if len(self.encoded) != SECRET_BYTES or not any(self.encoded):
            raise KeyFilesRefused(f"disclosures-{self.year}: not a key")

    def __repr__(self) -> str:
        return "<DisclosureKey>"


@dataclass(frozen=True, slots=True, repr=False)
class CheckpointKey:
    """Signs the checkpoint (C2SP signed note, Ed25519)."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return "<CheckpointKey>"

    @property
    def public(self) -> Ed25519PublicKey:
        """Give the half that verifiers hold."""
        return self.private.public_key()


@dataclass(frozen=True, slots=True, repr=False)
class ReceiptKey:
    """Signs the promise in a receipt (JWS, Ed25519), named by its `kid`."""

    kid: str
    private: OKPKey

    def __repr__(self) -> str:
        return "<ReceiptKey>"

    @property
    def public_jwk(self) -> dict[str, str]:
        """Give the public JWK, for desks and verifiers."""
        x = str(self.private.as_dict(private=False)["x"])
        return {"crv": "Ed25519", "kid": self.kid, "kty": "OKP", "x": x}


@dataclass(frozen=True, slots=True, repr=False)
class IndexKeys:
    """Everything a serving index holds outside its database."""

    scalars: Mapping[KeyVersion, IndexScalar]
    row_key: RowKeySecret
    ledger_names: Mapping[int, LedgerNameKey]
    disclosures: Mapping[int, DisclosureKey]
    checkpoint: CheckpointKey
    receipt: ReceiptKey

    def __repr__(self) -> str:
        return "<IndexKeys>"

    def get_scalar(self, version: KeyVersion) -> IndexScalar:
        """Give c_v; a worker that lacks it says `StaleKeyVersion`, never a miss."""
        try:
            return self.scalars[version]
        except KeyError:
            raise StaleKeyVersion from None

    def get_ledger_name_key(self, year: int) -> LedgerNameKey:
        """Give l_y of a year, or raise: an entry without its name is never written."""
        try:
            return self.ledger_names[year]
        except KeyError:
            raise KeyFilesRefused(f"no ledger-name key for {year}") from None

    def get_disclosure_key(self, year: int) -> DisclosureKey:
        """Give the key that seals a year's disclosures, or raise."""
        try:
            return self.disclosures[year]
        except KeyError:
            raise KeyFilesRefused(f"no disclosure key for {year}") from None
