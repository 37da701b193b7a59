"""Every outcome that ships has its words on the screen; another is its code."""

from __future__ import annotations

import pytest

from desk.texts import load_texts, name_contact
from policy.catalogue import load_catalogue

CODES = [str(code) for code in load_catalogue().outcomes]


@pytest.mark.parametrize("code", CODES)
def test_each_outcome_has_its_texts(code: str) -> None:
    texts = load_texts("nl")
    assert texts.get(f"outcome.{code}")
    assert texts.get(f"own-lookups.contact.{code}")


def test_an_outcome_that_a_municipality_added_is_told_by_its_code() -> None:
    assert name_contact("letter-sent", load_texts("nl")) == "letter-sent"
