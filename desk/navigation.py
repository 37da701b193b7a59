"""What stands in the menu, by role, and where a person begins.

A person without any role that we know keeps the generalist's menu: the pages themselves
say what is missing, and the index decides.
"""

import re
from dataclasses import dataclass
from typing import Final

from desk.roles import (
    APPROVERS,
    DATA_PROTECTION_OFFICER,
    HAND_SIGNALLERS,
    NOTICE_READERS,
    OFFICERS,
    SILENT,
    SOURCE_ADMINISTRATORS,
)
from desk.tokens import Person

OFFICER: Final = "/officer"
LOOKUP: Final = "/lookup"
_WORK_PAGE: Final = re.compile(
    r"/(officer|agency|involved|follows|hand-over)(/[a-z0-9-]{1,64}){0,4}"
)
_PAGES: Final = frozenset(
    {
        *("/", "/start", "/arrived", LOOKUP, "/own-lookups", "/own-reviews"),
        "/break-glass",
    }
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One page in the menu: its text's key, and whose it is."""

    href: str
    key: str
    roles: frozenset[str]

    def is_at(self, path: str) -> bool:
        """Tell whether a path is this page, or one below it."""
        return path == self.href or path.startswith(self.href + "/")


APPROVALS: Final = "/officer/approvals"
OFFICERS_MENU: Final = (
    MenuItem("/officer/overview", "shell.overview", OFFICERS),
    MenuItem("/officer/search", "shell.search", OFFICERS),
    MenuItem("/officer/reviews", "shell.reviews", OFFICERS),
    MenuItem("/officer/citizens", "shell.citizens", OFFICERS),
    MenuItem("/officer/reports", "shell.reports", OFFICERS),
    MenuItem("/officer/completeness", "shell.completeness", OFFICERS),
    MenuItem("/officer/policy", "shell.policy", APPROVERS),
    MenuItem("/officer/keys", "shell.keys", APPROVERS),
    MenuItem(APPROVALS, "shell.approvals", APPROVERS),
    MenuItem("/officer/transfers", "shell.transfers", APPROVERS),
    MenuItem("/officer/watch", "shell.watch", DATA_PROTECTION_OFFICER),
)
NOTICES: Final = "/agency/notices"
CORRECTIONS: Final = NOTICES + "/corrections"
MATCHES: Final = "/agency/matches"
AGENCYS_MENU: Final = (
    MenuItem("/agency/deliveries", "shell.deliveries", SOURCE_ADMINISTRATORS),
    MenuItem(NOTICES, "shell.notices", NOTICE_READERS),
    MenuItem(MATCHES, "shell.matches", NOTICE_READERS),
    MenuItem("/agency/signals", "shell.signals", SOURCE_ADMINISTRATORS),
    MenuItem("/agency/contacts", "shell.contacts", SOURCE_ADMINISTRATORS),
)
FOLLOWS: Final = "/follows"
INVOLVED: Final = "/involved"
HAND_OVER: Final = "/hand-over"
_HAND_SIGNALLERS_MENU: Final = (MenuItem(INVOLVED, "shell.involved", HAND_SIGNALLERS),)
_GENERALISTS_MENU: Final = (
    MenuItem(LOOKUP, "shell.lookup", frozenset()),
    MenuItem("/own-lookups", "shell.own-lookups", frozenset()),
    MenuItem(FOLLOWS, "shell.follows", frozenset()),
)


def find_menu(person: Person) -> tuple[MenuItem, ...]:
    """Give the menu of this person."""
    held = frozenset(person.roles)
    others = APPROVERS | SOURCE_ADMINISTRATORS | HAND_SIGNALLERS
    has_other_work = not held.isdisjoint(others)
    looks_up = not has_other_work or any(r.startswith("generalist") for r in held)
    menu = (*_HAND_SIGNALLERS_MENU, *OFFICERS_MENU, *AGENCYS_MENU)
    own = tuple(item for item in menu if not held.isdisjoint(item.roles))
    lookups = _GENERALISTS_MENU if looks_up else ()
    return (
        *(one for one in lookups if one.href != FOLLOWS or may_follow(person)),
        *own,
    )


def may_follow(person: Person) -> bool:
    """Tell whether a person's roles are of those that follow a case at all."""
    return SILENT.isdisjoint(person.roles)


def find_start(person: Person) -> str:
    """Give the page on which this person begins."""
    return find_menu(person)[0].href


def find_officers_start(person: Person) -> str:
    """Give an officer's first page; the home page for who is none."""
    held = frozenset(person.roles)
    own = (item.href for item in OFFICERS_MENU if not held.isdisjoint(item.roles))
    return next(own, "/")


def is_own_page(path: str) -> bool:
    """Tell whether a path is one of our pages, so that a login may lead back to it."""
    return path in _PAGES or _WORK_PAGE.fullmatch(path) is not None
