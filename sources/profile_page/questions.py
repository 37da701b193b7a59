"""What only the agency knows: days, words, who it is, and whom one calls."""

from collections.abc import Iterator, Sequence
from typing import Final

from signal_index.wire.contact_holders import WEEKDAYS
from sources.catalogue import load_kinds, load_ways
from sources.dates import Order
from sources.profile import FILL_IN
from sources.profile_page.draft import Draft, Looked, show
from sources.profile_page.fields import (
    Faults,
    choose_field,
    radio_field,
    text_field,
    tick_field,
)
from sources.profile_page.form import (
    CLOSES,
    LISTS,
    OPENS,
    SAME,
    VERIFIED,
    Form,
    find_contact_place,
    find_place,
    is_same,
)
from sources.profile_page.markup import Markup, tag
from sources.proposing.choices import Hours, Reached

_DAYS: Final = (
    *("Maandag", "Dinsdag", "Woensdag", "Donderdag", "Vrijdag", "Zaterdag", "Zondag"),
)
_WORDS: Final = {
    "opens": "Open: er is contact",
    "closes": "Afgelopen",
    "ignores": "Nog niet begonnen",
}
_FUNCTIONS: Final = "functions"
_MEAN: Final = (
    ("Open", "er is contact, ook als de zaak een tijd stilligt. Krijgt een vlaggetje."),
    ("Afgelopen", "er is geen contact meer. Het vlaggetje gaat weg."),
    (
        "Nog niet begonnen",
        "er was nog nooit contact, zoals bij een aanvraag. Krijgt geen vlaggetje. Een "
        "vlaggetje dat er al is, blijft staan: een pauze hoort dus bij Open of "
        "Afgelopen.",
    ),
)


def show_answers(draft: Draft, faults: Faults) -> Markup | None:
    """Ask what the file does not prove: the order of days, and lost zeroes."""
    asked = [*_ask_order(draft, faults), *_ask_zero(draft, faults)]
    asked += _ask_hidden(draft, faults)
    if not asked:
        return None
    return tag("section", tag("h2", "Over de waarden in uw bestand"), *asked)


def _ask_order(draft: Draft, faults: Faults) -> Iterator[Markup]:
    choices = draft.choices
    answers = {
        "day": "Eerst de dag, dan de maand",
        "month": "Eerst de maand, dan de dag",
    }
    hint = "In uw bestand is geen dag hoger dan 12. Wij kunnen dit dus niet zien."
    if choices.order is Order.MONTH_FIRST:
        del answers["day"]
        hint = (
            "De maand staat voorop: het tweede getal is soms hoger dan 12. Klopt dat?"
        )
    elif choices.order is Order.BOTH:
        yield tag("p", faults.show("order"), id="order", tabindex="-1")
        return
    elif choices.order is not Order.UNKNOWN:
        return
    chosen = ""
    if FILL_IN not in choices.dates:
        chosen = "day" if choices.dates == choices.forms else "month"
    yield radio_field(
        "order",
        "Hoe schrijft uw bestand een datum?",
        answers,
        chosen,
        faults,
        hint=hint,
    )


def _ask_zero(draft: Draft, faults: Faults) -> Iterator[Markup]:
    looked = draft.looked
    place = find_place(looked, draft.choices, "bsn") if looked else None
    if looked is None or place is None:
        return
    column = looked.table.sample.columns[place]
    if column.lost_zeroes is not None:
        return
    answers = {
        "yes": "Ja: zet de nul terug",
        "no": "Nee: een nummer van acht cijfers is een fout",
    }
    chosen = {True: "yes", False: "no", None: ""}[draft.choices.zero_lost]
    yield radio_field(
        "zero",
        "Laat uw systeem de nul vooraan een BSN weg?",
        answers,
        chosen,
        faults,
        hint="In uw bestand staan nummers van acht cijfers, te weinig om het te zien.",
    )


def _ask_hidden(draft: Draft, faults: Faults) -> Iterator[Markup]:
    if draft.looked is None or not draft.looked.table.hidden:
        return
    yield radio_field(
        "hidden",
        "Tellen rijen mee die een filter verbergt?",
        {"read": "Ja, zij tellen mee", "skip": "Nee, sla ze over"},
        draft.choices.hidden_rows,
        faults,
        hint=f"Op dit werkblad zijn er {draft.looked.table.hidden} verborgen.",
    )


def show_words(draft: Draft, faults: Faults) -> Markup | None:
    """Ask of each word of a status and of an opt-in what it means."""
    looked = draft.looked
    if looked is None:
        return None
    asked = [*_ask_status(draft, looked, faults), *_ask_opt_in(draft, looked, faults)]
    if not asked:
        return None
    explained = (
        tag("li", tag("strong", f"{word}:"), f" {means}") for word, means in _MEAN
    )
    return tag(
        "section",
        tag("h2", "Wat de woorden betekenen"),
        tag("ul", *explained) if draft.choices.status else None,
        *asked,
    )


def _ask_status(draft: Draft, looked: Looked, faults: Faults) -> Iterator[Markup]:
    status = draft.choices.status
    place = find_place(looked, draft.choices, "status")
    if status is None or place is None:
        return
    column = looked.table.sample.columns[place]
    where = {word: name for name in LISTS for word in getattr(status, name)}
    for n, word in enumerate(sorted(column.codes)):
        rows = column.codes[word]
        legend = (word, f" ({rows} {'regel' if rows == 1 else 'regels'})")
        name = f"status-{place}-{n}"
        yield radio_field(
            name, legend, _WORDS, where.get(word, ""), faults, inline=True
        )


