"""The text of a file, in the encoding that it turns out to have.

The profile states an encoding; a file may prove another. A mark at its beginning is a
proof, so are the zero bytes of UTF-16, and so is text that is whole in UTF-8 with signs
beyond ASCII: by chance that does not happen. Anything else is read as stated, and where
that cannot be, the line is named and nothing is read.
"""

import codecs
import io
from typing import BinaryIO, Final

from sources.errors import UnreadableFile

LONGEST_LINE: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UNICODE: Final = frozenset({"utf-8", "utf-8-sig"})


def open_text(file: BinaryIO, stated: str) -> io.TextIOWrapper:
    """Give a file as text from its beginning, line ends as they stand."""
    file.seek(0)
    encoding = recognise_encoding(file.read(_SAMPLE), stated)
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, newline="")


def recognise_encoding(sample: bytes, stated: str) -> str:
    """Give the encoding that the first bytes of a file prove, else the stated one."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    if stated in _UNICODE or (not sample.isascii() and _is_utf8(sample)):
        return "utf-8"
    return stated


def refuse_encoding(file: BinaryIO, stated: str) -> UnreadableFile:
    """Give the refusal of a file that is not in its encoding: where, and what it is."""
    file.seek(0)
    encoding = recognise_encoding(file.read(_SAMPLE), stated)
    if encoding.startswith("utf-16"):
        return UnreadableFile("Het bestand is geen hele UTF-16. Bewaar het als UTF-8.")
    file.seek(0)
    count = 0
    while line := file.readline(LONGEST_LINE):
        count += 1
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            likely = guess_encoding(line)
            if likely == encoding or not _is_in(line, likely):
                return UnreadableFile(
                    f"Regel {count} is geen tekst. Het bestand is beschadigd, of geen "
                    "export. Maak het opnieuw in uw registratie."
                )
            return UnreadableFile(
                f"Regel {count} is niet in de codering {encoding}. Het lijkt op "
                f"{likely}: zet dat bij encoding in het profiel."
            )
    return UnreadableFile(f"Het bestand is niet in de codering {encoding}.")


def _is_in(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def guess_encoding(line: bytes) -> str:
    """Give the encoding of one byte a sign that a line of Dutch is likely to be in."""
    high = [each for each in line if each >= 0x80]
    is_dos = all(each <= 0xA5 for each in high)  # é is 0x82 there, and 0xE9 in Windows
    return "cp850" if is_dos else "windows-1252"


def _is_utf8(sample: bytes) -> bool:
    end = sample.rfind(b"\n") + 1 if len(sample) == _SAMPLE else len(sample)
    try:
        sample[:end].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not sample[:end].isascii()
