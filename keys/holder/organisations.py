"""The organisations a holder serves: number, kind, request key and limits.

They stand in a TOML file that the holder's operator keeps (`signal-keys organisation
add`). An organisation may stand in it once for each kind, with a key for each.
Holders know organisations by public key and need no identity provider.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    model_validator,
)

from keys.errors import UnusableKey
from keys.holder.budgets import Bucket, DayLimits
from keys.holder.errors import (
    ActNotAllowed,
    HolderStartRefused,
    OrganisationEnded,
    OrganisationUnknown,
)
from keys.jose import PublicKey, parse_public_key
from keys.request import REGISTRATION_ACT, STATEMENT_ACT, Act

Kind = Literal["lookup", "portal", "source", "auditor"]
Because = Literal["stolen", "lost", "replaced", "stopped", "mistake"]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000_000)]


def _public_key(value: object) -> PublicKey:
    if isinstance(value, PublicKey):
        return value
    try:
        return parse_public_key(value)
    except UnusableKey as error:
        raise ValueError(*error.args) from None


class _Organisation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    oin: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    request_key: Annotated[PublicKey, BeforeValidator(_public_key)]
    ended_on: date | None = None
    ended_because: Because | None = None
    """It stays in the list: its key is never taken again."""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if (self.ended_on is None) != (self.ended_because is None):
            raise ValueError("`ended_on` and `ended_because` go together")
        return self

    @field_serializer("request_key")
    def _as_jwk(self, key: PublicKey) -> dict[str, str]:
        return key.jwk


class _Signing(_Organisation):
    """An organisation that signs what others hold against its keys."""

    notice_keys: tuple[Annotated[PublicKey, BeforeValidator(_public_key)], ...] = ()
    """By which it signs what it says: those of its machine, and of its desk."""

    @field_serializer("notice_keys")
    def _as_jwks(self, keys: tuple[PublicKey, ...]) -> list[dict[str, str]]:
        return [key.jwk for key in keys]


class LookupOrganisation(_Signing):
    """An organisation whose users look up; it signs whom to call back."""

    kind: Literal["lookup"]
    per_user_per_day: Count
    per_organisation_per_day: Count

    @property
    def limits(self) -> DayLimits:
        """Give its limits per UTC day."""
        return DayLimits(self.per_user_per_day, self.per_organisation_per_day)


class PortalOrganisation(_Organisation):
    """A municipality's page for citizens, each of whom sees what is kept of them.

    Its key asks nothing else, and no desk's key asks for it: whoever has one of the two
    has not the other, and neither spends what the other may.
    """

    kind: Literal["portal"]
    per_day: Count


class SourceOrganisation(_Signing):
    """A source agency that publishes."""

    kind: Literal["source"]
    declared_caseload: Count
    partners: tuple[Annotated[str, Field(pattern=r"^[0-9]{20}$")], ...] = ()
    """For which other sources it signs whom to call, beside itself."""
    invitation: UUID | None = None
    """The invitation by which it joined; that one lets nobody else in."""

    @property
    def bucket(self) -> Bucket:
        """Give its bucket."""
        return Bucket(self.declared_caseload)


class AuditorOrganisation(_Organisation):
    """An auditor: asks statements, evaluates nothing."""

    kind: Literal["auditor"]


AnyOrganisation = (
    LookupOrganisation | PortalOrganisation | SourceOrganisation | AuditorOrganisation
)
Organisation = Annotated[AnyOrganisation, Field(discriminator="kind")]


class OrganisationsFile(BaseModel):
    """The whole file, as the operator keeps it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisations: tuple[Organisation, ...] = ()


KIND_FOR_ACT: Final[Mapping[str, Kind]] = {
    Act.LOOKUP: "lookup",
    Act.OWN_VIEW: "portal",
    Act.OFFICER_SEARCH: "lookup",
    Act.ARCHIVE: "lookup",
    Act.PUBLISH: "source",
    REGISTRATION_ACT: "source",
    STATEMENT_ACT: "auditor",
}


@dataclass(frozen=True, slots=True)
class Organisations:
    """Those registered here, found by number and by what they ask."""

    by_kind: Mapping[tuple[str, Kind], AnyOrganisation]
    ended: frozenset[tuple[str, Kind]] = frozenset()
    """Those that were, and are no more."""

    def get(self, oin: object, act: object) -> AnyOrganisation:
        """Give the organisation registered for an act.

        Raises `OrganisationUnknown`, `OrganisationEnded` or, when it is known for
        other acts only, `ActNotAllowed`. An act that does not exist is allowed to
        nobody.
        """
        kind = KIND_FOR_ACT.get(act) if isinstance(act, str) else None
        found = self.by_kind.get((oin, kind)) if kind and isinstance(oin, str) else None
        if found is not None:
            return found
        if kind and isinstance(oin, str) and (oin, kind) in self.ended:
            raise OrganisationEnded
        if any(known == oin for known, _ in self.by_kind):
            raise ActNotAllowed
        raise OrganisationUnknown


def collect_organisations(entries: Sequence[AnyOrganisation]) -> Organisations:
    """Gather organisations; refuses a second entry for one number and kind.

    One that ended leaves its place to a new entry, which has another key.
    """
    by_kind: dict[tuple[str, Kind], AnyOrganisation] = {}
    gone = [entry for entry in entries if entry.ended_on is not None]
    dead = {key.raw for entry in gone for key in _keys_of(entry)}
    for entry in entries:
        if entry.ended_on is not None:
            continue
        place = (entry.oin, entry.kind)
        if any(key.raw in dead for key in _keys_of(entry)):
            raise HolderStartRefused(f"a key of {entry.kind} {entry.oin} was ended")
        if place in by_kind:
            raise HolderStartRefused(f"{entry.kind} {entry.oin} is registered twice")
        by_kind[place] = entry
    ended = frozenset((entry.oin, entry.kind) for entry in gone)
    return Organisations(by_kind, ended)


def _keys_of(entry: AnyOrganisation) -> tuple[PublicKey, ...]:
    more = entry.notice_keys if isinstance(entry, _Signing) else ()
    return (entry.request_key, *more)


def parse_organisations(document: Mapping[str, Any]) -> Organisations:
    """Read the file's contents, or raise `HolderStartRefused` with the first fault."""
    try:
        file = OrganisationsFile.model_validate(document)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise HolderStartRefused(f"organisations: {place}: {fault['msg']}") from None
    return collect_organisations(file.organisations)


def load_organisations(path: Path) -> Organisations:
    """Read the organisations that are served, or raise `HolderStartRefused`.

    A file without any is refused: it was cut off, and everybody would be turned away.
    """
    found = read_organisations(path)
    if not found.by_kind:
        raise HolderStartRefused(f"{path.name}: no organisation is registered")
    return found


def read_organisations(path: Path) -> Organisations:
    """Read the organisations file as it is, or raise `HolderStartRefused`."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise HolderStartRefused(f"{path.name}: {error}") from None
    return parse_organisations(document)
