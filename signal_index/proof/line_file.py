"""Files of lines that one party hands another: opened entries of a day, kept receipts.

    {"format":"signal-index/opened-day/1", …}      what it is, of which day
    {…}                                            an item a line
    {"count":2}                                    how many there were

- Every line is JSON in its one form (`encode_json`), so that a file reads one way.
- A file that was cut off lacks its last line and is refused: a part never passes for
  the whole.
- Lines are read one by one: a day of any size takes constant memory.
"""

from collections.abc import Callable, Iterator

from signal_index.proof.encoding import JsonObject, decode_json, encode_json
from signal_index.proof.errors import MalformedProof

OPENED_DAY = "signal-index/opened-day/1"
RECEIPTS_OF_DAY = "signal-desk/receipts/1"
LONGEST_LINE = 256 * 1024
"""No honest line comes near it: an opened entry takes some 8 kB."""


class LineWriter:
    """Writes such a file: the head at once, then items, then their number."""

    def __init__(self, write: Callable[[bytes], object], head: JsonObject) -> None:
        self._write = write
        self.count = 0
        write(encode_json(head) + b"\n")

    def add(self, item: JsonObject) -> None:
        """Write one item."""
        self._write(encode_json(item) + b"\n")
        self.count += 1

    def end(self) -> int:
        """Write the last line; without it the file is refused. Gives the number."""
        self._write(encode_json({"count": self.count}) + b"\n")
        return self.count


def parse_lines(
    lines: Iterator[bytes], form: str
) -> tuple[JsonObject, Iterator[JsonObject]]:
    """Give the head of a file and its items, read as they are asked for.

    Raises `MalformedProof`: at once for another form, and while reading for a line that
    is none, a file that ends early, and a count that does not fit.
    """
    head = _parse_line(next(lines, b""))
    if head.get("format") != form:
        raise MalformedProof("the file is not of the form that belongs here")
    return head, _parse_items(lines)


def _parse_items(lines: Iterator[bytes]) -> Iterator[JsonObject]:
    for read, line in enumerate(lines):
        item = _parse_line(line)
        if set(item) == {"count"}:
            if item["count"] != read or next(lines, None) is not None:
                raise MalformedProof("the file does not hold what it counts")
            return
        yield item
    raise MalformedProof("the file ends before its last line")


def _parse_line(line: bytes) -> JsonObject:
    if len(line) > LONGEST_LINE:
        raise MalformedProof("a line of the file is too long")
    value = decode_json(line.rstrip(b"\n"))
    if not isinstance(value, dict):
        raise MalformedProof("a line of the file is not an object")
    return value
