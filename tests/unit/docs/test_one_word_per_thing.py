"""What people read, in pages, papers and rules, has one word for each thing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.handing_over import REQUEST_FILE, Party

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "connect-a-source.md"
CONNECTORS = ("README", "brp", "csv-excel", "register", "sql-view", "watched-folder")
PAGES = (
    DOCUMENT,
    ROOT / "docs" / "agent.md",
    *(ROOT / "docs" / "connectors" / f"{name}.md" for name in CONNECTORS),
)
"""Not the formats of a standard, which are English."""
INSTEAD = {
    "inlogdienst": r"\b[Dd]e aanbieder\b|aanbieder van toegang|toegangsbewijs",
    "ondertekensleutel": r"notice-sleutel",
    "soort signaal": r"\b[Cc]ategorie(?:ën)?\b(?!\")",
    "aanleveren": r"\b[Pp]ubliceer|\bpubliceren\b|gepubliceerd",
    "balie": r"\b(?:uw|eigen|de) (?:eigen )?desk\b|pagina Berichten van uw omgeving",
    "exitcode": r"\b[Uu]itgang\b",
    "afgewezen records": r"[Gg]eweigerde (?:rij|record)|[Aa]fgewezen (?:rij|regel)",
    "kolomnaam": r"\bkop(?:pen)? van (?:een|de) kolom|onder de koppen",
    "privacy officer": r"\b(?:[Dd]e|geen) officer\b",
    "gebeurtenissen": r"\ben events\b",
    "levering": r"\baanlevering\b|\b[Zz]ending(?:en)?\b",
    "einddag": r"\b(?:[Ee]ind|[Bb]egin)datum\b(?![\"`>])",
    "weigeren, maar een record wordt afgewezen": (
        r"weiger(?:t|en) (?:dan )?elk record|\bwijst (?![^.]*record)[^.\n]{,40} af\b"
    ),
    "aanvraag om aan te sluiten": r"weigerde de aanvraag",
    "bij spoed": r"\b[Gg]las\b",
}


def read_texts() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        yield page.name, page.read_text("utf-8")
    for file in (ROOT / "sources").rglob("*.py"):
        yield str(file.relative_to(ROOT)), file.read_text("utf-8")
    for kind in ("cedar", "toml", "py"):
        for file in (ROOT / "policy").rglob(f"*.{kind}"):
            yield str(file.relative_to(ROOT)), file.read_text("utf-8")
    texts = (ROOT / "desk" / "texts" / "nl.po").read_text("utf-8")
    for key, said in re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', texts, re.MULTILINE):
        yield f"nl.po {key}", said


@pytest.mark.parametrize("word", INSTEAD)
def test_another_word_for_it_stands_nowhere(word: str) -> None:
    found = {
        name: match[0]
        for name, text in read_texts()
        if (match := re.search(INSTEAD[word], text))
    }
    assert found == {}


@pytest.mark.parametrize(
    "word",
    [
        *("record", "regel", "zaak", "signaal", "vlaggetje", "inlogdienst"),
        *("sleutelhouders", "budget", "inzagelogboek", "inzageverslag", "exitcode"),
    ],
)
def test_a_word_is_explained_before_the_first_step(word: str) -> None:
    before = DOCUMENT.read_text("utf-8").partition("## 1.")[0]
    assert f"**{word}**" in before


def test_the_page_says_which_file_goes_to_whom() -> None:
    page = DOCUMENT.read_text("utf-8")
    for party in Party:
        assert re.search(rf"\| {party} \| `{REQUEST_FILE}` \|", page)
        assert f"`{party.public}` bij {party}" in page
