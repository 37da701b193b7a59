"""The secrets that a serving index holds in memory, as one value without a repr.

- The database holds none of them; who has only the database links no row to a person.
- `c_v` and `h` find rows; `l_y` names persons in one year's ledger; the disclosure key
  of a year opens that year's entries. The keys of a year are destroyed when its entries
  have expired: what they sealed is then gone, wherever a copy of it lies.
- The checkpoint key is not among them: what promises must not be able to sign a tree.
- `signal_index.key_files` makes and reads the files.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime

from keys.config import KeyConfig
from keys.pseudonym import (
    IndexScalar,
    KeyVersion,
    LedgerNameKey,
    Pseudonym,
    StoredPoint,
    derive_stored_point,
    restore_pseudonym,
)
from signal_index.errors import KeyConfigUnusable, KeyFilesRefused, StaleKeyVersion
from signal_index.ledger import DisclosureKey, ReceiptSigners, user_find_key
from signal_index.row_keys import RowKeyRing, RowKeys


@dataclass(frozen=True, slots=True, repr=False)
class YearKeys:
    """Disclosure keys by calendar year; each seals its own year's entries."""

    disclosures: Mapping[int, DisclosureKey]

    def __repr__(self) -> str:
        return "<YearKeys>"

    def get_disclosure_key(self, year: int) -> DisclosureKey:
        """Give the key of a year, or raise: no act goes ahead without its entry."""
        try:
            return self.disclosures[year]
        except KeyError:
            raise KeyFilesRefused(f"no disclosure key for {year}") from None

    def name_account(self, organisation: str, sub: str, at: datetime) -> str:
        """Give the keyed hash by which a year's entries of an account are found."""
        key = self.get_disclosure_key(at.astimezone(UTC).year)
        return user_find_key(key, organisation, sub).hex()


@dataclass(frozen=True, slots=True, repr=False)
class LeaderKeys(YearKeys):
    """What telling sources takes: what is told of a person says by a seal who it is."""

    ring: RowKeyRing

    def __repr__(self) -> str:
        return "<LeaderKeys>"

    @property
    def row_keys(self) -> RowKeys:
        """Give the keys under which rows stand now: taken once for each request."""
        return self.ring.keys


@dataclass(frozen=True, slots=True, repr=False)
class IndexKeys(LeaderKeys):
    """Everything that answering a lookup takes, kept outside the database."""

    scalars: MutableMapping[KeyVersion, IndexScalar]
    """c_v by version: another one comes, and an old one goes, while an index serves."""
    ledger_names: Mapping[int, LedgerNameKey]
    receipts: ReceiptSigners

    def __repr__(self) -> str:
        return "<IndexKeys>"

    def get_scalar(self, version: KeyVersion) -> IndexScalar:
        """Give c_v; a worker that lacks it says `StaleKeyVersion`, never a miss."""
        try:
            return self.scalars[version]
        except KeyError:
            raise StaleKeyVersion from None

    def restore_pseudonym(self, point: StoredPoint) -> tuple[KeyVersion, Pseudonym]:
        """Give N of a person as the newest key version names them: about 90 us."""
        version = max(self.scalars)
        return version, restore_pseudonym(self.scalars[version], point)

    def take_up_scalars(self, found: Mapping[KeyVersion, IndexScalar]) -> None:
        """Have these and no other: whoever has these keys sees it at once."""
        self.scalars.update(found)
        for version in self.scalars.keys() - found.keys():
            del self.scalars[version]

    def verify_same_rows(self, known: KeyConfig, following: KeyConfig) -> None:
        """Hold that no row gets another name with another key, or raise.

        c*K is one point under every version that this index rotated to. A secret of
        another rotation, or of none, would make each lookup a miss without a word.
        Raises `KeyConfigUnusable`.
        """
        if known.key_version == following.key_version:
            return
        if not {known.key_version, following.key_version} <= self.scalars.keys():
            raise KeyConfigUnusable("the key folder lacks a key version in use")
        before, after = (
            derive_stored_point(
                self.scalars[each.key_version], Pseudonym(each.public_key)
            )
            for each in (known, following)
        )
        if before.encoded != after.encoded:
            raise KeyConfigUnusable("the secret of this key version finds no row")

    def get_ledger_name_key(self, year: int) -> LedgerNameKey:
        """Give l_y of a year, or raise: an entry without its name is never written."""
        try:
            return self.ledger_names[year]
        except KeyError:
            raise KeyFilesRefused(f"no ledger-name key for {year}") from None
