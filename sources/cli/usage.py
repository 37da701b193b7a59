"""A line that is not typed as it must be: said in Dutch, with what to type instead.

The library that reads a line explains itself in English. Each of its refusals is told
here by its kind and by what was expected, never by the library's words, except for the
name of an option that does not exist.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import typer
from rich.markup import escape

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
_OPTIONS: Final = "[OPTIES]"


def speak_dutch(command: Any) -> None:  # noqa: ANN401 - typer keeps its types private
    """Give a command and all in it Dutch names; `[brp_events]` in a help is no markup.

    Proven by tests/unit/sources/test_usage_is_dutch.py.
    """
    command.help = escape(command.help) if command.help else command.help
    command.options_metavar = _OPTIONS
    own_help = command.get_help_option(typer.Context(command))
    own_help.help = "Laat deze uitleg zien."
    for param in (*command.params, own_help):
        if getattr(param, "help", None):
            param.help = escape(param.help)
        is_argument = param.param_type_name == "argument"
        param.rich_help_panel = "Wat u noemt" if is_argument else "Opties"
        if is_argument:
            param.metavar = ARGUMENTS[param.name]
    inner = getattr(command, "commands", None)
    if inner is not None:
        command.subcommand_metavar = "OPDRACHT …"
        for one in inner.values():
            one.rich_help_panel = "Opdrachten"
            speak_dutch(one)


def say_usage(error: Any) -> str:  # noqa: ANN401 - typer keeps its types private
    """Say what is wrong with a line, how it is meant, and where all of it stands."""
    says = _SAID.get(type(error).__name__, _say_other)(error)
    context = error.ctx
    if context is None:
        return says
    path = _find_path(context)
    return (
        f"{says}\nZo is het bedoeld: {path} {_say_form(context.command)}\n"
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
            pieces.append(f"{_name(param)} …")
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
    kind = _find_kind(wanted.annotation)
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


def _find_kind(annotation: Any) -> Any:  # noqa: ANN401 - as above
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
