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
from policy.catalogue import shipped_texts
from policy.check import check, read_folder
from policy.decide import Policy, load_policy, scope_text
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


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
