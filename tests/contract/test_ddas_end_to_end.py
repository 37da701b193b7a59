"""What others published, through our publisher into the index, and found again.

The DDAS examples with a test person's BSN, a code of the town and days of this year;
and every official test person in one CSV file. The index, the holders and the publisher
are real; only the network is not.
"""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from sources.profile import load_profile, parse_profile
from tests.agency_world import HOME, Town, open_agency
from tests.sources_builders import PROFILE, a_row, write_rows

pytestmark = pytest.mark.anyio
PROFILES = Path(__file__).parents[2] / "sources" / "profiles"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        yield town


@pytest.fixture
def persons(conformance: Path) -> list[str]:
    lines = (conformance / "brp-test-persons.csv").read_text().splitlines()[1:]
    return [line.split(",")[0] for line in lines]


@pytest.fixture
def example(conformance: Path) -> Callable[[str], Any]:
    return lambda name: json.loads((conformance / "ddas" / name).read_text())


def write(town: Town, value: object) -> Path:
    path = town.folder / "delivery.json"
    path.write_text(json.dumps(value))
    return path


async def test_the_shv_example_is_rejected_as_published_and_nothing_is_lost(
    town: Town, example: Callable[[str], Any]
) -> None:
    value = example("shv-example.json")
    delivery = await town.publish(
        write(town, value), load_profile(PROFILES / "debt-help-9901.toml")
    )
    assert (delivery.counts.read, delivery.counts.rejected) == (1, 1)
    assert delivery.state == "closed"


async def test_the_shv_example_is_found_with_a_test_person_and_a_valid_code(
    town: Town, example: Callable[[str], Any], persons: list[str]
) -> None:
    value = example("shv-example.json")
    case = value["leveringen"][0]["schuldhulptrajecten"][0]
    case["client"][0]["Burgerservicenummer"] = persons[0]
    case["gemeentecode"] = f"GM{HOME}"
    case["startdatum"], case["einddatum"] = "2026-01-10", "2027-02-28"
    await town.publish(
        write(town, value), load_profile(PROFILES / "debt-help-9901.toml")
    )
    (flag,) = await town.find(persons[0])
    assert flag["category"] == "schuldhulpverlening"
    assert (flag["since"], flag["expires"]) == ("2026-01-10", "2027-02-28")
    assert flag["contactHolder"]["function"] == "Schuldhulpverlener"
    assert flag["contactHolder"]["phone"] == "+31612345678"
    assert await town.find(persons[1]) == []


async def test_the_vs_example_is_found_until_its_case_closes_it(
    town: Town, example: Callable[[str], Any], persons: list[str]
) -> None:
    value = example("vs-example.json")
    profile = load_profile(PROFILES / "early-signals-9901.toml")
    delivery = value["leveringen"][0]
    cases = delivery.pop("vroegsignaalzaken")
    delivery["gemeentecode"] = HOME
    signal = delivery["vroegsignalen"][0]
    signal["client"]["Burgerservicenummer"] = persons[0]
    await town.publish(write(town, value), profile)
    (flag,) = await town.find(persons[0])
    assert flag["category"] == "vroegsignalering"
    assert flag["contactHolder"]["phone"] == "+31101234567"
    delivery["vroegsignaalzaken"] = cases
    closed = await town.publish(write(town, value), profile)
    assert closed.counts.withdrawn == 1
    assert await town.find(persons[0]) == []


async def test_every_official_test_person_is_published_and_found(
    town: Town, persons: list[str]
) -> None:
    text = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
    file = write_rows(
        town.folder / "delivery.csv",
        [a_row(Zaak=f"Z-{n}", BSN=bsn) for n, bsn in enumerate(persons)],
    )
    profile = parse_profile(text.replace('["9901", "9902"]', '["9901"]'))
    delivery = await town.publish(file, profile)
    assert delivery.counts.accepted == len(set(persons)) == 668
    for bsn in persons[::60]:
        assert [flag["category"] for flag in await town.find(bsn)] == [
            "schuldhulpverlening"
        ]


async def test_a_second_delivery_of_the_same_file_sends_nothing(
    town: Town, persons: list[str]
) -> None:
    text = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
    profile = parse_profile(text.replace('["9901", "9902"]', '["9901"]'))
    file = write_rows(town.folder / "delivery.csv", [a_row(BSN=persons[0])])
    await town.publish(file, profile)
    again = await town.publish(file, profile)
    assert (again.counts.accepted, again.counts.unchanged) == (0, 1)
    assert len(await town.find(persons[0])) == 1
