"""The settings of one agency: a TOML file; environment variables may override it.

No value has a default that could be wrong in a dangerous way: who we are, whom we
trust and where things are must be said. Paths are relative to the settings file.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from keys.config import KeyOrigin
from sources.brp.settings import BrpPlace, GatewayPlace, RegisterPlace
from sources.closed_row import ClosedRow
from sources.contacts import ContactRow
from sources.errors import InvalidAgencySettings, say_no_text, say_unreadable
from sources.faults import Unfit, say_faults, say_toml_fault
from sources.feed_settings import AgentRow, FeedRow, ReceiverRow
from sources.notice_settings import NoticesRow
from sources.urls import Url

Oin = Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]


def _check_database_url(text: str) -> str:
    try:
        found = make_url(text)
    except ArgumentError:
        raise Unfit("hier hoort een adres van een database van SQLAlchemy") from None
    if found.password is not None:
        raise Unfit("een wachtwoord hoort niet hier; zet het in password_file")
    return text


DatabaseUrl = Annotated[str, AfterValidator(_check_database_url)]


class KeyFiles(ClosedRow):
    """Where the agency's keys are; `signal-source keys create` makes all four."""

    request: Path
    notice: Path
    client: Path
    outbox: Path


class IndexPlace(ClosedRow):
    """The index, and the name under which tokens are meant for it."""

    url: Url
    audience: str = Field(min_length=1)


class IdentityPlace(ClosedRow):
    """The OpenID provider, and the client that this agency is there."""

    issuer: Url
    client_id: str = Field(min_length=1)


class HolderRow(ClosedRow):
    """One key holder."""

    index: int = Field(ge=1, le=9)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    url: Url


class HolderPlaces(ClosedRow):
    """The key holders, whom we trust by their pinned keys."""

    pins: Path
    accepted_origin: KeyOrigin
    places: tuple[HolderRow, ...] = Field(min_length=2, max_length=9)


class DatabasePlace(ClosedRow):
    """A database of a registration: where, as whom, and the file with the password.

    The URL is SQLAlchemy's and holds no password, so that this file may be shown.
    """

    url: DatabaseUrl
    password_file: Path | None = None


