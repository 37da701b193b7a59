"""What nothing names any more is shown as its code, and is never blank."""

from __future__ import annotations

from dataclasses import dataclass

from policy.catalogue import load_catalogue
from signal_index.labels import Labels


@dataclass(frozen=True)
class Organisation:
    name: str


CATALOGUE = load_catalogue()
LABELS = Labels(CATALOGUE, {"1": Organisation("Werkplein")})


def test_what_the_catalogue_has_is_called_by_its_label() -> None:
    assert LABELS.purpose("wmo-onderzoek") != "wmo-onderzoek"
    assert LABELS.category("bijstand") != "bijstand"
    assert LABELS.organisation("1") == "Werkplein"


def test_what_is_gone_is_shown_as_its_code() -> None:
    assert LABELS.purpose("gone") == "gone"
    assert LABELS.category("gone") == "gone"
    assert LABELS.of(CATALOGUE.legal_bases, "gone") == "gone"
    assert LABELS.of(CATALOGUE.informed, "gone") == "gone"
    assert LABELS.organisation("2") == "2"
    assert LABELS.domains_of("gone") == ()


def test_what_was_not_said_has_no_name() -> None:
    assert LABELS.of(CATALOGUE.outcomes, None) is None
    assert LABELS.purpose(None) is None
    assert LABELS.organisation(None) is None


def test_an_officers_purpose_and_that_of_an_act_have_their_label_too() -> None:
    assert LABELS.purpose("supervision").startswith("Toezicht")
    assert LABELS.purpose("embargo") == CATALOGUE.act_purposes["embargo"]
