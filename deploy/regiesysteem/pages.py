"""The page and its files; every script and style with its subresource integrity.

The element's own value comes from the package (`dist/integrity.json`), as it would for
anyone who installs it; that of the page's files is worked out at start.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha384
from pathlib import Path
from string import Template
from typing import Final

FOLDER: Final = Path(__file__).parent
DESK: Final = FOLDER.parents[1] / "desk"
DIST: Final = DESK / "browser" / "package" / "dist"
ICON: Final = DESK / "static" / "icon.svg"
ELEMENT: Final = "signal-flags.js"
MEDIA_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types signal-flags"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class File:
    """One file that the page asks for."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Pages:
    """The page, filled in, and its files by name."""

    html: str
    files: Mapping[str, File]


def load_pages() -> Pages:
    """Read everything once, and fill the integrity values into the page."""
    own = [FOLDER / "page.css", FOLDER / "page.js", DIST / ELEMENT, ICON]
    files = {
        path.name: File(path.read_bytes(), MEDIA_TYPES[path.suffix]) for path in own
    }
    given = json.loads((DIST / "integrity.json").read_text("utf-8"))
    html = Template((FOLDER / "page.html").read_text("utf-8")).substitute(
        element=given[ELEMENT],
        script=derive_integrity(files["page.js"].data),
        style=derive_integrity(files["page.css"].data),
    )
    return Pages(html, files)


def derive_integrity(data: bytes) -> str:
    """Give the value of an `integrity` attribute (W3C Subresource Integrity)."""
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"
