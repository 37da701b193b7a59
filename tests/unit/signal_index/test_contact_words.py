"""A contact holder is called by words of lists: there is no room for text."""

from __future__ import annotations

from pathlib import Path

import pytest

import sources.profiles
from deploy.town.found import TEAMS
from policy.catalogue import load_catalogue
from signal_index.contact_words import Words
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_value
from signal_index.wire.values import read_label
from sources.profile import load_profile
from tests.builders import a_contact_holder

WORDS = Words(functions={"Consulent", "Teamleider"}, own={"Team Noord", "B. Bos"})


def a_holder(**changed: object) -> ContactHolder:
    said = a_contact_holder().model_dump(mode="json") | changed
    return parse_value(ContactHolder, said)


def test_words_of_the_lists_are_taken() -> None:
    deputy = {"function": "Team Noord", "name": "B. Bos", "phone": "+31101234568"}
    WORDS.verify(a_holder(function="Consulent", name="B. Bos", deputy=deputy))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"function": "Sinds mei in de schulden"}, "function"),
        ({"function": "Consulent "[:-1] + "."}, "function"),
        ({"function": "consulent"}, "function"),
        ({"name": "A. de Vries"}, "name"),
        ({"name": "Consulent"}, "name"),
        (
            {"deputy": {"function": "Buurman", "phone": "+31101234568"}},
            "deputy.function",
        ),
    ],
)
def test_a_word_of_no_list_is_named_by_its_field_alone(
    changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        WORDS.verify(a_holder(**changed))
    assert str(refused.value) == f"{field}: not-on-the-list"


def test_every_function_of_the_catalogue_is_a_label_that_the_index_takes() -> None:
    catalogue = load_catalogue()
    every = catalogue.find_contact_functions([str(one) for one in catalogue.categories])
    assert {read_label(one) for one in every} == every
    assert all(row.contact_functions for row in catalogue.categories.values())
    known = catalogue.find_contact_functions(["bijstand"])
    assert "Klantmanager Inkomen" in known
    assert "Schuldhulpverlener" not in known


@pytest.mark.parametrize(
    "path",
    sorted(Path(next(iter(sources.profiles.__path__))).glob("*.toml")),
    ids=lambda path: path.stem,
)
def test_whom_a_shipped_profile_names_is_on_the_lists_of_its_town(path: Path) -> None:
    profile = load_profile(path)
    functions = load_catalogue().find_contact_functions([profile.category])
    words = Words(functions, own=TEAMS)
    for contact in profile.contacts.values():
        words.verify(contact.holder)
