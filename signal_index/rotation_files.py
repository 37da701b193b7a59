"""The files of a rotation in the key folder of an index.

    rotation.key             the one-time key that holders seal for   secret, 32 bytes
    rotation.json            what this index asked, signed            for the holders
    index-scalar-2.key       c_v of the next key version              secret
    rotated-2.json           that version 1 is over, signed           for the holders

- The first two go when the secret is on disk: until then it may be finished again.
- A secret that is there already is never another one's place: it must be the same.
"""

from pathlib import Path
from typing import Final

from keys.errors import InvalidSecret
from keys.files import read_public, read_secret, replace_public, write_secret
from keys.pseudonym import IndexScalar, KeyVersion, parse_index_scalar
from signal_index.errors import KeyFilesRefused, KeysExist
from signal_index.key_files import destroy_file

ONE_TIME: Final = "rotation.key"
ASKED: Final = "rotation.json"


def verify_none_begun(folder: Path) -> None:
    """Return where no rotation is under way, or raise `KeysExist`."""
    if is_begun(folder):
        raise KeysExist("a rotation was begun here; `--anew` gives it up")


def is_begun(folder: Path) -> bool:
    """Tell whether holders may be sealing for this index's one-time key now."""
    return (folder / ONE_TIME).exists()


def begin_rotation(folder: Path, secret: bytes, asked: bytes) -> Path:
    """Write the one-time key and what is asked with it; give the file for the holders.

    A rotation that was under way can never be finished after this.
    """
    if (folder / ONE_TIME).exists():
        destroy_file(folder / ONE_TIME)
    replace_public(folder / ASKED, asked)
    write_secret(folder / ONE_TIME, secret)
    return folder / ASKED


def read_rotation(folder: Path) -> tuple[bytes, bytes]:
    """Give the one-time key and what was asked; raises `KeyFilesRefused` for none."""
    if not (folder / ONE_TIME).exists():
        raise KeyFilesRefused(
            "no rotation is under way here: it was finished, or `keys rotate begin`"
        )
    return read_secret(folder / ONE_TIME), read_public(folder / ASKED)


def verify_room(folder: Path, version: KeyVersion, scalar: IndexScalar) -> None:
    """Return where no other secret of that version lies, or raise `KeysExist`."""
    path = _scalar_file(folder, version)
    if path.exists() and load_scalar(folder, version).encoded != scalar.encoded:
        raise KeysExist(
            f"{path.name} is of another rotation; put it away once its holders gave "
            "that up"
        )


def verify_none_waits(folder: Path, version: KeyVersion) -> None:
    """Return where no secret of a version to come lies, or raise `KeysExist`."""
    path = _scalar_file(folder, version)
    if path.exists():
        raise KeysExist(
            f"{path.name}: a rotation to version {version} was finished here and is "
            "not in use yet: take its key config up first, or put that file away once "
            "its holders gave it up"
        )


def end_rotation(folder: Path, version: KeyVersion, scalar: IndexScalar) -> None:
    """Write what a rotation came to, then erase its one-time key.

    Raises as `verify_room`.
    """
    verify_room(folder, version, scalar)
    path = _scalar_file(folder, version)
    if not path.exists():
        write_secret(path, scalar.encoded)
    destroy_file(folder / ONE_TIME)
    (folder / ASKED).unlink(missing_ok=True)


def write_rotated(folder: Path, version: KeyVersion, rotated: bytes) -> Path:
    """Write that the version before this one is over; give the file for the holders."""
    told = folder / f"rotated-{version}.json"
    replace_public(told, rotated)
    return told


def load_scalar(folder: Path, version: KeyVersion) -> IndexScalar:
    """Read c_v of one version, or raise `KeyFilesRefused`."""
    path = _scalar_file(folder, version)
    if not path.exists():
        raise KeyFilesRefused(f"{path.name} is not there")
    try:
        return parse_index_scalar(read_secret(path))
    except InvalidSecret:
        raise KeyFilesRefused(f"{path.name}: not a key") from None


def destroy_scalar(folder: Path, version: KeyVersion) -> None:
    """Destroy c_v of a version that is over; its copies must be destroyed by hand."""
    destroy_file(_scalar_file(folder, version))


def _scalar_file(folder: Path, version: KeyVersion) -> Path:
    return folder / f"index-scalar-{version}.key"
