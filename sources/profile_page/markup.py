"""HTML in which nothing becomes markup that was not meant to be: escaping by type."""

from collections.abc import Iterable
from html import escape
from typing import Final

_VOID: Final = frozenset({"input", "meta", "link", "br"})


class Markup(str):
    """Text that is HTML already; only `tag` and `join` make it."""

    __slots__ = ()


def tag(element: str, /, *children: object, **attributes: str | bool | None) -> Markup:
    """Give an element; a child that is no `Markup` is escaped.

    `class_` and `for_` lose their last sign, other underscores become hyphens. True is
    an attribute without a value; False and None are left out.
    """
    made = "".join(_attribute(key, value) for key, value in attributes.items())
    if element in _VOID:
        return Markup(f"<{element}{made}>")
    return Markup(f"<{element}{made}>{join(children)}</{element}>")


def join(children: Iterable[object]) -> Markup:
    """Put children behind each other, however deep they lie in lists."""
    return Markup("".join(_render(child) for child in children))


def _render(child: object) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return str(child)
        case str():
            return escape(child)
        case Iterable():
            return join(child)
        case _:
            return escape(str(child))


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
