"""A mail server over TLS that takes whatever it is given, and remembers it."""

from __future__ import annotations

import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from keys import clock


class _Taking(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say(220)
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
                if to[-1].startswith("nobody@"):
                    to.clear()
                    self._say(550)
                    continue
            if verb == "DATA":
                if self.server.breaks_off == len(self.server.taken):
                    self.server.breaks_off = None
                    return
                self._say(354)
                self.server.taken.append((to, self._read()))
                to = []
            self._say(221 if verb == "QUIT" else 250)
            if verb == "QUIT":
                return

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} ok\r\n".encode())

    def _read(self) -> str:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        return f"{mail['subject']}\n\n{mail.get_content()}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.taken: list[tuple[list[str], str]] = []
        self.breaks_off: int | None = None


@dataclass
class MailServing:
    """A mail server; runs within its block."""

    server: _Server
    thread: threading.Thread = field(init=False)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def taken(self) -> list[tuple[list[str], str]]:
        """To whom each mail was, and its subject and text."""
        return self.server.taken

    def break_off_after(self, count: int) -> None:
        """Have it break off once, at the mail after so many."""
        self.server.breaks_off = count

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def serving_mail(folder: Path) -> MailServing:
    """Make one whose certificate is `mail.pem` in a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "mail.key"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return MailServing(_Server(context))
