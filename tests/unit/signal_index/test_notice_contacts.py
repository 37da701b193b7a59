"""Contact holders and deliveries read back as they were written, or are refused."""

from __future__ import annotations

from typing import Any

import pytest

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.deliveries import Delivery
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body, parse_value
from tests.builders import a_contact_holder, a_delivery


def test_a_contact_holder_reads_back_as_it_was() -> None:
    holder = a_contact_holder()
    assert parse_body(ContactHolder, holder.model_dump_json()) == holder


def test_a_delivery_reads_back_as_it_was() -> None:
    delivery = a_delivery()
    assert parse_body(Delivery, delivery.model_dump_json()) == delivery


@pytest.mark.parametrize(
    "changed",
    [
        {"phone": "06-12345678"},
        {"phone": None},
        {"officeHours": [{"days": ["mon"], "from": "17:00", "to": "09:00"}]},
        {"officeHours": [{"days": ["monday"], "from": "09:00", "to": "17:00"}]},
        {"officeHours": [{"days": ["mon", "mon"], "from": "09:00", "to": "17:00"}]},
        {"officeHours": [{"days": ["mon"], "from": "09:00", "to": "17:00"}] * 4},
        {"deputy": {"function": "Teamleider"}},
        {"function": "Dossier 999990019"},
        {"remark": "bel eerst"},
    ],
)
def test_a_contact_holder_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        parse_value(ContactHolder, a_contact_holder().model_dump(mode="json") | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "partial"},
        {"categories": []},
        {"municipalities": []},
        {"until": "2020-01-01T00:00:00Z"},
        {"counts": {"read": 1}},
    ],
)
def test_a_delivery_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        parse_value(Delivery, a_delivery().model_dump(mode="json") | changed)
