"""DDAS records held against the schemas as VNG Realisatie published them."""

import copy
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sources.connectors import read_file
from sources.errors import InvalidProfile
from sources.population.answers import write_population
from sources.population.ddas_file import DEBTS_FILE
from sources.profile import Profile, load_profile
from sources.reasons import Reason
from sources.values import Aside, Case, Closing, Kept, Reading, Reject
from tests.sources_builders import a_number

PROFILES = Path(__file__).parents[2] / "sources" / "profiles"
DURING = date(2024, 6, 1)
TODAY = date(2026, 11, 22)
Example = Callable[[str], Any]


@pytest.fixture
def example(conformance: Path) -> Example:
    return lambda name: json.loads((conformance / "ddas" / name).read_text())


@pytest.fixture
def debts(conformance: Path) -> Profile:
    return with_schema("debt-help-9901", conformance / "ddas" / "shv.schema.json")


@pytest.fixture
def early(conformance: Path) -> Profile:
    found = with_schema("early-signals-9901", conformance / "ddas" / "vs.schema.json")
    return found.model_copy(update={"municipalities": ("0518",)})


def with_schema(name: str, schema: Path) -> Profile:
    profile = load_profile(PROFILES / f"{name}.toml")
    layout = profile.ddas.model_copy(update={"json_schema": schema})
    return profile.model_copy(update={"ddas": layout})


def read(value: object, profile: Profile, today: date = DURING) -> list[Reading]:
    file = io.BytesIO(json.dumps(value).encode())
    readings = read_file(file, profile, today=today)
    return [each for each in readings if each and not isinstance(each[0], Aside)]


def a_debt(example: Example) -> Any:  # noqa: ANN401 - JSON
    """The published example, with a number and a municipality that exist."""
    value = example("shv-example.json")
    case = value["leveringen"][0]["schuldhulptrajecten"][0]
    case["client"][0]["Burgerservicenummer"] = a_number(1)
    case["gemeentecode"] = "GM9901"
    return value


