"""The portal's settings: one TOML file, frozen, unknown keys refused.

Paths are relative to the folder of the file. Nothing whose wrong value is unsafe has a
default. Other parties are reached over https, or over http on this machine only.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from desk.settings import (
    HolderSettings,
    IdentitySettings,
    SafeUrl,
    WatchedBy,
    WhomSettings,
)
from keys.edge.limits import EdgeLimits
from keys.mailing import MailServer
from keys.security_text import SecurityContact
from portal.errors import SettingsRefused

Oin = Annotated[str, Field(pattern=r"^[0-9]{20}$")]
Level = Literal["substantial", "high"]
Identity = TypeVar("Identity", bound=IdentitySettings)

SUBSTANTIAL: Final = "http://eidas.europa.eu/LoA/substantial"
HIGH: Final = "http://eidas.europa.eu/LoA/high"


class BrokerSettings(IdentitySettings):
    """The broker by which citizens log in, and what its ID token calls things.

    `levels`: which values of `level_claim` are level substantieel or hoog; any other is
    too low. `number_key`: what opens the number where the broker encrypts it (a JWE).
    """

    number_claim: str = "bsn"
    number_prefix: str = ""
    number_key: Path | None = None
    level_claim: str = "acr"
    levels: Mapping[str, Level] = Field(
        default={SUBSTANTIAL: "substantial", HIGH: "high"}, min_length=1
    )
    scopes: tuple[str, ...] = ("openid",)


class HelpSettings(WhomSettings):
    """Whom a citizen can ask, and where it leads away from this page."""

    leave_to: SafeUrl


class MessageSettings(BaseModel):
    """How a citizen hears that somebody looked: where that is kept, and how it goes.

    `at`: when of the day, in the Netherlands. `letters`: a folder of the print room's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: Path
    key: Path
    at: time = time(9)
    mail: MailServer | None = None
    letters: Path | None = None

    @model_validator(mode="after")
    def _goes_somehow(self) -> Self:
        if self.mail is None and self.letters is None:
            raise ValueError("mail, letters: say how a message goes")
        return self


class PortalSettings(WatchedBy):
    """Everything a portal must know before it starts."""

    base_url: SafeUrl
    host: str
    port: int = Field(ge=1, le=65535)
    organisation: Oin
    organisation_name: str = Field(min_length=1, max_length=80)
    index_url: SafeUrl
    index_audience: str
    pins: Path
    accepted_key_origin: Literal["dealt", "distributed"]
    known_config: Path
    request_key: Path
    checkpoint_key: Path
    ledger_origin: str
    security_contact: SecurityContact
    security_expires: date
    holders: tuple[HolderSettings, ...] = Field(min_length=2)
    broker: BrokerSettings
    machine: IdentitySettings
    help: HelpSettings
    messages: MessageSettings | None = None
    edge: EdgeLimits = EdgeLimits()
    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """Where they stand; None where they were not read from a file."""
        return self._file

    @property
    def loopback(self) -> bool:
        """Tell whether it is served over plain http on this machine."""
        return self.base_url.startswith("http://")


def load_settings(path: Path) -> PortalSettings:
    """Read a settings file, or raise `SettingsRefused` with every reason."""
    try:
        settings = PortalSettings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
        raise SettingsRefused(f"{path.name}: {reasons}") from None
    except OSError as error:
        raise SettingsRefused(f"{path.name}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsRefused(f"{path.name}: {error}") from None
    settings._file = path.resolve()  # noqa: SLF001 - its own, and nobody else sets it
    folder = path.resolve().parent
    names = ("pins", "known_config", "request_key", "checkpoint_key")
    found = {name: folder / getattr(settings, name) for name in names}
    broker = _anchored(settings.broker, folder)
    if broker.number_key is not None:
        key = folder / broker.number_key
        broker = broker.model_copy(update={"number_key": key})
    machine = _anchored(settings.machine, folder)
    messages = settings.messages
    if messages is not None:
        messages = _anchor_messages(messages, folder)
    update = {**found, "broker": broker, "machine": machine, "messages": messages}
    return settings.model_copy(update=update)


def _anchor_messages(settings: MessageSettings, folder: Path) -> MessageSettings:
    names = ("database", "key", "letters")
    named = {name: getattr(settings, name) for name in names}
    update: dict[str, object] = {n: folder / p for n, p in named.items() if p}
    if settings.mail is not None:
        own = {
            name: folder / place
            for name in ("certificates", "password_file")
            if (place := getattr(settings.mail, name)) is not None
        }
        update["mail"] = settings.mail.model_copy(update=own)
    return settings.model_copy(update=update)


def _anchored(settings: Identity, folder: Path) -> Identity:
    return settings.model_copy(update={"client_key": folder / settings.client_key})
