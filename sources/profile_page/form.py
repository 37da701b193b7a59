"""What was filled in on the page, made into choices; what is missing, said by name.

- A field says which column or word it is about by its place in the file, so that no
  value of the file is the name of anything.
- Nothing that is posted is believed: the profile that follows is held against the same
  rules as one that was written by hand, before it is used or written.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from signal_index.wire.contact_holders import WEEKDAYS
from sources.dates import Order
from sources.profile import FILL_IN
from sources.profile_page.draft import Draft, Looked, keep
from sources.proposing.choices import (
    ROLES,
    Choices,
    Hours,
    Known,
    OptIn,
    Reached,
    fill_from_columns,
    swap_order,
)
from sources.proposing.status_words import Sorted

Form = Mapping[str, str]
NEEDED: Final = {"bsn": "het BSN van de inwoner", "start": "de dag waarop het begon"}
LISTS: Final = ("opens", "closes", "ignores")
SAME: Final = "same-contact"
VERIFIED: Final = "verified"
OPENS: Final = "hours-from"
CLOSES: Final = "hours-to"
UNDECIDED: Final = "?"
"""The answer of a column that somebody must still decide on; none is not that."""


def read_form(draft: Draft, form: Form) -> Draft:
    """Give the draft with what was filled in."""
    old = draft.choices
    known = Known(
        form.get("name", old.known.name).strip(),
        keep(form.get("category", "")),
        tuple(form.get("municipalities", "").replace(",", " ").split()),
        old.known.function,
        old.known.phone,
        keep(form.get("informed", "")),
        draft.today if VERIFIED in form else None,
        tuple(draft.functions),
    )
    days = tuple(day for day in WEEKDAYS if f"day-{day}" in form)
    times = (form.get(name, "").strip() for name in (OPENS, CLOSES))
    choices = replace(old, known=known, hours=Hours(days, *times))
    if draft.looked:
        choices = _read_columns(draft.looked, choices, form)
    return replace(draft, choices=_read_contacts(draft, choices, form))


def _read_columns(looked: Looked, choices: Choices, form: Form) -> Choices:
    sample = looked.table.sample
    columns: dict[str, str] = {}
    for at, column in enumerate(sample.columns):
        role = form.get(f"column-{at}", "")
        if role in ROLES:
            columns.setdefault(role, column.name)
    for role in NEEDED:
        columns.setdefault(role, FILL_IN)
    ordered: dict[str, str] = {role: columns[role] for role in ROLES if role in columns}
    filled = fill_from_columns(sample, replace(choices, columns=ordered))
    return replace(
        filled,
        dates=_read_order(filled, form),
        zero_lost=_read_zero(filled, form),
        hidden_rows=form.get("hidden", "") or filled.hidden_rows,
        status=_read_status(looked, filled, form),
        opt_in=_read_opt_in(looked, filled, form),
    )


def _read_order(choices: Choices, form: Form) -> tuple[str, ...]:
    answer = form.get("order", "")
    if choices.order is Order.UNKNOWN and answer == "day":
        return choices.forms
    if choices.order in {Order.UNKNOWN, Order.MONTH_FIRST} and answer == "month":
        return tuple(swap_order(each) for each in choices.forms)
    return choices.dates


def _read_zero(choices: Choices, form: Form) -> bool | None:
    if choices.zero_lost is not None:
        return choices.zero_lost
    return {"yes": True, "no": False}.get(form.get("zero", ""))


def _read_status(looked: Looked, choices: Choices, form: Form) -> Sorted | None:
    found = choices.status
    place = find_place(looked, choices, "status")
    if found is None or place is None:
        return found
    proposed = {word: name for name in LISTS for word in getattr(found, name)}
    chosen = {
        word: form.get(f"status-{place}-{n}", proposed.get(word, ""))
        for n, word in enumerate(sorted(looked.table.sample.columns[place].codes))
    }

    def those(*names: str) -> tuple[str, ...]:
        return tuple(word for word, name in chosen.items() if name in names)

    undecided = tuple(word for word, name in chosen.items() if name not in LISTS)
    return Sorted(those("opens"), those("closes"), those("ignores"), undecided)


def _read_opt_in(looked: Looked, choices: Choices, form: Form) -> OptIn | None:
    found = choices.opt_in
    place = find_place(looked, choices, "opt_in")
    if found is None or place is None:
        return found
    codes = sorted(looked.table.sample.columns[place].codes)
    yes = tuple(
        code
        for n, code in enumerate(codes)
        if form.get(f"opt-in-{place}-{n}", "yes" if code in found.yes else "") == "yes"
    )
    return OptIn(yes, (*(code for code in codes if code not in yes), ""))


def _read_contacts(draft: Draft, choices: Choices, form: Form) -> Choices:
    place = find_contact_place(draft, choices)
    if is_same(form) and choices.contacts:
        first = Reached(
            keep(form.get(f"function-{place}-0", "")),
            keep(form.get(f"phone-{place}-0", "")),
        )
        return replace(choices, contacts=dict.fromkeys(choices.contacts, first))
    return replace(
        choices,
        contacts={
            team: Reached(
                keep(form.get(f"function-{place}-{n}", at.function)),
                keep(form.get(f"phone-{place}-{n}", at.phone)),
            )
            for n, (team, at) in enumerate(choices.contacts.items())
        },
    )


def is_same(form: Form) -> bool:
    """Tell whether everybody is reached as the first contact holder is."""
    return SAME in form


def find_place(looked: Looked, choices: Choices, role: str) -> int | None:
    """Give where in the file the column of a role stands."""
    name = choices.columns.get(role)
    names = [column.name for column in looked.table.sample.columns]
    return names.index(name) if name in names else None


def find_contact_place(draft: Draft, choices: Choices) -> str:
    """Give which column names the teams, as it stands in the names of fields."""
    place = find_place(draft.looked, choices, "contact") if draft.looked else None
    return "all" if place is None else str(place)
