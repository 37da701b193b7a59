"""Read the catalogue's files: all of them, or every fault with its file and line."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from enum import EnumType, StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from policy.catalogue.catalogue import Catalogue
from policy.catalogue.lines import TomlPath, find_line
from policy.catalogue.model import CatalogueFile, Ids
from policy.errors import Finding, InvalidCatalogue
from policy.faults import OF_PYDANTIC, Fault
from policy.vocabulary import (
    BreakGlassReason,
    CategoryId,
    InformedCode,
    LegalBasisId,
    Outcome,
    PurposeId,
    SourceKind,
)

Enum = TypeVar("Enum", bound=StrEnum)
Texts = Mapping[str, str]


def shipped_texts() -> dict[str, str]:
    """Give the shipped TOML files: name to text."""
    folder = resources.files("policy.catalogue")
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


@cache
def load_catalogue() -> Catalogue:
    """Load the shipped catalogue, or raise `InvalidCatalogue` with every fault.

    Read once a process: it is part of the program and is never changed.
    """
    return parse_catalogue(shipped_texts())


def parse_catalogue(texts: Texts) -> Catalogue:
    """Read a catalogue from its files (name to text), or raise `InvalidCatalogue`.

    All faults are reported, each with file and line. An empty set of files is no
    catalogue. Proven by tests/unit/policy/test_catalogue.py.
    """
    owner, raw = _merge(texts)
    _refuse_doubles(texts, owner, raw)
    ids = _make_ids(raw)
    try:
        file = CatalogueFile.model_validate_json(
            json.dumps(raw, default=str), context=ids
        )
    except ValidationError as fault:
        raise InvalidCatalogue(tuple(_findings(texts, owner, fault))) from None
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\n{len(texts[name].encode())}\n".encode())
        digest.update(texts[name].encode())
    return Catalogue(file, ids, digest.digest())


def _merge(texts: Texts) -> tuple[dict[str, str], dict[str, Any]]:
    """Lay the files together; a table stands in one file only."""
    owner: dict[str, str] = {}
    raw: dict[str, Any] = {}
    findings = []
    for name in sorted(texts):
        try:
            part = tomllib.loads(texts[name])
        except tomllib.TOMLDecodeError as fault:
            line = _line_in(str(fault))
            findings.append(Finding(name, line, Fault.NOT_TOML, told=str(fault)))
            continue
        for table, value in part.items():
            if table in owner:
                line = find_line(texts[name], (table,))
                about = f"{table} ({owner[table]})"
                findings.append(Finding(name, line, Fault.TABLE_TWICE, about))
            owner.setdefault(table, name)
            raw.setdefault(table, value)
    if findings:
        raise InvalidCatalogue(tuple(findings))
    return owner, raw


def _line_in(message: str) -> int:
    """Give the line that tomllib names in its message: "(at line 3, column 5)"."""
    _, found, rest = message.rpartition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if found and digits.isdigit() else 1


def _refuse_doubles(texts: Texts, owner: Mapping[str, str], raw: Any) -> None:  # noqa: ANN401
    findings = []
    seen: set[tuple[str, str]] = set()
    for table, path, identifier in _identifiers(raw):
        if (table, identifier) in seen:
            name = owner[str(path[0])]
            line = find_line(texts[name], path)
            findings.append(Finding(name, line, Fault.ID_TWICE, table))
        seen.add((table, identifier))
    if findings:
        raise InvalidCatalogue(tuple(findings))


def _identifiers(raw: Any) -> Iterator[tuple[str, TomlPath, str]]:  # noqa: ANN401
    """Give (table, path, id) of every row that has an id of the right type."""
    for table, rows in raw.items():
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, dict):
                continue
            if isinstance(row.get("id"), str):
                yield table, (table, index, "id"), row["id"]
            bases = row.get("legal_basis")
            for place, basis in enumerate(bases if isinstance(bases, list) else ()):
                if isinstance(basis, dict) and isinstance(basis.get("id"), str):
                    path = (table, index, "legal_basis", place, "id")
                    yield "legal_basis", path, basis["id"]


def _make_ids(raw: Any) -> Ids:  # noqa: ANN401
    names: dict[str, list[str]] = {}
    for table, _, identifier in _identifiers(raw):
        names.setdefault(table, []).append(identifier)

    def of(kind: type[Enum], table: str) -> type[Enum]:
        members = {name: name for name in names.get(table, [])}
        return cast("type[Enum]", EnumType.__call__(kind, kind.__name__, members))

    return Ids(
        purpose=of(PurposeId, "purpose"),
        category=of(CategoryId, "category"),
        legal_basis=of(LegalBasisId, "legal_basis"),
        informed=of(InformedCode, "informed"),
        break_glass_reason=of(BreakGlassReason, "break_glass_reason"),
        outcome=of(Outcome, "outcome"),
        source_kind=of(SourceKind, "source_kind"),
        life_domain=of(StrEnum, "life_domain"),
        training=of(StrEnum, "training"),
        activity=of(StrEnum, "activity"),
        approver=of(StrEnum, "approver"),
    )


def _findings(
    texts: Texts, owner: Mapping[str, str], refused: ValidationError
) -> Iterator[Finding]:
    for error in refused.errors(include_url=False, include_input=False):
        path: TomlPath = error["loc"]
        name = owner.get(str(path[0]) if path else "", "catalogue.toml")
        line = find_line(texts.get(name, ""), path)
        fault, part, told = _read_error(error)
        steps = [step for step in path if isinstance(step, str)]
        about = ".".join([*steps, part] if part else steps)
        yield Finding(name, line, fault, about, told)


def _read_error(error: ErrorDetails) -> tuple[Fault, str, str]:
    """Give the fault, the member it is about, and what pydantic said.

    What our own model raised names its fault itself: pydantic adds nothing to it.
    """
    raised = error.get("ctx", {}).get("error")
    if isinstance(raised, ValueError) and isinstance(raised.args[0], Fault):
        return raised.args[0], "".join(raised.args[1:]), ""
    return OF_PYDANTIC.get(error["type"], Fault.OTHER), "", error["msg"]
