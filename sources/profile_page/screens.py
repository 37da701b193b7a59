"""The page as HTML: one form, without a script, that works by keyboard alone.

Values of the file stand only inside `class="personal"`, which paper does not show.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from sources.previewing import Preview
from sources.profile_page.checking import Fault
from sources.profile_page.columns import show_columns, show_rows
from sources.profile_page.draft import Draft
from sources.profile_page.fields import Faults
from sources.profile_page.form import Form
from sources.profile_page.markup import Markup, join, tag
from sources.profile_page.questions import (
    show_answers,
    show_contacts,
    show_known,
    show_words,
)
from sources.profile_page.seeing import show_preview

TITLE: Final = "Een profiel maken"


@cache
def load_style() -> str:
    """Give the style, which stands in the page itself: nothing else is fetched."""
    return (files("sources.profile_page") / "style.css").read_text(encoding="utf-8")


@cache
def style_digest() -> str:
    """Give the digest by which a content security policy allows that style alone."""
    return b64encode(hashlib.sha256(load_style().encode()).digest()).decode("ascii")


def show_page(
    draft: Draft, form: Form, faults: Sequence[Fault], preview: Preview | None
) -> str:
    """Give the whole page, with faults or a preview when there are any."""
    found = Faults(faults)
    body = (
        tag("h1", f"Een profiel voor {draft.file.name}"),
        _introduce(draft),
        _summarise(faults),
        preview and show_preview(preview),
        tag(
            "form",
            *_ask(draft, form, found),
            _buttons(),
            action=".",  # the address itself could hold the place that was jumped to
            method="post",
            novalidate=True,
            autocomplete="off",
        ),
    )
    return _frame(body, is_wrong=bool(faults))


def show_end(heading: str, *lines: object) -> str:
    """Give a last page, after which the program has ended."""
    return _frame((tag("h1", heading), *(tag("p", line) for line in lines)))


def _ask(draft: Draft, form: Form, faults: Faults) -> Iterator[Markup | None]:
    if draft.looked:
        yield show_rows(draft)
        yield show_columns(draft, form, faults)
        yield show_answers(draft, faults)
        yield show_words(draft, faults)
    yield show_known(draft, faults)
    yield show_contacts(draft, form, faults)


def _introduce(draft: Draft) -> Markup:
    return join(
        (
            tag(
                "p",
                "Deze pagina staat alleen op deze computer. Wat u hier ziet, gaat",
                " nergens heen en wordt niet bewaard. U maakt hier een profiel: een",
                " bestand dat zegt wat er van elke kolom wordt.",
            ),
            tag(
                "p",
                "Wat wij konden vinden, is ingevuld. Waar een dikke streep staat,",
                " kiest u zelf: dat kunnen wij niet uit het bestand halen.",
            )
            if draft.looked
            else tag(
                "p",
                "Dit bestand heeft de vorm van een standaard. Wij weten al waar alles",
                " staat. Alleen het volgende kiest u zelf.",
            ),
            tag(
                "p",
                "Het profiel komt in: ",
                tag("code", str(draft.out)),
                class_="quiet",
            ),
        )
    )


def _summarise(faults: Sequence[Fault]) -> Markup | None:
    if not faults:
        return None
    count = len(faults)
    heading = "U moet nog één ding kiezen of invullen"
    if count > 1:
        heading = f"U moet nog {count} dingen kiezen of invullen"
    return tag(
        "div",
        tag("h2", heading),
        tag(
            "ul",
            *(tag("li", tag("a", each.says, href=f"#{each.field}")) for each in faults),
        ),
        class_="errors",
        role="alert",
        tabindex="-1",
        autofocus=True,
    )


def _buttons() -> Markup:
    return tag(
        "div",
        _button("preview", "Bekijk het voorbeeld", "first"),
        _button("write", "Schrijf het profiel", ""),
        _button("stop", "Stop zonder te schrijven", "stop"),
        class_="buttons",
        id="acts",
    )


def _button(act: str, text: str, look: str) -> Markup:
    return tag(
        "button", text, type="submit", name="act", value=act, class_=look or None
    )


def _frame(body: object, *, is_wrong: bool = False) -> str:
    title = f"Fout: {TITLE.lower()}" if is_wrong else TITLE
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(load_style())),
    )
    page = tag(
        "body",
        tag("a", "Naar de inhoud", href="#main", class_="skip"),
        tag("header", tag("p", "Signalen aanleveren"), class_="bar"),
        tag("main", body, id="main", tabindex="-1"),
    )
    return f"<!doctype html>{tag('html', head, page, lang='nl')}"
