"""Tables as people export them: read as they are meant, or named with their line."""

import pytest

from sources.connectors.text_file import recognise_encoding
from sources.errors import UnreadableFile
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Aside, Case, Closing, Reject
from tests.dialect_builders import GOOD, HEAD, OTHER, ROW, SMALL, read, read_all, zipped
from tests.sources_builders import PROFILE, a_number, a_profile


def passed(text: str) -> list[str]:
    asides = [each for each in read_all(text.encode()) if isinstance(each, Aside)]
    return [one.say() for each in asides for one in each.passed]


def encoded(name: str) -> Profile:
    assert SMALL.csv is not None
    layout = SMALL.csv.model_copy(update={"encoding": name})
    return SMALL.model_copy(update={"csv": layout})


READ = {
    "a mark in front": "\ufeff" + GOOD,
    "UTF-16 with a mark": GOOD.encode("utf-16"),
    "UTF-16 without a mark": GOOD.encode("utf-16-le"),
    "UTF-16 the other way round": GOOD.encode("utf-16-be"),
    "sep=": "sep=;\n" + GOOD,
    "sep= that knows better than the profile": "sep=,\r\n" + GOOD.replace(";", ","),
    "title rows": f"Overzicht;;;;\nPeildatum 29-11-2026;;;;\n;;;;\n{GOOD}",
    "a short title": f"Overzicht\n\n{GOOD}",
    "commas": GOOD.replace(";", ","),
    "tabs, in UTF-16": GOOD.replace(";", "\t").encode("utf-16"),
    "capitals": GOOD.replace(HEAD, HEAD.upper()),
    "blanks in headings": GOOD.replace(HEAD, " Zaak ;B SN;Begin\u00a0; Eind;Stand"),
    "headings in quotes": GOOD.replace(HEAD, '"Zaak";"BSN";"Begin";"Eind";"Stand"'),
    "a total": f"{GOOD}Totaal;2;;;\n",
    "a total under another column": f"{GOOD};;;Totaal aantal;2\n",
    "empty rows": f"{HEAD}\n\n;;;;\n{ROW}\n ; ;;;\n{OTHER}\n;;;;\n",
    "the header on each page": f"{HEAD}\n{ROW}\n{HEAD}\n{OTHER}\n",
    "one delimiter too many": GOOD.replace("\n", ";\n"),
    "one delimiter too many below": f"{HEAD}\n{ROW};;\n{OTHER};;\n",
    "Ctrl-Z at the end": GOOD + "\x1a",
    "Ctrl-Z on a line of its own": GOOD + "\x1a\r\n",
    "only carriage returns": GOOD.replace("\n", "\r"),
    "no last line end": GOOD.rstrip("\n"),
}


@pytest.mark.parametrize("data", READ.values(), ids=READ.keys())
def test_a_dialect_is_read(data: str | bytes) -> None:
    assert [type(entry) for entry in read(data)] == [Case, Case]


PASSED = {
    "nothing": (GOOD, []),
    "a title": (
        f"Overzicht;;;;\n;;;;\n{GOOD}",
        ["Regel 1 overgeslagen: boven de kolomnamen.", "Regel 2 overgeslagen: leeg."],
    ),
    "a total": (
        f"{GOOD}Totaal;2;;;\n",
        ["Regel 4 overgeslagen: lijkt een totaalregel."],
    ),
    "the header on each page": (
        f"{HEAD}\n{ROW}\n{HEAD}\n{OTHER}\n",
        ["Regel 3 overgeslagen: de kolomnamen nog een keer."],
    ),
    "many": (
        GOOD + ";;;;\n" * 15,
        [f"15 regels overgeslagen: leeg: regel {', '.join(map(str, range(4, 19)))}."],
    ),
}


@pytest.mark.parametrize(("text", "said"), PASSED.values(), ids=PASSED.keys())
def test_what_is_passed_over_is_said_with_its_line(text: str, said: list[str]) -> None:
    assert passed(text) == said


def test_what_looks_like_a_total_and_holds_a_number_of_a_person_is_read() -> None:
    """Its columns slipped, so that the number stands under another heading."""
    slipped = f"{GOOD}Totaal Wonen;;;{a_number(3)};open\n"
    assert passed(slipped) == []
    assert Reason.BSN_MISSING in {
        each.reason for each in read(slipped) if isinstance(each, Reject)
    }


@pytest.mark.parametrize(
    "record",
    [
        "Totaalplan-3;;;;open",
        "Totaalzorg Noord;;5-1-26;;open",
        "TotalEnergies;;01-mrt-26;;",
        "Aantal;;;;open",
        "Totaal;;5-1-26;;",
        "Subtotaal Jansen;;;;",
    ],
)
def test_a_record_with_a_mistake_is_no_total_by_the_word_it_begins_with(
    record: str,
) -> None:
    assert passed(f"{GOOD}{record}\n") == []
    first, second, *rejects = read(f"{GOOD}{record}\n")
    assert [type(first), type(second)] == [Case, Case]
    assert {each.place.line for each in rejects if isinstance(each, Reject)} == {4}


@pytest.mark.parametrize(
    "total", ["Totaal;2;;;", "TOTAAL: 2 cliënten;;;;", "Aantal records;2;;;€ 1.200,50"]
)
def test_a_total_counts_and_says_nothing_else(total: str) -> None:
    assert passed(f"{GOOD}{total}\n") == [
        "Regel 4 overgeslagen: lijkt een totaalregel."
    ]


