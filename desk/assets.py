"""The built scripts and styles: found by a manifest, named by their contents.

`npm run build` writes `static/built/manifest.json`: per asset its file name (with a
hash in it) and its subresource-integrity value. A desk without it does not start.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desk.errors import SettingsRefused

STATIC: Final = Path(__file__).parent / "static"
MANIFEST: Final = STATIC / "built" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that a page asks for."""

    path: str
    integrity: str


Assets = dict[str, Asset]


def load_assets(manifest: Path = MANIFEST) -> Assets:
    """Read which files were built, or raise `SettingsRefused`."""
    try:
        found = json.loads(manifest.read_bytes())
        return {
            name: Asset(f"/static/built/{item['file']}", item["integrity"])
            for name, item in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsRefused(
            "scripts and styles are not built: run `npm ci && npm run build` in desk/"
        ) from None
