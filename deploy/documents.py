"""Write every OpenAPI document that this project publishes into a folder.

`python -m deploy.documents FOLDER`: one JSON file a document, for linters and for the
generators of clients. A document that is served and not in `DOCUMENTS` is not checked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from desk import relay
from keys.holder import app as holder
from signal_index.api.subjects import openapi_text

DOCUMENTS: Final[Mapping[str, Callable[[], bytes]]] = {
    "index.json": openapi_text,
    "holder.json": holder.openapi_text,
    "relay.json": relay.openapi_text,
}


def main(arguments: list[str]) -> int:
    """Write the documents; 2 where no folder is named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m deploy.documents FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in DOCUMENTS.items():
        (folder / name).write_bytes(make())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
