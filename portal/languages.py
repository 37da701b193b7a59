"""The languages of the page: Dutch, and English by a link.

What the municipality's catalogue and its organisations say is Dutch in both, and is
marked so (WCAG 3.1.2). A language is remembered in a cookie that says nothing else.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from desk.moments import HERE, day_here
from desk.templating import FOLDER as TEMPLATES_OF_THE_DESK
from desk.templating import TEMPLATES as SHARED
from desk.texts import Texts, load_texts

FOLDER: Final = Path(__file__).parent
_PLACES: Final = [FOLDER / "templates", TEMPLATES_OF_THE_DESK]


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its texts, its templates."""

    code: str
    texts: Texts
    templates: Environment
    dutch: str
    """The attribute of what is Dutch in a page of this language."""


def find_language(code: str | None) -> Language:
    """Give the language that was chosen; Dutch for whoever chose none that we have."""
    return LANGUAGES.get(code or "", DUTCH)


def _make_templates() -> Environment:
    return SHARED.overlay(loader=FileSystemLoader(_PLACES))


def _make_english() -> Environment:
    """Give the same templates, with days and lists as English writes them."""
    made = _make_templates()
    made.filters = {
        **SHARED.filters,
        "day": lambda day: format_date(day, "d MMMM y", locale="en"),
        "day_of": lambda at: format_date(day_here(at), "d MMMM y", locale="en"),
        "weekday_of": lambda at: format_date(
            day_here(at), "EEEE d MMMM y", locale="en"
        ),
        "moment": lambda at: format_datetime(
            at.astimezone(HERE), "EEEE d MMMM y, HH:mm", locale="en"
        ),
        "short": lambda at: format_datetime(
            at.astimezone(HERE), "EE d MMM y, HH:mm", locale="en"
        ),
        "short_day": lambda at: format_date(day_here(at), "EE d MMM y", locale="en"),
        "listed": lambda names: format_list(names, locale="en"),
    }
    return made


_TEXTS: Final = FOLDER / "texts"
DUTCH: Final = Language(
    "nl", load_texts("nl", _TEXTS).over(load_texts("nl")), _make_templates(), ""
)
ENGLISH: Final = Language(
    "en", load_texts("en", _TEXTS), _make_english(), Markup(' lang="nl"')
)
LANGUAGES: Final = {one.code: one for one in (DUTCH, ENGLISH)}
