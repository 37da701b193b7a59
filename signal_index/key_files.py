"""The key folder of an index: made once, read at start, never overwritten.

    index-scalar-1.key        c_v of key version 1      32 bytes, reduced scalar
    row-key-1.key             h, the first              64 bytes, two AES-256 keys
    ledger-names-2026.key     l_y                       32 bytes
    disclosures-2026.key      disclosure key            32 bytes

What the index signs with lies there too: `signal_index.signing_files`.

- A secret file that group or others may read stops the start (`SecretFileExposed`),
  and so does a folder that they may write in.
- Every file is synced before the command says that it made it.
"""

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import pysodium

from keys.errors import KeysError
from keys.pseudonym import (
    IndexScalar,
    KeyVersion,
    LedgerNameKey,
    RowKeySecret,
    parse_index_scalar,
    parse_ledger_name_key,
    parse_row_key_secret,
)
from signal_index import clock
from signal_index.errors import KeyFilesRefused, KeysExist, SecretFileExposed
from signal_index.keyring import IndexKeys, LeaderKeys, YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.proof import origin_of
from signal_index.row_keys import RowKeyRing
from signal_index.secret_files import read_secret, write_secret
from signal_index.signing_files import create_signing_keys, load_receipt_keys

SECRET_BYTES = 32

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

Key = TypeVar("Key")


def create_key_folder(
    folder: Path, *, key_version: int, years: tuple[int, ...], origin_base: str
) -> None:
    """Make every key of a new index; raises `KeysExist` when one is there already.

    `origin_base` is the ledger's: the public checkpoint key is named after the first
    year's tree, and a verifier derives the other years' from it.

    Losing this folder loses every row and every ledger entry's meaning: keep a copy of
    it apart from the copies of the database (docs/operations.md, "Back-up").
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise KeysExist("the key folder is not empty")
    scalar = pysodium.crypto_core_ristretto255_scalar_random()
    write_secret(folder / f"index-scalar-{key_version}.key", scalar)
    create_row_key(folder, 1)
    for year in years:
        create_year(folder, year)
    create_signing_keys(folder, origin_of(origin_base, years[0]))


def create_year(folder: Path, year: int) -> None:
    """Make the two keys of one ledger year; raises `KeysExist`."""
    for kind in ("ledger-names", "disclosures"):
        write_secret(folder / f"{kind}-{year}.key", secrets.token_bytes(SECRET_BYTES))


def destroy_year(folder: Path, year: int) -> None:
    """Destroy the two keys of a ledger year, or raise `KeyFilesRefused`.

    The names and disclosures of that year are gone with them, in every backup of the
    database too; copies of the key folder must be destroyed by hand.
    """
    for kind in ("ledger-names", "disclosures"):
        destroy_file(folder / f"{kind}-{year}.key")


def load_keys(folder: Path) -> IndexKeys:
    """Read what a serving process needs: all but the checkpoint key.

    Raises `KeyFilesRefused` or `SecretFileExposed`.
    """
    disclosures = load_year_keys(folder).disclosures
    scalars = load_scalars(folder)
    names = _read_numbered(folder, "ledger-names", _name_key)
    if names.keys() != disclosures.keys():
        raise KeyFilesRefused("the key folder is not complete")
    return IndexKeys(
        disclosures=disclosures,
        scalars=dict(scalars),
        ring=load_row_keys(folder),
        ledger_names=names,
        receipts=load_receipt_keys(folder, clock.now()),
    )


def create_row_key(folder: Path, number: int) -> RowKeySecret:
    """Make another row key beside those that are there; raises `KeysExist`."""
    data = secrets.token_bytes(2 * SECRET_BYTES)
    write_secret(folder / f"row-key-{number}.key", data)
    return parse_row_key_secret(data)


def destroy_row_key(folder: Path, number: int) -> None:
    """Destroy a row key under which nothing stands, or raise `KeyFilesRefused`.

    What stood under it is lost in every backup of the database too; copies of the key
    folder must be destroyed by hand.
    """
    destroy_file(folder / f"row-key-{number}.key")


def list_row_keys(folder: Path) -> Sequence[int]:
    """Give the numbers of the row keys that are there."""
    return sorted(_read_numbered(folder, "row-key", _row_key))


def load_row_keys(folder: Path) -> RowKeyRing:
    """Read the row keys, as a process holds them: it reads them again when it must."""
    return RowKeyRing(lambda: _read_numbered(folder, "row-key", _row_key))


def load_leader_keys(folder: Path) -> LeaderKeys:
    """Read what the leader needs: the keys of years, and the row keys."""
    return LeaderKeys(load_year_keys(folder).disclosures, load_row_keys(folder))


def list_scalars(folder: Path) -> Sequence[Path]:
    """List the files of c_v, of each version one."""
    return sorted(folder.glob("index-scalar-*.key"))


def load_scalars(folder: Path) -> Mapping[KeyVersion, IndexScalar]:
    """Read c_v of each version that lies there; raises as `load_keys`, also for none.

    A server does so again when one came or went.
    """
    scalars = _read_numbered(folder, "index-scalar", _scalar)
    if not scalars:
        raise KeyFilesRefused("the key folder is not complete")
    return {KeyVersion(version): key for version, key in scalars.items()}


def load_year_keys(folder: Path) -> YearKeys:
    """Read what recording an act takes: the administrator's commands and upkeep."""
    if not folder.is_dir():
        raise KeyFilesRefused("the key folder is not there")
    if folder.stat().st_mode & _OTHERS_WRITE:
        raise SecretFileExposed("others may write in the key folder; chmod 700")
    disclosures = _read_numbered(folder, "disclosures", _disclosure_key)
    if not disclosures:
        raise KeyFilesRefused("the key folder is not complete")
    return YearKeys(disclosures)


def destroy_file(path: Path) -> None:
    """Write over a secret file and remove it; raises `KeyFilesRefused` for none."""
    length = len(read_secret(path))
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(length))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _row_key(_number: int, data: bytes) -> RowKeySecret:
    return parse_row_key_secret(data)


def _scalar(_version: int, data: bytes) -> IndexScalar:
    return parse_index_scalar(data)


def _disclosure_key(year: int, data: bytes) -> DisclosureKey:
    if len(data) != SECRET_BYTES or not any(data):
        raise KeyFilesRefused(f"disclosures-{year}.key: not a key")
    return DisclosureKey(year, data)


def _name_key(_year: int, data: bytes) -> LedgerNameKey:
    return parse_ledger_name_key(data)


def _read_numbered(
    folder: Path, kind: str, parse: Callable[[int, bytes], Key]
) -> Mapping[int, Key]:
    pattern = re.compile(rf"{kind}-([1-9][0-9]{{0,4}})\.key")
    found = {}
    for path in sorted(folder.iterdir()):
        if named := pattern.fullmatch(path.name):
            number = int(named[1])
            found[number] = _parsed(path, partial(parse, number))
    return found


def _parsed(path: Path, parse: Callable[[bytes], Key]) -> Key:
    try:
        return parse(read_secret(path))
    except KeysError:
        raise KeyFilesRefused(f"{path.name}: not a key") from None
