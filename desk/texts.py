"""Every text a person reads, from one message catalogue per language (gettext).

Keys are names, not sentences, so that a text can change without a change of code. A key
without a text is an error at once, never an empty place on the screen.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from babel.lists import format_list
from babel.messages.pofile import read_po

from desk.moments import format_day
from signal_index.wire.keys import KeyAct
from signal_index.wire.oversight import OfficersAct
from signal_index.wire.persons import Account

_CODES: Final = {
    "act": ("watch.act.", "said.act."),
    "verdict": ("reviews.verdict.",),
    "codes": ("review.asked.", "review.explained.", "review.judged."),
    "kinds": ("kind.",),
}
_DAYS: Final = frozenset({"from", "until", "day", "dueOn", "validUntil"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_OPERATOR: Final = "operator:"
FOLDER: Final = Path(__file__).parent / "texts"

Names = Mapping[tuple[str, str], str]
"""What people are called, by organisation and account."""


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    language: str
    messages: dict[str, str]

    def get(self, key: str, /, **values: object) -> str:
        """Give one text with its values filled in; an unknown key raises `KeyError`."""
        return self.messages[key].format(**values)

    def has(self, key: str, /) -> bool:
        """Tell whether there is such a text: for codes that others may add to."""
        return key in self.messages

    def over(self, under: "Texts", /) -> "Texts":
        """Give these texts, and those of another catalogue where these have none."""
        return Texts(self.language, under.messages | self.messages)

    @cached_property
    def for_browser(self) -> dict[str, str]:
        """Give the texts that the browser module shows."""
        return {
            key.removeprefix("screen."): text
            for key, text in self.messages.items()
            if key.startswith("screen.")
        }


def join_names(names: Sequence[str], /) -> str:
    """Write `A, B en C`."""
    return format_list(names, locale="nl")


def name_role(role: str, texts: Texts) -> str:
    """Give what a role is called; its code where we have no word for it."""
    return texts.messages.get(f"role.{role}", role)


def name_kind(kind: str, texts: Texts) -> str:
    """Say what a kind of entry is called; its code where the index is newer than we."""
    return texts.messages.get(f"kind.{kind}", kind)


def name_worker(
    sub: str | None, texts: Texts, names: Names, organisation: str | None
) -> str | None:
    """Say who did it: words for what is nobody; a person's name, or else account.

    Of this desk's own organisation alone: another may have the same account name.
    """
    if sub is None:
        return None
    if sub.startswith(_OPERATOR):
        return texts.get("user.operator", account=sub.removeprefix(_OPERATOR))
    known = names.get((organisation or "", sub), sub)
    return texts.messages.get(f"user.{sub}") or known


def name_account(account: Account | None, texts: Texts, names: Names) -> str | None:
    """Say who did it, by account within its organisation; None for nobody."""
    if account is None:
        return None
    return name_worker(account.user, texts, names, account.organisation)


def name_contact(code: str, texts: Texts) -> str:
    """Say what came of a lookup; its code where a municipality added it."""
    return texts.messages.get(f"own-lookups.contact.{code}", code)


def name_matter(code: str, texts: Texts) -> str:
    """Say what waits for a second person; the general words where the code is new."""
    known = texts.messages.get(f"approval-title-{code}")
    return known or texts.get("approvals.other")


def name_said(member: str, texts: Texts) -> str:
    """Give what a member of an entry is called; itself where we have no word."""
    return texts.messages.get(f"said.{member}", member)


def name_act(act: OfficersAct, texts: Texts) -> str:
    """Give what an officer did; the kind of entry where we have no words for it."""
    known = texts.messages.get(f"watch.act.{act.act}")
    return known or texts.messages.get(f"kind.{act.kind}", act.kind)


def name_key_act(act: KeyAct, texts: Texts) -> str:
    """Say what was done with a key; its code where the index is newer than we."""
    return texts.messages.get(f"said.act.{act.act}") or act.act or ""


def name_ceremony(kind: str, texts: Texts) -> str:
    """Say what a ceremony was for; just that it was one where the kind is new."""
    return texts.messages.get(f"keys.kind.{kind}", texts.get("keys.kind"))


def tell_value(value: object, member: str, texts: Texts) -> str | None:
    """Give what an entry holds in words: a code, a day, which flag; else None."""
    if member == "flag" and isinstance(value, int):
        return str(value + 1)
    if member in _DAYS and isinstance(value, str) and _DAY.fullmatch(value):
        return format_day(value)
    codes = value if isinstance(value, list) else [value]
    prefixes = _CODES.get(member, ())
    found = [
        next((t for p in prefixes if (t := texts.messages.get(f"{p}{code}"))), None)
        for code in codes
    ]
    known = [text for text in found if text is not None]
    return "; ".join(known) if known and len(known) == len(found) else None


@cache
def load_texts(language: str, folder: Path = FOLDER) -> Texts:
    """Read a catalogue, once in a process; every message must have a text."""
    data = (folder / f"{language}.po").read_bytes()
    catalogue = read_po(io.BytesIO(data), locale=language, abort_invalid=True)
    found = [message for message in catalogue if message.id]
    messages = {str(message.id): str(message.string) for message in found}
    empty = sorted(key for key, text in messages.items() if not text)
    if empty:
        raise ValueError(f"{language}.po lacks a text for {', '.join(empty)}")
    return Texts(language, messages)
