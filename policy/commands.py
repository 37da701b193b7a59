"""`signal-policy`: check the policy's files, see who may see what, explain a question.

Exit codes: 0 in order (or permitted), 1 faults found (or refused), 2 wrong use.
What people read is Dutch; complaints about files name file and line.
"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from policy import clock, explain, matrix, printing
from policy.bundle import Bundle, load_bundle, parse_bundle, shipped_bundle
from policy.catalogue import shipped_texts
from policy.check import check, read_folder
from policy.decide import Policy, load_policy, scope_text
from policy.differences import find_differences, widens
from policy.errors import PolicyError
from policy.key import calendar_day
from policy.rules import shipped_rules

app = typer.Typer(
    name="signal-policy",
    help="Purposes, legal bases and rules: check them, and see who may see what.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a machine.")]
console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


@app.command("check")
def check_command(
    catalogue: Annotated[
        Path | None, typer.Option(help="Folder of TOML files instead of the shipped.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Folder of Cedar files instead of the shipped.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check catalogue and rules: every fault with its file and line."""
    for folder in (catalogue, rules):
        if folder is not None and not folder.is_dir():
            raise _wrong_use("this folder does not exist")
    report = check(
        shipped_texts() if catalogue is None else read_folder(catalogue, (".toml",)),
        shipped_rules()
        if rules is None
        else read_folder(rules, (".cedar", ".cedarschema")),
    )
    if as_json:
        console.print_json(json.dumps(printing.report_as_json(report)))
    else:
        printing.print_report(console, report)
    raise typer.Exit(1 if report.findings else 0)


@app.command("matrix")
def matrix_command(*, as_json: AsJson = False) -> None:
    """Print who may see what, once a municipality has established the purpose."""
    policy = _policy()
    rows = matrix.build_matrix(policy, calendar_day(clock.now()))
    if as_json:
        console.print_json(json.dumps(printing.matrix_as_json(policy.catalogue, rows)))
    else:
        printing.print_matrix(console, policy.catalogue, rows)


@app.command("explain")
def explain_command(
    question: Annotated[
        Path | None, typer.Argument(help="The question, as a TOML or JSON file.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="The purpose, by its id.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="A role; repeatable.")] = None,
    differs: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Anything else that differs: "
            + ", ".join(explain.QuestionForm.model_fields),
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Explain one question: what it shows, what stays out, and every ground."""
    changes = dict(_pair(text) for text in differs or [])
    if purpose is not None:
        changes["purpose"] = purpose
    if role:
        changes["roles"] = ",".join(role)
    policy = _policy()
    try:
        form = explain.read_form(question, changes)
        weighed = explain.explain(policy, form, calendar_day(clock.now()))
        asked = policy.catalogue.parse_purpose(form.purpose)
    except (PolicyError, OSError) as fault:
        raise _wrong_use(str(fault)) from None
    shown = weighed.permitted
    sentence = scope_text(policy.catalogue, asked, shown) if shown else ""
    if as_json:
        console.print_json(json.dumps(printing.weighed_as_json(weighed, sentence)))
    else:
        printing.print_weighed(console, policy.catalogue, weighed, sentence)
    raise typer.Exit(0 if shown else 1)


@app.command("bundle")
def bundle_command(
    into: Annotated[Path, typer.Option(help="The file to write; must not exist.")],
    catalogue: Annotated[
        Path | None, typer.Option(help="Folder of TOML files instead of the shipped.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Folder of Cedar files instead of the shipped.")
    ] = None,
) -> None:
    """Put catalogue and rules in one file, to propose; prints its SHA-256."""
    shipped = shipped_bundle()
    made = Bundle(
        shipped.catalogue if catalogue is None else _files(catalogue, (".toml",)),
        shipped.rules if rules is None else _files(rules, (".cedar", ".cedarschema")),
    )
    try:
        load_bundle(parse_bundle(made.encode()))
        with into.open("xb") as file:
            file.write(made.encode())
    except PolicyError as fault:
        complaints.print(str(fault), style="red", markup=False)
        raise typer.Exit(1) from None
    except OSError as fault:
        raise _wrong_use(f"{into}: {fault.strerror}") from None
    print(f"{made.digest.hex()}  {into}")  # noqa: T201 - as sha256sum writes it


@app.command("compare")
def compare_command(
    file: Annotated[Path, typer.Argument(help="The bundle that is proposed.")],
    base: Annotated[
        Path | None, typer.Option("--with", help="Another bundle than the shipped one.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a bundle changes: wider, narrower, other. Exit code 1: it widens."""
    try:
        old = load_bundle(shipped_bundle() if base is None else _read(base))
        found = find_differences(old, load_bundle(_read(file)))
    except PolicyError as fault:
        raise _wrong_use(str(fault)) from None
    if as_json:
        console.print_json(json.dumps(printing.differences_as_json(found)))
    else:
        printing.print_differences(console, found)
    raise typer.Exit(1 if widens(found) else 0)


def _files(folder: Path, suffixes: tuple[str, ...]) -> dict[str, str]:
    if not folder.is_dir():
        raise _wrong_use("this folder does not exist")
    return read_folder(folder, suffixes)


def _read(file: Path) -> Bundle:
    try:
        return parse_bundle(file.read_bytes())
    except OSError as fault:
        raise _wrong_use(f"{file}: {fault.strerror}") from None


def _policy() -> Policy:
    try:
        return load_policy()
    except PolicyError as fault:
        complaints.print(str(fault), style="red")
        raise typer.Exit(1) from None


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise _wrong_use("--set takes NAME=VALUE")
    return name.strip(), value.strip()


def _wrong_use(reason: str) -> typer.Exit:
    complaints.print(reason, style="red", markup=False)
    return typer.Exit(2)
