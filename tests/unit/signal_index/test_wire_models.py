"""What holds of every model of the wire, whatever it is about."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import signal_index.wire
from signal_index.wire.completeness import CompletenessFinding
from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import AnswerModel, RequestModel, parse_value

MARKER = "Xq7Zk9Wv"
LIKE_EACH_OTHER = (True, 1, 1.0, "1")


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from below(one)


def models(base: type[BaseModel]) -> list[type[BaseModel]]:
    for one in pkgutil.iter_modules(signal_index.wire.__path__):
        importlib.import_module(f"signal_index.wire.{one.name}")
    found = [one for one in below(base) if one.__module__.startswith("signal_index.")]
    assert len(found) > 20
    return found


def takes(model: type[BaseModel], member: str, value: object) -> bool:
    """Whether nothing is said of this member, whatever is said of others."""
    try:
        model.model_validate({member: value})
    except ValidationError as refused:
        return all(error["loc"][:1] != (member,) for error in refused.errors())
    return True


@pytest.mark.parametrize("base", [RequestModel, AnswerModel])
def test_no_model_prints_what_it_says(base: type[BaseModel]) -> None:
    told = []
    for model in models(base):
        said: dict[str, Any] = dict.fromkeys(model.model_fields, MARKER)
        made = model.model_construct(None, **said)
        if MARKER in f"{made!r} {made!s}":
            told.append(model.__name__)
    assert told == []


def test_no_member_of_a_request_takes_one_form_for_another() -> None:
    confused = {}
    for model in models(RequestModel):
        for name, field in model.model_fields.items():
            member = field.alias or name
            taken = [one for one in LIKE_EACH_OTHER if takes(model, member, one)]
            if len(taken) > 1:
                confused[model.__name__, member] = taken
    assert confused == {}


def newer(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same answer by a later index: with a member more in every object."""
    match value:
        case dict():
            return {**{name: newer(one) for name, one in value.items()}, "later": 1}
        case list():
            return [newer(one) for one in value]
        case _:
            return value


def test_an_answer_of_a_later_index_is_read_at_every_depth() -> None:
    contact = {
        "id": "0190c6f0-0000-7000-8000-000000000001",
        "source": "00000001000000000002",
        "function": "Consulent",
        "phone": "+31612345678",
        "officeHours": [{"days": ["mon"], "from": "09:00", "to": "17:00"}],
        "deputy": {"function": "Teamleider", "phone": "+31612345679"},
        "lastVerified": "2026-11-20",
        "stale": False,
    }
    read = parse_value(FlagContact, newer(contact))
    assert read == parse_value(FlagContact, contact)
    assert CompletenessFinding.model_config["extra"] == "ignore"
