"""The operator shows one desk another ledger than all others, under the true key."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from deploy.town.attacks import Scene, demand
from deploy.town.commands import attempt
from deploy.town.parties import TEAM_DESK
from deploy.town.places import Places
from deploy.town.settings_files import desk_settings, write_toml
from keys import clock
from signal_index.ledger import sign_checkpoint
from signal_index.proof import Checkpoint, parse_checkpoint, split_note
from signal_index.signing_files import load_checkpoint_keys

SETTINGS = "shown-a-fork.toml"
DATABASE = "shown-a-fork.db"
PROVEN, FORKED = 0, 1


async def show_a_fork_to_a_desk(scene: Scene) -> None:
    """Answer a desk with a tree that the index's own key signed, and nobody else sees.

    The desk is a twin of the wijkteam's, with all that it has kept. The control: shown
    the true ledger, it says that this is proven.
    """
    places = scene.places
    folder = places.desk_folder(TEAM_DESK)
    with (
        sqlite3.connect(folder / "desk.db") as kept,
        sqlite3.connect(folder / DATABASE) as twin,
    ):
        kept.backup(twin)
    kept.close()
    twin.close()
    honest = _look(places, folder, places.index_url)
    demand(honest == PROVEN, f"the desk does not take the true ledger: {honest}")
    with _showing_another(places) as address:
        shown = _look(places, folder, address)
    demand(shown == FORKED, f"a desk was shown another ledger, and said {shown}")
    again = _look(places, folder, places.index_url)
    demand(again == FORKED, f"the desk forgot what it was shown, and said {again}")


def _look(places: Places, folder: Path, index_url: str) -> int:
    settings = desk_settings(places, TEAM_DESK)
    changes = {"database": DATABASE, "index_url": index_url}
    write_toml(folder / SETTINGS, settings | changes)
    command = ["signal-desk", "ledger", "--settings", SETTINGS]
    code, _, _ = attempt(command, folder)
    return code


@contextmanager
def _showing_another(places: Places) -> Iterator[str]:
    """Serve what the index does, but for the tree, and give the address."""

    class Shown(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = httpx.get(places.index_url + self.path)
            body = answer.content
            if urlsplit(self.path).path.endswith("/checkpoint"):
                body = _forge(places, answer.text).encode()
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shown) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _forge(places: Places, note: str) -> str:
    """Sign another tree of the size that is shown, with the index's own key."""
    shown = parse_checkpoint(split_note(note)[0])
    root = sha256(b"what nobody else is shown").digest()
    now = clock.now()
    keys = load_checkpoint_keys(places.index / "keys", now).at(now)
    return sign_checkpoint(Checkpoint(shown.origin, shown.size, root), *keys)
