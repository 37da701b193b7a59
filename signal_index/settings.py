"""The settings of one index, from a TOML file.

- Frozen; an unknown key is refused; nothing whose wrong value is unsafe has a default.
- Relative paths (a SQLite file too) count from the folder of the settings file.
- `SIGNAL_INDEX_…` in the environment overrides a value (nested: `__`).
- `accepted_key_origin` says how the pseudonym key was made: "distributed" is by a
  ceremony; "dealt" keys are for tests.
- A trial is what `unwitnessed_until` says, until that day: without witnesses, and on
  PostgreSQL with one login for all.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from keys.edge.limits import EdgeLimits
from keys.reaching import parse_address, verify_database_place
from keys.security.sending import AlarmsTo
from keys.security_text import SecurityContact
from signal_index.errors import SettingsRefused
from signal_index.proof import MalformedProof, parse_witness_key

_DRIVERS = frozenset({"sqlite+aiosqlite", "postgresql+asyncpg"})
_PATHS = (
    *("keys", "key_config", "key_pins", "checkpoint_file", "leader_lock"),
    "database_authority",
)
LOGINS = (
    *("database_url", "sequencer_database_url"),
    *("upkeep_database_url", "admin_database_url"),
)
"""The login of each database role: web, sequencer, upkeep and owner."""


def _known_driver(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("is not a database URL") from None
    if url.drivername not in _DRIVERS:
        raise ValueError("must start with sqlite+aiosqlite:// or postgresql+asyncpg://")
    if url.get_backend_name() != "sqlite":
        verify_database_place(url.host, url.query)
    elif url.database in {None, "", ":memory:"}:
        raise ValueError("SQLite needs a file")
    return value


def _witness_key(value: str) -> str:
    try:
        return parse_witness_key(value).encode()
    except MalformedProof:
        raise ValueError("is not a witness's public key (name+id+key)") from None


SecureUrl = Annotated[str, AfterValidator(parse_address)]
DatabaseUrl = Annotated[str, AfterValidator(_known_driver)]
Algorithm = Literal["PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519"]


class ClaimNames(BaseModel):
    """What this provider calls the claims that the index reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: str = "org"
    client: str = "client_id"
    roles: str = "roles"
    municipality: str = "municipality"
    trainings: str = "trainings"
    assurance: str = "loa"
    team: str = "team"
    name: str = "name"


class Issuer(BaseModel):
    """An OpenID provider whose access tokens this index takes.

    Its keys come from its own discovery document. `algorithms` has no default: a token
    is verified under these and no other. `organisations`, where given, limits for which
    organisations (OIN) this provider may speak.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: SecureUrl
    algorithms: tuple[Algorithm, ...] = Field(min_length=1)
    claims: ClaimNames = ClaimNames()
    organisations: tuple[str, ...] | None = None


class WitnessAt(BaseModel):
    """A witness that must see this ledger grow: its public key, and where it is.

    `url` is the submission prefix of c2sp.org/tlog-witness: `/add-checkpoint` follows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, AfterValidator(_witness_key)]
    url: SecureUrl


class HolderOf(BaseModel):
    """A key holder as agencies reach it; in the order of the key config."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    url: SecureUrl


class JoiningAt(BaseModel):
    """What an invitation tells an agency of addresses: `signal-index invite`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecureUrl
    issuer: SecureUrl
    client_algorithm: Literal["PS256", "Ed25519"]
    holders: tuple[HolderOf, ...] = Field(min_length=2, max_length=9)


