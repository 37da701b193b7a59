"""The commands of `signal-index`, put together."""

import typer

from signal_index.cli import server_commands
from signal_index.cli.account_commands import account_app
from signal_index.cli.ceremony_commands import take_record
from signal_index.cli.completeness_commands import (
    disclose_command,
    nen7513_command,
)
from signal_index.cli.decoy_commands import set_decoys
from signal_index.cli.ending_commands import (
    end_admission,
    end_client,
    end_contact_label,
    end_organisation,
    end_signer,
    end_source,
)
from signal_index.cli.joining_commands import accept, client_metadata, invite
from signal_index.cli.key_commands import keys_app
from signal_index.cli.ledger_commands import compare_command, export_command
from signal_index.cli.match_commands import match_now
from signal_index.cli.overview_commands import overview_app
from signal_index.cli.registry_commands import (
    client_app,
    contact_label_app,
    load,
    loop_app,
    organisation_app,
    purpose_app,
    signer_app,
    source_app,
)
from signal_index.cli.rotation_commands import rotate_app
from signal_index.cli.source_commands import go_live, show_source, to_trial
from signal_index.cli.succession_commands import ledger_app
from signal_index.reconcile import reconcile_command
from signal_index.verify.full import PASS_ON, verify_command
from signal_index.witness import witness_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The signal index: who is involved with a citizen, and nothing else.",
)
app.command("migrate")(server_commands.migrate)
app.command("serve")(server_commands.serve)
app.command("upkeep")(server_commands.upkeep)
app.command("load")(load)
app.command("export")(export_command)
app.command("verify", context_settings=PASS_ON, add_help_option=False)(verify_command)
app.command("disclose")(disclose_command)
app.command("nen7513")(nen7513_command)
app.command("decoys")(set_decoys)
app.command("reconcile")(reconcile_command)
app.command("invite")(invite)
app.command("accept")(accept)
client_app.command("metadata")(client_metadata)
organisation_app.command("end")(end_organisation)
organisation_app.command("end-admission")(end_admission)
client_app.command("end")(end_client)
signer_app.command("end")(end_signer)
contact_label_app.command("end")(end_contact_label)
keys_app.command("take-record")(take_record)
keys_app.add_typer(rotate_app, name="rotate")
app.add_typer(keys_app, name="keys")
app.add_typer(witness_app, name="witness")
ledger_app.command("compare")(compare_command)
app.add_typer(ledger_app, name="ledger")
app.add_typer(organisation_app, name="organisation")
app.add_typer(client_app, name="client")
app.add_typer(signer_app, name="signer")
app.add_typer(contact_label_app, name="contact-label")
source_app.command("show")(show_source)
source_app.command("go-live")(go_live)
source_app.command("to-trial")(to_trial)
source_app.command("end")(end_source)
app.add_typer(source_app, name="source")
app.add_typer(account_app, name="account")
app.add_typer(purpose_app, name="purpose")
loop_app.command("match")(match_now)
app.add_typer(loop_app, name="loop")
app.add_typer(overview_app, name="overview")
