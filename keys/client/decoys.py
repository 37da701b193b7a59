"""Has decoys evaluated: read from a file or typed, never from a URL or a log."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from getpass import getpass
from pathlib import Path

import httpx

from keys import clock
from keys.bsn import Bsn, parse_bsn
from keys.client.auditor import AuditorSettings
from keys.client.pseudonymise import pseudonymise
from keys.client.transports import HolderTransport, Signer
from keys.decoys import LEAST, MOST, write_decoys
from keys.errors import DecoysRefused, InvalidBsn
from keys.quorum import Watch
from keys.request import Act, load_request_key


def read_numbers(path: Path | None) -> Sequence[Bsn]:
    """Read numbers, one a line, from a file, a pipe or the keyboard, unseen.

    Raises `DecoysRefused` with the line, never with what stands there.
    """
    if path is not None:
        try:
            lines: Iterable[str] = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise DecoysRefused(f"{path.name}: cannot be read") from None
    elif sys.stdin.isatty():
        lines = iter(lambda: getpass("number (empty to end): "), "")
    else:
        lines = sys.stdin.read().splitlines()
    return parse_numbers(lines)


def parse_numbers(lines: Iterable[str]) -> Sequence[Bsn]:
    """Read numbers, empty lines left out, or raise `DecoysRefused`."""
    found: dict[Bsn, int] = {}
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            number = parse_bsn(line.strip())
        except InvalidBsn:
            raise DecoysRefused(f"line {place}: does not pass the 11-proof") from None
        if number in found:
            raise DecoysRefused(f"line {place}: the same as line {found[number]}")
        found[number] = place
    if not LEAST <= len(found) <= MOST:
        raise DecoysRefused(f"give {LEAST} to {MOST} numbers, together")
    return list(found)


async def evaluate_decoys(
    settings: AuditorSettings,
    numbers: Sequence[Bsn],
    client: httpx.AsyncClient,
    now: Callable[[], datetime] = clock.now,
) -> bytes:
    """Evaluate them at two holders, as a source does; give the file for the index."""
    config = settings.read_config(now=now())
    key = load_request_key(settings.request_key)
    signer = Signer(settings.organisation, settings.organisation, key, now)
    places = {one.index: settings.place(one.id) for one in config.holders}
    transport = HolderTransport(client, places, signer, Watch())
    found = await pseudonymise(transport, config, numbers, Act.PUBLISH)
    return write_decoys(found.key_version, found.pseudonyms)
