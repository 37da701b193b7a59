"""The file beside the proposal: its first rows, and what becomes of each column."""

from typing import Final

from sources.profile import FILL_IN
from sources.profile_page.draft import Draft, Looked
from sources.profile_page.fields import Faults, bare_select
from sources.profile_page.form import UNDECIDED, Form
from sources.profile_page.markup import Markup, tag
from sources.proposing.judging import WITHOUT_CASE, Verdict

LONGEST_SHOWN: Final = 30
EXAMPLES: Final = 2
MEANINGS: Final[dict[str, str]] = {
    "": "Gaat niet mee",
    "bsn": "BSN van de inwoner",
    "start": "Dag waarop het begon",
    "case_number": "Zaaknummer",
    "end": "Dag waarop het eindigt",
    "status": "Status: open of dicht",
    "municipality": "Gemeentecode",
    "contact": "Team of contactpersoon",
    "phone": "Telefoon van uw team",
    "opt_in": "Toestemming",
    "informed_on": "Dag van informeren",
}
_STAYS: Final = frozenset({"bsn", "case_number", "status", "contact", "opt_in"})
_ASKED: Final = {UNDECIDED: "Kies wat dit is"}
_CHOSEN: Final = "U koos dit."


def show_rows(draft: Draft) -> Markup | None:
    """Show the first rows as they stand in the file, each column marked."""
    looked = draft.looked
    if looked is None:
        return None
    sample = looked.table.sample
    roles = {name: role for role, name in draft.choices.columns.items()}
    header = (
        tag(
            "th",
            column.name or "(geen naam)",
            _mark(
                roles.get(column.name),
                is_asked=_is_asked(draft, looked, column.name),
            ),
            scope="col",
        )
        for column in sample.columns
    )
    rows = (tag("tr", *(tag("td", _cut(text)) for text in row)) for row in sample.first)
    return tag(
        "section",
        tag("h2", "De eerste regels van uw bestand", id="rows"),
        tag(
            "div",
            tag("table", tag("thead", tag("tr", *header)), tag("tbody", *rows)),
            class_="rows personal",
            role="region",
            aria_labelledby="rows",
            tabindex="0",
        ),
        tag("p", "Gegevens van inwoners staan niet op papier.", class_="paper"),
    )


def show_columns(draft: Draft, form: Form, faults: Faults) -> Markup | None:
    """Show each column, with a list to say what it is and why that was proposed."""
    looked = draft.looked
    if looked is None:
        return None
    return tag(
        "section",
        tag("h2", "Wat er met elke kolom gebeurt"),
        tag(
            "p",
            "Een signaal zegt alleen dat er contact is. Daarom gaat bijna niets mee.",
            " Kies een andere betekenis als ons voorstel niet klopt.",
        ),
        tag("p", WITHOUT_CASE, class_="ask")
        if "case_number" not in draft.choices.columns
        else None,
        tag(
            "ol",
            *(
                _show_column(draft, looked, at, form, faults)
                for at in range(len(looked.judgement.verdicts))
            ),
            class_="columns",
        ),
    )


def _show_column(
    draft: Draft, looked: Looked, at: int, form: Form, faults: Faults
) -> Markup:
    verdict = looked.judgement.verdicts[at]
    name, column = f"column-{at}", verdict.column.name
    roles = {found: role for role, found in draft.choices.columns.items()}
    is_doubtful = column in looked.judgement.doubtful
    role = form.get(name, roles.get(column, UNDECIDED if is_doubtful else ""))
    meanings = _ASKED | MEANINGS if is_doubtful else MEANINGS
    return tag(
        "li",
        tag(
            "div",
            tag("label", column or "(geen naam)", for_=name, class_="name"),
            tag("p", _explain(verdict, role), id=f"{name}-why", class_="ask"),
            _show_examples(looked, at),
        ),
        tag(
            "div",
            faults.show(name),
            bare_select(name, meanings, role, faults, f"{name}-why"),
        ),
        class_="asks" if _is_asked(draft, looked, column) else None,
    )


def _show_examples(looked: Looked, at: int) -> Markup:
    rows = looked.table.sample.first
    texts = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
    different = list(dict.fromkeys(texts))[:EXAMPLES]
    shown = ", ".join(_cut(text) for text in different) or "leeg in de eerste regels"
    return tag("p", f"Zoals: {shown}", class_="example quiet personal")


def _is_asked(draft: Draft, looked: Looked, name: str) -> bool:
    """Tell whether a role that this column may have is still given to none."""
    columns = draft.choices.columns
    given = {role for role, found in columns.items() if found != FILL_IN}
    asked = looked.judgement.asked.items()
    return any(name in names and role not in given for role, names in asked)


def _explain(verdict: Verdict, role: str) -> str:
    is_proposed = role in {verdict.role or "", UNDECIDED}
    return verdict.why if is_proposed else _CHOSEN


def _mark(role: str | None, *, is_asked: bool) -> Markup:
    says = say_goes(role, is_asked=is_asked)
    return tag("small", says, class_=None if role is None else "goes")


def say_goes(role: str | None, *, is_asked: bool) -> str:
    """Say whether a column is read, and whether anything of it is sent."""
    if role is None:
        return "kiest u" if is_asked else "gaat niet mee"
    return "gelezen, blijft bij u" if role in _STAYS else "gaat mee"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
