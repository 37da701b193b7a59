"""Write a proposal down: TOML that a person reads from top to bottom and finishes.

What only the agency knows stands as `VUL IN`; a profile with that in it does not load,
and says which key it is. Every column is listed with what becomes of it.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from sources.dates import Order
from sources.formats import FORMATS
from sources.layouts import ISO_DAYS
from sources.profile import FILL_IN
from sources.proposing.choices import (
    DEFAULT_TEAM,
    ROLES,
    Choices,
    Hours,
    Known,
    swap_order,
)
from sources.proposing.formats import Recognised
from sources.proposing.judging import (
    WITHOUT_CASE,
    Judgement,
    Verdict,
    has_short_codes,
)
from sources.proposing.tables import Table
from sources.proposing.toml import write_comment, write_list, write_text
from sources.proposing.unnumbered import find_by_name
from sources.proposing.words import explain_absence

_ASKS: Final = {
    "bsn": "de kolom met het BSN van de inwoner om wie het gaat",
    "start": "de kolom met de dag waarop het contact begon",
    "status": "de kolom die zegt of een zaak open is",
    "end": "de kolom met de dag waarop het eindigde",
    "case_number": "de kolom met het nummer van de zaak",
}
_NONE: Final = {
    "bsn": "",
    "start": "",
    "case_number": " Geen: haal de regel weg; BSN en begindag zijn dan de zaak.",
}
_ORDERS: Final = {
    Order.UNKNOWN: "niets bewijst of de dag of de maand voorop staat",
    Order.MONTH_FIRST: "de maand staat voorop; lever liever aan als jjjj-mm-dd",
    Order.BOTH: "soms staat de dag voorop, soms de maand; lever aan als jjjj-mm-dd",
    Order.NONE: "hoe een datum is geschreven, zoals %d-%m-%Y",
}


def write_table(table: Table, judgement: Judgement, choices: Choices) -> str:
    """Give the proposal for a table."""
    has_default = "contact" not in choices.columns
    return _begin(
        [
            *_head(table.form, choices.known, has_default=has_default),
            f"[{table.form}]",
            *table.layout,
            _dates(table.form, choices),
            *_layout_choices(choices),
            "",
            f"[{table.form}.columns]",
            *_columns(judgement, choices),
            *_without_number(judgement, choices),
            "",
            *_explain(judgement, choices),
            *_codes(choices),
            *_contacts(choices),
        ]
    )


def write_standard(found: Recognised, choices: Choices) -> str:
    """Give the proposal for a file in a standard's own format."""
    lines = [*_head(found.form, choices.known, has_default=True)]
    if FORMATS[found.form].table == "events":
        lines += _events()
    lines.append("# Wat wij in dit bestand lezen:")
    lines += [f"#   {write_comment(name)}" for name in found.read]
    if found.unread:
        lines += ["#", "# Wat erin staat en wij nooit lezen:"]
        width = max(len(write_comment(name)) for name in found.unread)
        lines += [
            f"#   {write_comment(name):<{width}}  {explain_absence(name)}"
            for name in found.unread
        ]
    lines.append("")
    if FORMATS[found.form].names_contacts:
        lines.append("# Alleen waar een levering zelf geen contactpersoon noemt.")
    return _begin([*lines, *_contacts(choices)])


def _begin(lines: Sequence[str]) -> str:
    """Say above a profile what is left to do, which may be nothing but to try it."""
    says = [
        "# Gemaakt met signal-source profile init. Probeer het: signal-source check"
    ]
    if any(FILL_IN in line for line in lines):
        says = [
            "# Voorstel van signal-source profile init. Lees het na en vul aan waar",
            f'# "{FILL_IN}" staat, en probeer dan: signal-source check',
        ]
    return "\n".join([*says, "", *lines])


