"""Answer two kinds of question of BRP API Personen 2.x about persons who do not exist.

`RaadpleegMetBurgerservicenummer` and `ZoekMetGeslachtsnaamEnGeboortedatum`, as the
published contract has them: what a caller names in `fields` and what the register adds
itself is given, a question that does not hold is a 400 that names the parameter, and
nothing of a question or an answer is logged. Only with the right key.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BY_NAME: Final = "ZoekMetGeslachtsnaamEnGeboortedatum"
BY_NUMBER: Final = "RaadpleegMetBurgerservicenummer"
MOST_FOUND: Final = 10
MOST_NUMBERS: Final = 20
_LIMITED: Final = frozenset({"burgerservicenummer", "naam", "geboorte", "adressering"})
_WHOLE: Final = _LIMITED | {"partners", "ouders", "kinderen"}
GIVEN_BY_ITSELF: Final = (
    "geheimhoudingPersoonsgegevens",
    "inOnderzoek",
    "opschortingBijhouding",
    "rni",
)
Person = Mapping[str, Any]


class QuestionRefused(Exception):
    """A question that the contract does not know; names its parameter."""


class TooManyFound(Exception):
    """More persons than the register gives for one question."""


def create_app(persons: Sequence[Person], key: str) -> Starlette:
    """Give the application for a register of these persons."""

    async def find(request: Request) -> Response:
        given = request.headers.get("x-api-key", "").encode()
        if not hmac.compare_digest(given, key.encode()):
            return _problem(401, "Niet correct geauthenticeerd.", "authentication")
        try:
            question = _read_question(await request.json())
            found = QUESTIONS[question["type"]](persons, question)
        except QuestionRefused as fault:
            title = "Een of meerdere parameters zijn niet correct."
            return _problem(400, title, "paramsValidation", str(fault))
        except TooManyFound:
            return _problem(400, "Teveel zoekresultaten.", "tooManyResults")
        fields = [tuple(field.split(".")) for field in question["fields"]]
        given_persons = [select(one, fields) for one in found]
        return JSONResponse({"type": question["type"], "personen": given_persons})

    async def be_well(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/personen", find, methods=["POST"]),
        Route("/health", be_well),
    ]
    return Starlette(routes=routes)


def find_by_number(persons: Sequence[Person], question: Person) -> list[Person]:
    """Give who have these numbers, the dead as well; raises `QuestionRefused`."""
    numbers = question.get("burgerservicenummer")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_NUMBERS:
        raise QuestionRefused("burgerservicenummer")
    for place, number in enumerate(numbers):
        if not isinstance(number, str) or not re.fullmatch(r"[0-9]{9}", number):
            raise QuestionRefused(f"burgerservicenummer[{place}]")
    return [one for one in persons if one["burgerservicenummer"] in numbers]


def find_by_name(persons: Sequence[Person], question: Person) -> list[Person]:
    """Give who live and have this surname, in any case, and this birth date."""
    surname, born = question.get("geslachtsnaam"), question.get("geboortedatum")
    if not isinstance(surname, str) or not re.fullmatch(r"[\w .'-]{1,200}", surname):
        raise QuestionRefused("geslachtsnaam")
    if not isinstance(born, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", born):
        raise QuestionRefused("geboortedatum")
    found = [one for one in persons if is_asked(one, surname, born)]
    if len(found) > MOST_FOUND:
        raise TooManyFound
    return found


QUESTIONS: Final[Mapping[str, Callable[[Sequence[Person], Person], list[Person]]]] = {
    BY_NUMBER: find_by_number,
    BY_NAME: find_by_name,
}


def is_asked(person: Person, surname: str, born: str) -> bool:
    """Tell whether a living person has this surname and this birth date."""
    has = str(person["naam"]["geslachtsnaam"])
    day = person["geboorte"]["datum"].get("datum")
    reason = person.get("opschortingBijhouding", {}).get("reden", {}).get("code")
    return has.casefold() == surname.casefold() and day == born and reason != "O"


def select(value: Any, fields: Sequence[tuple[str, ...]]) -> Any:  # noqa: ANN401 - JSON
    """Give the fields that are named, a path each, and what is given by itself."""
    if isinstance(value, list):
        return [select(each, fields) for each in value]
    given = {name: value[name] for name in GIVEN_BY_ITSELF if name in value}
    for name in dict.fromkeys(first for first, *_ in fields):
        if name in value:
            deeper = [rest for first, *rest in fields if first == name]
            whole = any(not rest for rest in deeper)
            inside = [tuple(rest) for rest in deeper]
            given[name] = value[name] if whole else select(value[name], inside)
    return given


def _read_question(given: object) -> dict[str, Any]:
    if not isinstance(given, dict) or given.get("type") not in QUESTIONS:
        raise QuestionRefused("type")
    fields = given.get("fields")
    if not isinstance(fields, list) or not 1 <= len(fields) <= 130:
        raise QuestionRefused("fields")
    known = _WHOLE if given["type"] == BY_NUMBER else _LIMITED
    for place, field in enumerate(fields):
        if not isinstance(field, str) or field.partition(".")[0] not in known:
            raise QuestionRefused(f"fields[{place}]")
    return given


def _problem(status: int, title: str, code: str, parameter: str = "") -> Response:
    detail = f"De foutieve parameter(s) zijn: {parameter}." if parameter else title
    body = {"title": title, "status": status, "detail": detail, "code": code}
    return JSONResponse(body, status, media_type="application/problem+json")
