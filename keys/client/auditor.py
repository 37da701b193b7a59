"""An auditor's settings: who it is, and the holders whose statements it asks."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from keys.client.transports import HolderPlace
from keys.config import KeyConfig, KeyOrigin, parse_pins, verify_config
from keys.errors import KeyFileMalformed
from keys.reaching import parse_address


class AuditorSettings(BaseModel):
    """What stands in the auditor's TOML file; every key is needed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    organisation: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    request_key: Path
    key_config: Path
    pins: Path
    accepted_origin: KeyOrigin
    holders: dict[str, Annotated[str, AfterValidator(parse_address)]]
    """Where each holder is found, by its id."""

    def place(self, holder: str) -> HolderPlace:
        """Give where a holder is found, or raise `KeyFileMalformed`."""
        url = self.holders.get(holder)
        if url is None:
            raise KeyFileMalformed(f"the settings name no holder {holder}")
        return HolderPlace(holder, url.rstrip("/"))

    def read_config(self, *, now: datetime) -> KeyConfig:
        """Give the verified key config, or raise a leaf of `ConfigRefused`."""
        return verify_config(
            _read(self.key_config),
            parse_pins(_read(self.pins)),
            accepted_origin=self.accepted_origin,
            known=None,
            now=now,
        )


def load_auditor_settings(path: Path) -> AuditorSettings:
    """Read the file, paths from its folder; raises `KeyFileMalformed`."""
    try:
        settings = AuditorSettings.model_validate(tomllib.loads(_read(path).decode()))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in faults)
        raise KeyFileMalformed(f"{path.name}: {said}") from None
    except ValueError as error:
        raise KeyFileMalformed(f"{path.name}: {error}") from None
    folder = path.resolve().parent
    names = ("request_key", "key_config", "pins")
    return settings.model_copy(
        update={name: folder / getattr(settings, name) for name in names}
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None
