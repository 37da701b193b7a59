"""Who is chosen in the register, and that nobody is chosen by chance."""

from typing import Any

import pytest

from keys.bsn import parse_bsn
from sources.brp.matching import Doubt, Doubtful, choose, list_surnames
from tests.brp_builders import a_person, a_sought, read
from tests.sources_builders import a_number, a_wrong_number

ADDRESS = {"adresregel1": "Plein 12", "adresregel2": "9901ZZ VOORBEELDSTAD"}


def chosen(*persons: dict[str, Any], **sought: Any) -> object:  # noqa: ANN401
    found = choose(a_sought(**sought), [read(one) for one in persons])
    return found.why if isinstance(found, Doubtful) else found


def name(surname: str, prefix: str = "", initials: str = "Q.") -> dict[str, str]:
    said = {"voorletters": initials, "geslachtsnaam": surname}
    return said | ({"voorvoegsel": prefix} if prefix else {})


def test_one_person_of_whom_everything_agrees_is_chosen() -> None:
    assert chosen(a_person()) == parse_bsn(a_number(1))


@pytest.mark.parametrize(
    ("sought", "registered"),
    [
        ("ZELDZAAM", name("Zeldzaam")),
        ("Zéldzaam ", name("Zeldzaam")),
        ("de Zeldzaam", name("Zeldzaam", "de")),
        ("Zeldzaam, de", name("Zeldzaam", "de")),
        ("van der Zeldzaam", name("Zeldzaam", "van der")),
        ("El Zeldzaam", name("El Zeldzaam")),
        ("Zeldzaam - Bijzonder", name("Zeldzaam-Bijzonder")),
    ],
)
def test_a_name_is_the_same_however_it_is_written(
    sought: str, registered: dict[str, str]
) -> None:
    assert chosen(a_person(naam=registered), surname=sought) == parse_bsn(a_number(1))


@pytest.mark.parametrize(
    "line", ["Plein 1940 12", "Lange Straat 12a", "Straat 12A-3", "Straat 12 bis"]
)
def test_a_house_number_is_read_from_the_line(line: str) -> None:
    there = ADDRESS | {"adresregel1": line}
    assert chosen(a_person(adressering=there)) == parse_bsn(a_number(1))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"naam": name("Zeldzaamst")}, Doubt.NAME),
        ({"naam": name("Van Zeldzaam Bijzonder")}, Doubt.NAME),
        ({"naam": name("")}, Doubt.NAME),
        ({"geboorte": {}}, Doubt.BIRTH),
        ({"geboorte": {"datum": {"type": "JaarDatum", "jaar": 1980}}}, Doubt.BIRTH),
        (
            {"geboorte": {"datum": {"type": "Datum", "datum": "1980-05-18"}}},
            Doubt.BIRTH,
        ),
        ({"adressering": {}}, Doubt.ADDRESS),
        ({"adressering": ADDRESS | {"adresregel1": "Plein 121"}}, Doubt.ADDRESS),
        ({"adressering": ADDRESS | {"adresregel1": "Plein 1-12"}}, Doubt.ADDRESS),
        ({"adressering": ADDRESS | {"adresregel2": "9901ZY STAD"}}, Doubt.ADDRESS),
        (
            {
                "adressering": ADDRESS
                | {"indicatieVastgesteldVerblijftNietOpAdres": True}
            },
            Doubt.REGISTER,
        ),
        ({"opschortingBijhouding": {"reden": {"code": "O"}}}, Doubt.REGISTER),
        ({"inOnderzoek": {"burgerservicenummer": True}}, Doubt.REGISTER),
        (
            {"naam": name("Zeldzaam") | {"inOnderzoek": {"geslachtsnaam": True}}},
            Doubt.REGISTER,
        ),
        ({"rni": [{"deelnemer": {}}]}, Doubt.REGISTER),
        ({"geheimhoudingPersoonsgegevens": True}, Doubt.CONFIDENTIAL),
        ({"burgerservicenummer": a_wrong_number()}, Doubt.NUMBER),
        ({"burgerservicenummer": ""}, Doubt.NUMBER),
    ],
)
def test_whatever_speaks_against_a_person_is_a_doubt(
    changed: dict[str, Any], why: Doubt
) -> None:
    assert chosen(a_person(**changed)) == why


def test_nobody_found_is_a_doubt() -> None:
    assert chosen() == Doubt.NOBODY


def test_a_namesake_elsewhere_may_be_the_one_who_is_meant() -> None:
    elsewhere = {"adresregel1": "Dorpsweg 1", "adresregel2": "1234AB DORP"}
    twin = a_person(a_number(2), adressering=elsewhere)
    assert chosen(a_person(), twin) == Doubt.SEVERAL


def test_other_initials_tell_a_namesake_apart() -> None:
    twin = a_person(a_number(2), naam=name("Zeldzaam", initials="X.Y."))
    assert chosen(twin, a_person()) == parse_bsn(a_number(1))
    assert chosen(twin, a_person(), initials="") == Doubt.SEVERAL
    assert chosen(twin) == Doubt.NOBODY


def test_first_names_say_as_much_as_initials() -> None:
    person = a_person(naam=name("Zeldzaam", initials="P.J."))
    for written in ("PJ", "P. J.", "Pieter Jan", "Pieter"):
        assert chosen(person, initials=written) == parse_bsn(a_number(1)), written
    assert chosen(person, initials="Jan") == Doubt.NOBODY


def test_a_person_given_twice_is_a_doubt() -> None:
    assert chosen(a_person(), a_person()) == Doubt.SEVERAL


def test_a_name_is_asked_as_the_register_has_it_and_then_whole() -> None:
    assert list_surnames("Zeldzaam") == ("Zeldzaam",)
    assert list_surnames("van der Zeldzaam") == ("Zeldzaam", "van der Zeldzaam")
    assert list_surnames("Zeldzaam, van der") == ("Zeldzaam", "van der Zeldzaam")
    assert list_surnames("De") == ("De",)
