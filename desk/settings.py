"""The desk's settings: one TOML file, frozen, unknown keys refused.

- Paths are relative to the folder of the file.
- Environment variables with prefix SIGNAL_DESK_ win over the file.
- Nothing whose wrong value is unsafe has a default; no switch turns safety off.
- Other parties are reached over https, or over http on this machine only.
"""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from desk.errors import SettingsRefused
from keys.edge.limits import EdgeLimits
from keys.reaching import parse_address, verify_database_place
from keys.security.sending import AlarmsTo
from keys.security_text import SecurityContact
from signal_index.proof import MalformedProof, Quorum, parse_witness_key

OIN_PATTERN: Final = r"^[0-9]{20}$"


def _address(text: str) -> str:
    return parse_address(text).rstrip("/")


def _database(text: str) -> str:
    """Take a file of SQLite, or the address of a PostgreSQL."""
    if "://" not in text:
        return text
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is not a database URL") from None
    if url.drivername != "postgresql+asyncpg":
        raise ValueError("is a file, or begins with postgresql+asyncpg://")
    verify_database_place(url.host, url.query)
    return text


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error:
        raise ValueError("not a regular expression") from None
    if re.fullmatch(pattern, "1" * 9):
        raise ValueError("must ask for more than digits: nine never match")
    return pattern


