"""The few kinds of fields of the page, each with its label and its fault."""

from collections.abc import Mapping, Sequence

from sources.profile_page.checking import Fault
from sources.profile_page.markup import Markup, join, tag


class Faults:
    """What is wrong with each field, to stand beside it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._says = {each.field: each.says for each in reversed(faults)}

    def show(self, field: str) -> Markup | None:
        """Give the fault of a field as text beside it."""
        says = self._says.get(field)
        return tag("p", says, id=f"{field}-fault", class_="fault") if says else None

    def describe(self, field: str, *others: str) -> dict[str, str | None]:
        """Give the attributes by which a screen reader tells the fault and the hint."""
        is_wrong = field in self._says
        told = [*others, *([f"{field}-fault"] if is_wrong else [])]
        return {
            "aria_invalid": "true" if is_wrong else None,
            "aria_describedby": " ".join(told) or None,
        }


def text_field(
    name: str,
    label: object,
    value: str,
    faults: Faults,
    *,
    hint: str = "",
    kind: str = "",
    among: str | None = None,
    is_asked: bool = False,
) -> Markup:
    """Give a field of one line; `is_asked` where only a person knows what it holds.

    `among`: the id of a list of words that it offers.
    """
    told = (f"{name}-hint",) if hint else ()
    return tag(
        "div",
        tag("label", label, for_=name),
        tag("p", hint, id=f"{name}-hint", class_="quiet") if hint else None,
        faults.show(name),
        tag(
            "input",
            id=name,
            name=name,
            type=kind or "text",
            value=value,
            list=among,
            **faults.describe(name, *told),
        ),
        class_="field asks" if is_asked else "field",
    )


def tick_field(name: str, label: str, *, is_ticked: bool) -> Markup:
    """Give one thing that is so or not."""
    return tag(
        "div",
        tag(
            "input",
            type="checkbox",
            id=name,
            name=name,
            value="yes",
            checked=is_ticked,
        ),
        tag("label", label, for_=name),
        class_="choice",
    )


def choose_field(
    name: str, label: object, options: Mapping[str, str], value: str, faults: Faults
) -> Markup:
    """Give a list to choose from; an empty key is what nobody chose."""
    return tag(
        "div",
        tag("label", label, for_=name),
        faults.show(name),
        _select(name, options, value, faults),
        class_="field" if value else "field asks",
    )


def _select(
    name: str, options: Mapping[str, str], value: str, faults: Faults, *told: str
) -> Markup:
    return tag(
        "select",
        *(
            tag("option", text, value=key, selected=key == value)
            for key, text in options.items()
        ),
        id=name,
        name=name,
        **faults.describe(name, *told),
    )


def bare_select(
    name: str, options: Mapping[str, str], value: str, faults: Faults, *told: str
) -> Markup:
    """Give a list whose label stands elsewhere."""
    return _select(name, options, value, faults, *told)


def radio_field(
    name: str,
    legend: object,
    options: Mapping[str, str],
    value: str,
    faults: Faults,
    *,
    hint: object = None,
    inline: bool = False,
) -> Markup:
    """Give a question with a few answers; none is chosen unless somebody chose it.

    The first answer has the id of the question, where a fault leads to.
    """
    choices = [
        tag(
            "div",
            tag(
                "input",
                type="radio",
                id=name if at == 0 else f"{name}-{at}",
                name=name,
                value=key,
                checked=key == value,
            ),
            tag("label", text, for_=name if at == 0 else f"{name}-{at}"),
            class_="choice",
        )
        for at, (key, text) in enumerate(options.items())
    ]
    return tag(
        "fieldset",
        tag("legend", legend),
        tag("p", hint, class_="quiet") if hint else None,
        faults.show(name),
        tag("div", join(choices), class_="inline" if inline else None),
        class_=None if value in options else "asks",
        **faults.describe(name),
    )
