"""What a command refuses is shown as it is said."""

import pytest
import typer

from sources.cli.edge import UNUSABLE, refusing_plainly
from sources.errors import UnreadableFile


def test_the_name_of_a_table_of_the_profile_is_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, refusing_plainly():
        raise UnreadableFile("Zet hidden_rows bij [xlsx] in het profiel.")
    assert ended.value.exit_code == UNUSABLE
    assert "bij [xlsx] in" in capsys.readouterr().err