@pytest.mark.parametrize("above", [OTHER, "Z-3;;2026-01-05;;open", "Z-3;12345;;;open"])
def test_a_header_that_was_sorted_in_between_the_records_is_named(above: str) -> None:
    with pytest.raises(UnreadableFile, match=r"regel 3\) staat een record \(regel 2\)"):
        read(f"Overzicht;;;;\n{above}\n{HEAD}\n{ROW}\n")


A_WORKBOOK = zipped("xl/workbook.xml")
REFUSED = {
    "a missing column": (GOOD.replace("Eind", "Klaar"), "regel 1: Eind"),
    "two columns alike": (GOOD.replace("Stand\n", "Stand;b s n\n"), None),
    "twice the same": (GOOD.replace("Stand", "Zaak"), "Stand"),
    "nothing": ("", "leeg"),
    "a quote that never closes": (
        f'{HEAD}\n{ROW}\n"Z-3;{a_number(3)};2026-01-05;;open\n{OTHER}\n',
        "regel 3 ",
    ),
    "quotes in quotes": (f'{HEAD}\n{ROW}\n"zegt "ja"";1;2;3;4\n', "Vanaf regel 3 "),
    "another encoding": (f"{GOOD}Z-3;José;;;\n".encode("cp1252"), "Regel 4 .*1252"),
    "one of DOS": (f"{GOOD}Z-3;José;;;\n".encode("cp850"), "Regel 4 .*cp850"),
    "a workbook": (A_WORKBOOK, r"profile init.*format = .xlsx.*\[xlsx\.columns\]"),
    "half a workbook": (A_WORKBOOK[:40], "niet heel"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), r"\.xls"),
    "a web page": ("<html><table><tr><td>BSN</td></tr></table></html>", "als CSV"),
    "a page to log in": (
        "<!DOCTYPE html><html><body><form><input type='password'></form></body></html>",
        "Log daar opnieuw in",
    ),
}


@pytest.mark.parametrize(
    ("data", "named"),
    [each for each in REFUSED.values() if each[1]],
    ids=[name for name, each in REFUSED.items() if each[1]],
)
def test_a_dialect_that_cannot_be_read_is_named(data: str | bytes, named: str) -> None:
    with pytest.raises(UnreadableFile, match=named) as refused:
        read(data)
    assert a_number(1) not in str(refused.value)


def test_headings_that_are_the_same_are_not_chosen_between() -> None:
    with pytest.raises(UnreadableFile, match=r"'BSN'.*kolom 2 en 6"):
        read(f"Zaak;bsn;Begin;Eind;Stand;B S N\n{ROW};\n")
    exact = read(f"Zaak;BSN;Begin;Eind;Stand;bsn\n{ROW};1\n")
    assert [type(entry) for entry in exact] == [Case]


def test_a_quote_that_swallows_rows_is_a_reject_wherever_it_stands() -> None:
    for cells in ('2026-01-05;;"open', '"2026-01-05;;open'):
        text = f"{HEAD}\n{ROW}\nZ-3;{a_number(3)};{cells}\n{OTHER}\n"
        ends = cells.replace('"open', 'open"').replace('"2026-01-05', '2026-01-05"')
        found = read(f"{text}Z-4;{a_number(4)};{ends}\n")
        rejects = [each for each in found if isinstance(each, Reject)]
        assert [each.reason for each in rejects] == [Reason.ROWS_SWALLOWED]
        assert rejects[0].place.line == 3


def test_lines_of_a_field_are_no_rows() -> None:
    text = f'{HEAD};Verslag\n{ROW};"een;\nverslag; van\ndrie regels"\n{OTHER};x\n'
    assert [type(entry) for entry in read(text)] == [Case, Case]


def test_a_record_is_named_by_the_line_on_which_it_begins() -> None:
    text = f'sep=;\n{HEAD};Verslag\n{ROW};"een\nverslag"\n;;;;;\nZ-2;12;;;open;"x\ny"\n'
    found = [each for each in read(text) if isinstance(each, Reject)]
    assert {each.place.line for each in found} == {6}


@pytest.mark.parametrize("name", ["windows-1252", "iso-8859-15", "cp850"])
def test_text_in_an_encoding_of_one_byte_is_read_as_the_profile_says(name: str) -> None:
    text = GOOD.replace("open\nZ-2", "beëindigd\nZ-2")
    found = read(text.encode(name), encoded(name))
    assert [type(entry) for entry in found] == [Closing, Case]
    assert read(text.encode(), encoded(name)) == found  # UTF-8 proves itself


def test_an_encoding_is_not_guessed_from_half_a_character() -> None:
    sample = ("x" * 65_534 + "\né").encode()[:65_536]
    assert recognise_encoding(sample, "windows-1252") == "windows-1252"


def test_texts_are_compared_composed() -> None:
    closing = GOOD.replace("open\nZ-2", "bee\u0308indigd\nZ-2")
    assert [type(entry) for entry in read(closing)] == [Closing, Case]
    told = a_profile(PROFILE.replace("Gemeente", "Gemee\u0308nte"))
    assert told.csv is not None
    assert told.csv.columns.municipality == "Gemeënte"
