"""The settings of one key holder: a TOML file, nothing assumed.

Every key is needed but `together_until`, `edge` and `alarms`, and of `passphrase` and
`token` exactly one; relative paths stand from the file's folder; an environment
variable `SIGNAL_KEYS_<KEY>` wins over the file.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from keys.config import KeyOrigin
from keys.edge.limits import EdgeLimits
from keys.holder.errors import HolderStartRefused
from keys.security.sending import AlarmsTo


class HolderSettings(BaseSettings):
    """What a holder must be told before it evaluates anything."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SIGNAL_KEYS_",
        env_nested_delimiter="__",
        hide_input_in_errors=True,
    )

    holder: Annotated[str, Field(min_length=1)]
    """Its id in the key config; requests name it as their audience."""
    audience: Annotated[str, Field(min_length=1)]
    """The index that its tickets are for."""
    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    accepted_origin: KeyOrigin
    key_config: Path
    pins: Path
    share: Path
    passphrase: Path | None = None
    """The file that opens the share; or `token`."""
    token: Path | None = None
    """Which token opens the share (`keys.token_file`); it names the file of its PIN."""
    together_until: date | None = None
    """In a trial on one machine: the last day on which share and passphrase may lie on
    one volume. After it the holder does not start."""
    ticket_key: Path
    index_key: Path
    """`receipt.public.jwk` of the index: its word counts on whom to refuse."""
    organisations: Path
    database: Path
    keep_days: Annotated[int, Field(ge=2, le=3660)]
    """How long it keeps who asked how many: until the day statements were compared."""
    edge: EdgeLimits = EdgeLimits()
    alarms: AlarmsTo | None = None
    """Where alarms go beside the stream; a relative `token_file` is in its folder."""

    @model_validator(mode="after")
    def _verify_opened_one_way(self) -> Self:
        if (self.passphrase is None) == (self.token is None):
            raise ValueError("passphrase or token: one of the two opens the share")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - named by pydantic
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and read nothing else."""
        return env_settings, init_settings


PATHS = (
    "key_config",
    "pins",
    "share",
    "passphrase",
    "token",
    "ticket_key",
    "index_key",
    "organisations",
    "database",
)


def load_settings(path: Path) -> HolderSettings:
    """Read a settings file, or raise `HolderStartRefused` with what is wrong."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None
    except ValueError as error:
        raise HolderStartRefused(f"{path.name}: {error}") from None
    try:
        settings = HolderSettings(**document)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults
        )
        raise HolderStartRefused(f"{path.name}: {said}") from None
    folder = path.resolve().parent
    given = {name: getattr(settings, name) for name in PATHS}
    paths = {name: folder / path for name, path in given.items() if path is not None}
    alarms = settings.alarms and settings.alarms.found_from(folder)
    return settings.model_copy(update={**paths, "alarms": alarms})
