"""A number and what it counts, as Dutch says it of one and of more."""


def say_count(count: int, one: str, more: str) -> str:
    """Say so many of something: "1 zaak staat", "2 zaken staan", "0 zaken staan"."""
    return f"{count} {one if count == 1 else more}"
