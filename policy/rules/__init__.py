"""The rules as Cedar text (`*.cedar`), and what reads, guards and asks them."""

from policy.rules.book import (
    Chapter,
    Rule,
    RuleBook,
    load_rules,
    parse_rules,
    shipped_rules,
)
from policy.rules.judge import NOTHING_PERMITS, Allowed, Refused, Verdict, ask

__all__ = [
    "NOTHING_PERMITS",
    "Allowed",
    "Chapter",
    "Refused",
    "Rule",
    "RuleBook",
    "Verdict",
    "ask",
    "load_rules",
    "parse_rules",
    "shipped_rules",
]
