"""What is still wrong on the page, each with the field where it is mended.

The order is that of the page. What follows is held against `parse_profile` as well: the
page can make no profile that a text could not be.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from sources.catalogue import load_kinds
from sources.contacts import HoursRow
from sources.dates import Order
from sources.errors import InvalidProfile
from sources.labels import parse_label
from sources.phones import parse_phone
from sources.profile import FILL_IN, Profile, parse_profile
from sources.profile_page.draft import Draft, Looked
from sources.profile_page.form import (
    NEEDED,
    OPENS,
    UNDECIDED,
    VERIFIED,
    Form,
    find_contact_place,
    find_place,
    is_same,
)
from sources.proposing.choices import ROLES, Choices, Hours, Known
from sources.proposing.judging import OF_CITIZENS, is_of_citizens
from sources.proposing.samples import Column
from sources.proposing.unnumbered import WITHOUT_BSN, find_by_name


@dataclass(frozen=True, slots=True)
class Fault:
    """What is still wrong, and the id of the field where it is mended."""

    field: str
    says: str


def check(draft: Draft, form: Form) -> tuple[Profile | None, list[Fault]]:
    """Give the profile that follows, or every fault in the order of the page."""
    faults = [*_check_columns(draft, form), *_check_answers(draft)]
    faults += _check_known(draft.choices.known)
    faults += _check_contacts(draft, form)
    faults += _check_hours(draft.choices.hours)
    faults += _check_verified(draft.choices.known)
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
    taken: dict[str, str] = {}
    for at, column in enumerate(columns):
        role = form.get(f"column-{at}", "")
        if role in ROLES:
            says = _find_misfit(column, role, names.count(column.name), taken)
            if says:
                name = column.name or "zonder naam"
                yield Fault(f"column-{at}", f"Kolom {name}: {says}")
            taken.setdefault(role, column.name)
    yield from _check_needed(draft.looked, set(taken))
    yield from _check_doubtful(draft.looked, form, set(taken))


def _check_needed(looked: Looked, taken: set[str]) -> Iterator[Fault]:
    names = [column.name for column in looked.table.sample.columns]
    for role, what in NEEDED.items():
        if role not in taken:
            candidates = looked.judgement.asked.get(role) or names
            first = names.index(candidates[0])
            says = f"Kies de kolom met {what}."
            if role == "bsn" and find_by_name(looked.judgement):
                says = f"{says} {WITHOUT_BSN}"
            yield Fault(f"column-{first}", says)


def _check_doubtful(looked: Looked, form: Form, taken: set[str]) -> Iterator[Fault]:
    """Find columns that may have a role which none has; nobody passes them by."""
    names = [column.name for column in looked.table.sample.columns]
    for role, candidates in looked.judgement.asked.items():
        if role in taken or role in NEEDED:
            continue
        for name in candidates:
            field = f"column-{names.index(name)}"
            if form.get(field) == UNDECIDED:
                yield Fault(field, f"Kies wat kolom {name} is.")


def _find_misfit(
    column: Column, role: str, named: int, taken: Mapping[str, str]
) -> str:
    """Say why a column cannot have a role, whatever it is called."""
    if role in taken:
        return f"Deze betekenis koos u al bij de kolom {taken[role]}."
    if named > 1 or not column.name:
        return "Geef deze kolom in het bestand een eigen naam."
    if role == "start" and not column.has_days:
        return "In deze kolom staan geen datums die wij kennen."
    if role == "phone" and is_of_citizens(column):
        return OF_CITIZENS
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


def _check_contacts(draft: Draft, form: Form) -> Iterator[Fault]:
    place = find_contact_place(draft, draft.choices)
    for n, (team, reached) in enumerate(draft.choices.contacts.items()):
        if n and is_same(form):
            return
        of = "" if place == "all" else f"{team}: "
        if not _parses(parse_label, reached.function):
            says = f"{of}vul een functie in, kort en zonder nummers van personen."
            yield Fault(f"function-{place}-{n}", _begin_sentence(says))
        if not _parses(parse_phone, reached.phone):
            says = f"{of}vul een telefoonnummer in dat bestaat, zoals 0182 555 101."
            yield Fault(f"phone-{place}-{n}", _begin_sentence(says))


def _check_hours(hours: Hours) -> Iterator[Fault]:
    """Find office hours of which a part is missing; who says none has none."""
    given = {"days": hours.days, "from": hours.opens, "to": hours.closes}
    if not any(given.values()):
        return
    try:
        HoursRow.model_validate(given)
    except ValidationError:
        says = "Kies de dagen, en vul in van hoe laat tot hoe laat, zoals 09:00."
        yield Fault(OPENS, f"{says} Of laat de openingstijden helemaal leeg.")


def _check_verified(known: Known) -> Iterator[Fault]:
    if known.verified is None:
        says = "Bel het telefoonnummer of kijk het na. Zeg hier dan dat het klopt."
        yield Fault(VERIFIED, says)


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
