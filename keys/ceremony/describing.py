"""What a person sees of a ceremony before taking part: who, until when, and on what."""

from collections.abc import Iterator

from keys.ceremony.digits import tell_digits
from keys.ceremony.plan import Plan


def describe(plan: Plan) -> Iterator[str]:
    """Say it in lines, with the digits that people compare."""
    draft = plan.file.draft
    yield _say_what(plan)
    if plan.former is not None:
        digits = tell_digits(plan.former.config.encode())
        yield f"config in use, serial {draft.serial - 1}: {digits}"
        if plan.file.rotation is not None:
            yield f"rotation.json: {tell_digits(plan.file.rotation.encode())}"
    yield f"Any {draft.threshold} of these holders will suffice:"
    cards = zip(plan.cards, plan.file.cards, strict=True)
    for index, (each, file) in enumerate(cards, 1):
        digits = tell_digits(file.payload.encode())
        yield f"  {index}  {each.id}  card {digits}{_say_role(plan, index)}"
    ends = f"valid {draft.valid_from:%Y-%m-%d} to {draft.valid_until:%Y-%m-%d}"
    if plan.former is not None and draft.valid_until < plan.former.config.valid_until:
        ends += f", SHORTER than now: {plan.former.config.valid_until:%Y-%m-%d}"
    yield ends


def _say_what(plan: Plan) -> str:
    draft = plan.file.draft
    if plan.former is None:
        return "generate: a new key"
    if plan.file.kind == "rotate":
        return f"rotate: key version {draft.key_version}, another key"
    return f"{plan.file.kind}: epoch {draft.epoch} of the key in use"


def _say_role(plan: Plan, index: int) -> str:
    """Say what becomes of the holder that stands there now."""
    if plan.former is None or not plan.former.givers:
        return ""
    if index in plan.former.givers:
        return "  gives of its share"
    if plan.former.find_holder(index, plan.card(index)) is None:
        return f"  NEW, in the place of {plan.former.config.holders[index - 1].id}"
    return "  gets a new share"
