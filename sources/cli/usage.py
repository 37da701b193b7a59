"""All that a line of the program says of itself is Dutch: its help, and its refusals.

The library that reads a line explains itself in English. What its help calls a value,
and each of its refusals, is told here by its kind and by what was expected, never by
the library's words, except for the name of an option that does not exist.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import typer
from rich.markup import escape
from typer import rich_utils

from sources.cli.references import NO_REFERENCE

ARGUMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file": "BESTAND",
        "invitation": "UITNODIGING",
        "reference": "KENMERK",
        "correction": "KENMERK",
        "ids": "KENMERK",
        "match": "KENMERK",
        "answer": "ANTWOORD",
        "delivery": "LEVERING",
        "old": "OUD",
        "new": "NIEUW",
    }
)
"""What each argument is called where a person reads it."""
_NO_OUTBOX: Final = (
    "Dit is geen naam van een postvak. `signal-source status` zegt hoe een postvak "
    "heet."
)
_JOINED: Final = "\u00a0"  # an option and its value stay on one line
_OPTIONS: Final = "[OPTIES]"
_MEANT: Final = "Zo is het bedoeld"
KINDS: Final[Mapping[object, str]] = MappingProxyType(
    {
        bool: "",
        str: "TEKST",
        Path: "PAD",
        int: "GETAL",
        UUID: "POSTVAK",
        datetime: "JJJJ-MM-DD",
    }
)
"""What the help calls the value of an option; a choice is its own words."""


def speak_dutch(command: Any) -> None:  # noqa: ANN401 - typer keeps its types private
    """Give a command and all in it Dutch names; `[brp_events]` in a help is no markup.

    Proven by tests/unit/sources/test_usage_is_dutch.py.
    """
    rich_utils.REQUIRED_LONG_STRING = "[moet]"
    rich_utils.DEFAULT_STRING = "[zonder: {}]"
    paragraphs = (command.help or "").split("\n\n")
    joined = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    command.help = escape(joined) or None  # a line of the code is no line of the text
    command.format_usage = _format_usage
    own_help = command.get_help_option(typer.Context(command))
    own_help.help = "Laat deze uitleg zien."
    for param in (*command.params, own_help):
        if getattr(param, "help", None):
            param.help = escape(param.help)
        _name_value(param)
    inner = getattr(command, "commands", None)
    if inner is not None:
        for one in inner.values():
            one.rich_help_panel = "Opdrachten"
            speak_dutch(one)


def _name_value(param: Any) -> None:  # noqa: ANN401 - as above
    """Name what is given: an argument by its name, an option by its kind of value."""
    wanted = param.type_descriptor
    choices = "|".join(map(str, wanted.choices or ()))
    if param.param_type_name == "argument":
        param.rich_help_panel = "Wat u noemt"
        param.metavar = ARGUMENTS[param.name]
        param.display_type_rich = lambda ctx: choices  # noqa: ARG005 - as typer calls it
        return
    param.rich_help_panel = "Opties"
    param.metavar = choices or KINDS[find_kind(wanted.annotation)]


def _format_usage(ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
    """Write how a line is typed, as a refusal of one does."""
    form = _say_form(ctx.command)
    formatter.write_usage(_find_path(ctx), form, f"{_MEANT}: ")


def say_usage(error: Any) -> str:  # noqa: ANN401 - typer keeps its types private
    """Say what is wrong with a line, how it is meant, and where all of it stands."""
    says = _SAID.get(type(error).__name__, _say_other)(error)
    context = error.ctx
    if context is None:
        return says
    path = _find_path(context)
    return (
        f"{says}\n{_MEANT}: {path} {_say_form(context.command)}\n"
        f"Alles erover: `{path} --help`"
    )


def _say_form(command: Any) -> str:  # noqa: ANN401 - as above
    """Give what a verb cannot do without, and that it takes more."""
    if getattr(command, "commands", None):
        return "OPDRACHT …"
    pieces = []
    for param in command.params:
        is_argument = param.param_type_name == "argument"
        if is_argument:
            pieces.append(param.metavar if param.required else f"[{param.metavar}]")
        elif param.required:
            pieces.append(f"{_name(param)}{_JOINED}…")
    return " ".join([*pieces, _OPTIONS])


def _find_path(context: Any) -> str:  # noqa: ANN401 - as above
    """Give the command as it is typed, whatever started the program."""
    names = []
    while context.parent is not None:
        names.append(context.info_name)
        context = context.parent
    return " ".join(["signal-source", *reversed(names)])


def _name(param: Any) -> str:  # noqa: ANN401 - as above
    if param.param_type_name == "argument":
        return str(param.metavar)
    return str(max(param.opts, key=len))


def _say_missing(error: Any) -> str:  # noqa: ANN401 - as above
    about = (getattr(error.param, "help", "") or "").replace("\\[", "[")
    return f"{_name(error.param)} ontbreekt. {about}".rstrip()


def _say_unknown_option(error: Any) -> str:  # noqa: ANN401 - as above
    near = sorted(error.possibilities or ())
    meant = f" Bedoelt u {' of '.join(near)}?" if near else ""
    return f"De optie {error.option_name} bestaat hier niet.{meant}"


def _say_bad_option(error: Any) -> str:  # noqa: ANN401 - as above
    return (
        f"Achter {error.option_name} ontbreekt wat erbij hoort, of er staat iets dat "
        "er niet hoort. Zet --help achter de opdracht: dan ziet u wat het is."
    )


def _say_bad_value(error: Any) -> str:  # noqa: ANN401 - as above
    param = error.param
    wanted = param.type_descriptor
    kind = find_kind(wanted.annotation)
    if wanted.choices is not None:
        says = f"Kies uit: {', '.join(map(str, wanted.choices))}."
    elif kind is UUID:
        says = NO_REFERENCE if param.name == "reference" else _NO_OUTBOX
    elif kind is datetime:
        says = "Schrijf een dag als jjjj-mm-dd, zoals 2026-10-01."
    elif kind is int:
        least = wanted.parameter_info.min
        says = "Hier hoort een heel getal" + (f", minstens {least}." if least else ".")
    else:
        says = "Dit is hier niet te gebruiken."
    return f"{_name(param)}: {says}"


def find_kind(annotation: Any) -> Any:  # noqa: ANN401 - as above
    """Give what one value must be, also of an option that may be given more often."""
    (kind, *_) = getattr(annotation, "__args__", None) or (annotation,)
    return kind


def _say_other(error: Any) -> str:  # noqa: ANN401 - as above
    """Say of a group that it knows no such verb; of a verb, that too much was given."""
    verbs = getattr(error.ctx.command, "commands", None) if error.ctx else None
    if verbs:
        return f"Deze opdracht is er niet. Kies uit: {', '.join(verbs)}."
    return (
        "Er staat te veel op deze regel. Staat er een spatie in een naam? Zet die naam "
        "dan tussen aanhalingstekens."
    )


_SAID: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "NoSuchOption": _say_unknown_option,
        "MissingParameter": _say_missing,
        "BadParameter": _say_bad_value,
        "BadOptionUsage": _say_bad_option,
    }
)
