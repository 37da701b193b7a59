"""Decide what each column is: by its name and its values together, never by one alone.

A name that says `Einddatum` over values that are no days is no end; values that pass
the 11-proof under the name `Clientnummer` may be citizens, and are pointed out.
"""

from dataclasses import dataclass
from typing import Final

from sources.proposing.samples import Column, Sample
from sources.proposing.words import (
    BIRTH_REASON,
    TEXT_REASON,
    explain_absence,
    find_roles,
    is_phone_of_us,
)

WHAT: Final = {
    "bsn": "Het BSN. Het blijft bij u: er gaat een pseudoniem uit.",
    "case_number": "Het zaaknummer. Het blijft bij u, als onleesbaar kenmerk.",
    "start": "Wanneer het contact begon. Gaat mee.",
    "end": "Wanneer het eindigt of eindigde. Sluit het signaal.",
    "status": "Zegt of een zaak open of dicht is. De code zelf gaat niet mee.",
    "municipality": "De gemeentecode. Gaat mee.",
    "contact": "Kiest een contactpersoon uit dit profiel; de waarde gaat niet mee.",
    "phone": "Het nummer van uw contactpersoon. Gaat mee.",
    "opt_in": "Zonder toestemming gaat er niets uit.",
    "informed_on": "Wanneer de inwoner is geinformeerd. Gaat mee.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a column, and why; without a role it is not sent."""

    column: Column
    role: str | None
    why: str


def judge(sample: Sample) -> list[Verdict]:
    """Give a verdict for every column, in the order of the file."""
    chosen: dict[str, Column] = {}
    for column in sample.columns:
        for role in find_roles(column.name):
            if role != "birth" and role not in chosen and _fits(column, role):
                chosen[role] = column
                break
        else:
            if "phone" not in chosen and _is_our_phone(column):
                chosen["phone"] = column
    if "bsn" not in chosen:
        # A column under another name; not one that has another role already.
        taken = {id(each) for each in chosen.values()}
        for column in sample.columns:
            if column.has_numbers and id(column) not in taken:
                chosen["bsn"] = column
                break
    roles = {id(column): role for role, column in chosen.items()}
    return [_explain(column, roles.get(id(column))) for column in sample.columns]


def _fits(column: Column, role: str) -> bool:
    """Tell whether a column's values are what its name promises."""
    match role:
        case "bsn":
            return column.has_numbers or not column.filled
        case "start":
            return column.has_days
        case "end" | "informed_on":
            return column.has_days or not column.filled
        case "case_number":
            return not column.has_text and not column.has_days and column.filled > 0
        case "municipality":
            return bool(find_municipalities(column))
        case _:
            return column.has_codes


def find_municipalities(column: Column) -> list[str]:
    """Give the municipality codes of a column; none when it holds anything else."""
    codes = {code.removeprefix("GM") for code in column.codes}
    good = [code for code in codes if len(code) == 4 and code.isdigit()]
    return sorted(good) if 2 * len(good) > len(codes) else []


def _is_our_phone(column: Column) -> bool:
    return is_phone_of_us(column.name) and column.has_phones and not column.many


def _explain(column: Column, role: str | None) -> Verdict:
    if role:
        return Verdict(column, role, WHAT[role])
    if "birth" in find_roles(column.name):
        return Verdict(column, None, BIRTH_REASON)
    if column.has_numbers:
        why = "Lijkt ook een BSN, van een ander. Alleen het BSN van de inwoner telt."
        return Verdict(column, None, why)
    return Verdict(
        column, None, TEXT_REASON if column.has_text else explain_absence(column.name)
    )
