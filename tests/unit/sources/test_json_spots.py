"""Where a case stands in a JSON file, as an editor counts: line and column."""

import io
import json
from pathlib import Path
from uuid import UUID

import pytest

from sources.cli.references import say_place
from sources.connectors.json_spots import find_spots
from sources.corrections import find_records
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.connector_formats import FORMATS, Record
from tests.sources_builders import SECRET, TODAY, a_number, an_agency
from tests.sources_parties import pseudonym_of

DEEP = "leveringen[1].zaken[2].client[0]"
FILE = {
    "één": ['{"', 3],
    "leveringen": [
        {"zaken": []},
        {"naam": "Zoë", "zaken": [{}, {"client": [{}]}, {"client": [{"BSN": "7"}]}]},
    ],
}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("indent", [None, 1])
def test_line_and_column_lead_to_the_record(indent: int | None, mark: bytes) -> None:
    text = json.dumps(FILE, ensure_ascii=False, indent=indent)
    found = find_spots(io.BytesIO(mark + text.encode()), {DEEP, "leveringen[9]"})
    ((line, column),) = found.values()
    rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
    assert json.JSONDecoder().raw_decode(rest)[0] == {"BSN": "7"}


@pytest.mark.anyio
async def test_a_case_of_a_json_file_is_found_by_line_column_and_number(
    tmp_path: Path,
) -> None:
    (debts,) = [each for each in FORMATS if each.profile.format == "ddas-shv-1.0"]
    agency = an_agency(tmp_path, debts.profile)
    records = [Record(bsn=a_number(at), number=f"KB-{at}") for at in (1, 2)]
    written = json.dumps(json.loads(debts.write(records)), indent=2)
    agency.file.write_text(written)
    await agency.publish()
    n = pseudonym_of(a_number(1)).encoded.hex()
    (reference,) = [
        UUID(at)
        for at, row in agency.index.state["signals"].items()
        if row["n"] == n  # type: ignore[index]  # JSON has no types
    ]
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        places = find_records(
            outbox, agency.file, debts.profile, [reference], today=TODAY
        )
    ((_, place),) = places.items()
    assert place.line is not None
    assert a_number(1) in "".join(written.split("\n")[place.line - 1 : place.line + 2])
    assert say_place(place).startswith(f"regel {place.line}, teken {place.column} (")
    assert "schuldhulptrajecten nummer 1" in say_place(place)
