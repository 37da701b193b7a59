"""`signal-source deliveries`, as whoever delivers reads it."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from sources.__main__ import app
from sources.agency_keys import create_keys
from tests.sources_builders import SECRET, Agency, a_row, a_wrong_number, an_agency
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

pytestmark = pytest.mark.anyio

runner = CliRunner()


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    """An agency with key files and settings of its own, beside its outbox."""
    create_keys(tmp_path / "keys", name="agency", algorithm="Ed25519")
    (tmp_path / "keys" / "outbox.key").write_bytes(SECRET)
    (tmp_path / "agency.toml").write_text(SETTINGS)
    return an_agency(tmp_path)


def ask(agency: Agency, *words: str) -> Result:
    settings = str(agency.folder / "agency.toml")
    return runner.invoke(app, ["deliveries", *words, "--settings", settings])


async def test_deliveries_are_listed_with_what_became_of_them(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number()))
    done = await agency.publish()
    found = json.loads(ask(agency, "show", "--json").stdout)
    assert [one["delivery"] for one in found] == [str(done.id)]
    assert (found[0]["state"], found[0]["accepted"]) == ("closed", 1)
    assert found[0]["rejects"] == {"bsn-invalid": 1}


async def test_one_delivery_says_what_to_do_about_its_rejects(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number()))
    done = await agency.publish()
    said = ask(agency, "show", str(done.id))
    assert said.exit_code == 0
    assert "afgesloten" in said.stdout
    assert "11-proef" in said.stdout


def test_an_unknown_delivery_is_refused_in_a_sentence(agency: Agency) -> None:
    said = ask(agency, "show", str(uuid4()))
    assert said.exit_code == 2
    assert "staat niet in het postvak" in said.stderr
