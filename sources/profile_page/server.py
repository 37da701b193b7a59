"""The page's own server: one person, one browser, one machine.

- It listens on 127.0.0.1, on a port that the system chooses. An address is worth
  nothing without its random part; the part that opens the page works once, so that a
  list of processes or a history of the browser does not open it again. Who asks for one
  that was used has the next told in the window of the command: only its owner reads it.
- A request for any other host name is refused, whatever the resolver says it is (DNS
  rebinding), and a form is taken only from this page itself (Origin).
- The page may load nothing and run nothing: its policy allows its own style alone.
- Nothing is logged: an address would hold the secret, a form values of citizens.
Proven by tests/attack/test_a_strangers_page_cannot_read_a_profile_page.py.
"""

import secrets
import time
from collections.abc import Callable
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Final
from urllib.parse import parse_qs

from sources.profile_page.screens import show_end, style_digest

HOST: Final = "127.0.0.1"
LARGEST: Final = 1 << 20
MOST_FIELDS: Final = 5_000
LONGEST_SILENCE: Final = 3_600.0
_PATIENCE: Final = 0.2
_STALLED: Final = 30


class Answer:
    """What is shown after a form: a page, and whether it is the last one."""

    __slots__ = ("is_last", "page", "status")

    def __init__(
        self, page: str, status: int = HTTPStatus.OK, *, is_last: bool = False
    ) -> None:
        self.page = page
        self.status = status
        self.is_last = is_last


Post = Callable[[dict[str, str]], Answer]


class PageServer(ThreadingHTTPServer):
    """Serve one page until it is done, or nobody came for an hour."""

    daemon_threads = True

    def __init__(
        self, first: Callable[[], str], post: Post, tell_next: Callable[[str], None]
    ) -> None:
        """`tell_next` hears another address, once the one before it was used."""
        super().__init__((HOST, 0), _Handler)
        self.timeout = _PATIENCE
        self.first = first
        self.post = post
        self.tell_next = tell_next
        self.lock = Lock()
        self.key = secrets.token_urlsafe(32)
        self.used = [self.key]
        self.secret = secrets.token_urlsafe(32)
        self.opened = False
        self.done = False
        self.heard = time.monotonic()

    @property
    def place(self) -> str:
        """Give the host name and port by which it is spoken to, and no other."""
        return f"{HOST}:{self.server_port}"

    @property
    def address(self) -> str:
        """Give the address that opens the page, once."""
        return f"http://{self.place}/open/{self.key}"

    def renew(self) -> None:
        """Tell another address, unless the last one that was told is still unused."""
        if self.opened:
            self.key = secrets.token_urlsafe(32)
            self.used.append(self.key)
            self.opened = False
            self.tell_next(self.address)

    def run(self, *, silence: float = LONGEST_SILENCE) -> bool:
        """Serve until the last page was given; False when nobody came any more."""
        while not self.done:
            self.handle_request()
            if time.monotonic() - self.heard > silence:
                return False
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a traceback could hold what the page holds."""


class _Handler(BaseHTTPRequestHandler):
    """One request; every refusal says as little as the next."""

    server: PageServer
    timeout = _STALLED
    server_version = "profile"
    sys_version = ""

    def do_GET(self) -> None:
        """Open the page once, or show it again."""
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif any(self._asks_for(f"/open/{key}") for key in self.server.used):
            self._open()
        elif self._asks_for(f"/{self.server.secret}/"):
            with self.server.lock:
                self._send(self.server.first(), HTTPStatus.OK)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Take the form of this page, and of no other."""
        length = self.headers.get("Content-Length", "")
        if not self._is_for_us() or not self._is_from_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif not self._asks_for(f"/{self.server.secret}/"):
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not length.isdecimal() or int(length) > LARGEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        try:
            fields = parse_qs(
                body.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=MOST_FIELDS,
                errors="strict",
            )
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        with self.server.lock:
            if self.server.done:
                self._refuse(HTTPStatus.NOT_FOUND)
                return
            answer = self.server.post({name: each[-1] for name, each in fields.items()})
            self._send(answer.page, answer.status)
            self.server.done = answer.is_last

    def _open(self) -> None:
        with self.server.lock:
            is_now = self._asks_for(f"/open/{self.server.key}")
            is_first = is_now and not self.server.opened
            if is_first:
                self.server.opened = True
            else:
                self.server.renew()
        if not is_first:
            page = show_end(
                "Deze pagina is al geopend",
                "Ga naar het venster dat al open is.",
                "Hebt u dat niet? In het venster waarin u de opdracht gaf, staat nu "
                "een nieuw adres. Daarmee opent u haar nog een keer.",
            )
            self._send(page, HTTPStatus.GONE)
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/{self.server.secret}/")
        self._finish(b"")

    def _is_for_us(self) -> bool:
        return self.headers.get_all("Host") == [self.server.place]

    def _is_from_us(self) -> bool:
        return self.headers.get_all("Origin") == [f"http://{self.server.place}"]

    def _asks_for(self, path: str) -> bool:
        return compare_digest(self.path.encode(), path.encode())

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(show_end("Deze pagina is er niet"), status)

    def _send(self, page: str, status: int) -> None:
        self.server.heard = time.monotonic()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self._finish(page.encode())

    def _finish(self, body: bytes) -> None:
        self.close_connection = True
        headers = {
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{style_digest()}'; "
                "img-src data:; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing: an address holds the secret of the page."""
