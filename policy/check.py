"""Check the policy's files: each fault with its line, and what still wants a lawyer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policy.catalogue import Catalogue, LegalBasis, Reference, parse_catalogue
from policy.catalogue.lines import TomlPath, find_line
from policy.coherence import verify_coherence
from policy.errors import Finding, InvalidPolicy
from policy.rules import parse_rules


@dataclass(frozen=True, slots=True, order=True)
class Unchecked:
    """A reference to a statute that no lawyer has looked up yet: where it stands."""

    file: str
    line: int
    reference: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reference}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. With `findings` nothing may start on these files.

    `unchecked` are references that no lawyer has looked up yet: allowed, but marked.
    """

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    purposes: int = 0
    categories: int = 0
    rules: int = 0


def read_folder(folder: Path, suffixes: tuple[str, ...]) -> dict[str, str]:
    """Give the files of a folder with one of these suffixes: name to text."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir())
        if path.suffix in suffixes
    }


def check(catalogue_texts: Mapping[str, str], rule_texts: Mapping[str, str]) -> Report:
    """Check catalogue, rules, and whether they speak of the same things."""
    findings: list[Finding] = []
    catalogue = book = None
    try:
        catalogue = parse_catalogue(catalogue_texts)
    except InvalidPolicy as fault:
        findings += fault.findings
    try:
        book = parse_rules(rule_texts)
    except InvalidPolicy as fault:
        findings += fault.findings
    if catalogue is None or book is None:
        return Report(tuple(findings), ())
    try:
        verify_coherence(catalogue, book)
    except InvalidPolicy as fault:
        findings += fault.findings
    return Report(
        findings=tuple(findings),
        unchecked=tuple(sorted(_unchecked(catalogue, catalogue_texts))),
        purposes=len(catalogue.purposes),
        categories=len(catalogue.categories),
        rules=len(book.rules),
    )


def _unchecked(catalogue: Catalogue, texts: Mapping[str, str]) -> Iterator[Unchecked]:
    """Give every reference with `checked = false`, on its line."""
    place = {
        table: name
        for name, text in texts.items()
        for table in ("purpose", "category", "loop_act")
        if f"[[{table}]]" in text
    }
    for path, owner, reference in _references(catalogue):
        if not reference.checked:
            file = place[str(path[0])]
            text = f"{owner}: {reference.statute}, artikel {reference.article}"
            yield Unchecked(file, find_line(texts[file], path), text)


def _references(
    catalogue: Catalogue,
) -> Iterator[tuple[TomlPath, str, Reference | LegalBasis]]:
    """Give every reference to a statute: where it stands and what it belongs to."""
    for index, category in enumerate(catalogue.file.category):
        path = ("category", index)
        if category.recorded_under is not None:
            yield (*path, "recorded_under"), category.id, category.recorded_under
        if category.shared_under is not None:
            yield (*path, "shared_under"), category.id, category.shared_under
        if category.kept_after_end is not None:
            kept = category.kept_after_end
            yield (*path, "kept_after_end", "allowed_by"), category.id, kept.allowed_by
    for index, purpose in enumerate(catalogue.file.purpose):
        for number, basis in enumerate(purpose.legal_basis):
            yield ("purpose", index, "legal_basis", number), purpose.id, basis
    for index, act in enumerate(catalogue.file.loop_act):
        yield ("loop_act", index, "basis"), act.id, act.basis
