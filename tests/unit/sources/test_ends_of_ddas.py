"""An end in a DDAS file that cannot be read is not the same as no end."""

import codecs
import io
import json
from pathlib import Path

import pytest

from sources.connectors import read_file
from sources.errors import UnreadableFile
from sources.reasons import Reason
from sources.values import Kept, Reject
from tests.connector_formats import FORMATS, Record
from tests.sources_builders import TODAY, a_number, an_agency

pytestmark = pytest.mark.anyio
(EARLY,) = [each.profile for each in FORMATS if each.profile.format == "ddas-vs-0.9"]
(DEBTS,) = [each.profile for each in FORMATS if each.profile.format == "ddas-shv-1.0"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"einddatum": 20260501}, "einddatum"),
        ({"einddatum": {"datum": "2026-05-01"}}, "einddatum"),
        ({"einddatum": None, "uitstroom": {"datum": 20260501}}, "uitstroom.datum"),
        ({"einddatum": "", "uitstroom": "2026-05-01"}, "uitstroom"),
    ],
)
def test_an_end_that_is_no_text_is_a_reject(
    said: dict[str, object], field: str
) -> None:
    """Read as no end it would open, or keep open, what is over."""
    case = {
        "gemeentecode": "9901",
        "client": [{"Burgerservicenummer": a_number(1)}],
        "startdatum": "2026-01-05",
        **said,
    }
    contact = {"functietitel": "Schuldhulpverlener", "telefoonnummer": "0182 555 101"}
    delivery = {
        "aanleverende_organisatie": {"contactpersonen": [contact]},
        "schuldhulptrajecten": [case],
    }
    file = io.BytesIO(json.dumps({"leveringen": [delivery]}).encode())
    readings = list(read_file(file, DEBTS, today=TODAY))
    rejected, kept = readings[-1]
    assert isinstance(rejected, Reject)
    assert (rejected.field, rejected.reason) == (field, Reason.NOT_TEXT)
    assert isinstance(kept, Kept)


async def test_a_result_closes_a_signal_of_after_the_last_attempt(
    tmp_path: Path,
) -> None:
    """The case names the signal and is over: its day is no reason to go on."""
    contact = {"functietitel": "Medewerker", "telefoonnummer": "0182 555 101"}
    signals = [
        {
            "ID": f"S-{at}",
            "client": {"Burgerservicenummer": a_number(at)},
            "signaaldatum": day,
            "status": "open",
        }
        for at, day in ((1, "2026-03-01"), (2, "2026-06-01"))
    ]
    delivery = {
        "aanleverende_organisatie": {"contactpersoonen": [contact]},
        "gemeentecode": "9901",
        "vroegsignalen": signals,
    }
    agency = an_agency(tmp_path, EARLY)
    agency.file.write_text(json.dumps({"leveringen": [delivery]}))
    assert (await agency.publish()).counts.accepted == 2
    over = {
        "resultaat": "Geen hulp nodig",
        "contactpogingen": [{"datum": "2026-04-01"}],
        "vroegsignalen": [{"ID": "S-1"}, {"ID": "S-2"}],
    }
    agency.file.write_text(
        json.dumps({"leveringen": [delivery | {"vroegsignaalzaken": [over]}]})
    )
    assert (await agency.publish()).counts.withdrawn == 2
    assert agency.index.shown() == set()


@pytest.mark.parametrize("form", ["ddas-shv-1.0", "ddas-vs-0.9"])
def test_a_mark_in_front_of_json_says_nothing(form: str) -> None:
    found = next(each for each in FORMATS if each.name == form)
    data = found.write([Record(number="Z-1", bsn=a_number(1))])
    plain = list(read_file(io.BytesIO(data), found.profile, today=TODAY))
    marked = io.BytesIO(codecs.BOM_UTF8 + data)
    assert list(read_file(marked, found.profile, today=TODAY)) == plain


def test_json_in_utf16_is_refused_with_what_to_do() -> None:
    data = io.BytesIO("{}".encode("utf-16"))
    with pytest.raises(UnreadableFile, match="Dit is JSON in UTF-16"):
        list(read_file(data, DEBTS, today=TODAY))
