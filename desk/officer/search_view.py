"""What the search page shows around the list: choices, what was asked, how much."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from desk.moments import format_day
from desk.officer.search_form import EVERYTHING, SearchForm
from desk.texts import Texts
from signal_index.wire.choices import Choice
from signal_index.wire.searching import SearchOptions, SearchPage

YEARS_BACK: Final = 5
"""As long as the ledger's contents are kept by default."""


Choices = Mapping[str, Sequence[Choice]]
"""What each field of the form offers, by the field's name."""


def describe_choices(options: SearchOptions, texts: Texts) -> Choices:
    """Name what can be chosen, as the form's fields want it."""
    return {
        "reasons": options.why,
        "citizen_reasons": [one for one in options.why if one.citizen],
        "organisations": [
            Choice(code=one.oin, label=one.name) for one in options.organisations
        ],
        "purposes": options.purposes,
        "outcomes": [
            Choice(code=code, label=texts.get(f"search.outcome.{code}"))
            for code in options.outcomes
        ],
    }


def first_day_for_citizen(last: str) -> str:
    """Give from when a citizen's entries are searched, if nobody says otherwise."""
    return date(date.fromisoformat(last).year - YEARS_BACK, 1, 1).isoformat()


def describe_asked(form: SearchForm, options: SearchOptions, texts: Texts) -> list[str]:
    """Tell in a few lines what was searched for, and what was not."""
    choices = describe_choices(options, texts)
    named: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("why", form.why, _labels(choices["reasons"])),
        ("organisation", form.organisation, _labels(choices["organisations"])),
        ("team", form.team, {}),
        ("user", form.user, {}),
        ("case", form.case, {}),
        ("purpose", form.purpose, _labels(choices["purposes"])),
        ("outcome", form.outcome, _labels(choices["outcomes"])),
    )
    return [
        texts.get("search.period", first=_day(form.first), last=_day(form.last)),
        *(
            f"{texts.get(f'search.asked.{name}')}: {labels.get(value, value)}"
            for name, value, labels in named
            if value
        ),
        *describe_left_out(form, options, texts),
    ]


def describe_left_out(
    form: SearchForm, options: SearchOptions, texts: Texts
) -> list[str]:
    """Tell where nobody looked, so that "nothing found" says nothing of it."""
    everything = form.kinds == EVERYTHING
    lines = [texts.get("search.kinds.all" if everything else "search.only-lookups")]
    if not options.isWholeMunicipality:
        own = ", ".join(one.name for one in options.organisations)
        lines.append(texts.get("search.only-own", organisation=own))
    return lines


def name_found(found: SearchPage, texts: Texts, *, is_first: bool) -> str:
    """Give the heading over a list: how many, as far as we know."""
    count = len(found.items)
    if count == 0:
        return texts.get("search.found.none-yet" if found.next else "search.found.0")
    if not is_first:
        return texts.get("search.found.older", count=count)
    if found.next:
        return texts.get("search.found.newest", count=count)
    return texts.get("search.found.1" if count == 1 else "search.found", count=count)


def _labels(choices: Sequence[Choice]) -> dict[str, str]:
    return {one.code: one.label for one in choices}


def _day(text: str) -> str:
    try:
        return format_day(text)
    except ValueError:
        return text
