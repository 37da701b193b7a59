"""What was filled in on the page, made into choices; what is missing, said by name.

- A field says which column or word it is about by its place in the file, so that no
  value of the file is the name of anything.
- Nothing that is posted is believed: the profile that follows is held against the same
  rules as one that was written by hand, before it is used or written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sources.dates import Order
from sources.errors import InvalidProfile
from sources.labels import parse_label
from sources.phones import parse_phone
from sources.profile import FILL_IN, Profile, parse_profile
from sources.profile_page.catalogue import load_kinds
from sources.profile_page.draft import Draft, Looked, keep
from sources.proposing.choices import (
    ROLES,
    Choices,
    Known,
    OptIn,
    Reached,
    fill_from_columns,
    swap_order,
)
from sources.proposing.samples import Column
from sources.proposing.status_words import Sorted

Form = Mapping[str, str]
NEEDED: Final = {"bsn": "het BSN van de inwoner", "start": "de dag waarop het begon"}
LISTS: Final = ("opens", "closes", "ignores")
UNDECIDED: Final = "?"
"""The answer of a column that somebody must still decide on; none is not that."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is still wrong, and the id of the field where it is mended."""

    field: str
    says: str


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
    )
    choices = replace(old, known=known)
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


def find_place(looked: Looked, choices: Choices, role: str) -> int | None:
    """Give where in the file the column of a role stands."""
    name = choices.columns.get(role)
    names = [column.name for column in looked.table.sample.columns]
    return names.index(name) if name in names else None


def find_contact_place(draft: Draft, choices: Choices) -> str:
    """Give which column names the teams, as it stands in the names of fields."""
    place = find_place(draft.looked, choices, "contact") if draft.looked else None
    return "all" if place is None else str(place)


def check(draft: Draft, form: Form) -> tuple[Profile | None, list[Fault]]:
    """Give the profile that follows, or every fault in the order of the page."""
    faults = [*_check_columns(draft, form), *_check_answers(draft)]
    faults += _check_known(draft.choices.known)
    faults += _check_contacts(draft)
    if faults:
        return None, faults
    try:
        return parse_profile(draft.write()), []
    except InvalidProfile as error:
        return None, [Fault("main", str(error))]


def _check_columns(draft: Draft, form: Form) -> Iterator[Fault]:
    if draft.looked is None:
        return
    columns = draft.looked.table.sample.columns
    names = [column.name for column in columns]
    taken: set[str] = set()
    for at, column in enumerate(columns):
        role = form.get(f"column-{at}", "")
        if role in ROLES:
            says = _find_misfit(column, role, names.count(column.name), taken)
            if says:
                yield Fault(f"column-{at}", says)
            taken.add(role)
    yield from _check_needed(draft.looked, taken)
    yield from _check_doubtful(draft.looked, form, taken)


def _check_needed(looked: Looked, taken: set[str]) -> Iterator[Fault]:
    names = [column.name for column in looked.table.sample.columns]
    for role, what in NEEDED.items():
        if role not in taken:
            candidates = looked.judgement.asked.get(role) or names
            first = names.index(candidates[0])
            yield Fault(f"column-{first}", f"Kies de kolom met {what}.")


def _check_doubtful(looked: Looked, form: Form, taken: set[str]) -> Iterator[Fault]:
    """Find columns that may have a role which none has; nobody passes them by."""
    names = [column.name for column in looked.table.sample.columns]
    for role, candidates in looked.judgement.asked.items():
        if role in taken or role in NEEDED:
            continue
        for field in (f"column-{names.index(name)}" for name in candidates):
            if form.get(field) == UNDECIDED:
                yield Fault(field, "Kies wat deze kolom is.")


def _find_misfit(column: Column, role: str, named: int, taken: set[str]) -> str:
    """Say why a column cannot have a role, whatever it is called."""
    if role in taken:
        return "Deze betekenis koos u al bij een andere kolom."
    if named > 1 or not column.name:
        return "Geef deze kolom in het bestand een eigen naam."
    if role == "start" and not column.has_days:
        return "In deze kolom staan geen datums die wij kennen."
    if role in {"status", "opt_in", "contact"} and (column.many or not column.codes):
        return "In deze kolom staat niets, of te veel verschillende woorden."
    return ""


def _check_answers(draft: Draft) -> Iterator[Fault]:
    choices = draft.choices
    if draft.looked is None:
        return
    if FILL_IN in choices.dates and choices.columns.get("start") != FILL_IN:
        if choices.order is Order.BOTH:
            yield Fault(
                "order",
                "Dit bestand schrijft datums op twee manieren. Maak het opnieuw.",
            )
        elif choices.forms:
            yield Fault("order", "Kies of de dag of de maand voorop staat.")
    if choices.zero_lost is None:
        yield Fault("zero", "Kies of het systeem de nul vooraan weglaat.")
    if choices.hidden_rows == FILL_IN:
        yield Fault("hidden", "Kies of verborgen rijen meetellen.")
    yield from _check_words(draft.looked, choices)


def _check_words(looked: Looked, choices: Choices) -> Iterator[Fault]:
    status, opt_in = choices.status, choices.opt_in
    place = find_place(looked, choices, "status")
    if status and place is not None:
        words = sorted(looked.table.sample.columns[place].codes)
        for word in status.undecided:
            field = f"status-{place}-{words.index(word)}"
            yield Fault(field, f"Kies wat {word} betekent.")
        if not status.undecided and not status.opens:
            yield Fault(f"status-{place}-0", "Geen enkel woord betekent nu open.")
    place = find_place(looked, choices, "opt_in")
    if opt_in and place is not None and not opt_in.yes:
        yield Fault(f"opt-in-{place}-0", "Geen enkel woord betekent nu toestemming.")


def _check_known(known: Known) -> Iterator[Fault]:
    kind = load_kinds().get(known.category)
    if known.category == FILL_IN:
        yield Fault("category", "Kies de soort signaal.")
    codes = known.municipalities
    if not codes:
        yield Fault("municipalities", "Vul de gemeentecode in, vier cijfers.")
    elif any(len(code) != 4 or not code.isdecimal() for code in codes):
        yield Fault(
            "municipalities", "Een gemeentecode heeft vier cijfers, zoals 0599."
        )
    if known.informed == FILL_IN:
        yield Fault("informed", "Kies hoe uw inwoners het weten.")
    elif kind and known.informed not in kind.informed:
        yield Fault(
            "informed", "Dit kan niet bij deze soort signaal. Kies iets anders."
        )


def _check_contacts(draft: Draft) -> Iterator[Fault]:
    place = find_contact_place(draft, draft.choices)
    for n, (team, reached) in enumerate(draft.choices.contacts.items()):
        of = "" if place == "all" else f"{team}: "
        if not _parses(parse_label, reached.function):
            says = f"{of}vul een functie in, kort en zonder nummers van personen."
            yield Fault(f"function-{place}-{n}", _begin_sentence(says))
        if not _parses(parse_phone, reached.phone):
            says = f"{of}vul een telefoonnummer in dat bestaat, zoals 0182 555 101."
            yield Fault(f"phone-{place}-{n}", _begin_sentence(says))


def _begin_sentence(says: str) -> str:
    return f"{says[0].upper()}{says[1:]}"


def _parses(parse: Callable[[str], object], text: str) -> bool:
    if text == FILL_IN:
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True
