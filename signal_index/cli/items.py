"""What an administrator registers, as it stands in a load file or on a command line.

Unknown keys are refused; numbers, codes and keys are parsed, never passed on as they
came. What the catalogue must know is checked when the item is registered.
"""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from policy.vocabulary import OrganisationKind
from signal_index.errors import LoadFileRefused
from signal_index.notice import parse_signer_key
from signal_index.settings import list_reasons
from signal_index.store.admissions import AdmissionRecord
from signal_index.store.contact_labels import LabelRecord
from signal_index.store.registry import (
    ClientKind,
    ClientRecord,
    OrganisationRecord,
    SignerRecord,
    SourceRecord,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.sources import SourceState
from signal_index.wire.values import read_label, read_municipality, read_oin


def _oin(value: str) -> str:
    try:
        return read_oin(value)
    except ValueError:
        raise ValueError("is not an OIN (twenty digits)") from None


def _municipality(value: str) -> str:
    try:
        return read_municipality(value)
    except ValueError:
        raise ValueError("is not a municipality's code (four digits)") from None


def _name(value: str) -> str:
    try:
        return read_label(value)
    except ValueError:
        raise ValueError("is not a label of at most 60 bytes") from None


def _state_at_first(value: SourceState) -> SourceState:
    if value is SourceState.ENDED:
        raise ValueError("is not how a source begins: end it with `source end`")
    return value


Oin = Annotated[str, AfterValidator(_oin)]
Municipality = Annotated[str, AfterValidator(_municipality)]
Name = Annotated[str, AfterValidator(_name)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9.]+)*$", max_length=64)]
Account = Annotated[str, Field(min_length=1, max_length=200)]


class Item(BaseModel):
    """One thing to register."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OrganisationItem(Item):
    """An organisation."""

    oin: Oin
    name: Name
    kind: OrganisationKind
    municipality: Municipality

    def record(self) -> OrganisationRecord:
        """Give what the store registers."""
        return OrganisationRecord(
            self.oin, self.name, self.kind.value, self.municipality
        )


class AdmissionItem(Item):
    """That a municipality lets an organisation of another one ask for it."""

    organisation: Oin
    municipality: Municipality
    by: Code
    on: date

    def record(self) -> AdmissionRecord:
        """Give what the store registers."""
        return AdmissionRecord(self.organisation, self.municipality, self.by, self.on)


class ClientItem(Item):
    """A client of an organisation."""

    id: Account
    organisation: Oin
    kind: ClientKind

    def record(self) -> ClientRecord:
        """Give what the store registers."""
        return ClientRecord(self.id, self.organisation, self.kind)


class SignerItem(Item):
    """A public signing key, in a JWK file; a private one is refused."""

    organisation: Oin
    jwk: Path

    def record(self) -> SignerRecord:
        """Give what the store registers; reads the file."""
        try:
            return make_signer_record(self.organisation, self.jwk.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, InvalidField):
            raise LoadFileRefused(
                f"{self.jwk.name}: not a public Ed25519 JWK with a kid"
            ) from None


def make_signer_record(organisation: str, jwk: str) -> SignerRecord:
    """Give what the store registers of a public key, or raise `InvalidField`."""
    key = parse_signer_key(organisation, jwk)
    members = key.jwk.as_dict(private=False)
    public = {"kid": key.jwk.kid, **members}
    return SignerRecord(organisation, str(key.jwk.kid), _encode(public))


class SourceItem(Item):
    """A source and where it publishes what, how often, through whom.

    What its kind asks for (categories, or none) is checked when it is registered.
    `state` where it is new: in trial unless said otherwise; later registrations leave
    it what it is.
    """

    oin: Oin
    kind: Code
    categories: frozenset[Code] = frozenset()
    municipalities: frozenset[Municipality] = Field(min_length=1)
    rhythm_days: int = Field(ge=1, le=366)
    submitters: frozenset[Oin] = frozenset()
    state: Annotated[SourceState, AfterValidator(_state_at_first)] | None = None
    by_hand: bool = False

    def record(self) -> SourceRecord:
        """Give what the store registers."""
        return SourceRecord(**dict(self))


class EstablishedItem(Item):
    """That a municipality established something, and since when."""

    id: Code
    municipality: Municipality
    by: Code
    on: date
    staatsblad: Annotated[str, Field(max_length=32)] | None = None


class ContactLabelItem(Item):
    """What an organisation's contact holders may be called, and who approved it."""

    organisation: Oin
    labels: tuple[Name, ...] = Field(min_length=1)
    by: Code
    on: date

    def records(self) -> Iterator[LabelRecord]:
        """Give what the store registers."""
        for label in self.labels:
            yield LabelRecord(self.organisation, label, self.by, self.on)


class PurposeItem(EstablishedItem):
    """That a municipality established a purpose."""


class LoopItem(EstablishedItem):
    """That a municipality established an act of the loop."""


class LoadFile(Item):
    """Everything one TOML file may register, in the order it is registered."""

    organisation: tuple[OrganisationItem, ...] = ()
    admission: tuple[AdmissionItem, ...] = ()
    client: tuple[ClientItem, ...] = ()
    signer: tuple[SignerItem, ...] = ()
    source: tuple[SourceItem, ...] = ()
    contact_label: tuple[ContactLabelItem, ...] = ()
    purpose: tuple[PurposeItem, ...] = ()
    loop: tuple[LoopItem, ...] = ()


Parsed = TypeVar("Parsed", bound=Item)


def parse_item(kind: type[Parsed], values: dict[str, Any]) -> Parsed:
    """Give an item, or raise `LoadFileRefused` with every reason; echoes no value."""
    try:
        return kind.model_validate(values)
    except ValidationError as refusal:
        raise LoadFileRefused(list_reasons(refusal)) from None


def read_load_file(path: Path) -> LoadFile:
    """Read a TOML file of items; key files in it count from the file's own folder."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise LoadFileRefused(f"{path.name}: not a readable TOML file") from None
    loaded = parse_item(LoadFile, values)
    folder = path.resolve().parent
    signers = tuple(
        item.model_copy(update={"jwk": folder / item.jwk}) for item in loaded.signer
    )
    return loaded.model_copy(update={"signer": signers})


def _encode(members: dict[str, Any]) -> str:
    return json.dumps(members, sort_keys=True, separators=(",", ":"))
