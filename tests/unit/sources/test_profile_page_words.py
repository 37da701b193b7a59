"""What the page says of contact persons and lists, and what it says when it is gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from sources.catalogue import load_functions, load_kinds
from sources.profile import FILL_IN, parse_profile
from sources.profile_page.draft import Draft, Looked
from sources.profile_page.session import Session
from sources.proposing.choices import Known, Reached, propose
from sources.refused_beforehand import Registered, list_functions
from tests.profile_pages import Answered, a_draft, write_export
from tests.sources_parties import OIN, REGISTERED

WORDS = ["Balie", "noord", "Wmo-consulent"]
SAID = {
    "column-1": "bsn",
    "status-5-2": "ignores",
    "order": "day",
    "category": "bijstand",
    "informed": "informed-by-letter",
    "verified": "yes",
    **{f"phone-7-{n}": f"0182 555 10{n}" for n in range(2)},
}


def a_page(folder: Path, *words: str) -> Session:
    known = REGISTERED.model_copy(update={"contactFunctions": list(words)})
    draft = a_draft(write_export(folder / "export.csv"), folder / "new.toml")
    found = draft.found
    assert isinstance(found, Looked)
    told = Known("wmo", words=tuple(words))
    choices = propose(found.table, found.judgement, told)
    made = replace(draft, choices=choices, registered=Registered(known, OIN))

    def write(text: str) -> None:
        draft.out.write_text(text)

    return Session(made, write)


def send(page: Session, act: str, **changed: str) -> Answered:
    fields = Answered(200, {}, page.show()).fields | SAID | {"act": act}
    fields |= {name.replace("_", "-"): value for name, value in changed.items()}
    answer = page.take(fields)
    return Answered(answer.status, {}, answer.page)


def contacts(draft: Draft) -> dict[str, Reached]:
    return dict(draft.choices.contacts)


def test_a_team_that_is_named_by_a_word_of_the_list_has_that_function(
    tmp_path: Path,
) -> None:
    """As the list writes it: the index takes a word to the letter."""
    page = a_page(tmp_path, *WORDS)
    found = contacts(page.draft)
    assert (found["Noord"].function, found["Zuid"].function) == ("noord", FILL_IN)
    fields = Answered(200, {}, page.show()).fields
    assert (fields["function-7-0"], fields["function-7-1"]) == ("noord", "")


def test_a_function_that_was_said_is_of_every_team(tmp_path: Path) -> None:
    page = a_page(tmp_path, *WORDS)
    found = page.draft.found
    assert isinstance(found, Looked)
    told = Known("wmo", function="Balie", words=tuple(WORDS))
    made = propose(found.table, found.judgement, told)
    assert {one.function for one in made.contacts.values()} == {"Balie"}


def test_the_words_of_the_list_stand_on_the_page_once_for_all_fields(
    tmp_path: Path,
) -> None:
    shown = a_page(tmp_path, *WORDS).show()
    assert shown.count('<option value="Wmo-consulent">') == 1
    assert shown.count('list="functions"') == 2


def test_what_is_refused_is_said_again_when_the_page_is_gone(tmp_path: Path) -> None:
    page = a_page(tmp_path, "Balie")
    wrong = {"function-7-0": "Iets anders", "function-7-1": "Iets anders"}
    said = "contactpersoon Noord en contactpersoon Zuid staat niet op uw lijst"
    preview = send(page, "preview", **wrong)
    assert said in preview.page
    assert preview.page.index("Gelezen:") < preview.page.index("Deze aantallen zijn")
    last = send(page, "write", **wrong)
    assert page.is_written
    assert "Het profiel is geschreven" in last.page
    assert said in last.page
    assert last.page.count("Balie") == 1


def test_a_profile_with_nothing_amiss_ends_without_a_warning(tmp_path: Path) -> None:
    good = {"function-7-0": "Balie", "function-7-1": "Balie"}
    last = send(a_page(tmp_path, "Balie"), "write", municipalities="9901", **good)
    assert "Let op" not in last.page
    assert parse_profile((tmp_path / "new.toml").read_text()).category == "bijstand"


@pytest.mark.parametrize("word", ["Open:", "Afgelopen:", "Nog niet begonnen:"])
def test_each_list_of_a_status_is_explained_beside_its_words(
    tmp_path: Path, word: str
) -> None:
    shown = a_page(tmp_path, *WORDS).show()
    part = shown.partition("Wat de woorden betekenen")[2]
    assert word in part.partition("</ul>")[0]
    assert "een pauze hoort dus bij Open of Afgelopen" in part


def test_without_a_registration_the_public_list_is_offered() -> None:
    own = set(load_kinds()["bijstand"].functions)
    assert own | set(load_functions()) == set(list_functions(None, "bijstand"))
    assert own.isdisjoint(list_functions(None, FILL_IN))