class AgencySettings(BaseSettings):
    """Everything a run of one agency needs to know."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SIGNAL_SOURCE_",
        env_nested_delimiter="__",
    )

    organisation: Oin
    source: Oin
    outbox: Path
    rejects: Path
    joining: Path | None = None
    keys: KeyFiles
    index: IndexPlace
    identity: IdentityPlace
    holders: HolderPlaces
    databases: dict[str, DatabasePlace] = {}
    agent: AgentRow = AgentRow()
    feeds: tuple[FeedRow, ...] = Field(default=(), max_length=32)
    receiver: ReceiverRow | None = None
    notices: NoticesRow = NoticesRow()
    own_number: ContactRow | None = None
    brp: BrpPlace | None = None
    brp_events: RegisterPlace | None = None

    @model_validator(mode="after")
    def _holders_differ(self) -> Self:
        places = self.holders.places
        if len({place.index for place in places}) != len(places):
            raise Unfit("holders.places: twee sleutelhouders hebben hetzelfde index")
        return self

    @model_validator(mode="after")
    def _asks_for_a_partner(self) -> Self:
        if self.brp is None:
            return self
        if self.brp.on_behalf_of != self.source or self.source == self.organisation:
            raise Unfit(
                "brp: de gemeente (organisation) zoekt alleen op voor een partner"
                " zonder recht op het BSN (source, on_behalf_of)"
            )
        return self

    @model_validator(mode="after")
    def _feeds_differ(self) -> Self:
        names = [feed.name for feed in self.feeds]
        if len(set(names)) != len(names):
            raise Unfit("feeds: twee hebben dezelfde naam")
        for sender in self.receiver.senders if self.receiver else ():
            if sender.feed not in names:
                raise Unfit("receiver.senders: deze feed staat niet in [[feeds]]")
        return self


def load_settings(path: Path) -> AgencySettings:
    """Read settings, or raise `InvalidAgencySettings` naming each wrong key."""

    class FromFile(AgencySettings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - files only
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, path)

    if not path.is_file():
        raise InvalidAgencySettings(
            f"De instellingen ({path.name}) zijn hier niet. Ga eerst naar de map die "
            "join maakte, of zeg met --settings waar zij staan."
        )
    try:
        return _resolve(FromFile(), path.parent)
    except ValidationError as error:
        found = say_faults(error)
        raise InvalidAgencySettings(f"De instellingen kloppen niet: {found}.") from None
    except tomllib.TOMLDecodeError as error:
        found = say_toml_fault(error)
        raise InvalidAgencySettings(f"{path.name} is niet te lezen. {found}") from None
    except OSError:
        raise InvalidAgencySettings(say_unreadable(path)) from None
    except UnicodeDecodeError:
        raise InvalidAgencySettings(say_no_text(path)) from None
    except SettingsError:
        raise InvalidAgencySettings(
            "Een omgevingsvariabele die met SIGNAL_SOURCE_ begint, is niet te lezen."
        ) from None


def _resolve(settings: AgencySettings, folder: Path) -> AgencySettings:
    """Give the same settings with every path made relative to the file's folder."""
    keys = settings.keys
    found = {name: folder / getattr(keys, name) for name in KeyFiles.model_fields}
    return settings.model_copy(
        update={
            "outbox": folder / settings.outbox,
            "rejects": folder / settings.rejects,
            "joining": settings.joining and folder / settings.joining,
            "keys": KeyFiles(**found),
            "holders": settings.holders.model_copy(
                update={"pins": folder / settings.holders.pins}
            ),
            "databases": {
                name: _resolve_database(place, folder)
                for name, place in settings.databases.items()
            },
            "feeds": tuple(_resolve_feed(feed, folder) for feed in settings.feeds),
            "brp": settings.brp and _resolve_gateway(settings.brp, folder),
            "brp_events": settings.brp_events
            and _resolve_gateway(settings.brp_events, folder),
            "receiver": settings.receiver and _resolve_keys(settings.receiver, folder),
            "notices": _resolve_notices(settings.notices, folder),
        }
    )


def _resolve_gateway(place: GatewayPlace, folder: Path) -> GatewayPlace:
    return place.model_copy(update={"key_file": folder / place.key_file})


def _resolve_database(place: DatabasePlace, folder: Path) -> DatabasePlace:
    url = make_url(place.url)
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(folder / url.database))
    password = place.password_file and folder / place.password_file
    found = url.render_as_string(hide_password=False)
    return DatabasePlace(url=found, password_file=password)


def _resolve_feed(feed: FeedRow, folder: Path) -> FeedRow:
    places = {name: getattr(feed, name) for name in ("profile", "folder", "file")}
    found = {name: folder / path for name, path in places.items() if path}
    return feed.model_copy(update=found)


def _resolve_notices(row: NoticesRow, folder: Path) -> NoticesRow:
    mail, events = row.mail, row.events
    return row.model_copy(
        update={
            "case_key": row.case_key and folder / row.case_key,
            "mail": mail
            and mail.model_copy(
                update={
                    "password_file": mail.password_file and folder / mail.password_file,
                    "certificates": mail.certificates and folder / mail.certificates,
                }
            ),
            "events": events
            and events.model_copy(
                update={"token_file": events.token_file and folder / events.token_file}
            ),
        }
    )


def _resolve_keys(receiver: ReceiverRow, folder: Path) -> ReceiverRow:
    senders = tuple(
        sender.model_copy(update={"jwk": folder / sender.jwk})
        for sender in receiver.senders
    )
    return receiver.model_copy(update={"senders": senders})
