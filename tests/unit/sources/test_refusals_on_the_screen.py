"""What a command refuses is shown as it is said."""

from pathlib import Path

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


def test_a_file_that_the_disk_refuses_is_a_sentence_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, refusing_plainly():
        tmp_path.write_text("")
    assert ended.value.exit_code == UNUSABLE
    said = capsys.readouterr().err
    assert f"{tmp_path.name} is niet te lezen of te schrijven" in said
    assert str(tmp_path.parent) not in said


def test_what_is_no_fault_of_a_file_is_not_called_one() -> None:
    with pytest.raises(ConnectionError), refusing_plainly():
        raise ConnectionError
