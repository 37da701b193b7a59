"""A desk asks a holder at its new address as soon as its settings say so."""

from pathlib import Path

import httpx
import pytest

from desk.desk import build_desk
from tests.desk_builders import some_town


@pytest.mark.anyio
@pytest.mark.usefixtures("look_each_time")
async def test_a_desk_takes_another_holder_up_without_a_restart(tmp_path: Path) -> None:
    town = some_town(tmp_path)
    file = town.folder / "desk.toml"
    async with httpx.AsyncClient() as http:
        desk = build_desk(town.settings, http, town.clock)
        assert [one["holder"] for one in desk.holders.tell_health()][2] == "holder-3"
        text = file.read_text()
        file.write_text(text.replace("holder-3", "holder-4"))
        assert [one["holder"] for one in desk.holders.tell_health()][2] == "holder-4"
        file.write_text(text.replace("[identity]", "[nobody]"))
        assert [one["holder"] for one in desk.holders.tell_health()][2] == "holder-4"


@pytest.fixture
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)
