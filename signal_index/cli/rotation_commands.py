"""`keys rotate begin`, `finish`, `over`, `destroy`: the index's part in a rotation.

    begin     a one-time key, and rotation.json, for the holders' ceremony
    finish    the index's secret of the next key version
    over      rotated.json: that the version before is over, for the holders
    destroy   that of a version which is over

The index learns the factor between two keys and neither key; this command finds it,
and ends. What serves has no such code: `keys.ceremony` is imported here alone.

- An entry stands before anything that it tells of is written or destroyed.
- A rotation that was finished is finished again with the same outcome, until its
  one-time key is erased, which comes last.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.ceremony.carrying import Asked, carry_over
from keys.ceremony.digits import tell_digits
from keys.ceremony.documents import (
    HandOverFile,
    RecordFile,
    encode,
    parse_file,
    read_file,
)
from keys.ceremony.handing_over import find_transcript
from keys.ceremony.rotation import (
    Rotated,
    RotatedFile,
    Rotation,
    RotationFile,
    SealPair,
    open_told,
    sign_told,
)
from keys.ceremony.succession import verify_width
from keys.config import KeyConfig
from keys.overlap import Place, find_version_end
from keys.pseudonym import KeyVersion
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.errors import KeyConfigUnusable, VersionStillUsed
from signal_index.ledger import KeyStep
from signal_index.rotation_files import (
    begin_rotation,
    destroy_scalar,
    end_rotation,
    load_scalar,
    read_rotation,
    verify_none_begun,
    verify_none_waits,
    verify_room,
    write_rotated,
)
from signal_index.settings import Settings, load_settings
from signal_index.signing_files import load_signing_key
from signal_index.store.activations import find_first_uses, find_newest, find_rotated
from signal_index.store.key_steps import record_key_step

rotate_app = typer.Typer(
    no_args_is_help=True, help="Another key: the index's part in it."
)

HandedOver = Annotated[
    list[Path], typer.Argument(help="hand-over-1.json and so on, of every holder.")
]
Record = Annotated[Path, typer.Option(help="record.json of the ceremony.")]
Anew = Annotated[
    bool, typer.Option("--anew", help="Give up the rotation that was begun before.")
]
_RECORD: Final = Path("record.json")


@rotate_app.command("begin")
def begin(settings: SettingsFile, *, anew: Anew = False) -> None:
    """Ask the holders for another key: rotation.json, which this index signs."""
    path, digits = run(lambda: _begin(settings, is_anew=anew))
    say(f"{path}: {digits}")
    say("Give it to every holder, and read these digits aloud in their call.")


@rotate_app.command("finish")
def finish(
    handed: HandedOver, settings: SettingsFile, *, record: Record = _RECORD
) -> None:
    """Take in what every holder handed over: this index's secret of the next key."""
    version = run(lambda: _finish(settings, handed, record))
    say(f"key version {version} can be used here: no row changes")
    say("Say so in the call. Keep a copy of the key folder, as at first.")


@rotate_app.command("over")
def over(version: int, settings: SettingsFile) -> None:
    """Say to the holders, signed, that a key version is over: its shares may go."""
    path = run(lambda: _tell_over(settings, KeyVersion(version)))
    say(f"version {version} is over. Give {path} to every holder.")


@rotate_app.command("destroy")
def destroy(version: int, settings: SettingsFile) -> None:
    """Destroy this index's secret of a key version that is over."""
    asked = typer.prompt(f"Type {version} to destroy its secret for ever")
    run(lambda: _destroy(settings, version, asked))
    say(f"the secret of version {version} is destroyed here: destroy its copies too")


