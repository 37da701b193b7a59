"""Walk through a DDAS file without ever holding it.

ijson gives events; only the object at hand is built. An object that never ends, and
one that is nested without bottom, is refused, so that memory and time stay bounded
whatever is sent.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import ijson  # type: ignore[import-untyped]  # it ships no types

from sources.connectors.fields import RawField, RawPerson
from sources.errors import UnreadableFile

LARGEST_OBJECT: Final = 50_000
DEEPEST: Final = 40
_DELIVERY = "leveringen.item"
_OPENS = frozenset({"start_map", "start_array"})
_CLOSES = frozenset({"end_map", "end_array"})
_GOES_ON = frozenset({"start_map", "start_array", "map_key"})


@dataclass(frozen=True, slots=True)
class Found:
    """One wanted value: in which delivery of the file it stands, and its place."""

    delivery: int
    position: int
    prefix: str
    value: object


def stream(file: BinaryIO, wanted: Collection[str]) -> Iterator[Found]:
    """Give the wanted values in the order of the file; raises `UnreadableFile`.

    A prefix is ijson's: `leveringen.item.vroegsignalen.item`.
    """
    skip_mark(file)
    try:
        yield from _stream(file, frozenset(wanted))
    except (ijson.JSONError, UnicodeDecodeError):
        raise UnreadableFile("Het bestand is geen leesbare JSON.") from None


def skip_mark(file: BinaryIO) -> None:
    """Go to the beginning of a JSON text: a mark of UTF-8 in front says nothing more.

    Raises `UnreadableFile` for UTF-16, which JSON between organisations is not
    (RFC 8259, section 8.1).
    """
    file.seek(0)
    first = file.read(len(BOM_UTF8))
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise UnreadableFile("Dit is JSON in UTF-16. Bewaar het bestand als UTF-8.")
    file.seek(len(BOM_UTF8) if first == BOM_UTF8 else 0)


def parse(file: BinaryIO) -> Iterator[tuple[str, str, Any]]:
    """Give ijson's prefix, event and value, to a depth that nobody needs.

    Each level makes the prefix longer: without a bottom, time would grow with the
    square of the file. Raises `UnreadableFile` there, and `ijson.JSONError`.
    """
    return ijson.parse(_check_depth(ijson.basic_parse(file, use_float=True)))  # type: ignore[no-any-return]  # it ships no types


def _check_depth(events: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    depth = 0
    for event, value in events:
        depth += event in _OPENS
        depth -= event in _CLOSES
        if depth > DEEPEST:
            raise UnreadableFile("Een record in het bestand is onmogelijk diep.")
        yield event, value


def _stream(file: BinaryIO, wanted: frozenset[str]) -> Iterator[Found]:
    delivery, position, size = -1, dict.fromkeys(wanted, -1), 0
    builder: ijson.ObjectBuilder | None = None
    target = ""
    for prefix, event, value in parse(file):
        if builder is None:
            if prefix == _DELIVERY and event == "start_map":
                delivery, position = delivery + 1, dict.fromkeys(wanted, -1)
            if prefix not in wanted:
                continue
            builder, target, size = ijson.ObjectBuilder(), prefix, 0
            position[target] += 1
        builder.event(event, value)
        size += 1
        if size > LARGEST_OBJECT:
            raise UnreadableFile("Een record in het bestand is onmogelijk groot.")
        if prefix == target and event not in _GOES_ON:
            yield Found(delivery, position[target], target, builder.value)
            builder = None


def members(value: object) -> Mapping[str, object]:
    """Give an object's members; anything else has none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Give a list's items; anything else has none."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Give a string; anything else is as good as absent."""
    return value if isinstance(value, str) else ""


def field(value: Mapping[str, object], name: str, path: str = "") -> RawField:
    """Give one member as a raw field, named as the format names it.

    What is no string has no text: a number may have lost a zero, and the standard wants
    a string. It is not as if it were absent: an end that cannot be read is not no end.
    """
    found = value.get(name)
    is_other = found is not None and not isinstance(found, str)
    return RawField(path + name, text(found), is_other)


def persons(value: object, path: str) -> tuple[RawPerson, ...]:
    """Give the contact persons in a list of the format."""
    found = []
    for index, item in enumerate(items(value)):
        row = members(item)
        found.append(
            RawPerson(
                f"{path}[{index}]",
                text(row.get("functietitel")),
                text(row.get("naam")),
                text(row.get("telefoonnummer")),
            )
        )
    return tuple(found)
