"""Where holders answer is read again, and who was sick elsewhere begins anew."""

import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from keys.quorum import UNAVAILABLE, Watch, follow_places


@dataclass(frozen=True)
class Place:
    index: int
    id: str
    url: str


BEFORE = [Place(at, f"holder-{at}", f"https://h{at}.example") for at in (1, 2, 3)]
AFTER = [*BEFORE[:2], Place(3, "holder-4", "https://h4.example")]


def load(file: Path) -> list[Place]:
    return [Place(*one) for one in json.loads(file.read_text())]


def write(file: Path, places: list[Place]) -> None:
    beside = file.with_name("beside")
    beside.write_text(json.dumps([[one.index, one.id, one.url] for one in places]))
    beside.replace(file)


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "settings.json"
    write(made, BEFORE)
    return made


def test_a_holder_that_moved_is_found_elsewhere_and_has_its_turn_at_once(
    file: Path,
) -> None:
    seconds = count()
    watch = Watch(turn=0, seconds=lambda: float(next(seconds)))
    moved: list[str] = []
    found = follow_places(BEFORE, file, load, watch, moved=moved.append, refused=print)
    for place in (1, 3):
        watch.note(place, UNAVAILABLE)
    write(file, AFTER)
    assert found[3] == AFTER[2]
    assert moved == ["holder-4"]
    assert watch.sick == {1: UNAVAILABLE}  # who stayed is as sick as it was
    assert (list(found), len(found)) == ([1, 2, 3], 3)
    assert moved == ["holder-4"]


def test_settings_that_cannot_be_used_change_nothing_and_are_told(file: Path) -> None:
    told: list[object] = []
    found = follow_places(
        BEFORE, file, load, Watch(), moved=told.append, refused=told.append
    )
    file.write_text("[[3,")
    assert [one.id for one in found.values()] == ["holder-1", "holder-2", "holder-3"]
    assert len(told) == 1
    assert isinstance(told[0], ValueError)


def test_without_a_file_they_stay() -> None:
    found = follow_places(BEFORE, None, load, Watch(), moved=print, refused=print)
    assert dict(found) == {one.index: one for one in BEFORE}
