"""Papers as PDF: tagged, Dutch, our own font, and not one request to anywhere."""

import socket

import pytest
from weasyprint.urls import FatalURLFetchingError

from desk.pdf import make_pdf, render_pdf, write_pdf
from tests.pdf_reading import count_pages, find_tags, open_pdf

TABLE = (
    "<html lang=nl><title>x</title><h1>Kop</h1><table><thead><tr><th scope=col>Doel"
    "<tbody><tr><td>12</table>"
)


def test_a_paper_says_that_it_is_accessible_and_in_which_language() -> None:
    opened = open_pdf(render_pdf("sheet.html", title="Rapport", organisation="Stad"))
    assert b'pdfuaid:part="1"' in opened
    assert b"/Lang (nl)" in opened
    assert b"/Marked true" in opened
    assert b"Rapport" in opened


def test_headings_and_cells_of_a_table_are_tagged_as_what_they_are() -> None:
    tags = find_tags(write_pdf(TABLE))
    assert {"H1", "Table", "TR", "TH", "TD"} <= set(tags)


def test_the_letters_are_our_own_and_travel_with_the_paper() -> None:
    opened = open_pdf(render_pdf("sheet.html", title="Rapport", organisation="Stad"))
    assert b"Source-Sans-3" in opened
    assert b"/FontFile" in opened


@pytest.mark.parametrize(
    "fetching",
    [
        '<img alt="" src="http://127.0.0.1:{port}/x">',
        '<link rel="stylesheet" href="http://127.0.0.1:{port}/x">',
        "<style>@import url(http://127.0.0.1:{port}/x);</style>",
        '<p style="background: url(http://127.0.0.1:{port}/x)">x</p>',
        '<img alt="" src="file:///etc/hostname">',
        '<img alt="" src="data:image/png;base64,AAAA">',
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
    ],
)
def test_whatever_a_document_wants_fetched_ends_it_and_nobody_is_called(
    fetching: str,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        document = f"<html lang=nl><title>x</title>{fetching.format(port=port)}"
        with pytest.raises(FatalURLFetchingError):
            write_pdf(document)
        listener.settimeout(0.01)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_value_is_text_and_never_becomes_an_element() -> None:
    hostile = '<img src="http://127.0.0.1:9/x">'
    pdf = render_pdf("sheet.html", title=hostile, organisation=hostile)
    assert "Figure" not in find_tags(pdf)


@pytest.mark.anyio
async def test_a_paper_is_made_beside_the_event_loop() -> None:
    pdf = await make_pdf("sheet.html", title="Rapport", organisation="Stad")
    assert count_pages(pdf) == 1
