"""What the agency's own files would show, before anything is delivered: dry."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from signal_index.wire.deliveries import DeliveryKind
from sources.agency_keys import load_keys
from sources.cli.intake import Place, open_intake
from sources.clock import day_of, now, write_day
from sources.errors import InvalidProfile, UnreadableFile
from sources.foreseeing import count_not_begun, judge_as_delivered
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey, new_outbox_secret
from sources.passed_over import LINES, describe_passed, say_passed
from sources.previewing import Preview, make_preview
from sources.profile import Profile
from sources.proposing.tables import look_at_csv, look_at_excel
from sources.proposing.unread import NOTHING_UNREAD, Unread, find_unread
from sources.publisher.task import Task
from sources.reasons import ALL_REJECTS, say_all_rejects
from sources.refused_beforehand import NOT_SO
from sources.settings import AgencySettings

Own = tuple[str, Preview]


def read_own(
    settings: AgencySettings, profiles: Sequence[Profile], files: Sequence[Path]
) -> list[Own]:
    """Read the file or view of each profile; without any file only the views.

    Raises `InvalidProfile` where files and profiles do not go together.
    """
    read = [one for one in profiles if one.sql is None]
    if files and len(files) != len(read):
        raise InvalidProfile(
            "Geef bij elk profiel dat een bestand leest een --file, in dezelfde orde."
        )
    at = dict(zip([one.name for one in read], files, strict=False))
    return [
        (one.name, _read(settings, one, at.get(one.name)))
        for one in profiles
        if one.sql is not None or one.name in at
    ]


def _read(settings: AgencySettings, profile: Profile, file: Path | None) -> Preview:
    """Read by an outbox that is thrown away: a view is read whole."""
    with (
        TemporaryDirectory() as folder,
        Outbox(Path(folder) / "outbox", OutboxKey(new_outbox_secret())) as outbox,
    ):
        place = Place(file, settings)
        intake = open_intake(place, profile, DeliveryKind.FULL, outbox)
        made = make_preview(intake, today=day_of(now()))
    task = Task(intake, profile, DeliveryKind.FULL)
    judge_as_delivered(made, task, now=now())
    path = settings.outbox
    if not made.refusal and path.exists():
        key = load_keys(settings.keys).outbox
        made.not_begun_told = count_not_begun((path, key), task, now=now())
    if file is not None and not made.refusal:
        made.unread = look_for_unread(file, profile)
    return made


def look_for_unread(file: Path, profile: Profile) -> Unread:
    """Give the columns of a table by which cases are over, and that are not read."""
    layout = profile.csv or profile.xlsx
    if layout is None:
        return NOTHING_UNREAD
    try:
        table = (
            look_at_excel(file, profile.xlsx.sheet or "")
            if profile.xlsx
            else look_at_csv(file)
        )
    except UnreadableFile:  # said by what reads it for real, or no table by itself
        return NOTHING_UNREAD
    read = layout.columns.model_dump(exclude_none=True)
    return find_unread(table.sample, read, today=day_of(now()))


def say_own(own: Sequence[Own]) -> Iterator[str]:
    """Say what was read and how a generalist would see it; Dutch, B1."""
    for name, made in own:
        yield f"Uw eigen registratie {name}, alleen gelezen:"
        if made.refusal:
            yield f"  Niet te gebruiken: {made.refusal}"
            continue
        yield (
            f"  Gelezen: {made.read}. Zou versturen: {made.signals}. Afgelopen: "
            f"{made.closed}. Nog niet begonnen: {made.not_begun}. Afgewezen: "
            f"{made.rejected}."
            + (f" Niets te melden: {made.ignored}." if made.ignored else "")
        )
        if made.refused:
            yield f"  {NOT_SO}"
        yield from (f"  {each}" for each in say_passed(made.passed, LINES))
        yield from (f"  Let op: {each}" for each in made.warnings)
        if made.sought:
            yield f"  Eerst op te zoeken in de BRP: {made.sought}."
        if made.flags:
            yield "  Zo ziet een generalist ze:"
        for flag in made.flags:
            yield (
                f"    {flag.category}, sinds {write_day(flag.since)}. Bel "
                f"{flag.function}, {flag.phone} ({flag.place})"
            )
        rows = made.list_rejected()
        fitting = made.read - made.closed - made.not_begun - made.ignored
        yield from (f"  {each}" for each in say_all_rejects(rows, fitting))
        if rows:
            yield f"  {ALL_REJECTS}"


def describe_own(own: Sequence[Own]) -> list[dict[str, object]]:
    """Give the same for a machine: counts and codes, no record."""
    return [
        {
            "profile": name,
            "read": made.read,
            "signals": made.signals,
            "closed": made.closed,
            "notBegun": made.not_begun,
            "notBegunTold": made.not_begun_told,
            "ignored": made.ignored,
            "sought": made.sought,
            "passed": describe_passed(made.passed),
            "rejects": {
                f"{reason.value}: {field}" if field else reason.value: count
                for (reason, field), count in made.rejects.items()
            },
            "refusal": made.refusal,
        }
        for name, made in own
    ]
