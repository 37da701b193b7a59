import base64
from pathlib import Path

import pytest

from deploy.town.leak_search import count_in, find_leaks

BSN = "999990639"


@pytest.mark.parametrize(
    "data",
    [
        f"x {BSN} y".encode(),
        f'{{"number":"00{BSN}7"}}'.encode(),
        f"nl-bsn:{BSN}".encode("utf-16-le"),
        base64.b64encode(f"nl-bsn:{BSN}".encode()),
        b"xy" + base64.urlsafe_b64encode(f"nl-bsn:{BSN}".encode()),
    ],
)
def test_a_bsn_is_found_however_it_is_written(data: bytes) -> None:
    assert count_in(data, {BSN.encode()}) >= 1


def test_other_digits_are_not_a_leak() -> None:
    assert count_in(b"999990638 12345678901234567890", {BSN.encode()}) == 0


def test_a_leak_names_the_file_and_not_the_number(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"oops {BSN}")
    (tmp_path / "b.log").write_text("nothing here")
    (leak,) = find_leaks([tmp_path], [BSN])
    assert leak.path.name == "a.log"
    assert BSN not in repr(leak)