async def _begin(file: Path, *, is_anew: bool) -> tuple[Path, str]:
    settings = load_settings(file)
    key = load_signing_key(settings.keys, clock.now())
    if not is_anew:
        verify_none_begun(settings.keys)
    async with administering(settings) as (conn, recorder):
        known = await _find_known(conn)
        verify_none_waits(settings.keys, KeyVersion(known.key_version + 1))
        verify_width(known.threshold, len(known.holders))
        pair = SealPair.generate()
        asked = Rotation(
            key_version=known.key_version + 1,
            serial=known.serial,
            seal_key=pair.public,
            begun_at=clock.now().replace(microsecond=0),
            index_key=key.public,
        )
        told = RotationFile(rotation=sign_told(key, asked))
        await record_key_step(
            conn, recorder, KeyStep.ROTATION_BEGUN, version=known.key_version + 1
        )
    path = begin_rotation(settings.keys, pair.secret, encode(told) + b"\n")
    return path, tell_digits(told.rotation.encode())


async def _finish(file: Path, handed: list[Path], record: Path) -> int:
    settings = load_settings(file)
    asked = _read_asked(settings)
    async with administering(settings) as (conn, recorder):
        known = await _find_known(conn)
        carried = carry_over(
            read_file(RecordFile, record),
            [(path.name, read_file(HandOverFile, path)) for path in handed],
            asked,
            known=known,
            scalar=load_scalar(settings.keys, known.key_version),
        )
        version = KeyVersion(asked.rotation.key_version)
        verify_room(settings.keys, version, carried.scalar)
        await record_key_step(
            conn,
            recorder,
            KeyStep.ROTATION_FINISHED,
            version=version,
            epoch=carried.conclusion.config.epoch,
            transcript=find_transcript(carried.conclusion).hex(),
        )
    end_rotation(settings.keys, version, carried.scalar)
    return version


async def _tell_over(file: Path, version: KeyVersion) -> Path:
    settings, following = load_settings(file), KeyVersion(version + 1)
    key = load_signing_key(settings.keys, clock.now())
    load_scalar(settings.keys, following)
    async with administering(settings) as (conn, recorder):
        known = await _find_known(conn)
        now = recorder.clock()
        _verify_over(version, known, await find_first_uses(conn), now)
        transcript = await find_rotated(conn, following)
    rotated = Rotated(
        transcript=transcript,
        key_version=following,
        over_at=now.replace(microsecond=0),
        index_key=key.public,
    )
    told = encode(RotatedFile(rotated=sign_told(key, rotated))) + b"\n"
    return write_rotated(settings.keys, following, told)


async def _destroy(file: Path, number: int, asked: str) -> None:
    settings, version = load_settings(file), KeyVersion(number)
    if asked != str(number):
        raise VersionStillUsed("nothing was destroyed: that is not the version")
    load_scalar(settings.keys, version)
    async with administering(settings) as (conn, recorder):
        known = await _find_known(conn)
        uses = await find_first_uses(conn)
        _verify_over(version, known, uses, recorder.clock())
        await record_key_step(
            conn, recorder, KeyStep.VERSION_DESTROYED, version=version
        )
    # Only now: what was destroyed without an entry could not be explained any more.
    destroy_scalar(settings.keys, version)


async def _find_known(conn: AsyncConnection) -> KeyConfig:
    known = await find_newest(conn)
    if known is None:
        raise KeyConfigUnusable("this index never served: it knows no key config")
    return known


def _verify_over(
    version: KeyVersion,
    known: KeyConfig,
    uses: Mapping[Place, datetime],
    now: datetime,
) -> None:
    """Hold that a version is answered for by nobody: the next one is, for a day.

    Counted from the first lookup under the next one, as holders and index count; that
    a config was taken up says of nobody that it went on.
    """
    if version >= known.key_version:
        raise VersionStillUsed(f"version {version} is in use, or is to be")
    until = find_version_end(version, uses.items())
    if until is None:
        raise VersionStillUsed(
            f"version {version} is answered for still: nobody asked under the next one"
        )
    if now < until:
        raise VersionStillUsed(
            f"version {version} is answered for until {until:%Y-%m-%d %H:%M} UTC"
        )


def _read_asked(settings: Settings) -> Asked:
    secret, told = read_rotation(settings.keys)
    name = "rotation.json"
    file = parse_file(RotationFile, told, name)
    rotation = open_told(Rotation, file.rotation, name)
    return Asked(rotation, SealPair(rotation.seal_key, secret))
