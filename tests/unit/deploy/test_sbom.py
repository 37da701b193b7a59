"""The bill of materials of a role names what its lock pins, and no other role's."""

import json
from typing import Any

import pytest

from deploy.sbom import ROLES, make_bom
from deploy.source_lock import LOCK, read_pins


def read_bom(role: str) -> dict[str, Any]:
    bom: dict[str, Any] = json.loads(make_bom(role))
    return bom


def _names(bom: dict[str, Any], kind: str = "pkg:pypi/") -> set[str]:
    found = bom["components"]
    return {one["name"] for one in found if one.get("purl", "").startswith(kind)}


def test_what_an_agency_installs_is_what_its_bill_names() -> None:
    """With the version and every hash of its own lock."""
    bom = read_bom("receiver")
    pinned = {
        name: (version, lines.count("sha256:"))
        for name, version, lines in read_pins(LOCK.read_text("utf-8"))
    }
    assert len(pinned) > 20
    assert pinned == {
        one["name"]: (one["version"], len(one["externalReferences"][0]["hashes"]))
        for one in bom["components"]
        if "purl" in one
    }


def test_roles_have_their_own_packages_and_whose_they_are() -> None:
    holder, desk = read_bom("holder"), read_bom("desk")
    assert "uvicorn" in _names(holder)
    assert _names(holder).isdisjoint({"sqlalchemy", "weasyprint", "pytest"})
    assert {"weasyprint", "sqlalchemy"} <= _names(desk)
    assert {"curves", "chart.js", "esbuild"} <= _names(desk, "pkg:npm/")
    below = {one["ref"]: one.get("dependsOn", []) for one in holder["dependencies"]}
    sodium = next(ref for ref in below if ref.startswith("pkg:pypi/pysodium@"))
    assert below[sodium] == ["libsodium"]
    assert any(
        ref.startswith("pkg:pypi/uvicorn@") for ref in below["signal-index-holder"]
    )


@pytest.mark.parametrize("role", ROLES)
def test_the_same_locks_give_the_same_bill(role: str) -> None:
    first, again = read_bom(role), read_bom(role)
    assert first["specVersion"] == "1.6"
    for one in (first, again):
        del one["metadata"]["timestamp"]
    assert first == again
