"""The numbers of a rehearsal are nobody's."""

import re
from pathlib import Path

from signal_index.wire.rehearsals import Lack, RehearsalCase
from sources.rehearsing.cases import CASES, LACKS
from sources.rehearsing.persons import TEST_PERSONS
from sources.rehearsing.steps import STEPS

REPOSITORY = Path(__file__).parents[3]


def test_every_number_is_one_of_the_official_test_persons(conformance: Path) -> None:
    lines = (conformance / "brp-test-persons.csv").read_text("utf-8").splitlines()
    official = {line.partition(",")[0] for line in lines[1:]}
    numbers = {one.digits for one in TEST_PERSONS}
    assert numbers <= official
    assert len(numbers) == len(TEST_PERSONS) == 3


def test_no_number_stands_in_the_range_of_citizens() -> None:
    assert all(one.digits.startswith("99999") for one in TEST_PERSONS)


def test_who_makes_a_file_to_try_reads_them_in_the_guide_and_not_in_code() -> None:
    guide = (REPOSITORY / "docs" / "connect-a-source.md").read_text("utf-8")
    assert ".py" not in guide.partition("proefbestand")[2].partition("\n\n")[0]
    told = re.findall(r"\b\d{9}\b", guide.partition("proefbestand")[2])
    assert told[:3] == [one.digits for one in TEST_PERSONS]


def test_each_case_has_a_name_and_a_step() -> None:
    assert list(CASES) == list(STEPS) == list(RehearsalCase)
    assert len(RehearsalCase) == 20


def test_what_going_live_lacks_is_said_in_words() -> None:
    assert LACKS.keys() == {one.value for one in Lack}
