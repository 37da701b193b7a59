"""What is asked of the gateway and what it answers: our part of BRP API Personen 2.x.

Members that we do not ask for are not read. A question names the fields that the rule
of `matching` looks at, and no other.
"""

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

QUERY: Final = "ZoekMetGeslachtsnaamEnGeboortedatum"
FIELDS: Final = (
    "burgerservicenummer",
    "naam.voorletters",
    "naam.voorvoegsel",
    "naam.geslachtsnaam",
    "geboorte.datum",
    "adressering.adresregel1",
    "adressering.adresregel2",
)


class _Read(BaseModel):
    """Read from the gateway; prints its name alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class Name(_Read):
    """A name in the register."""

    voorletters: str = ""
    voorvoegsel: str = ""
    geslachtsnaam: str = ""
    inOnderzoek: dict[str, object] = Field(default_factory=dict)  # noqa: N815


class Day(_Read):
    """A day, whole (`Datum`) or with parts that nobody knows."""

    type: str
    datum: str = ""


class Birth(_Read):
    """When somebody was born."""

    datum: Day | None = None
    inOnderzoek: dict[str, object] = Field(default_factory=dict)  # noqa: N815


class Address(_Read):
    """Where post for somebody goes."""

    adresregel1: str = ""
    adresregel2: str = ""
    indicatieVastgesteldVerblijftNietOpAdres: bool = False  # noqa: N815
    inOnderzoek: dict[str, object] = Field(default_factory=dict)  # noqa: N815


class Person(_Read):
    """One person of an answer (`PersoonBeperkt`)."""

    burgerservicenummer: str = ""
    naam: Name = Name()
    geboorte: Birth = Birth()
    adressering: Address = Address()
    geheimhoudingPersoonsgegevens: bool = False  # noqa: N815
    opschortingBijhouding: dict[str, object] | None = None  # noqa: N815
    inOnderzoek: dict[str, object] = Field(default_factory=dict)  # noqa: N815
    rni: list[object] = Field(default_factory=list)


class Answer(_Read):
    """What the gateway answers; another type than was asked is no answer."""

    type: Literal["ZoekMetGeslachtsnaamEnGeboortedatum"]
    personen: tuple[Person, ...] = Field(strict=False)


def make_question(surname: str, born: date) -> dict[str, object]:
    """Give the question by surname and birth date."""
    return {
        "type": QUERY,
        "geslachtsnaam": surname,
        "geboortedatum": born.isoformat(),
        "fields": list(FIELDS),
    }
