"""Write a proposal down: TOML that a person reads from top to bottom and finishes.

What only the agency knows stands as `VUL IN`; a profile with that in it does not load,
and says which key it is. Every column is listed with what becomes of it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sources.formats import FORMATS
from sources.proposing.formats import Recognised
from sources.proposing.judging import Verdict, find_municipalities
from sources.proposing.tables import Table
from sources.proposing.words import (
    CLOSING_WORDS,
    WAITING_WORDS,
    explain_absence,
    fold,
)

FILL_IN: Final = "<VUL IN>"
MOST_TEAMS: Final = 12
_REFUSALS: Final = frozenset({"n", "nee", "no", "false", "0", "geen", "niet"})
_AGREEMENTS: Final = frozenset({"j", "ja", "y", "yes", "true", "1", "akkoord"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the agency said of itself; the rest is to be filled in."""

    name: str
    category: str = FILL_IN
    municipalities: tuple[str, ...] = ()
    function: str = FILL_IN
    phone: str = FILL_IN


def write_table(
    table: Table, verdicts: Sequence[Verdict], known: Known, today: date
) -> str:
    """Give the proposal for a table."""
    by_role = {each.role: each for each in verdicts if each.role}
    teams = _find_teams(by_role.get("contact"))
    places = known.municipalities
    if not places and "municipality" in by_role:
        places = tuple(find_municipalities(by_role["municipality"].column))
    known = Known(known.name, known.category, places, known.function, known.phone)
    return "\n".join(
        [
            *_head(
                table.form, known, has_default="contact" not in by_role or not teams
            ),
            f"[{table.form}]",
            *table.layout,
            f"dates = {_list(_find_dates(table, verdicts))}",
            *_layout_choices(table, by_role),
            "",
            f"[{table.form}.columns]",
            *_columns(by_role, teams),
            "",
            *_explain(verdicts),
            *_codes(by_role),
            *_contacts(teams or ("TEAM",), known, today),
        ]
    )


def write_standard(found: Recognised, known: Known, today: date) -> str:
    """Give the proposal for a file in a standard's own format."""
    lines = [*_head(found.form, known, has_default=True)]
    if FORMATS[found.form].table == "events":
        lines += _events()
    lines.append("# Wat wij in dit bestand lezen:")
    lines += [f"#   {_comment(name)}" for name in found.read]
    if found.unread:
        lines += ["#", "# Wat erin staat en wij nooit lezen:"]
        width = max(len(_comment(name)) for name in found.unread)
        lines += [
            f"#   {_comment(name):<{width}}  {explain_absence(name)}"
            for name in found.unread
        ]
    lines.append("")
    if FORMATS[found.form].names_contacts:
        lines.append("# Alleen waar een levering zelf geen contactpersoon noemt.")
    return "\n".join([*lines, *_contacts(("TEAM",), known, today)])


def _head(form: str, known: Known, *, has_default: bool) -> Iterator[str]:
    yield "# Voorstel van `signal-source profile init`. Lees het na en vul aan waar"
    yield f'# "{FILL_IN}" staat, en probeer dan: signal-source check'
    yield ""
    yield f"name = {_text(known.name)}"
    yield f"format = {_text(form)}"
    yield f"category = {_text(known.category)}  # de soort signaal, zoals bijstand"
    yield f"municipalities = {_list(known.municipalities or (FILL_IN,))}"
    yield "valid_months = 12  # 6 tot 24; halverwege wordt een signaal bevestigd"
    yield 'informed = "informed-by-letter"  # hoe de inwoner het weet; of "discussed"'
    if has_default:
        yield 'default_contact = "TEAM"'
    yield ""


def _layout_choices(table: Table, by_role: dict[str, Verdict]) -> Iterator[str]:
    bsn = by_role.get("bsn")
    if bsn and bsn.column.zero_lost:
        yield "bsn_zero_lost = true  # getallen van acht cijfers verloren hun nul"
    if table.sample.shared and "case_number" in by_role:
        yield "shared_case_numbers = true  # partners delen een zaak; ieder een signaal"