def _head(form: str, known: Known, *, has_default: bool) -> Iterator[str]:
    yield f"name = {write_text(known.name)}"
    yield f"format = {write_text(form)}"
    yield f"category = {write_text(known.category)}  # de soort signaal, zoals bijstand"
    yield f"municipalities = {write_list(known.municipalities or (FILL_IN,))}"
    yield "valid_months = 12  # 6 tot 24; halverwege wordt een signaal bevestigd"
    yield "# Hoe weten uw inwoners dat u dit aanlevert? Alleen u kunt dat verklaren:"
    yield '# "discussed" (besproken), "informed-by-letter" (per brief), of een andere'
    yield "# code die bij uw soort signaal hoort."
    yield f"informed = {write_text(known.informed)}"
    if has_default:
        yield f"default_contact = {write_text(DEFAULT_TEAM)}"
    yield ""


def _dates(form: str, choices: Choices) -> str:
    """Say how days are written; cells of a workbook that are days need no form."""
    if form == "xlsx" and set(choices.dates) <= set(ISO_DAYS):
        return "# dates is niet nodig: de datums in dit werkblad zijn echte datums."
    return f"dates = {write_list(choices.dates)}{_ask_order(choices)}"


def _ask_order(choices: Choices) -> str:
    if FILL_IN not in choices.dates:
        return ""
    why = _ORDERS.get(choices.order, _ORDERS[Order.NONE])
    if not choices.forms or choices.order is Order.BOTH:
        return f"  # {why}"
    month_first = tuple(swap_order(form) for form in choices.forms)
    if choices.order is Order.MONTH_FIRST:
        return f"  # {why}, of kies {write_list(month_first)}"
    return f"  # {why}: {write_list(choices.forms)} of {write_list(month_first)}?"


def _layout_choices(choices: Choices) -> Iterator[str]:
    if choices.hidden_rows:
        yield f"hidden_rows = {write_text(choices.hidden_rows)}{_ask_hidden(choices)}"
    if choices.empty:
        yield f"empty = {write_list(choices.empty)}  # dit betekent: niet ingevuld"
    if choices.zero_lost:
        yield "bsn_zero_lost = true  # getallen van acht cijfers verloren hun nul"
    elif choices.zero_lost is None:
        yield f"bsn_zero_lost = {write_text(FILL_IN)}  # er zijn er van acht cijfers:"
        yield "# true als het systeem de nul vooraan weglaat, false als het fouten zijn"
    if choices.shared and "case_number" in choices.columns:
        yield "shared_case_numbers = true  # partners delen een zaak; ieder een signaal"


def _ask_hidden(choices: Choices) -> str:
    if choices.hidden_rows != FILL_IN:
        return ""
    return '  # een filter verbergt rijen: "read" telt ze mee, "skip" niet'


def _columns(judgement: Judgement, choices: Choices) -> Iterator[str]:
    for role in ROLES:
        if role in choices.columns:
            name = choices.columns[role]
            yield f"{role} = {write_text(name)}{_ask_column(judgement, role, name)}"
    if "case_number" not in choices.columns:
        yield from (f"# {line}" for line in wrap(WITHOUT_CASE, 86))
    place = judgement.find("municipality")
    is_chosen = place and place.name == choices.columns.get("municipality")
    if place and is_chosen and has_short_codes(place):
        yield "# Een code van drie cijfers verloor haar nul: 599 is 0599."


def _without_number(judgement: Judgement, choices: Choices) -> Iterator[str]:
    """Tell of the road for a file without a BSN; nothing is chosen."""
    found = find_by_name(judgement)
    if not found or choices.columns.get("bsn") != FILL_IN:
        return
    yield ""
    yield "# Staat er geen BSN in, omdat een partner dat niet mag gebruiken? Dan kan de"
    yield "# gemeente de personen opzoeken. Lees eerst docs/connectors/brp.md. Haal dan"
    yield '# de regel met bsn weg, zet identify = "brp" boven de eerste tabel, en hier:'
    for role in ("surname", "birth", "postcode", "house_number"):
        yield f"#   {role} = {write_comment(write_text(found.get(role, FILL_IN)))}"


def _ask_column(judgement: Judgement, role: str, name: str) -> str:
    if name != FILL_IN:
        return ""
    names = [write_comment(each) for each in judgement.asked.get(role, ())]
    either = f": {' of '.join(names)}?" if names else ""
    needed = _NONE.get(role, " Geen van alle: haal de regel weg.")
    return f"  # {_ASKS.get(role, 'welke kolom')}{either}{needed}"


