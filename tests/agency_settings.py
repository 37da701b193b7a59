"""An agency as its commands find it."""

from pathlib import Path

from sources.agency_keys import create_keys
from tests.sources_builders import (
    SECRET,
    Agency,
    an_agency,
)
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS


def an_agency_with_settings(folder: Path) -> Agency:
    """An agency with key files and settings of its own, beside its outbox."""
    create_keys(folder / "keys", name="agency", algorithm="Ed25519")
    (folder / "keys" / "outbox.key").write_bytes(SECRET)
    (folder / "agency.toml").write_text(SETTINGS)
    return an_agency(folder)
