"""Hold each DDAS record against the official schema, when the agency points at it.

- The schema is the agency's own copy of what VNG Realisatie published; this package
  ships none, and never fetches one: a reference to elsewhere is refused.
- Each record is held against the part of the schema for its kind, so that a file of
  any size is validated in constant memory, and one wrong record does not sink it.
- A fault names the field by the schema's own names and the rule by its keyword. What
  the record says there is never repeated.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import SchemaError
from referencing.exceptions import Unresolvable

from sources.connectors.json_stream import items, members
from sources.errors import InvalidProfile
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Case, Entry, Kept, Place, Reading, Reject

LARGEST: Final = 4 << 20
MOST_FAULTS: Final = 20
_FORMATS: Final = FormatChecker(formats=("date",))


class RecordSchema:
    """The part of a schema that is about one kind of record."""

    def __init__(self, whole: Mapping[str, Any], kind: str) -> None:
        try:
            delivery = whole["properties"]["leveringen"]["items"]["properties"]
            record = delivery[kind]["items"]
            Draft202012Validator.check_schema(dict(whole))
        except (KeyError, TypeError, SchemaError):
            raise InvalidProfile(
                "Het schema in [ddas] json_schema is niet dat van deze levering."
            ) from None
        names = whole.get("$defs", {})
        self._names = frozenset(_find_names(whole))
        self._validator = Draft202012Validator(
            {**record, "$defs": names}, format_checker=_FORMATS
        )

    def find_faults(self, value: object, place: Place) -> list[Reject]:
        """Give a reject for each field that is not as the schema says."""
        found: dict[Reject, None] = {}
        try:
            for error in self._validator.iter_errors(value):
                for name in self._name_fields(error):
                    reason = Reason.SCHEMA_VIOLATED
                    found[Reject(place, name, reason, str(error.validator))] = None
                if len(found) >= MOST_FAULTS:
                    break
        except Unresolvable:
            raise InvalidProfile(
                "Het schema verwijst naar een ander bestand."
            ) from None
        return list(found)

    def _name_fields(self, error: ValidationError) -> Iterator[str]:
        """Name what is wrong, in words of the schema only: a name may be a number."""
        path = [
            f"[{part}]" if isinstance(part, int) else f".{part}"
            for part in error.absolute_path
            if isinstance(part, int) or part in self._names
        ]
        at = "".join(path).removeprefix(".")
        if error.validator != "required":
            yield at
            return
        for name in items(error.validator_value):
            if name not in members(error.instance):
                yield f"{at}.{name}".removeprefix(".")


def find_schema(profile: Profile, kind: str) -> RecordSchema | None:
    """Give the schema that the profile points at, if any; raises `InvalidProfile`."""
    path = profile.ddas.json_schema
    if path is None:
        return None
    try:
        return _load(path, path.stat().st_mtime_ns, kind)
    except OSError:
        raise InvalidProfile("Het schema in [ddas] json_schema is er niet.") from None


def hold_against(
    schema: RecordSchema | None, value: object, place: Place, readings: list[Reading]
) -> list[Reading]:
    """Give the readings of a record, or its faults where the schema finds any.

    A case whose record is at fault keeps the signal it had. A closing stands: what is
    over does not go on because a field is misspelt.
    """
    faults = schema.find_faults(value, place) if schema else []
    if not faults:
        return readings
    kept = [tuple(_keep(entry) for entry in reading) for reading in readings]
    return [(*faults, *(kept[0] if kept else ())), *kept[1:]]


def _keep(entry: Entry) -> Entry:
    return Kept(entry.key, bsn=entry.bsn) if isinstance(entry, Case) else entry


@lru_cache(maxsize=8)
def _load(path: Path, changed: int, kind: str) -> RecordSchema:  # noqa: ARG001 - a changed file is another
    if path.stat().st_size > LARGEST:
        raise InvalidProfile("Het schema in [ddas] json_schema is onmogelijk groot.")
    try:
        whole = json.loads(path.read_bytes())
    except ValueError:
        raise InvalidProfile("Het schema in [ddas] json_schema is geen JSON.") from None
    return RecordSchema(members(whole), kind)


def _find_names(schema: object) -> Iterator[str]:
    """Give every name of a property that a schema knows."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties" and isinstance(value, dict):
                yield from value
            yield from _find_names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _find_names(value)
