"""Free ports on loopback, for servers that a script or a test starts."""

import socket


def find_free_port(preferred: int | None = None, host: str = "127.0.0.1") -> int:
    """Give `preferred` if nobody listens there, else any free port of a loopback host.

    Between this answer and the server's bind another process may take the port;
    whoever starts the server sees that as a failed start, never as silence.
    """
    for candidate in (preferred, 0):
        if candidate is None:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")