def _columns(by_role: dict[str, Verdict], teams: Sequence[str]) -> Iterator[str]:
    for role in ("bsn", "start"):
        name = by_role[role].column.name if role in by_role else FILL_IN
        yield f"{role} = {_text(name)}"
    for role in ("case_number", "end", "status", "municipality", "contact", "phone"):
        if role in by_role and (role != "contact" or teams):
            yield f"{role} = {_text(by_role[role].column.name)}"
    for role in ("opt_in", "informed_on"):
        if role in by_role:
            yield f"{role} = {_text(by_role[role].column.name)}"


def _explain(verdicts: Sequence[Verdict]) -> Iterator[str]:
    unsent = [each for each in verdicts if each.role is None]
    if not unsent:
        return
    width = max(len(_comment(each.column.name)) for each in unsent)
    yield "# Deze kolommen gaan niet mee, en worden ook niet gelezen:"
    for each in unsent:
        yield f"#   {_comment(each.column.name):<{width}}  {each.why}"
    yield ""


def _codes(by_role: dict[str, Verdict]) -> Iterator[str]:
    if "status" in by_role:
        codes = sorted(by_role["status"].column.codes)
        closes = [code for code in codes if fold(code).startswith(CLOSING_WORDS)]
        waits = [code for code in codes if fold(code).startswith(WAITING_WORDS)]
        opens = [code for code in codes if code not in {*closes, *waits}]
        yield "[codes.status]  # kijk na of elke code in de goede lijst staat"
        yield f"opens = {_list(opens or (FILL_IN,))}"
        yield f"closes = {_list(closes)}"
        yield f"ignores = {_list(waits)}"
        yield ""
    if "opt_in" in by_role:
        codes = sorted(by_role["opt_in"].column.codes)
        no = [code for code in codes if fold(code) in _REFUSALS]
        yes = [code for code in codes if fold(code) in _AGREEMENTS]
        yield "[codes.opt_in]  # een code die in geen lijst staat is geen toestemming"
        yield f"yes = {_list(yes or (FILL_IN,))}"
        yield f"no = {_list((*no, ''))}"
        yield ""


def _find_teams(contact: Verdict | None) -> tuple[str, ...]:
    """Give the teams of a column, few enough to name each with its number."""
    codes = sorted(contact.column.codes) if contact else []
    return tuple(codes) if 0 < len(codes) <= MOST_TEAMS else ()


def _contacts(teams: Sequence[str], known: Known, today: date) -> Iterator[str]:
    yield "# Wie iemand belt die het signaal ziet. Een werkend nummer is verplicht."
    for team in teams:
        yield f"[contacts.{_text(team)}]"
        yield f"function = {_text(known.function)}"
        yield f"phone = {_text(known.phone)}"
        yield f"last_verified = {today.isoformat()}"
        yield ""


def _find_dates(table: Table, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    wanted = {"start", "end", "informed_on"}
    names = frozenset(each.column.name for each in verdicts if each.role in wanted)
    return table.sample.day_formats(names) or ("%d-%m-%Y",)


def _events() -> Iterator[str]:
    yield "[events]"
    yield f"sources = [{_text(FILL_IN)}]  # urn:nld:oin:…:systeem:…"
    yield f"opens = [{_text(FILL_IN)}]  # types die zeggen dat een zaak begint"
    yield "closes = []"
    yield ""
    yield "[events.columns]  # een pad in de gebeurtenis"
    yield f"bsn = {_text(FILL_IN)}  # zoals data.inwoner.bsn"
    yield f"start = {_text(FILL_IN)}"
    yield f"case_number = {_text(FILL_IN)}"
    yield ""


def _text(value: str) -> str:
    """Write a TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _comment(name: str) -> str:
    """Give a name that cannot end its comment, nor be endless."""
    return "".join(each if each.isprintable() else "?" for each in name)[:60]