def _explain(judgement: Judgement, choices: Choices) -> Iterator[str]:
    read = set(choices.columns.values())
    unread = [each for each in judgement.verdicts if each.column.name not in read]
    asked = [each for each in unread if each.column.name in judgement.doubtful]
    if FILL_IN in read:
        yield from _list_columns("# Over deze kolommen beslist u:", asked)
        unread = [each for each in unread if each not in asked]
    yield from _list_columns(
        "# Deze kolommen gaan niet mee, en worden ook niet gelezen:", unread
    )


def _list_columns(heading: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    if not verdicts:
        return
    width = max(len(write_comment(each.column.name)) for each in verdicts)
    yield heading
    for each in verdicts:
        yield f"#   {write_comment(each.column.name):<{width}}  {each.why}"
    yield ""


def _codes(choices: Choices) -> Iterator[str]:
    status, opt_in = choices.status, choices.opt_in
    if status:
        yield "# Kijk na of elk woord in de goede lijst staat."
        yield "# opens: er is contact, ook als de zaak een tijd stilligt."
        yield "# closes: er is geen contact meer."
        yield "# ignores: er was nog nooit contact. Een vlaggetje dat er al is, blijft."
        yield "[codes.status]"
        yield f"opens = {write_list(status.opens or (FILL_IN,))}"
        yield f"closes = {write_list(status.closes)}"
        yield f"ignores = {write_list(status.ignores)}"
        if status.undecided:
            yield "# Open of dicht? Dat weten wij niet. Zet elk woord in de goede lijst"
            yield "# hierboven, en haal deze regel dan weg."
            yield f"{write_text(FILL_IN)} = {write_list(status.undecided)}"
        yield ""
    if opt_in:
        yield "[codes.opt_in]  # een code die in geen lijst staat is geen toestemming"
        yield f"yes = {write_list(opt_in.yes or (FILL_IN,))}"
        yield f"no = {write_list(opt_in.no)}"
        yield ""


def _contacts(choices: Choices) -> Iterator[str]:
    is_known = all(one.phone != FILL_IN for one in choices.contacts.values())
    day = choices.known.verified if is_known else None
    said = day.isoformat() if day else write_text(FILL_IN)
    yield "# Wie iemand belt die het signaal ziet. Een werkend nummer is verplicht."
    if day is None:
        yield "# Kijk na of het nummer klopt. Zet bij last_verified op welke dag u dat"
        yield "# deed, zonder aanhalingstekens, zoals 2026-03-01. Na 180 dagen leest"
        yield "# wie belt dat het nummer lang niet is gecontroleerd."
    hours = choices.hours
    example = hours if hours.days else Hours(("mon", "tue"), "09:00", "17:00")
    office_hours = (
        f"office_hours = [{{ days = {write_list(example.days)}, "
        f"from = {write_text(example.opens)}, to = {write_text(example.closes)} }}]"
    )
    if not hours.days:
        yield "# Zonder openingstijden leest wie belt: openingstijden onbekend. Zo zet"
        yield "# u ze erbij (mon tue wed thu fri sat sun), onder last_verified:"
        yield f"# {office_hours}"
    for team, reached in choices.contacts.items():
        yield f"[contacts.{write_text(team)}]"
        yield f"function = {write_text(reached.function)}"
        yield f"phone = {write_text(reached.phone)}"
        yield f"last_verified = {said}"
        if hours.days:
            yield office_hours
        yield ""


def _events() -> Iterator[str]:
    yield "[events]"
    yield f"sources = [{write_text(FILL_IN)}]  # urn:nld:oin:…:systeem:…"
    yield f"opens = [{write_text(FILL_IN)}]  # types die zeggen dat een zaak begint"
    yield "closes = []"
    yield ""
    yield "[events.columns]  # een pad in de gebeurtenis"
    yield f"bsn = {write_text(FILL_IN)}  # zoals data.inwoner.bsn"
    yield f"start = {write_text(FILL_IN)}"
    yield f"case_number = {write_text(FILL_IN)}"
    yield ""
