"""Put reports, matrix and explanations on the screen (Dutch) or in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from policy.catalogue import Catalogue, Purpose
from policy.check import Report
from policy.comparing import Direction
from policy.differences import Difference
from policy.errors import Finding
from policy.matrix import Row
from policy.vocabulary import RefusalGround, Role
from policy.weigh import Weighed


def print_report(console: Console, report: Report) -> None:
    """Say what a check found."""
    for finding in report.findings:
        console.print(str(finding), style="red", markup=False, soft_wrap=True)
    if report.findings:
        console.print(f"{len(report.findings)} fout(en): hierop mag niets starten.")
        return
    console.print(
        f"In orde: {report.purposes} doelen, {report.categories} soorten signalen, "
        f"{report.rules} regels."
    )
    console.print(
        f"{len(report.unchecked)} verwijzingen zijn nog niet door een jurist nagekeken:"
    )
    for one in report.unchecked:
        console.print(f"  {one}", style="yellow", markup=False, soft_wrap=True)


def report_as_json(report: Report) -> dict[str, Any]:
    """Give a check's report for a machine."""
    return {
        "valid": not report.findings,
        "purposes": report.purposes,
        "categories": report.categories,
        "rules": report.rules,
        "findings": [_finding(finding) for finding in report.findings],
        "unchecked": [
            {"file": one.file, "line": one.line, "message": one.reference}
            for one in report.unchecked
        ],
    }


def print_matrix(console: Console, catalogue: Catalogue, rows: Sequence[Row]) -> None:
    """Print who may see what, and under which conditions."""
    seeing = {role for row in rows for roles in row.sees.values() for role in roles}
    letters = {role: chr(ord("A") + place) for place, role in enumerate(sorted(seeing))}
    sight = Table(title="Wie mag wat zien, met welk doel", show_lines=True)
    sight.add_column("Soort signaal")
    for number, _ in enumerate(rows, start=1):
        sight.add_column(str(number), justify="center", no_wrap=True)
    for category in catalogue.categories.values():
        name = category.label if category.active else f"{category.label} (staat uit)"
        cells = [_cell(row.sees.get(category.id, ()), letters) for row in rows]
        sight.add_row(name, *cells)
    console.print(sight)
    for role, letter in letters.items():
        console.print(f"{letter} = {catalogue.file.role_labels[role]}")
    console.print("Andere rollen zien niets.")
    console.print("Elk doel is dicht tot de gemeente het heeft vastgesteld.\n")
    terms = Table(title="De doelen en hun voorwaarden", show_lines=True)
    for heading in ("", "Doel", "Grondslag", "Voorwaarden", "Terug"):
        terms.add_column(heading)
    for number, row in enumerate(rows, start=1):
        purpose = catalogue.purposes[row.purpose]
        terms.add_row(
            str(number),
            purpose.label,
            "\n".join(_bases(purpose)),
            "\n".join(_terms(catalogue, purpose)),
            f"{purpose.look_back_months} mnd",
        )
    console.print(terms)


def matrix_as_json(catalogue: Catalogue, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the matrix for a machine."""
    return [
        {
            "purpose": row.purpose,
            "label": catalogue.purposes[row.purpose].label,
            "sees": {category: list(roles) for category, roles in row.sees.items()},
            "legalBases": [
                basis.model_dump()
                for basis in catalogue.purposes[row.purpose].legal_basis
            ],
            "lookBackMonths": catalogue.purposes[row.purpose].look_back_months,
            "needsStaatsblad": catalogue.purposes[row.purpose].needs_staatsblad,
        }
        for row in rows
    ]


def print_weighed(
    console: Console, catalogue: Catalogue, weighed: Weighed, sentence: str
) -> None:
    """Say what came of a question, and why."""
    if weighed.permitted:
        console.print(f"Toegestaan. {sentence}", style="green")
    else:
        console.print("Geweigerd, omdat:", style="red")
        for ground in weighed.refused:
            console.print(f"• {escape(ground.text)} [dim]({ground.id})[/dim]")
            console.print(f"  {escape(ground.remedy)}", style="cyan")
    for category, grounds in weighed.withheld.items():
        console.print(f"Buiten beeld: {catalogue.categories[category].label}")
        for ground in grounds:
            console.print(f"• {escape(ground.text)} [dim]({ground.id})[/dim]")


def weighed_as_json(weighed: Weighed, sentence: str) -> dict[str, Any]:
    """Give an explanation for a machine."""
    return {
        "permitted": list(weighed.permitted),
        "scope": sentence,
        "grounds": _grounds(weighed.refused),
        "withheld": {
            category: _grounds(grounds)
            for category, grounds in weighed.withheld.items()
        },
    }


WAYS = {
    Direction.WIDER: ("Ruimer", "yellow"),
    Direction.NARROWER: ("Strenger", "green"),
    Direction.OTHER: ("Overig", "default"),
}


def print_differences(console: Console, found: Sequence[Difference]) -> None:
    """Say what a proposal changes, what widens first."""
    if not found:
        console.print("Er verandert niets aan wie wat mag zien.")
    for way, (title, style) in WAYS.items():
        lines = [one.text for one in found if one.direction is way]
        if lines:
            console.print(f"{title}:", style=style)
        for line in lines:
            console.print(f"  {line}", markup=False, soft_wrap=True)


def differences_as_json(found: Sequence[Difference]) -> list[dict[str, str]]:
    """Give what a proposal changes for a machine."""
    return [
        {"direction": one.direction.value, "about": one.about, "text": one.text}
        for one in found
    ]


def _grounds(grounds: Iterable[RefusalGround]) -> list[dict[str, str]]:
    return [{"id": g.id, "text": g.text, "remedy": g.remedy} for g in grounds]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "told": finding.told,
    }


def _cell(roles: Sequence[Role], letters: dict[Role, str]) -> str:
    return " ".join(letters[role] for role in roles) or "-"


def _bases(purpose: Purpose) -> Iterable[str]:
    for basis in purpose.legal_basis:
        yield basis.label if basis.checked else f"{basis.label} (nog niet nagekeken)"


def _terms(catalogue: Catalogue, purpose: Purpose) -> Iterable[str]:
    if purpose.needs_staatsblad:
        yield "dicht tot het nummer van het Staatsblad is vastgelegd"
    if purpose.needs_case_reference:
        yield "zaaknummer"
    if purpose.needs_informed:
        labels = [catalogue.informed[code].label for code in purpose.informed_codes]
        yield "inwoner: " + "; ".join(labels)
    for training in purpose.trainings:
        yield f"opleiding: {catalogue.trainings[training]}"
    kinds = catalogue.file.organisation_kind_labels
    yield "vanuit: " + ", ".join(kinds[kind] for kind in purpose.organisation_kinds)
    yield "bij spoed mag" if purpose.break_glass else "bij spoed mag niet"
