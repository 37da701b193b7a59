"""Verbs that are imported when they are run: a list of verbs costs nobody a database.

- Each verb is named with where it is and the line that the list shows of it.
- A verb whose packages are not in this install says which extra brings them.
- A line that is not typed as it must be is refused in Dutch (`usage`).
- A fault of the program itself is said by its name and place, without what it held.
Proven by tests/contract/test_a_light_install.py.
"""

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from keys.extras import ExtraMissing, import_with_extra
from sources.cli.commands import note_given, one_line
from sources.cli.plain import PlainConsole
from sources.cli.usage import say_usage, speak_dutch

UNUSABLE: Final = 2
STOPPED: Final = 1
_INTERRUPTED: Final = 130
"""What the library gives for Ctrl+C, without a word."""
_ONLY: Final = "verb"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its module, its function or group there, and what the list says."""

    module: str
    name: str
    help: str


class LazyCommand(TyperCommand):
    """What the list shows of a verb; the verb itself takes over once it is run."""

    def __init__(self, name: str, verb: Verb) -> None:
        super().__init__(name=name, help=verb.help)
        self._verb = verb

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as given
        """Give the context of the verb itself, which is imported here."""
        note_given(args[1])
        return load_verb(self._verb).make_context(*args, **kwargs)


def load_verb(verb: Verb) -> Any:  # noqa: ANN401 - typer keeps its command's type private
    """Import a verb; leaves with a sentence where its extra is not installed."""
    try:
        found = getattr(import_with_extra(verb.module, "source"), verb.name)
    except ExtraMissing as missing:
        typer.echo(
            f"Dit hoort bij een aanleverende organisatie. Installeer het met "
            f"{missing.install}",
            err=True,
        )
        raise typer.Exit(UNUSABLE) from None
    group = typer.Typer(add_completion=False, callback=_group)
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=_ONLY)
    else:
        group.command(_ONLY)(found)
    verb_found = cast("TyperGroup", get_command(group)).commands[_ONLY]
    speak_dutch(verb_found)
    return verb_found


def _group() -> None:
    """Make a group of one verb: only then typer keeps its name and its help."""


def _run(run: Callable[[], object]) -> int:
    """Give the exit code of a line; what stops it before a verb begins is said here."""
    try:
        code = run()
    except typer.TyperException as error:
        says = "" if type(error).__name__ == "NoArgsIsHelpError" else say_usage(error)
        if says:
            PlainConsole(stderr=True, soft_wrap=True).print(says)
        return error.exit_code
    except typer.Abort:
        code = _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge: a traceback could hold input
        PlainConsole(stderr=True, soft_wrap=True).print(_say_fault(error))
        return STOPPED
    if code == _INTERRUPTED:
        PlainConsole(stderr=True).print(
            "Afgebroken. Geef de opdracht opnieuw als u verder wilt.", soft_wrap=True
        )
        return STOPPED
    return code if isinstance(code, int) else 0


def _say_fault(error: Exception) -> str:
    """Say that the program itself failed, and where; nothing of what it held."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, regel {frame.lineno}"
    return (
        f"Er ging iets mis in het programma zelf: {type(error).__name__} ({place}). "
        "Geef de opdracht opnieuw; niets gaat dubbel. Blijft het zo? Stuur deze "
        "melding aan wie u het programma gaf."
    )


def make_group(verbs: Mapping[str, Verb]) -> type[TyperGroup]:
    """Give the kind of group that has these verbs, in this order."""

    class Verbs(TyperGroup):
        def __init__(self, **given: Any) -> None:  # noqa: ANN401 - typer's own keys
            super().__init__(**given)
            for name, verb in verbs.items():
                self.add_command(LazyCommand(name, verb))
            speak_dutch(self)

        def main(
            self,
            args: Sequence[str] | None = None,
            prog_name: str | None = None,
            complete_var: str | None = None,
            standalone_mode: bool = True,  # noqa: FBT001, FBT002 - as typer calls it
            windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - as above
            **extra: Any,  # noqa: ANN401 - as above
        ) -> Any:  # noqa: ANN401 - as above
            """Run a line; one that is not typed as it must be is said in Dutch."""

            def run() -> object:
                return super(Verbs, self).main(
                    args,
                    prog_name,
                    complete_var,
                    standalone_mode=False,
                    windows_expand_args=windows_expand_args,
                    **extra,
                )

            with one_line():
                return sys.exit(_run(run)) if standalone_mode else run()

    return Verbs
