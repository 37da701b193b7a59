"""What is wrong in a file that an administrator wrote, in Dutch, by kind of error.

Profiles, settings and the page say it with these words alone: what a library says is
English and may hold the value.

- A sentence names the key, never the value; a place in a list counts from one.
- A rule of ours is told by `Unfit`. Another `ValueError` says only that it is wrong.
- That a list is too short is left out where its own items are wrong: pydantic counts
  only the good ones.
Proven by tests/unit/sources/test_faults_are_dutch.py.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

_WRONG: Final = "dit klopt niet"
SAID: Final[Mapping[str, str]] = {
    "missing": "dit ontbreekt",
    "extra_forbidden": "deze naam kennen wij hier niet; kijk of hij goed gespeld is en "
    "in de goede tabel staat",
    "model_type": "hier hoort een tabel",
    "dict_type": "hier hoort een tabel",
    "string_type": "hier hoort een tekst tussen aanhalingstekens",
    "string_too_short": "dit mag niet leeg zijn",
    "string_too_long": "dit mag hoogstens {max_length} tekens lang zijn",
    "string_pattern_mismatch": "dit heeft niet de goede vorm",
    "int_type": "hier hoort een heel getal",
    "int_parsing": "hier hoort een heel getal",
    "int_parsing_size": "dit getal is te groot",
    "int_from_float": "hier hoort een heel getal",
    "greater_than_equal": "dit getal moet minstens {ge} zijn",
    "less_than_equal": "dit getal mag hoogstens {le} zijn",
    "finite_number": "hier hoort een heel getal",
    "bool_type": "hier hoort true of false, zonder aanhalingstekens",
    "bool_parsing": "hier hoort true of false, zonder aanhalingstekens",
    "tuple_type": "hier hoort een lijst tussen rechte haken",
    "frozen_set_type": "hier hoort een lijst tussen rechte haken",
    "too_short": "deze lijst moet minstens {min_length} hebben",
    "too_long": "deze lijst mag hoogstens {max_length} hebben",
    "literal_error": "kies uit: {expected}",
    "enum": "kies uit: {expected}",
    "path_type": "hier hoort de naam van een bestand of map",
    "date_type": "hier hoort een dag, zoals 2026-01-31",
    "date_parsing": "hier hoort een dag, zoals 2026-01-31",
    "date_from_datetime_parsing": "hier hoort een dag, zoals 2026-01-31",
    "date_from_datetime_inexact": "hier hoort een dag zonder tijd",
    "value_error": _WRONG,
}
FORMS: Final[Mapping[str, str]] = {
    r"^[0-9]{20}$": "hier hoort een OIN van twintig cijfers",
    r"^[^@\s<>,;]+@[^@\s<>,;]+$": "hier hoort een e-mailadres",
    r"^[0-9]{4}$": "hier hoort een gemeentecode van vier cijfers, zoals 0599",
    r"^[0-9]{2}$": "hier hoort een reden van twee cijfers",
    r"(?:[01]\d|2[0-3]):[0-5]\d": "hier hoort een tijd, zoals 09:00",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "gebruik kleine letters, cijfers en streepjes",
    r"^[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+$": (
        "hier hoort een soort bericht met punten, zoals nl.gemeente.zaak"
    ),
    r"^[A-Za-z_][A-Za-z0-9_$]{0,62}$": (
        "gebruik letters, cijfers en _, hoogstens 63 tekens, en begin met een letter"
    ),
    **{
        rf"^[a-z0-9][a-z0-9-]{{0,{longest}}}$": (
            "gebruik kleine letters, cijfers en streepjes, begin met een letter of "
            f"cijfer, hoogstens {longest + 1} tekens"
        )
        for longest in (39, 62, 63)
    },
}
_LINE: Final = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")
_UNION: Final = re.compile(r"\[.*\]")


class Unfit(ValueError):
    """A rule of ours is broken; the message is Dutch and holds no value."""


def say_faults(error: ValidationError) -> str:
    """Give one sentence part for each key that is wrong."""
    found = error.errors(include_input=False, include_url=False)
    places = [each["loc"] for each in found]
    return "; ".join(
        f"{_name_key(each['loc'])}{_say_one(each['type'], each.get('ctx', {}))}"
        for each in found
        if each["type"] != "too_short" or not _has_inner(each["loc"], places)
    )


def say_toml_fault(error: tomllib.TOMLDecodeError) -> str:
    """Say on which line a file stops being TOML."""
    found = _LINE.search(str(error))
    where = (
        f"Kijk bij regel {found[1]}, teken {found[2]}" if found else "Kijk aan het eind"
    )
    return (
        f"{where}: daar klopt een naam, aanhalingsteken, haak of komma niet, of er "
        "staat iets dubbel."
    )


def _has_inner(place: tuple[Any, ...], places: list[tuple[Any, ...]]) -> bool:
    return any(
        len(other) > len(place) and other[: len(place)] == place for other in places
    )


def _say_one(kind: str, told: Mapping[str, Any]) -> str:
    if isinstance(unfit := told.get("error"), Unfit):
        return str(unfit)
    if kind == "string_pattern_mismatch":
        return FORMS.get(str(told.get("pattern")), SAID[kind])
    shown = {key: str(value).replace(" or ", " of ") for key, value in told.items()}
    return SAID.get(kind, _WRONG).format_map(shown)


def _name_key(place: tuple[int | str, ...]) -> str:
    parts = list(_name_parts(place))
    return f"{'.'.join(parts)}: " if parts else ""


def _name_parts(place: tuple[int | str, ...]) -> Iterator[str]:
    """Name each step; what pydantic adds for a choice of types is no name of a key."""
    for part in place:
        if isinstance(part, int):
            yield str(part + 1)
        elif not _UNION.search(part):
            yield part