def trajectories(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    found = value["leveringen"][0]["schuldhulptrajecten"]
    assert isinstance(found, list)
    return found


def test_the_published_examples_obey_the_published_schemas(
    example: Example, debts: Profile, early: Profile
) -> None:
    faults = [
        entry
        for reading in (
            *read(example("shv-example.json"), debts),
            *read(example("vs-example.json"), early, date(2025, 1, 6)),
        )
        for entry in reading
        if isinstance(entry, Reject) and entry.reason is Reason.SCHEMA_VIOLATED
    ]
    assert faults == []


def test_a_whole_invented_town_obeys_the_published_schema(
    debts: Profile, tmp_path: Path
) -> None:
    write_population(tmp_path, seed=3, size=60, on=TODAY)
    with (tmp_path / DEBTS_FILE).open("rb") as file:
        readings = list(read_file(file, debts, today=TODAY))
    assert any(isinstance(entry, Case) for reading in readings for entry in reading)
    reasons = {
        entry.reason
        for reading in readings
        for entry in reading
        if isinstance(entry, Reject)
    }
    assert Reason.SCHEMA_VIOLATED not in reasons


@pytest.mark.parametrize(
    ("name", "value", "keyword"),
    [
        ("omschrijving", 5, "type"),
        ("toekenningsdatum", "1 januari", "format"),
        ("aanmelding", [], "type"),
        (f"veld-{a_number(3)}", "x", "additionalProperties"),
    ],
)
def test_a_record_that_breaks_the_schema_is_a_reject_by_field_and_rule(
    example: Example, debts: Profile, name: str, value: object, keyword: str
) -> None:
    delivery = a_debt(example)
    trajectories(delivery)[0][name] = value
    (reading,) = read(delivery, debts)
    rejects = [each for each in reading if isinstance(each, Reject)]
    known = "" if keyword == "additionalProperties" else name
    assert [(each.field, each.detail) for each in rejects] == [(known, keyword)]
    assert {each.reason for each in rejects} == {Reason.SCHEMA_VIOLATED}
    assert [type(each) for each in reading if not isinstance(each, Reject)] == [Kept]


def test_no_fault_repeats_a_value_or_an_unknown_name(
    example: Example, debts: Profile
) -> None:
    delivery = a_debt(example)
    trajectories(delivery)[0][a_number(3)] = {"omschrijving": a_number(4)}
    trajectories(delivery)[0]["client"][0]["Geboortedatum"] = a_number(5)
    (reading,) = read(delivery, debts)
    shown = repr([each for each in reading if isinstance(each, Reject)])
    assert not any(a_number(n) in shown for n in (1, 3, 4, 5))


def test_a_field_that_the_schema_requires_is_named(
    example: Example, early: Profile
) -> None:
    value = example("vs-example.json")
    signal = value["leveringen"][0]["vroegsignalen"][0]
    signal["client"]["Burgerservicenummer"] = a_number(1)
    del signal["signaalpartner"]
    first, *_ = read(value, early, date(2025, 1, 6))
    faults = [
        each
        for each in first
        if isinstance(each, Reject) and each.reason is Reason.SCHEMA_VIOLATED
    ]
    assert [(each.field, each.detail) for each in faults] == [
        ("signaalpartner", "required")
    ]


def test_what_is_over_closes_though_its_record_breaks_the_schema(
    example: Example, debts: Profile
) -> None:
    delivery = a_debt(example)
    trajectories(delivery)[0]["omschrijving"] = 5
    (reading,) = read(delivery, debts, TODAY)
    assert any(isinstance(each, Closing) for each in reading)


def test_one_wrong_record_does_not_sink_the_rest(
    example: Example, debts: Profile
) -> None:
    delivery = a_debt(example)
    for number in (2, 3):
        other = copy.deepcopy(trajectories(delivery)[0])
        other["client"][0]["Burgerservicenummer"] = a_number(number)
        trajectories(delivery).append(other)
    trajectories(delivery)[1]["omschrijving"] = 5
    readings = read(delivery, debts)
    assert [isinstance(reading[-1], Case) for reading in readings] == [
        True,
        False,
        True,
    ]


def test_validating_needs_no_more_memory_for_a_larger_file(
    example: Example, debts: Profile, times: int
) -> None:
    delivery = a_debt(example)
    one = trajectories(delivery)[0]

    def peak(count: int) -> int:
        delivery["leveringen"][0]["schuldhulptrajecten"] = [one] * count
        file = io.BytesIO(json.dumps(delivery).encode())
        tracemalloc.start()
        for _ in read_file(file, debts, today=DURING):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(5)
    # both longer than the reading buffer
    small, large = peak(200), peak(400 + 80 * times)
    assert large < small * 1.2 + 100_000


@pytest.mark.parametrize(
    "schema",
    [
        "geen json",
        "[]",
        "{}",
        '{"properties": {"leveringen": {"items": {"properties": {}}}}}',
        '{"properties": {"leveringen": {"items": {"properties": {"schuldhulptrajecten":'
        ' {"items": {"$ref": "https://example.nl/schema.json"}}}}}}}',
        '{"properties": {"leveringen": {"items": {"properties": {"schuldhulptrajecten":'
        ' {"items": {"type": "geen soort"}}}}}}}',
    ],
)
def test_a_schema_that_is_none_or_lies_elsewhere_is_refused(
    example: Example, tmp_path: Path, schema: str
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(schema)
    with pytest.raises(InvalidProfile):
        read(a_debt(example), with_schema("debt-help-9901", path))


def test_a_schema_counts_from_the_folder_of_its_profile(
    tmp_path: Path, conformance: Path
) -> None:
    text = (PROFILES / "debt-help-9901.toml").read_text()
    (tmp_path / "profile.toml").write_text(
        text.replace("[ddas]\n", '[ddas]\njson_schema = "shv.schema.json"\n')
    )
    profile = load_profile(tmp_path / "profile.toml")
    with pytest.raises(InvalidProfile):
        read({}, profile)
    schema = (conformance / "ddas" / "shv.schema.json").read_bytes()
    (tmp_path / "shv.schema.json").write_bytes(schema)
    assert read({"leveringen": []}, profile) == []