SafeUrl = Annotated[str, AfterValidator(_address)]
Issuer = Annotated[str, AfterValidator(parse_address)]
RegisterPath = Annotated[str, Field(pattern=r"^(/[a-z0-9]+(-[a-z0-9]+)*)*$")]
CasePattern = Annotated[str, AfterValidator(_compiles)]
Algorithm = Literal["PS256", "RS256", "ES256", "Ed25519", "EdDSA"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HolderSettings(_Frozen):
    """Where one key holder answers."""

    index: int = Field(ge=1, le=255)
    id: str = Field(min_length=1)
    url: SafeUrl


class ClaimNames(_Frozen):
    """How the provider names what the desk reads from an access token."""

    organisation: str = "org"
    roles: str = "roles"
    municipality: str = "municipality"
    client: str = "client_id"
    name: str = "name"


class IdentitySettings(_Frozen):
    """The OpenID provider, and who this desk is to it."""

    issuer: Issuer
    client_id: str
    client_key: Path
    scopes: tuple[str, ...] = ("openid", "profile", "lookup")
    service_scopes: tuple[str, ...] = ("ledger",)
    token_algorithms: tuple[Algorithm, ...] = ("PS256", "ES256", "Ed25519")
    claims: ClaimNames = ClaimNames()
    case_system_clients: tuple[str, ...] = ()


class CallBackSettings(_Frozen):
    """Whom a source may call back about a lookup: a function and its number (E.164)."""

    function: str = Field(min_length=1, max_length=60)
    phone: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")


class WhomSettings(_Frozen):
    """Whom a citizen can ask about their data: it stands on each report of theirs.

    `officer`: how the municipality's data protection officer is reached.
    """

    phone: str = Field(pattern=r"^(\+31[0-9]{9}|\+3114[0-9]{3,4})$")
    address: str = Field(min_length=1, max_length=200)
    officer: str = Field(min_length=1, max_length=200)


def _witness_key(text: str) -> str:
    try:
        return parse_witness_key(text).encode()
    except MalformedProof:
        raise ValueError("is not a witness's public key (name+id+key)") from None


class WatchedBy(_Frozen):
    """Who must have cosigned the ledger, got by another road than the index.

    Or, in a trial, the last day on which nobody need: one of the two must be said.
    """

    witnesses: tuple[Annotated[str, AfterValidator(_witness_key)], ...] = ()
    witness_quorum: int | None = None
    unwitnessed_until: date | None = None

    @model_validator(mode="after")
    def _says_who_watches(self) -> Self:
        if self.unwitnessed_until is None:
            if self.witness_quorum is None or self.quorum is None:
                raise ValueError("witnesses, witness_quorum: say who must cosign")
        elif self.witnesses or self.witness_quorum is not None:
            raise ValueError("unwitnessed_until: a ledger with witnesses is no trial")
        return self

    @property
    def quorum(self) -> Quorum | None:
        """The witnesses, and how many of them must have cosigned; None in a trial."""
        if self.witness_quorum is None:
            return None
        keys = [parse_witness_key(text) for text in self.witnesses]
        return Quorum(keys, self.witness_quorum)

    def verify_watched(self, today: date) -> None:
        """Hold that a trial is not over, or raise `SettingsRefused`."""
        if self.unwitnessed_until is not None and today > self.unwitnessed_until:
            raise SettingsRefused("unwitnessed_until: the trial is over")


class LedgerSettings(WatchedBy):
    """What the index signs with, as published by it (`signal-index keys create`)."""

    origin: str
    receipt_key: Path
    checkpoint_key: Path


class HandSignalSettings(_Frozen):
    """The key by which holders know this organisation as a source, beside `notice_key`.

    That one signs what its people say of a citizen, and whom to call about it.
    """

    request_key: Path


class DeskSettings(BaseSettings):
    """Everything a desk must know before it starts."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SIGNAL_DESK_",
        env_nested_delimiter="__",
    )

    base_url: SafeUrl
    host: str
    port: int = Field(ge=1, le=65535)
    organisation: str = Field(pattern=OIN_PATTERN)
    organisation_name: str = Field(min_length=1, max_length=80)
    theme: str = Field(
        default="voorbeeld-theme desk-theme", pattern=r"^[a-z][a-z0-9 -]*$"
    )
    database: Annotated[str, AfterValidator(_database)] = Field(repr=False)
    database_authority: Path | None = None
    index_url: SafeUrl
    index_audience: str
    pins: Path
    accepted_key_origin: Literal["dealt", "distributed"]
    request_key: Path
    case_reference_key: Path
    notes_key: Path
    case_key: Path | None = None
    notice_key: Path | None = None
    case_reference_pattern: CasePattern = r"[A-Z]{1,4}-[0-9]{4}-[0-9]{1,8}"
    case_reference_example: str = "Z-2026-001234"
    support: str = Field(default="", max_length=200)
    team_phone: str = Field(default="", pattern=r"^(\+31[0-9]{9}|\+3114[0-9]{3,4})?$")
    security_contact: SecurityContact
    security_expires: date
    register_path: RegisterPath = ""
    holders: tuple[HolderSettings, ...] = Field(min_length=2)
    identity: IdentitySettings
    ledger: LedgerSettings
    hand_signals: HandSignalSettings | None = None
    call_back: CallBackSettings | None = None
    help: WhomSettings | None = None
    edge: EdgeLimits = EdgeLimits()
    alarms: AlarmsTo | None = None
    _file: Path | None = PrivateAttr(default=None)

    @property
    def own_folder(self) -> Path | None:
        """Where it keeps what it saw of keys: beside its database, or its settings."""
        url = make_url(self.database)
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database).parent
        return None if self.file is None else self.file.parent

    @property
    def file(self) -> Path | None:
        """Where they stand; None where they were not read from a file."""
        return self._file

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file; read nothing else."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def loopback(self) -> bool:
        """Tell whether the desk is served over plain http on this machine."""
        return self.base_url.startswith("http://")


def load_settings(path: Path) -> DeskSettings:
    """Read a settings file, or raise `SettingsRefused` with every reason."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsRefused(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsRefused(f"{path}: {error}") from None
    try:
        settings = DeskSettings(**found)
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
        raise SettingsRefused(f"{path}: {reasons}") from None
    settings._file = path.resolve()  # noqa: SLF001 - its own, and nobody else sets it
    return _anchored(settings, path.resolve().parent)


def _anchored(settings: DeskSettings, folder: Path) -> DeskSettings:
    """Make paths absolute; a database without a scheme is an SQLite file."""
    database = settings.database
    if "://" not in database:
        database = f"sqlite+aiosqlite:///{folder / database}"
    identity = settings.identity.model_copy(
        update={"client_key": folder / settings.identity.client_key}
    )
    ledger = settings.ledger.model_copy(
        update={
            "receipt_key": folder / settings.ledger.receipt_key,
            "checkpoint_key": folder / settings.ledger.checkpoint_key,
        }
    )
    return settings.model_copy(
        update={
            "database": database,
            "database_authority": settings.database_authority
            and folder / settings.database_authority,
            "pins": folder / settings.pins,
            "request_key": folder / settings.request_key,
            "case_reference_key": folder / settings.case_reference_key,
            "notes_key": folder / settings.notes_key,
            "case_key": settings.case_key and folder / settings.case_key,
            "notice_key": settings.notice_key and folder / settings.notice_key,
            "hand_signals": _anchor_hand_signals(settings.hand_signals, folder),
            "identity": identity,
            "ledger": ledger,
            "alarms": settings.alarms and settings.alarms.found_from(folder),
        }
    )


def _anchor_hand_signals(
    settings: HandSignalSettings | None, folder: Path
) -> HandSignalSettings | None:
    if settings is None:
        return None
    return HandSignalSettings(request_key=folder / settings.request_key)
