"""The two kinds of models, and the one way in which anything is read into them.

`parse_body` reads bytes: JSON once, with what a JSON library lets pass refused (doubled
members, NaN, nesting without end), then the model. `invalid_field` turns what pydantic
found into the one thing we tell: which field, and a code; never the value, and never a
name that we do not know ourselves.

Proven by tests/attack/test_the_wire_is_strict.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from signal_index.wire.errors import FieldCode, InvalidField

BODY: Final = "body"


class _Model(BaseModel):
    """A model that prints as its name alone: what it says is somebody's."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        yield from ()


class RequestModel(_Model):
    """What somebody sends us: read strictly, or refused."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


class AnswerModel(_Model):
    """What the index answers: made strictly, read without tripping over what is new.

    Reading passes over members that we do not know, however deep they stand
    (`parse_value`): an index may be newer than who reads it.
    """

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")


def parse_body(model: type[Model], data: bytes | str) -> Model:
    """Read one JSON text into a model, or raise `InvalidField`."""
    return parse_value(model, parse_json(data))


def parse_value(model: type[Model], value: object) -> Model:
    """Read a JSON value into a model, or raise `InvalidField`."""
    try:
        return model.model_validate(value, extra=model.model_config.get("extra"))
    except ValidationError as error:
        raise invalid_field(error.errors()) from None


def parse_field(read: Callable[[object], Value], value: object, field: str) -> Value:
    """Read one value by a function of `wire.values`, or raise `InvalidField`."""
    try:
        return read(value)
    except PydanticCustomError as error:
        raise InvalidField(field, code_of(error.type)) from None


def parse_json(data: bytes | str) -> object:
    """Read one JSON value; refuse doubled members, NaN and what is not JSON at all.

    A text in it can be written: no half of a surrogate pair, which is no character and
    no UTF-8, and no control character, which PostgreSQL or a line of a log would break
    on. Tabs and ends of lines are texts. Raises `InvalidField`.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        value: object = json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_constant
        )
        if _MAYBE_UNWRITABLE.search(text):
            _verify_writable(value, BODY)
    except (ValueError, RecursionError) as error:
        raise InvalidField(BODY, "not-json") from error
    return value


def invalid_field(errors: Sequence[Mapping[str, Any]]) -> InvalidField:
    """Say of pydantic's errors which field is wrong and how: the first one."""
    first = errors[0]
    kind, path = str(first["type"]), tuple(first["loc"])
    if kind == "extra_forbidden":  # its name was sent to us: we do not repeat it
        path = path[:-1]
    return InvalidField(_name(path), code_of(kind))


def code_of(kind: str) -> FieldCode:
    """Translate pydantic's kind; our own types (`wire.values`) raise our own codes."""
    return next((one for one in _OWN if one == kind), _CODES.get(kind, "wrong-form"))


def _name(path: Sequence[str | int]) -> str:
    named = [part for part in path if isinstance(part, str)]
    return named[-1] if named else BODY


_MAYBE_UNWRITABLE: Final = re.compile(r"\\(?:u00[01]|u[dD][89a-fA-F]|[bf])")
"""An escape that may stand for one: JSON has no other way to write them."""
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_OWN: Final[tuple[FieldCode, ...]] = get_args(FieldCode)
_CODES: Final[Mapping[str, FieldCode]] = {
    "bool_type": "not-yes-or-no",
    "dict_type": "not-an-object",
    "enum": "unknown-code",
    "extra_forbidden": "unknown-field",
    "frozen_set_type": "not-a-list",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "int_from_float": "not-a-number",
    "int_parsing_size": "out-of-range",
    "int_type": "not-a-number",
    "is_instance_of": "wrong-form",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "list_type": "not-a-list",
    "literal_error": "unknown-code",
    "missing": "missing",
    "model_attributes_type": "not-an-object",
    "model_type": "not-an-object",
    "string_pattern_mismatch": "wrong-form",
    "string_too_long": "too-long",
    "string_too_short": "not-text",
    "string_type": "not-text",
    "string_unicode": "wrong-form",
    "too_long": "too-many",
    "too_short": "too-many",
    "tuple_type": "not-a-list",
    "union_tag_invalid": "unknown-code",
    "union_tag_not_found": "missing",
}


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise InvalidField(BODY, "doubled-field")
    return result


def _verify_writable(value: object, field: str) -> None:
    match value:
        case str() if _UNWRITABLE.search(value):
            raise InvalidField(field, "wrong-form")
        case list():
            for one in value:
                _verify_writable(one, field)
        case dict():
            for name, one in value.items():
                _verify_writable(name, BODY)
                _verify_writable(one, name if name in _known_names() else BODY)
        case _:
            pass


@cache
def _known_names() -> frozenset[str]:
    """Every name that a request may have a member by: no other is ever repeated."""
    found, models = set[str](), [RequestModel]
    while models:
        model = models.pop()
        models += model.__subclasses__()
        found |= {one.alias or name for name, one in model.model_fields.items()}
    return frozenset(found)


def _constant(_: str) -> NoReturn:
    raise InvalidField(BODY, "not-json")
