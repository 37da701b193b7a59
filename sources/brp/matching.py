"""The rule by which a person in the register is the person of a record. Pure.

One person is the one if, and only if, all of this holds; anything else is a doubt:

1. Of all whom the register gives under this surname and birth date, in the whole
   country, there is one whose initials may be these. A twin who moved is a second.
2. Surname, birth date (whole), postcode and house number are the same. Case, accents,
   spaces and a prefix that stands before or after do not count; letters do.
3. The register has nothing against it: not dead or gone, not under investigation, not
   only a non-resident, not proven to live elsewhere.
4. The person did not ask that their data be kept from others: then a person decides.
5. The number passes the 11-proof.

Proven by tests/unit/sources/test_matching_a_person.py and
tests/attack/test_a_gateway_of_persons_is_not_believed.py.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from sources.brp.wire import Person
from sources.values import Sought

PREFIXES: Final = frozenset(
    {
        *("van", "de", "den", "der", "het", "'t", "'s", "te", "ten", "ter", "tot"),
        *("in", "op", "aan", "bij", "over", "onder", "uit", "voor", "von", "zu"),
        *("el", "al", "la", "le", "les", "du", "da", "das", "do", "dos", "di", "d'"),
    }
)
_POSTCODE: Final = re.compile(r"([0-9]{4}) ?([A-Z]{2})(?: |$)")
_HOUSE_NUMBER: Final = re.compile(r".*\s([0-9]{1,5})(?: ?[A-Za-z])?(?:[- ][^\s]{1,4})?")


class Doubt(StrEnum):
    """Why nobody is chosen by the rule."""

    NOBODY = "nobody"
    SEVERAL = "several"
    NAME = "name"
    BIRTH = "birth"
    ADDRESS = "address"
    REGISTER = "register"
    CONFIDENTIAL = "confidential"
    NUMBER = "number"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nobody is chosen; why, and who the register gave."""

    why: Doubt
    candidates: tuple[Person, ...] = field(default=(), repr=False)


def choose(sought: Sought, given: Sequence[Person]) -> Bsn | Doubtful:
    """Give the number of the one person who is sought, or why a person must decide."""
    rivals = tuple(one for one in given if _may_be_called(sought.initials, one))
    if len(rivals) != 1:
        why = Doubt.SEVERAL if rivals else Doubt.NOBODY
        return Doubtful(why, rivals or tuple(given))
    (one,) = rivals
    why_not = find_doubt(sought, one)
    if why_not is not None:
        return Doubtful(why_not, rivals)
    return parse_bsn(one.burgerservicenummer)


def find_doubt(sought: Sought, one: Person) -> Doubt | None:
    """Give the first thing that speaks against this person, or None."""
    checks = (
        (Doubt.NUMBER, _has_number(one)),
        (Doubt.NAME, bool(_forms_of(sought) & _forms_in(one))),
        (Doubt.BIRTH, _is_born(sought, one)),
        (Doubt.ADDRESS, _lives_at(sought, one)),
        (Doubt.REGISTER, _is_sure(one)),
        (Doubt.CONFIDENTIAL, not one.geheimhoudingPersoonsgegevens),
    )
    return next((why for why, holds in checks if not holds), None)


def list_surnames(surname: str) -> tuple[str, ...]:
    """Give the forms to ask by: without its prefix, as the register has it; whole."""
    whole = _turn(surname)
    words = whole.split()
    while len(words) > 1 and words[0].casefold() in PREFIXES:
        words.pop(0)
    return tuple(dict.fromkeys((" ".join(words), whole)))


def _turn(surname: str) -> str:
    """Give `de Vries` for `Vries, de`: how a list is sorted is no other name."""
    name, comma, prefix = surname.partition(",")
    words = prefix.split()
    is_prefix = bool(words) and all(word.casefold() in PREFIXES for word in words)
    parts = (*words, *name.split()) if comma and is_prefix else surname.split()
    return " ".join(parts)


def _fold(text: str) -> str:
    """Give letters alone, without accents and case."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in plain if each.isalpha())


def _forms_of(sought: Sought) -> set[str]:
    return {_fold(each) for each in list_surnames(sought.surname)} - {""}


def _forms_in(one: Person) -> set[str]:
    name = one.naam
    bare, whole = name.geslachtsnaam, f"{name.voorvoegsel} {name.geslachtsnaam}"
    return {_fold(bare), _fold(whole)} - {""}


def _may_be_called(initials: str, one: Person) -> bool:
    """Tell whether these may be this person's initials; who has none may be anyone."""
    asked, has = _initials(initials), _initials(one.naam.voorletters)
    return not asked or not has or has.startswith(asked) or asked.startswith(has)


def _initials(text: str) -> str:
    """Give `PJ` for `P.J.`, `P J` and `Pieter Jan`."""
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(each)
    )
    words = re.split(r"[^A-Za-z]+", plain)
    return "".join(
        word if word.isupper() else word[:1].upper() for word in words if word
    )


def _is_born(sought: Sought, one: Person) -> bool:
    day = one.geboorte.datum
    whole = day is not None and day.type == "Datum"
    return whole and day is not None and day.datum == sought.born.isoformat()


def _lives_at(sought: Sought, one: Person) -> bool:
    lines = one.adressering
    number = _HOUSE_NUMBER.fullmatch(lines.adresregel1.strip())
    postcode = _POSTCODE.match(lines.adresregel2.strip())
    if number is None or postcode is None:
        return False
    at = (postcode[1] + postcode[2], int(number[1]))
    return at == (sought.postcode, sought.house_number)


def _is_sure(one: Person) -> bool:
    in_doubt = (
        one.inOnderzoek
        or one.naam.inOnderzoek
        or one.geboorte.inOnderzoek
        or one.adressering.inOnderzoek
        or one.adressering.indicatieVastgesteldVerblijftNietOpAdres
        or one.opschortingBijhouding is not None
        or one.rni
    )
    return not in_doubt


def _has_number(one: Person) -> bool:
    try:
        parse_bsn(one.burgerservicenummer)
    except InvalidBsn:
        return False
    return True
