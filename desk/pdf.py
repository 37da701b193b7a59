"""Make the papers that leave the desk: tagged PDF (PDF/UA-1) from our own templates.

- A paper is a page like any other: `templates/paper/*.html` extends `paper/sheet.html`,
  with headings, tables with header cells, and Dutch as its language; a screen reader
  gets the same structure (EN 301 549, Besluit digitale toegankelijkheid overheid).
- Nothing is fetched: the one font and the one style sheet are read from this package,
  every other address is refused and ends the rendering. A text from elsewhere can
  therefore not make the desk call anyone. Proven by tests/unit/desk/test_pdf.py.
- Rendering is work for a processor, not for the event loop: routes await `make_pdf`,
  which makes one paper at a time in a thread of its own.
"""

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from desk.assets import MANIFEST, load_assets
from desk.templating import TEMPLATES
from desk.texts import load_texts

STYLE: Final = Path(__file__).parent / "styles" / "paper.css"
FONT_ADDRESS: Final = "paper:font.woff2"
VARIANT: Final = "pdf/ua-1"
_PRINTER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="paper")


class _OwnFontOnly(URLFetcher):  # type: ignore[misc]  # the library has no types
    """Give the font; refuse every other address, a mistake of our own too."""

    def fetch(
        self,
        url: str,
        headers: dict[str, str] | None = None,  # noqa: ARG002 - the parent's signature
    ) -> URLFetcherResponse:
        """Give our own font, or raise: nothing on a paper comes from elsewhere."""
        if url != FONT_ADDRESS:
            raise FatalURLFetchingError("a paper fetches nothing")
        return URLFetcherResponse(url, io.BytesIO(_read_font()))


def render_pdf(template: str, **values: object) -> bytes:
    """Give the PDF of one template of `templates/paper`, filled with these values.

    Every paper wants `title` (names the document) and `organisation`. Takes half a
    second of one processor and blocks: a route awaits `make_pdf` instead.
    Raises `jinja2.UndefinedError` for a value that the template lacks.
    """
    texts = load_texts("nl")
    page = TEMPLATES.get_template(f"paper/{template}")
    return write_pdf(page.render(t=texts.get, texts=texts, **values))


async def make_pdf(template: str, **values: object) -> bytes:
    """Give the same as `render_pdf`, without making other requests wait for it."""
    return await print_pdf(partial(render_pdf, template, **values))


async def print_pdf(job: Callable[[], bytes]) -> bytes:
    """Give the paper that a job makes, one at a time, in a thread of its own."""
    return await asyncio.get_running_loop().run_in_executor(_PRINTER, job)


def write_pdf(html: str) -> bytes:
    """Give the PDF of a document that stands by itself; it may name no other file."""
    fonts, fetcher = FontConfiguration(), _OwnFontOnly()
    style = CSS(string=_style(), font_config=fonts, url_fetcher=fetcher)
    written = HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=[style], font_config=fonts, pdf_variant=VARIANT, pdf_tags=True
    )
    return bytes(written)


@cache
def _style() -> str:
    return STYLE.read_text("utf-8")


@cache
def _read_font() -> bytes:
    name = Path(load_assets()["font"].path).name
    return (MANIFEST.parent / name).read_bytes()
