"""Two towns in one folder would write over each other's keys and registrations."""

from pathlib import Path

import pytest

from deploy.town.processes import PartyFailed
from deploy.town.show import having_alone


def test_a_folder_has_one_town_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    with (
        having_alone(folder),
        having_alone(tmp_path / "other"),
        pytest.raises(PartyFailed, match="draait al een stad"),
        having_alone(folder),
    ):
        pass
    with having_alone(folder):
        pass
