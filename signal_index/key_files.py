"""The key folder of an index: made once, read at start, never overwritten.

    index-scalar-1.key        c_v of key version 1      32 bytes, reduced scalar
    row-key-1.key             h, the first              64 bytes, two AES-256 keys
    ledger-names-2026.key     l_y                       32 bytes
    disclosures-2026.key      disclosure key            32 bytes
    checkpoint.key.jwk        checkpoint key            Ed25519 JWK, private
    receipt.key.jwk           receipt key               Ed25519 JWK, private
    receipt-2.key.jwk         the one that follows it   Ed25519 JWK, private
    checkpoint.vkey           for verifiers             public (C2SP note key)
    checkpoint-2.vkey         after a succession        public, under the new name
    receipt.public.jwk        for desks and verifiers   public
    receipt-2.public.jwk      for who pins it anew      public
    receipt-successors.json   what follows on the first public (`keys.successor`)

- A secret file that group or others may read stops the start (`SecretFileExposed`),
  and so does a folder that they may write in.
- Every file is synced before the command says that it made it.
"""

import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import pysodium
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from keys.config_document import SignedDocument
from keys.errors import KeysError
from keys.files import write_whole
from keys.jose import PrivateKey
from keys.pseudonym import (
    IndexScalar,
    KeyVersion,
    LedgerNameKey,
    RowKeySecret,
    parse_index_scalar,
    parse_ledger_name_key,
    parse_row_key_secret,
)
from keys.successor import (
    Chain,
    Successor,
    find_successors,
    read_chain,
    sign_successor,
    take_successors,
)
from signal_index.errors import KeyFilesRefused, KeysExist, SecretFileExposed
from signal_index.keyring import IndexKeys, LeaderKeys, YearKeys
from signal_index.ledger import (
    CheckpointKey,
    DisclosureKey,
    ReceiptKey,
    ReceiptKeys,
    note_key,
)
from signal_index.proof import origin_of, parse_receipt_key
from signal_index.row_keys import RowKeyRing

SECRET_BYTES = 32
CHECKPOINT = "checkpoint.key.jwk"
RECEIPT = "receipt.key.jwk"
CHECKPOINT_PUBLIC = "checkpoint.vkey"
RECEIPT_PUBLIC = "receipt.public.jwk"

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
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
    _write_secret(folder / f"index-scalar-{key_version}.key", scalar)
    create_row_key(folder, 1)
    for year in years:
        create_year(folder, year)
    _create_signing_key(folder / CHECKPOINT)
    origin = origin_of(origin_base, years[0])
    public = note_key(load_checkpoint_key(folder), origin).encode()
    _write_new(folder / CHECKPOINT_PUBLIC, f"{public}\n".encode(), 0o644)
    jwk = _create_signing_key(folder / RECEIPT)
    _write_new(folder / RECEIPT_PUBLIC, _encode_json(jwk), 0o644)


def write_successor_key(folder: Path, origin: str, generation: int) -> Path:
    """Write the public checkpoint key under the name of a ledger that succeeded.

    The key pair stays: what the old ledger signed is still verified with the old file.
    """
    path = folder / f"checkpoint-{generation + 1}.vkey"
    public = note_key(load_checkpoint_key(folder), origin).encode()
    _write_new(path, f"{public}\n".encode(), 0o644)
    return path


def create_year(folder: Path, year: int) -> None:
    """Make the two keys of one ledger year; raises `KeysExist`."""
    for kind in ("ledger-names", "disclosures"):
        _write_secret(folder / f"{kind}-{year}.key", secrets.token_bytes(SECRET_BYTES))


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
        receipts=load_receipt_keys(folder),
    )


def create_row_key(folder: Path, number: int) -> RowKeySecret:
    """Make another row key beside those that are there; raises `KeysExist`."""
    data = secrets.token_bytes(2 * SECRET_BYTES)
    _write_secret(folder / f"row-key-{number}.key", data)
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


def read_public_checkpoint_key(folder: Path) -> str:
    """Read the ledger's public key as it is named now, or raise `KeyFilesRefused`."""
    generations = sorted(
        folder.glob("checkpoint-*.vkey"),
        key=lambda path: int(path.stem.rpartition("-")[2]),
    )
    newest = generations[-1] if generations else folder / CHECKPOINT_PUBLIC
    try:
        return newest.read_text("utf-8").strip()
    except OSError:
        raise KeyFilesRefused(f"{newest.name} cannot be read") from None


def load_checkpoint_key(folder: Path) -> CheckpointKey:
    """Read what the sequencer signs the tree with."""
    seed, _ = _read_signing_key(folder / CHECKPOINT)
    return CheckpointKey(seed)


