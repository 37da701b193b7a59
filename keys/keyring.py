"""A holder's share at rest: one sealed file, opened by a passphrase or by a token.

    {"format":"signal-keys/share/1","holder":"holder-1","index":1,"keyVersion":1,
     "epoch":1,"threshold":2,"sealer":name,"seal":{…of that sealer…}}

No mainstream box offers this group, so the share itself must be in memory to be used:
the threshold protects, not the box.

- Everything in the file but the seal is bound to it as associated data: a share cannot
  be passed off as another holder's, version's or epoch's.
- The file is made with mode 0600, never overwritten, and refused when others can read
  it.
"""

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from keys.errors import InvalidScalar, KeyFileMalformed, KeyFileSealed
from keys.files import read_secret, write_secret, written_whole
from keys.group import parse_scalar
from keys.pseudonym import KeyVersion
from keys.sealing import Sealer
from keys.shares import KeyShare, Sharing

SHARE: Final = "share.json"


class _Header(BaseModel):
    """Whose share it is; the associated data of the seal."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    format: Literal["signal-keys/share/1"] = "signal-keys/share/1"
    holder: str
    index: Annotated[int, Field(ge=1, le=255)]
    key_version: Annotated[KeyVersion, Field(ge=1, lt=2**32)]
    epoch: Annotated[int, Field(ge=1, lt=2**32)]
    threshold: Annotated[int, Field(ge=2, le=255)]
    sealer: str

    @property
    def associated(self) -> bytes:
        """Give the header in one spelling: sorted, no white space."""
        members = self.model_dump(by_alias=True, exclude={"seal"})
        return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


class _ShareFile(_Header):
    seal: dict[str, str | int]


def write_share(path: Path, share: KeyShare, holder: str, sealer: Sealer) -> None:
    """Seal a share into a new file; raises `KeyFileExists` rather than overwrite."""
    write_secret(path, _seal(share, holder, sealer))


def reseal_share(path: Path, before: Sealer, after: Sealer) -> str:
    """Seal a share in another way, in its place; give whose it is.

    The new file is written beside the former one and opened there; only what opens to
    the very share takes its place, in one step. Whatever goes wrong before leaves the
    file as it was. Raises what opening and sealing raise.

    Copies of the former file still open as before. Proven by
    tests/unit/keys/test_resealing.py.
    """
    holder = _read_file(path).holder
    share = load_share(path, holder, before)
    try:
        with written_whole(path, replace=True) as file:
            file.write(_seal(share, holder, after))
            file.flush()
            if load_share(Path(file.name), holder, after) != share:
                raise KeyFileSealed(f"{path.name}: it would not open as the same share")
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None
    return holder


def read_sharing(path: Path) -> Sharing:
    """Give of which sharing a share file says that it is, before it is opened.

    What it says holds when it opens (`load_share`). Raises as that does.
    """
    return _sharing_of(_read_file(path))


def load_share(path: Path, holder: str, sealer: Sealer) -> KeyShare:
    """Open the share file of `holder`.

    Raises `KeyFileExposed`, `KeyFileMalformed` (also for another holder's file or
    another way of sealing) or `KeyFileSealed`. Whether the share belongs to the key in
    use is the caller's question: compare `share.public` with the key config. Proven by
    tests/unit/keys/test_keyring.py.
    """
    file = _read_file(path)
    if file.holder != holder:
        raise KeyFileMalformed(f"{path.name}: another holder's share")
    if file.sealer != sealer.name:
        raise KeyFileMalformed(
            f"{path.name}: sealed in another way than it is opened here; "
            "by passphrase or by token"
        )
    try:
        scalar = parse_scalar(sealer.open(file.seal, file.associated))
    except InvalidScalar:
        raise KeyFileMalformed(f"{path.name}: holds no share") from None
    return KeyShare(_sharing_of(file), file.index, scalar)


def _seal(share: KeyShare, holder: str, sealer: Sealer) -> bytes:
    header = _Header(
        holder=holder,
        index=share.index,
        key_version=share.sharing.key_version,
        epoch=share.sharing.epoch,
        threshold=share.sharing.threshold,
        sealer=sealer.name,
    )
    seal = dict(sealer.seal(share.scalar.encoded, header.associated))
    file = _ShareFile(**header.model_dump(), seal=seal)
    return file.model_dump_json(by_alias=True, indent=2).encode() + b"\n"


def _read_file(path: Path) -> _ShareFile:
    try:
        return _ShareFile.model_validate_json(
            read_secret(path), by_alias=True, by_name=False
        )
    except ValidationError:
        raise KeyFileMalformed(f"{path.name}: not a share file") from None


def _sharing_of(file: _ShareFile) -> Sharing:
    return Sharing(
        key_version=file.key_version, epoch=file.epoch, threshold=file.threshold
    )
