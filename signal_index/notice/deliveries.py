"""A delivery: a source says that it has told us everything up to a moment.

Also closed when nothing changed, for only then does "nothing found" mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from keys.municipality import MunicipalityCode
from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Oin,
    Slug,
    encode_instant,
    parse_instant,
    parse_int,
    parse_list,
    parse_municipality,
    parse_object,
    parse_oin,
    parse_slug,
    parse_uuid,
)

_CATEGORIES_MAXIMUM: Final = 64
_MUNICIPALITIES_MAXIMUM: Final = 400
_REASONS_MAXIMUM: Final = 64
_DELIVERY: Final = (
    "delivery",
    "source",
    "kind",
    "from",
    "until",
    "categories",
    "municipalities",
    "counts",
)
_T = TypeVar("_T")
_COUNTS: Final = ("read", "accepted", "unchanged", "withdrawn", "rejected")


class DeliveryKind(StrEnum):
    """Whether a delivery holds everything or only what changed."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many records the source read, and what became of them."""

    read: int
    accepted: int
    unchanged: int
    withdrawn: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One closed delivery of a source."""

    delivery: UUID
    source: Oin
    kind: DeliveryKind
    starts: datetime
    ends: datetime
    categories: tuple[Slug, ...]
    municipalities: tuple[MunicipalityCode, ...]
    counts: DeliveryCounts
    rejects: tuple[tuple[Slug, int], ...] = ()
    """Of the records that were rejected: how many for which reason, by code."""


def encode_delivery(delivery: Delivery) -> dict[str, object]:
    """Give the wire form of a delivery."""
    told = {"rejects": [{"reason": r, "count": n} for r, n in delivery.rejects]}
    return {
        "delivery": str(delivery.delivery),
        "source": delivery.source,
        "kind": delivery.kind.value,
        "from": encode_instant(delivery.starts),
        "until": encode_instant(delivery.ends),
        "categories": list(delivery.categories),
        "municipalities": list(delivery.municipalities),
        "counts": {name: getattr(delivery.counts, name) for name in _COUNTS},
        **(told if delivery.rejects else {}),
    }


def parse_delivery(value: object) -> Delivery:
    """Give a delivery from its wire form, or raise `InvalidField`."""
    item = parse_object(value, _DELIVERY, ("rejects",))
    counts = parse_object(item["counts"], _COUNTS, field="counts")
    categories = parse_list(
        item["categories"], "categories", maximum=_CATEGORIES_MAXIMUM
    )
    places = parse_list(
        item["municipalities"], "municipalities", maximum=_MUNICIPALITIES_MAXIMUM
    )
    delivery = Delivery(
        delivery=parse_uuid(item["delivery"], "delivery"),
        source=parse_oin(item["source"], "source"),
        kind=_parse_kind(item["kind"]),
        starts=parse_instant(item["from"], "from"),
        ends=parse_instant(item["until"], "until"),
        categories=_distinct([parse_slug(x, "categories") for x in categories]),
        municipalities=_distinct(
            [parse_municipality(x, "municipalities") for x in places]
        ),
        counts=DeliveryCounts(**{k: parse_int(counts[k], k) for k in _COUNTS}),
        rejects=_parse_rejects(item.get("rejects", [])),
    )
    if not delivery.categories or not delivery.municipalities:
        raise InvalidField("categories", "missing")
    if delivery.ends < delivery.starts:
        raise InvalidField("until", "before-start")
    return delivery


def _parse_rejects(value: object) -> tuple[tuple[Slug, int], ...]:
    items = [
        parse_object(one, ("reason", "count"), field="rejects")
        for one in parse_list(value, "rejects", maximum=_REASONS_MAXIMUM)
    ]
    return tuple(
        (parse_slug(one["reason"], "rejects"), parse_int(one["count"], "rejects"))
        for one in items
    )


def _parse_kind(value: object) -> DeliveryKind:
    try:
        return DeliveryKind(parse_slug(value, "kind"))
    except ValueError as error:
        raise InvalidField("kind", "unknown-code") from error


def _distinct(items: list[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
