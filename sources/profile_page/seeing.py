"""The preview: flags as a generalist sees them, and what would not go through."""

from sources.catalogue import load_kinds
from sources.clock import write_day
from sources.passed_over import say_passed
from sources.previewing import Flag, Preview
from sources.profile_page.markup import Markup, tag
from sources.reasons import EXPLANATIONS, say_lines
from sources.refused_beforehand import NOT_SO


def show_preview(preview: Preview) -> Markup:
    """Give the flags and the counts; or why the file cannot be read like this."""
    return tag(
        "section",
        tag("h2", "Voorbeeld", id="preview", tabindex="-1", autofocus=True),
        tag("p", preview.refusal, class_="fault") if preview.refusal else None,
        tag("p", _count(preview)),
        tag("p", NOT_SO, class_="fault") if preview.refused else None,
        *(tag("p", each, class_="quiet") for each in say_passed(preview.passed)),
        *(tag("p", f"Let op: {each}", class_="fault") for each in preview.warnings),
        _show_flags(preview),
        _show_rejects(preview),
        tag(
            "p",
            "Klopt dit? ",
            tag("a", "Schrijf dan het profiel", href="#acts"),
            ", onderaan deze pagina.",
        ),
    )


def _count(preview: Preview) -> str:
    part = "" if preview.whole else " (alleen het begin van het bestand)"
    return (
        f"Gelezen: {preview.read}{part}. Wordt een signaal: {preview.signals}. "
        f"Afgelopen: {preview.closed}. Nog niet begonnen: {preview.not_begun}. "
        f"Afgewezen: {preview.rejected}."
        + (f" Niets te melden: {preview.ignored}." if preview.ignored else "")
    )


def _show_flags(preview: Preview) -> Markup | None:
    if not preview.flags:
        return tag("p", "Zo wordt geen enkel record een signaal. Kijk uw keuzes na.")
    heading = "Dit ziet een collega die mag kijken"
    cards = (tag("li", *_show_flag(each)) for each in preview.flags)
    return tag(
        "div",
        tag("h3", heading),
        tag("ul", *cards, class_="flags"),
        class_="personal",
    )


def _show_flag(flag: Flag) -> tuple[Markup, ...]:
    kind = load_kinds().get(flag.category)
    return (
        tag("p", tag("strong", kind.label if kind else flag.category)),
        tag("p", flag.function),
        tag("p", tag("span", f"Bel {flag.phone}", class_="call")),
        tag("p", f"Contact sinds {write_day(flag.since)}."),
        tag("p", f"Van {flag.place}", class_="quiet"),
    )


def _show_rejects(preview: Preview) -> Markup | None:
    if not preview.rejects:
        return None
    lines = []
    for one in preview.list_rejected():
        explained = EXPLANATIONS[one.reason]
        first = f"Het eerst op {preview.places[(one.reason, one.column)]}."
        where = say_lines(one) if one.lines else first
        name = f"{one.column}: " if one.column else ""
        lines.append(
            tag(
                "li",
                f"{one.count} keer. {name}{explained.what} {explained.remedy} ",
                tag("span", where, class_="quiet"),
            )
        )
    return tag("div", tag("h3", "Wat niet meegaat"), tag("ul", *lines))
