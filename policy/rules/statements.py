"""Cut a Cedar text into its statements, each with the line on which it begins.

Cedar's own errors carry no line, and the positions it gives to rules shift as soon as a
file is added. So each statement is parsed on its own, and known by its `@id`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cedarpy
from cedarpy import pst

from policy.errors import Finding, InvalidRules
from policy.faults import Fault


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule as it was written: where it stands and what Cedar made of it."""

    file: str
    line: int
    node: pst.Template

    @property
    def id(self) -> str:
        """Give the rule's `@id`, "" where it has none."""
        return self.node.annotations.get("id", "")

    def finding(self, fault: Fault, part: str = "", *, told: str = "") -> Finding:
        """Complain about this rule, or a part of it, on its line."""
        about = f"{self.id} ({part})" if part else self.id
        return Finding(self.file, self.line, fault, about, told)


def parse_statements(texts: Mapping[str, str]) -> tuple[Statement, ...]:
    """Parse every rule of every file, or raise `InvalidRules` with all that do not."""
    statements: list[Statement] = []
    findings: list[Finding] = []
    for name in sorted(texts):
        for line, text in _cut(texts[name]):
            try:
                parsed = cedarpy.PolicySet.from_str(text).to_pst()
            except ValueError as fault:
                findings.append(
                    Finding(name, line, Fault.RULE_UNREADABLE, told=str(fault))
                )
                continue
            if parsed.templates:
                findings.append(Finding(name, line, Fault.RULE_IS_TEMPLATE))
            statements.extend(
                Statement(name, line, node) for node in parsed.static_policies.values()
            )
    if findings:
        raise InvalidRules(tuple(findings))
    return tuple(statements)


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """Give (first line, text) of each statement; comments and strings hide a `;`."""
    start: int | None = None
    begin = position = 0
    line = 1
    while position < len(text):
        step, visible = _token(text, position)
        if visible and start is None:
            start, begin = line, position
        line += text.count("\n", position, position + step)
        position += step
        if visible and start is not None and text[position - 1] == ";" and step == 1:
            yield start, text[begin:position]
            start = None
    if start is not None:
        yield start, text[begin:]


def _token(text: str, position: int) -> tuple[int, bool]:
    """Give the length of what stands here, and whether it belongs to a statement."""
    if text.startswith("//", position):
        end = text.find("\n", position)
        return (len(text) if end < 0 else end) - position, False
    if text[position] == '"':
        end = position + 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        return min(end + 1, len(text)) - position, True
    return 1, not text[position].isspace()