def destroy_file(path: Path) -> None:
    """Write over a secret file and remove it; raises `KeyFilesRefused` for none."""
    length = len(_read_secret(path))
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
        return parse(_read_secret(path))
    except KeysError:
        raise KeyFilesRefused(f"{path.name}: not a key") from None


def _read_signing_key(path: Path) -> tuple[bytes, str]:
    try:
        members = json.loads(_read_secret(path))
        key = OKPKey.import_key(members)
    except (ValueError, TypeError, AttributeError, JoseError):
        raise KeyFilesRefused(f"{path.name}: not a key") from None
    private = key.private_key
    if not isinstance(private, Ed25519PrivateKey) or not key.kid:
        raise KeyFilesRefused(f"{path.name}: not a private Ed25519 key with a name")
    return private.private_bytes_raw(), key.kid


def load_receipt_keys(folder: Path) -> ReceiptKeys:
    """Read the receipt keys: the first, and those that followed it.

    The private half of one that signs no more may be gone. Raises `KeyFilesRefused`.
    """
    chain = _read_own_chain(folder)
    dated: list[tuple[datetime, ReceiptKey]] = []
    former: list[OKPKey] = []
    for number, one in enumerate(chain.keys, 1):
        path = folder / name_receipt_key(number)
        if number < len(chain.keys) and not path.exists():
            former.append(parse_receipt_key(one.key.jwk))
            continue
        key = _receipt_key(path)
        if key.public_jwk != one.key.jwk:
            raise KeyFilesRefused(f"{path.name}: not the key of its public half")
        dated.append((one.begins, key))
    return ReceiptKeys.join(dated, former)


def make_successor(folder: Path, *, begins: datetime, ends: datetime) -> SignedDocument:
    """Make the receipt key that follows the last one, and sign that it does.

    Nothing counts on it before `put_successor`. A key that an earlier run made, and
    that follows nothing yet, is taken again. Raises `KeyFilesRefused` while the
    succession before it is not over.
    """
    chain = _read_own_chain(folder)
    number = len(chain.keys) + 1
    if chain.taken and begins < chain.taken[-1].ends:
        raise KeyFilesRefused("the succession before it is not over then")
    path, public = folder / name_receipt_key(number), f"receipt-{number}.public.jwk"
    if not path.exists():
        _create_signing_key(path)
    made = _as_private(_receipt_key(path))
    if not (folder / public).exists():
        _write_new(folder / public, _encode_json(made.public.jwk), 0o644)
    former = _as_private(_receipt_key(folder / name_receipt_key(number - 1)))
    said = Successor(
        number=number, former=former.public, key=made.public, begins=begins, ends=ends
    )
    return sign_successor(said, former, made)


def put_successor(folder: Path, document: SignedDocument) -> Path:
    """Have it count, here and wherever the file is taken; give that file."""
    try:
        take_successors(folder / RECEIPT_PUBLIC, [document])
    except KeysError as refusal:
        raise KeyFilesRefused(str(refusal)) from None
    return find_successors(folder / RECEIPT_PUBLIC)


def name_receipt_key(number: int) -> str:
    """Name the file of a receipt key: the first has no number."""
    return RECEIPT if number == 1 else f"receipt-{number}.key.jwk"


def load_signing_key(folder: Path, now: datetime) -> PrivateKey:
    """Read the receipt key as it signs now for agencies and holders, or raise."""
    return _as_private(load_receipt_keys(folder).at(now))


def _as_private(receipt: ReceiptKey) -> PrivateKey:
    return PrivateKey(receipt.kid, receipt.jose)


def _read_own_chain(folder: Path) -> Chain:
    try:
        return read_chain(folder / RECEIPT_PUBLIC)
    except KeysError as refusal:
        raise KeyFilesRefused(f"{RECEIPT_PUBLIC}: {refusal}") from None


def _receipt_key(path: Path) -> ReceiptKey:
    seed, kid = _read_signing_key(path)
    return ReceiptKey(seed, kid)


def _create_signing_key(path: Path) -> Mapping[str, object]:
    made = OKPKey.generate_key("Ed25519", private=True)
    members = {"kid": made.thumbprint(), **made.as_dict(private=True)}
    _write_secret(path, _encode_json(members))
    return {name: value for name, value in members.items() if name != "d"}


def _encode_json(members: Mapping[str, object]) -> bytes:
    return json.dumps(members, sort_keys=True).encode() + b"\n"


def _read_secret(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise SecretFileExposed(f"{path.name}: others may read it; chmod 600")
            return file.read()
    except OSError as refusal:
        raise KeyFilesRefused(f"{path.name}: cannot be read") from refusal


def _write_secret(path: Path, data: bytes) -> None:
    _write_new(path, data, 0o600)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        write_whole(path, data, mode=mode)
    except FileExistsError:
        raise KeysExist(f"{path.name} exists; keys are never overwritten") from None
