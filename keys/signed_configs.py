"""What a holder signed with its config key: one key config for each serial.

    config-signing.signed.json    beside the key: {serial: SHA-256 of the config}

Two configs of one serial, both signed by all, are two registers that no client can tell
apart. A holder that would sign a second one is told, and gives the first up by name.

Proven by tests/contract/test_keys_renewal_commands.py.
"""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from keys.config_document import Document, KeyConfig
from keys.errors import KeyFileMalformed, RenewalRefused
from keys.files import read_secret, write_whole

_SUFFIX: Final = ".signed.json"


class _Signed(Document):
    format: Literal["signal-keys/signed-configs/1"] = "signal-keys/signed-configs/1"
    configs: dict[
        Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}$")],
        Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")],
    ]


def remember_signed(key: Path, config: KeyConfig, *, anew: bool = False) -> None:
    """Write down that a config is signed, before the signature leaves the house.

    `key` is the file of the config-signing key. Raises `RenewalRefused` where another
    config of that serial was signed with it, unless that one is given up (`anew`).
    """
    path = key.with_name(key.stem + _SUFFIX)
    known, serial = _read(path), str(config.serial)
    digest = sha256(config.encode()).hexdigest()
    if known.get(serial, digest) != digest and not anew:
        raise RenewalRefused(
            f"serial: you signed another config with number {serial} before; if all "
            "gave that one up, sign with --anew"
        )
    written = _Signed(configs={**known, serial: digest})
    data = written.model_dump_json(by_alias=True, indent=2).encode() + b"\n"
    write_whole(path, data, replace=True)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        return _Signed.model_validate_json(
            read_secret(path), by_alias=True, by_name=False
        ).configs
    except ValidationError:
        raise KeyFileMalformed(f"{path.name}: not what was signed before") from None