def _ask_opt_in(draft: Draft, looked: Looked, faults: Faults) -> Iterator[Markup]:
    opt_in = draft.choices.opt_in
    place = find_place(looked, draft.choices, "opt_in")
    if opt_in is None or place is None:
        return
    answers = {"yes": "Toestemming", "no": "Geen toestemming"}
    for n, code in enumerate(sorted(looked.table.sample.columns[place].codes)):
        chosen = "yes" if code in opt_in.yes else "no"
        name = f"opt-in-{place}-{n}"
        yield radio_field(name, code, answers, chosen, faults, inline=True)


def show_known(draft: Draft, faults: Faults) -> Markup:
    """Ask what kind of signal it is, for whom, and how citizens know."""
    known = draft.choices.known
    kind = load_kinds().get(known.category)
    ways = {
        code: label
        for code, label in load_ways().items()
        if kind is None or code in kind.informed
    }
    kinds = {"": "Kies een soort"} | {
        name: kind.label for name, kind in load_kinds().items()
    }
    if known.category != FILL_IN:
        kinds.setdefault(known.category, known.category)
    return tag(
        "section",
        tag("h2", "Over uw signalen"),
        choose_field("category", "Soort signaal", kinds, show(known.category), faults),
        text_field(
            "municipalities",
            "Gemeentecode",
            ", ".join(known.municipalities),
            faults,
            is_asked=not known.municipalities,
            hint="Vier cijfers, zoals 0599. Meer gemeenten: zet er een komma tussen.",
        ),
        radio_field(
            "informed",
            "Hoe weten uw inwoners dat u dit aanlevert?",
            ways,
            show(known.informed),
            faults,
            hint="Dit verklaart u namens uw organisatie. De inwoner leest het terug.",
        ),
        text_field(
            "name",
            "Naam van dit profiel",
            known.name,
            faults,
            hint="Kleine letters, cijfers en streepjes. Verander de naam later niet.",
        ),
    )


def show_contacts(draft: Draft, form: Form, faults: Faults) -> Markup:
    """Ask for each team by what function and number it is reached, or once for all."""
    place = find_contact_place(draft, draft.choices)
    teams = draft.choices.contacts
    is_named = place != "all"
    right = "deze nummers kloppen" if len(teams) > 1 else "dit nummer klopt"
    return tag(
        "section",
        tag("h2", "Wie een collega belt"),
        tag(
            "p",
            "Wie het signaal ziet, belt dit nummer. Het is van u, nooit van inwoners.",
        ),
        tag("p", _list_functions(draft.functions), class_="quiet"),
        tag(
            "datalist",
            *(tag("option", value=word) for word in draft.functions),
            id=_FUNCTIONS,
        ),
        tick_field(
            SAME,
            "Functie en telefoonnummer van de eerste zijn voor iedereen gelijk",
            is_ticked=is_same(form),
        )
        if len(teams) > 1
        else None,
        *(
            _ask_contact(
                team if is_named else "Uw contactpersoon", f"{place}-{n}", at, faults
            )
            for n, (team, at) in enumerate(teams.items())
        ),
        _ask_hours(draft.choices.hours, faults),
        _ask_verified(draft, f"Ik heb vandaag nagekeken dat {right}", faults),
    )


def _list_functions(words: Sequence[str]) -> str:
    return (
        f"Een functie komt van een lijst: {', '.join(words)}. Een ander woord stelt de "
        "gemeente eerst voor u vast, zoals de naam van een team."
    )


def _ask_hours(hours: Hours, faults: Faults) -> Markup:
    """Ask on which days and when somebody answers; it may stay empty."""
    ticks = (
        tick_field(f"day-{day}", said, is_ticked=day in hours.days)
        for day, said in zip(WEEKDAYS, _DAYS, strict=True)
    )
    return tag(
        "fieldset",
        tag("legend", "Openingstijden"),
        tag(
            "p",
            "Laat u ze leeg, dan leest wie belt: openingstijden onbekend.",
            class_="quiet",
        ),
        tag("div", *ticks, class_="inline"),
        text_field(OPENS, "Van", hours.opens, faults, kind="time"),
        text_field(CLOSES, "Tot", hours.closes, faults, kind="time"),
    )


def _ask_verified(draft: Draft, label: str, faults: Faults) -> Markup:
    """Ask for a claim: a colleague reads on which day the number was right."""
    is_ticked = draft.choices.known.verified is not None
    return tag(
        "div",
        faults.show(VERIFIED),
        tick_field(VERIFIED, label, is_ticked=is_ticked),
        class_="field" if is_ticked else "field asks",
    )


def _ask_contact(legend: str, place: str, at: Reached, faults: Faults) -> Markup:
    return tag(
        "fieldset",
        tag("legend", legend),
        text_field(
            f"function-{place}",
            "Functie",
            show(at.function),
            faults,
            among=_FUNCTIONS,
            is_asked=at.function in {FILL_IN, ""},
        ),
        text_field(
            f"phone-{place}",
            "Telefoonnummer",
            show(at.phone),
            faults,
            kind="tel",
            is_asked=at.phone in {FILL_IN, ""},
        ),
    )
