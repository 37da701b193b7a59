"""Change one thing of a catalogue, in its text, and prove that nothing else changed.

The officer's form: switch a category on for named purposes, with its statute, or off.
The TOML keeps its comments and order (tomlkit). What came out is read again and held
against the old policy: a difference that was not asked for is `ChangeNotPossible`.

Proven by tests/unit/policy/test_change.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError

from policy.bundle import Bundle, load_bundle
from policy.catalogue import Purpose
from policy.differences import Difference, find_differences
from policy.errors import ChangeNotPossible, InvalidPolicy
from policy.policy import Policy

_Files: TypeAlias = Mapping[str, TOMLDocument]
"""The catalogue's files by name, parsed with their comments."""


@dataclass(frozen=True, slots=True)
class CategorySwitch:
    """Switch a category on (with a statute) for exactly these purposes, or off.

    `checked` says that a lawyer looked the reference up.
    """

    category: str
    active: bool
    purposes: tuple[str, ...] = ()
    statute: str = ""
    article: str = ""
    checked: bool = False


def switch_category(bundle: Bundle, switch: CategorySwitch) -> Bundle:
    """Give the bundle with this switch made, or raise `ChangeNotPossible`."""
    if switch.active and not (switch.statute and switch.article):
        raise ChangeNotPossible("statute", "sharing needs a statute and its article")
    if switch.active and not switch.purposes:
        raise ChangeNotPossible("purposes", "a category is shown for some purpose")
    try:
        files = {name: tomlkit.parse(text) for name, text in bundle.catalogue.items()}
        _edit_category(files, switch)
        if switch.active:
            _edit_purposes(files, switch)
        _raise_version(files)
        texts = {name: tomlkit.dumps(file) for name, file in files.items()}
    except (TOMLKitError, KeyError, TypeError, ValueError) as fault:
        raise ChangeNotPossible("category", "this text cannot be changed") from fault
    changed = Bundle(texts, bundle.rules)
    _verify(bundle, changed, switch)
    return changed


def _edit_category(files: _Files, switch: CategorySwitch) -> None:
    row = _row(_find(files, "category")["category"], switch.category)
    row["active"] = switch.active
    if switch.active:
        reference = tomlkit.inline_table()
        reference["statute"] = switch.statute
        reference["article"] = switch.article
        reference["checked"] = switch.checked
        row["shared_under"] = reference


def _edit_purposes(files: _Files, switch: CategorySwitch) -> None:
    """Let exactly these purposes name the category."""
    document = _find(files, "purpose")
    known = {str(row["id"]) for row in document["purpose"]}
    if not known.issuperset(switch.purposes):
        raise ChangeNotPossible("purposes", "the catalogue does not have this purpose")
    for row in document["purpose"]:
        wanted, sees = row["id"] in switch.purposes, row["sees"]
        if wanted and switch.category not in sees:
            sees.append(switch.category)
        elif not wanted and switch.category in sees:
            sees.remove(switch.category)


def _raise_version(files: _Files) -> None:
    """Count the catalogue's version up: 2026.1 becomes 2026.2."""
    document = _find(files, "version")
    year, _, number = str(document["version"]).partition(".")
    document["version"] = f"{year}.{int(number) + 1}"


def _find(files: _Files, table: str) -> Any:  # noqa: ANN401 - tomlkit's own containers
    """Give the file that holds a table."""
    for document in files.values():
        if table in document:
            return document
    raise KeyError(table)


def _row(rows: Any, name: str) -> Any:  # noqa: ANN401 - tomlkit's own containers
    for row in rows:
        if row["id"] == name:
            return row
    raise ChangeNotPossible("category", "the catalogue does not have this category")


def _verify(old: Bundle, new: Bundle, switch: CategorySwitch) -> None:
    """Read the changed text again; nothing else may differ."""
    try:
        after = load_bundle(new)
    except InvalidPolicy as fault:
        raise ChangeNotPossible("category", str(fault)) from fault
    category = after.catalogue.parse_category(switch.category)
    if after.catalogue.categories[category].active is not switch.active:
        raise ChangeNotPossible("category", "the category was not switched")
    naming = {str(one.id) for one in _naming(after, switch.category)}
    if switch.active and naming != set(switch.purposes):
        raise ChangeNotPossible("purposes", "other purposes name the category")
    for one in find_differences(load_bundle(old), after):
        if not _was_asked(one, switch):
            raise ChangeNotPossible("category", "something else would change as well")


def _naming(policy: Policy, category: str) -> Collection[Purpose]:
    return [row for row in policy.catalogue.purposes.values() if category in row.sees]


def _was_asked(one: Difference, switch: CategorySwitch) -> bool:
    if one.about == "category":
        return one.id == switch.category
    if one.about == "catalogue":
        return one.id == "version"
    return one.about == "purpose" and switch.active
