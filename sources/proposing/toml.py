"""Pieces of TOML, as a proposal writes them."""

import json
from collections.abc import Iterable


def write_text(value: str) -> str:
    """Write a basic string: JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_list(values: Iterable[str]) -> str:
    """Write an array of strings on one line."""
    return f"[{', '.join(write_text(value) for value in values)}]"


def write_comment(name: str) -> str:
    """Give a name that cannot end its comment, nor be endless."""
    return "".join(each if each.isprintable() else "?" for each in name)[:60]
