"""What each role is built from: a CycloneDX bill of materials (SBOM), one file a role.

`python -m deploy.sbom FOLDER` writes `signal-index-ROLE.cdx.json` for each role of
`ROLES`. It reads the locks and nothing else: what it names is what `deploy/setup`
installs with hashes.

- Of the desk also every npm package of its lock: what is in its page, and the tools
  that build it.
- Libraries of the system that the locks cannot pin are named without a version.
- The same locks give the same file, but for the moment that stands in it.

`deploy/check` makes and judges them; tests/unit/deploy/test_sbom.py.
"""

import json
import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from importlib.metadata import metadata, requires
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.source_lock import ROOT, WHOLE, find_needed, read_pins

ROLES: Final = {
    "index": ("index",),
    "holder": ("holder", "token"),
    "desk": ("desk",),
    "portal": ("portal",),
    "source": ("source",),
    "receiver": ("source", "receiver"),
}
"""The extras of an install; the witness is part of the index's."""

OURS: Final = "signal-index"
SYSTEM: Final = {"pysodium": "libsodium", "weasyprint": "pango"}
"""A package that calls a library of the system, and the library."""
_DESK_LOCK: Final = ROOT / "desk" / "package-lock.json"
_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")


class NotABill(Exception):
    """What was made is no CycloneDX; the message says where."""


def make_bom(role: str) -> str:
    """Give the bill of one role as CycloneDX 1.6 in JSON, or raise `NotABill`."""
    ours = _ours(role)
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"{role} {_read_locks()}"))
    bom.metadata.component = ours
    python = _python(ROLES[role])
    web = list(_npm()) if role == "desk" else []
    system = {
        name: Component(name=library, type=ComponentType.LIBRARY, bom_ref=library)
        for name, library in SYSTEM.items()
        if name in python
    }
    for component in (*python.values(), *web, *system.values()):
        bom.components.add(component)
    bom.register_dependency(ours, [*_needed(OURS, python, ROLES[role]), *web])
    for name, component in python.items():
        below = [system[name]] if name in system else []
        bom.register_dependency(component, [*_needed(name, python), *below])
    return _judge(JsonV1Dot6(bom).output_as_string(indent=1))


def _read_locks() -> str:
    return WHOLE.read_text("utf-8") + _DESK_LOCK.read_text("utf-8")


def _judge(made: str) -> str:
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(made)
    if fault is not None:
        raise NotABill(str(fault))
    return made


def _ours(role: str) -> Component:
    version = metadata(OURS)["Version"]
    return Component(
        name=f"{OURS}-{role}",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=f"{OURS}-{role}",
        licenses=[LicenseExpression("EUPL-1.2")],
    )


def _python(extras: tuple[str, ...]) -> dict[str, Component]:
    names = {one for extra in extras for one in find_needed(OURS, extra)}
    return {
        name: _package("pypi", name, version, _hashes(lines))
        for name, version, lines in read_pins(WHOLE.read_text("utf-8"))
        if name in names
    }


def _hashes(lines: str) -> list[HashType]:
    return [
        HashType(alg=HashAlgorithm.SHA_256, content=content)
        for content in _HASH.findall(lines)
    ]


def _needed(
    name: str, python: dict[str, Component], extras: tuple[str, ...] = ("",)
) -> Iterator[Component]:
    """Give what a package needs itself, of what this role has."""
    for line in requires(name) or ():
        found = Requirement(line)
        marker = found.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in extras):
            component = python.get(canonicalize_name(found.name))
            if component is not None:
                yield component


def _npm() -> Iterator[Component]:
    lock: dict[str, Any] = json.loads(_DESK_LOCK.read_text("utf-8"))
    for place, row in lock["packages"].items():
        if not place:  # the page itself
            continue
        name = place.rpartition("node_modules/")[2]
        algorithm, _, digest = row["integrity"].partition("-")
        if algorithm != "sha512":
            raise NotABill(f"{name}: its hash is no SHA-512")
        known = HashType(alg=HashAlgorithm.SHA_512, content=b64decode(digest).hex())
        made = _package("npm", name, row["version"], [known])
        made.scope = (
            ComponentScope.OPTIONAL if row.get("optional") else ComponentScope.REQUIRED
        )
        yield made


def _package(kind: str, name: str, version: str, hashes: list[HashType]) -> Component:
    space, _, own = name.rpartition("/")
    purl = PackageURL(kind, space or None, own, version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"{_PLACES[kind]}/{name}/{version}"),
        hashes=hashes,
    )
    return Component(
        name=own,
        group=space or None,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        external_references=[files],
    )


_PLACES: Final = {
    "pypi": "https://pypi.org/project",
    "npm": "https://www.npmjs.com/package",
}


def main() -> None:
    """Write the bill of each role into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for role in ROLES:
        path = folder / f"{OURS}-{role}.cdx.json"
        path.write_text(make_bom(role) + "\n", "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
