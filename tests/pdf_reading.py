"""Look inside a PDF as far as tests need: its structure, never its look."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def open_pdf(pdf: bytes) -> bytes:
    """Give the file with every stream that can be inflated after it."""
    parts = [pdf]
    for found in _STREAM.finditer(pdf):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def find_tags(pdf: bytes) -> list[str]:
    """Give the names of the structure elements: P, H1, Table, TH and so on."""
    names: list[bytes] = re.findall(
        rb"/Type /StructElem\s*/S /([A-Za-z0-9]+)", open_pdf(pdf)
    )
    return [name.decode() for name in names]


def count_pages(pdf: bytes) -> int:
    """Give how many pages it has."""
    return len(re.findall(rb"/Type /Page\b(?!s)", open_pdf(pdf)))


def find_page(pdf: bytes, heading: str) -> int:
    """Give on which page a heading stands, as the file's outline says."""
    text = open_pdf(pdf)
    pages = re.findall(rb"/Type /Pages/Kids \[([^\]]*)\]", text)[-1]
    title = re.escape(heading.encode("ascii"))
    target = re.findall(rb"/Title \(" + title + rb"\)/Dest \[(\d+) 0 R", text)[-1]
    return re.findall(rb"(\d+) 0 R", pages).index(target) + 1
