"""`keys take-record`: the record of a ceremony, checked and kept for who asks later."""

from pathlib import Path
from typing import Annotated

import typer

from keys.config import KeyConfig
from keys.digits import write_digits
from keys.files import read_public
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.ledger import KeyStep
from signal_index.settings import Settings, load_settings
from signal_index.store.activations import find_newest, find_of_ceremony
from signal_index.store.ceremony_records import KeptRecord, keep_record
from signal_index.store.key_steps import record_key_step
from signal_index.verify.ceremonies import (
    CheckedRecord,
    RecordRefused,
    check_record,
    open_signed,
    verify_in_use,
)


def take_record(
    record: Annotated[Path, typer.Argument(help="record.json of any holder.")],
    settings: SettingsFile,
) -> None:
    """Check the record of a ceremony against the key config, and keep it.

    Officers see it, and auditors get it. Its digits must be those that the holders read
    aloud. No secret is needed, and none is in it.
    """
    made, is_new = run(lambda: _take_record(settings, record))
    config = made.config
    say(
        f"{made.kind}: key version {config.key_version}, epoch {config.epoch}, "
        f"transcript {write_digits(made.transcript)}"
    )
    say("it holds, and is kept" if is_new else "it holds, and was kept already")


async def _take_record(file: Path, path: Path) -> tuple[CheckedRecord, bool]:
    settings = load_settings(file)
    document = read_public(path)
    made = check_record(document, path.name)
    async with administering(settings) as (conn, recorder):
        config = await find_of_ceremony(conn, made.transcript)
        if config is None:
            verify_not_passed(made, await find_newest(conn))
        verify_in_use(config or _read_config(settings, made), made.config)
        kept = KeptRecord(made.kind, recorder.clock())
        is_new = await keep_record(conn, made.transcript, kept, document.decode())
        if is_new:
            await record_key_step(
                conn,
                recorder,
                KeyStep.RECORD_KEPT,
                version=int(made.config.key_version),
                epoch=made.config.epoch,
                ceremony=made.kind,
                transcript=made.transcript.hex(),
            )
    return made, is_new


def verify_not_passed(made: CheckedRecord, newest: KeyConfig | None) -> None:
    """Raise `RecordRefused` where this index went past what a ceremony made, unused."""
    if newest is not None and newest.serial > made.config.serial:
        raise RecordRefused(
            f"this index uses serial {newest.serial}, and never took up "
            f"{made.config.serial}, which this ceremony made: nobody asks for its "
            "record here. Let an auditor have it from a holder"
        )


def _read_config(settings: Settings, made: CheckedRecord) -> KeyConfig:
    """Read the config that this index is to take up, before it first served."""
    return open_signed(read_public(settings.key_config), made.pins)
