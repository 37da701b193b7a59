"""What a proposed policy changes, in one Dutch sentence each: wider, narrower, other.

- Wider: somebody may see more, see it longer, or under fewer conditions. What cannot be
  told from the text (another condition in a rule) counts as wider.
- Every field of the catalogue is judged: one that stands in none of the tables below is
  a fault, and counts as wider until it is (tests/unit/policy/test_differences.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from cedarpy import pst
from pydantic import BaseModel

from policy.catalogue import Catalogue
from policy.catalogue.model import Coded
from policy.comparing import (
    Comparer,
    Direction,
    Flag,
    FromDay,
    Kept,
    Level,
    Names,
    Number,
    Statute,
    Text,
    UntilDay,
)
from policy.policy import Policy
from policy.rules import Rule

PURPOSE: Final[dict[str, Comparer]] = {
    "label": Text("heet voortaan anders"),
    "citizen_text": Text("heeft een andere tekst voor de inwoner"),
    "sees": Names("laat voortaan ook {} zien", "laat {} niet meer zien"),
    "roles": Names("is voortaan ook voor: {}", "is niet meer voor: {}"),
    "organisation_kinds": Names("mag ook vanuit: {}", "mag niet meer vanuit: {}"),
    "look_back_months": Number("kijkt {} maanden terug in plaats van {}"),
    "needs_case_reference": Flag(
        "vraagt om een zaaknummer", "vraagt geen zaaknummer meer", wider=False
    ),
    "needs_informed": Flag(
        "vraagt dat de inwoner ervan weet",
        "vraagt niet meer dat de inwoner ervan weet",
        wider=False,
    ),
    "informed_codes": Names(
        "staat ook toe: {}", "staat niet meer toe: {}", lists="informed"
    ),
    "trainings": Names(
        "vraagt ook de opleiding: {}",
        "vraagt niet meer de opleiding: {}",
        lists="trainings",
        wider=False,
    ),
    "assurance": Level("vraagt om inloggen op niveau {} in plaats van {}"),
    "break_glass": Flag(
        "staat zoeken bij spoed toe",
        "staat zoeken bij spoed niet meer toe",
        wider=True,
    ),
    "needs_staatsblad": Flag(
        "wacht op het nummer van het Staatsblad",
        "wacht niet meer op het nummer van het Staatsblad",
        wider=False,
    ),
    "valid_from": FromDay("geldt vanaf {} in plaats van {}"),
    "valid_until": UntilDay("geldt tot en met {} in plaats van {}"),
    "about_safety": Flag(
        "kan in een rapport voor de inwoner tijdelijk achterblijven",
        "blijft in een rapport voor de inwoner niet meer achter",
        wider=False,
    ),
    "approved_by": Text("is door andere rollen goedgekeurd"),
    "activity": Text("hoort bij een andere verwerking in het register"),
    "legal_basis": Names(
        "rust voortaan ook op: {}", "rust niet meer op: {}", lists="legal_bases"
    ),
}
CATEGORY: Final[dict[str, Comparer]] = {
    "label": Text("heet voortaan anders"),
    "short": Text("heeft een andere korte naam"),
    "citizen_text": Text("heeft een andere tekst voor de inwoner"),
    "life_domains": Text("staat bij andere leefgebieden"),
    "sensitivity": Text("heeft een andere gevoeligheid"),
    "embargo": Flag(
        "kan in een rapport voor de inwoner tijdelijk achterblijven",
        "blijft in een rapport voor de inwoner niet meer achter",
        wider=False,
    ),
    "coordinates": Text("staat voortaan anders in de volgorde van bellen"),
    "active": Flag("doet voortaan mee", "doet niet meer mee", wider=True),
    "maximum_life_months": Number("leeft hooguit {} maanden in plaats van {}"),
    "publishers": Names(
        "mag ook komen van: {}", "mag niet meer komen van: {}", lists="source_kinds"
    ),
    "informed_codes": Names(
        "mag ook bij: {}", "mag niet meer bij: {}", lists="informed"
    ),
    "contact_functions": Names(
        "kent een functie erbij voor wie men belt: {}",
        "kent een functie minder voor wie men belt: {}",
        wider=None,
    ),
    "recorded_under": Statute(
        "staat bij de bron geregistreerd op grond van: {}",
        "noemt geen wet meer waarop de bron het registreert",
    ),
    "shared_under": Statute(
        "mag gedeeld worden op grond van: {}",
        "noemt geen wet meer waarop het gedeeld mag worden",
    ),
    "kept_after_end": Kept("blijft na het einde {} maanden bewaard in plaats van {}"),
    "valid_from": FromDay("doet mee vanaf {} in plaats van {}"),
    "valid_until": UntilDay("doet mee tot en met {} in plaats van {}"),
}
LOOP_ACT: Final[dict[str, Comparer]] = {
    "label": Text("heet voortaan anders"),
    "citizen_text": Text("heeft een andere tekst voor de inwoner"),
    "categories": Names("gaat voortaan ook over: {}", "gaat niet meer over: {}"),
    "names": Names(
        "laat voortaan ook van elkaar horen: {}", "laat niet meer van elkaar horen: {}"
    ),
    "roles": Names("is voortaan ook voor: {}", "is niet meer voor: {}"),
    "organisation_kinds": Names("mag ook vanuit: {}", "mag niet meer vanuit: {}"),
    "not_for_purposes": Names(
        "gebeurt niet meer bij het doel: {}",
        "gebeurt voortaan ook bij het doel: {}",
        lists="purposes",
        wider=False,
    ),
    "not_for_roles": Names(
        "gebeurt niet meer bij de rol: {}",
        "gebeurt voortaan ook bij de rol: {}",
        wider=False,
    ),
    "not_when_informed": Names(
        "gebeurt niet meer bij: {}",
        "gebeurt voortaan ook bij: {}",
        lists="informed",
        wider=False,
    ),
    "after_broken_glass": Flag(
        "gebeurt ook na zoeken bij spoed",
        "gebeurt niet meer na zoeken bij spoed",
        wider=True,
    ),
    "most_days": Number("blijft {} dagen staan in plaats van {}"),
    "needs_staatsblad": PURPOSE["needs_staatsblad"],
    "valid_from": PURPOSE["valid_from"],
    "valid_until": PURPOSE["valid_until"],
    "approved_by": PURPOSE["approved_by"],
    "activity": PURPOSE["activity"],
    "basis": Statute("rust voortaan op: {}", "noemt geen wet meer"),
}
CATALOGUE: Final[dict[str, Comparer]] = {
    "format": Text("heeft een ander formaat"),
    "version": Text("heeft een ander versienummer"),
    "valid_from": FromDay("geldt vanaf {} in plaats van {}"),
    "valid_until": UntilDay("geldt tot en met {} in plaats van {}"),
    "approved_by": Text("is door andere rollen goedgekeurd"),
    "life_domain_list": Text("gebruikt een andere lijst van leefgebieden"),
    "break_glass_reason": Names(
        "heeft een reden erbij om bij spoed te zoeken: {}",
        "heeft een reden minder om bij spoed te zoeken: {}",
    ),
    "establisher": Names(
        "laat een doel ook vaststellen door: {}",
        "laat een doel niet meer vaststellen door: {}",
    ),
    "citizens_see_teams": Flag(
        "laat een inwoner voortaan zien in welk team iemand werkt die keek",
        "laat een inwoner niet meer zien in welk team iemand werkt die keek",
        wider=True,
    ),
    "training": Names("kent een opleiding erbij: {}", "kent niet meer: {}", wider=None),
}
"""Fields of the whole file; its other lists only name things (`only_names`)."""

_OWN_TABLES: Final = frozenset({"purpose", "category", "loop_act"})
_NOT_JUDGED: Final = frozenset({"id"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: which way, of what (`purpose`, `category`, `loop_act`, …)."""

    direction: Direction
    about: str
    id: str
    text: str


