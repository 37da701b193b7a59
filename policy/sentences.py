"""The policy in plain Dutch (B1): one sentence per purpose and per rule.

For pages and letters. Nothing here decides; what a sentence says of a purpose comes
from the same catalogue that the rules read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy.catalogue import Catalogue, Purpose
from policy.decide import find_ended_shown
from policy.policy import Policy
from policy.vocabulary import Assurance

_MONTHS = {1: "één maand", 12: "twaalf maanden", 24: "twee jaar"}
_LOGIN = {
    Assurance.SUBSTANTIAL: "zeker ingelogd",
    Assurance.HIGH: "heel zeker ingelogd",
}


@dataclass(frozen=True, slots=True)
class RuleSentence:
    """A rule as people read it. `lifted`: it does not hold when glass is broken.

    `chapter`: whether it is about a `lookup`, or about an act of the `loop`.
    """

    id: str
    effect: str
    about: str
    text: str
    remedy: str
    lifted: bool
    chapter: str


def say_purpose(catalogue: Catalogue, purpose: Purpose) -> str:
    """Say who sees what with a purpose, and of what ended how far back."""
    roles = _either(catalogue.file.role_labels[role] for role in purpose.roles)
    kinds = _either(
        catalogue.file.organisation_kind_labels[kind]
        for kind in purpose.organisation_kinds
    )
    shown = [
        catalogue.categories[category].short
        for category in purpose.sees
        if catalogue.categories[category].active
    ]
    if not shown:
        return "Met dit doel ziet nu niemand iets."
    active = [one for one in purpose.sees if catalogue.categories[one].active]
    ended = "".join(
        f" Over {_join([catalogue.categories[one].short for one in each], 'en')} ook "
        f"contact dat eindigde, tot {_MONTHS.get(months, f'{months} maanden')} terug."
        for months, each in find_ended_shown(catalogue, purpose.id, active).items()
    )
    return (
        f"Een {roles.lower()} bij een {kinds.lower()} ziet met dit doel dat er contact "
        f"is over {_join(shown, 'en')}.{ended}"
    )


def say_needs(catalogue: Catalogue, purpose: Purpose) -> tuple[str, ...]:
    """Say what must be in order before a question with this purpose is answered."""
    needs = []
    if purpose.needs_staatsblad:
        needs.append("het nummer van het Staatsblad is vastgelegd")
    if purpose.needs_case_reference:
        needs.append("een zaaknummer")
    if purpose.needs_informed:
        ways = [catalogue.informed[code].label for code in purpose.informed_codes]
        needs.append(f"de inwoner weet het, of een uitzondering: {'; '.join(ways)}")
    needs.extend(f"opleiding: {catalogue.trainings[one]}" for one in purpose.trainings)
    if purpose.assurance in _LOGIN:
        needs.append(_LOGIN[purpose.assurance])
    return tuple(needs)


def say_rules(policy: Policy) -> tuple[RuleSentence, ...]:
    """Give every rule with its sentence, what permits first."""
    rules = sorted(policy.book.rules.values(), key=lambda rule: rule.effect != "permit")
    return tuple(
        RuleSentence(
            rule.id,
            rule.effect,
            rule.about,
            rule.text,
            rule.remedy,
            rule.lifted,
            rule.chapter,
        )
        for rule in rules
    )


def _either(labels: Iterable[str]) -> str:
    return _join(list(labels), "of")


def _join(labels: list[str], word: str) -> str:
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} {word} {labels[-1]}"