class ProcessingLogAt(BaseModel):
    """Where a Logboek Dataverwerkingen takes records (OTLP over HTTP, JSON).

    `activities`: the register in which each processing activity is described; its id
    follows. `processors`: the website of each organisation that calls, by OIN.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    collector: SecureUrl
    activities: SecureUrl
    token_file: Path | None = None
    processors: dict[str, SecureUrl] = {}


def verify_logins(urls: Mapping[str, str | None]) -> None:
    """Raise `ValueError`, naming the setting, unless each URL is a login of its own."""
    users: set[str] = set()
    places: set[object] = set()
    for name, text in urls.items():
        if text is None:
            raise ValueError(f"{name}: on PostgreSQL each role has a login of its own")
        url = make_url(text)
        if not url.username or url.username in users:
            raise ValueError(f"{name}: needs a login that no other role has")
        users.add(url.username)
        places.add(url._replace(username=None, password=None))
        if len(places) > 1:
            raise ValueError(f"{name}: is of another database than the rest")


class Settings(BaseSettings):
    """Everything one index needs to know before it starts."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SIGNAL_INDEX_",
        env_nested_delimiter="__",
    )

    database_url: DatabaseUrl = Field(repr=False)
    # On PostgreSQL each role has a login of its own; in a trial with a dealt key the
    # first may do for all:
    sequencer_database_url: DatabaseUrl | None = Field(default=None, repr=False)
    upkeep_database_url: DatabaseUrl | None = Field(default=None, repr=False)
    admin_database_url: DatabaseUrl | None = Field(default=None, repr=False)
    database_authority: Path | None = None  # default: those of the system
    pool_size: int = Field(default=8, ge=1, le=16)
    upkeep: Literal["in-process", "separate"]

    keys: Path
    key_config: Path
    key_pins: Path
    accepted_key_origin: Literal["dealt", "distributed"]

    audience: str = Field(min_length=1)
    issuers: tuple[Issuer, ...] = Field(min_length=1)

    # At most so many of an organisation, or one for each twenty of its signals:
    contact_holders: int = Field(default=200, ge=1)

    ledger_origin: str = Field(pattern=r"^[a-z0-9][a-z0-9./-]*[a-z0-9]$")
    checkpoint_file: Path
    ledger_years: int = Field(default=5, ge=1)  # what entries say is kept this long
    leader_lock: Path | None = None  # default: beside the SQLite file
    # Who must cosign the ledger, and how many of them; or, in a trial, the last day on
    # which nobody need: one of the two must be said.
    witnesses: tuple[WitnessAt, ...] = ()
    witness_quorum: int | None = Field(default=None, ge=1)
    unwitnessed_until: date | None = None

    # The hour (Dutch time) from which a day's matches are looked for:
    match_hour: int = Field(default=5, ge=0, le=23)

    processing_log: ProcessingLogAt | None = None  # default: no records go out

    joining: JoiningAt | None = None  # default: nobody can be invited

    alarms: AlarmsTo | None = None  # default: to officers and the stream alone

    host: str
    port: int = Field(ge=0, le=65535)
    problem_base: SecureUrl
    # What /.well-known/security.txt says (RFC 9116), and until when:
    security_contact: SecurityContact
    security_expires: date
    edge: EdgeLimits = EdgeLimits()
    # Of one account, in a minute, at each process; refusals are what is recorded though
    # it brings nothing: tickets that do not hold, lookups that are repeated:
    requests_per_minute: int = Field(default=1_200, ge=60, le=60_000)
    refusals_per_minute: int = Field(default=20, ge=3, le=600)
    _file: Path | None = PrivateAttr(default=None)

    @property
    def own_folder(self) -> Path:
        """Where a process keeps what it saw of keys: apart from the key folder."""
        return self.checkpoint_file.parent

    @property
    def file(self) -> Path | None:
        """Where they stand; None where they were not read from a file."""
        return self._file

    @field_validator("issuers")
    @classmethod
    def _issuers_differ(cls, value: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if len({issuer.issuer for issuer in value}) != len(value):
            raise ValueError("an issuer is named twice")
        return value

    @model_validator(mode="after")
    def _sqlite_is_one_process(self) -> Self:
        if self.upkeep == "separate" and self.database_url.startswith("sqlite"):
            raise ValueError("on SQLite the upkeep runs in-process")
        return self

    @model_validator(mode="after")
    def _each_role_has_its_login(self) -> Self:
        others = [name for name in LOGINS[1:] if getattr(self, name) is not None]
        if self.database_url.startswith("sqlite"):
            if others:
                raise ValueError(f"{others[0]}: SQLite knows no logins")
        elif others or self.unwitnessed_until is None:
            verify_logins({name: getattr(self, name) for name in LOGINS})
        return self

    @property
    def has_logins(self) -> bool:
        """Whether each role has a login of its own; else it is a trial, or SQLite."""
        return self.admin_database_url is not None

    @property
    def has_one_login(self) -> bool:
        """Whether one login may take on every role: a trial, on PostgreSQL."""
        return not (self.has_logins or self.database_url.startswith("sqlite"))

    @model_validator(mode="after")
    def _says_who_witnesses(self) -> Self:
        if self.unwitnessed_until is None:
            self._verify_quorum()
        elif self.witnesses or self.witness_quorum is not None:
            raise ValueError("unwitnessed_until: a ledger with witnesses is no trial")
        return self

    def _verify_quorum(self) -> None:
        keys = {parse_witness_key(witness.key).public for witness in self.witnesses}
        if not keys:
            raise ValueError("witnesses: say who must cosign the ledger")
        if len(keys) != len(self.witnesses):
            raise ValueError("witnesses: a key is named twice")
        if self.witness_quorum is None or self.witness_quorum > len(keys):
            raise ValueError("witness_quorum: say how many of them must cosign")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and read nothing else."""
        return env_settings, init_settings


def load_settings(path: Path) -> Settings:
    """Give the settings in a TOML file, or raise `SettingsRefused` with every reason.

    No value is echoed in the reasons: a database URL may hold a password.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as refusal:
        raise SettingsRefused(f"{path}: cannot be read") from refusal
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as refusal:
        raise SettingsRefused(f"{path}: is not TOML") from refusal
    try:
        settings = Settings(**values)
    except ValidationError as refusal:
        raise SettingsRefused(f"{path}: {list_reasons(refusal)}") from None
    settings._file = path.resolve()  # noqa: SLF001 - its own, and nobody else sets it
    return _resolve(settings, path.resolve().parent)


def list_reasons(refusal: ValidationError, *below: str) -> str:
    """Give what was wrong where (below these keys), on one line; never what it was."""
    errors = refusal.errors(include_input=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in (*below, *error['loc']))}: "
        f"{error['msg'].removeprefix('Value error, ')}"
        for error in errors
    )


def _resolve(settings: Settings, folder: Path) -> Settings:
    changes: dict[str, Any] = {
        name: folder / value
        for name in _PATHS
        if (value := getattr(settings, name)) is not None
    }
    changes["database_url"] = _resolve_database(settings.database_url, folder)
    if settings.alarms is not None:
        changes["alarms"] = settings.alarms.found_from(folder)
    log = settings.processing_log
    if log is not None and log.token_file is not None:
        token = {"token_file": folder / log.token_file}
        changes["processing_log"] = log.model_copy(update=token)
    return settings.model_copy(update=changes)


def _resolve_database(database_url: str, folder: Path) -> str:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return database_url
    path = str(folder / url.database)
    return url.set(database=path).render_as_string(hide_password=False)