def find_differences(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Give all that changes, what widens first; empty only for the same policy."""
    found = [
        *_rows("purpose", PURPOSE, old.catalogue, new.catalogue),
        *_rows("category", CATEGORY, old.catalogue, new.catalogue),
        *_rows("loop_act", LOOP_ACT, old.catalogue, new.catalogue),
        *_file(old.catalogue, new.catalogue),
        *_rules(old, new),
    ]
    order = list(Direction)
    return tuple(sorted(found, key=lambda one: order.index(one.direction)))


def widens(differences: tuple[Difference, ...]) -> bool:
    """Tell whether any of these lets somebody see more."""
    return any(one.direction is Direction.WIDER for one in differences)


def _rows(
    about: str, table: dict[str, Comparer], old: Catalogue, new: Catalogue
) -> Iterator[Difference]:
    before = {str(row.id): row for row in getattr(old.file, about)}
    after = {str(row.id): row for row in getattr(new.file, about)}
    for name, row in before.items():
        if name not in after:
            yield Difference(Direction.NARROWER, about, name, f"{row.label}: vervalt.")
    for name, row in after.items():
        if name not in before:
            yield Difference(Direction.WIDER, about, name, f"{row.label}: nieuw.")
            continue
        for way, said in _fields(table, before[name], row, (old, new)):
            yield Difference(way, about, name, f"{row.label}: {said}.")


def _fields(
    table: dict[str, Comparer],
    before: BaseModel,
    after: BaseModel,
    catalogues: tuple[Catalogue, Catalogue],
) -> Iterator[tuple[Direction, str]]:
    for name in type(after).model_fields:
        if name in _NOT_JUDGED:
            continue
        comparer = table.get(name, _UNJUDGED)
        yield from comparer.compare(
            getattr(before, name), getattr(after, name), catalogues
        )


_UNJUDGED: Final = Text("is veranderd op een punt dat wij niet kennen", wider=True)
_NAMING: Final = Text("noemt iets anders")


def _file(old: Catalogue, new: Catalogue) -> Iterator[Difference]:
    for name in type(new.file).model_fields:
        if name in _OWN_TABLES:
            continue
        before, after = getattr(old.file, name), getattr(new.file, name)
        other = _NAMING if only_names(after) else _UNJUDGED
        comparer = CATALOGUE.get(name, other)
        for direction, text in comparer.compare(before, after, (old, new)):
            yield Difference(direction, "catalogue", name, f"De catalogus {text}.")


def only_names(value: object) -> bool:
    """Tell whether a part of the file gives codes or labels a name, nothing else."""
    if isinstance(value, dict):
        return True
    return isinstance(value, tuple) and all(isinstance(one, Coded) for one in value)


def _rules(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = old.book.rules, new.book.rules
    logic = {name: _logic_of(old, name) for name in before}
    for name, rule in before.items():
        if name not in after:
            forbids = rule.effect == "forbid"
            way = Direction.WIDER if forbids else Direction.NARROWER
            yield Difference(way, "rule", name, f"Deze regel vervalt: {_say(rule)}")
    for name, rule in after.items():
        if name not in before:
            forbids = rule.effect == "forbid"
            way = Direction.NARROWER if forbids else Direction.WIDER
            yield Difference(way, "rule", name, f"Nieuwe regel: {_say(rule)}")
        elif logic[name] != _logic_of(new, name):
            text = f"De voorwaarde van deze regel is veranderd: {_say(rule)}"
            yield Difference(Direction.WIDER, "rule", name, text)
        elif (rule.text, rule.remedy) != (before[name].text, before[name].remedy):
            text = f"De uitleg bij deze regel is veranderd: {_say(rule)}"
            yield Difference(Direction.OTHER, "rule", name, text)


def _logic_of(policy: Policy, name: str) -> tuple[Any, ...]:
    """Give what a rule decides and whether it refuses, without its words."""
    for node in policy.book.nodes:
        if node.annotations.get("id") == name:
            bare: pst.Template = replace(node, id="", annotations={})
            return bare, policy.book.rules[name].about
    return ()


def _say(rule: Rule) -> str:
    return rule.text or rule.id
