"""One profile made on the page: from the proposal to the file that was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Final

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import InvalidProfile
from sources.foreseeing import judge_as_delivered
from sources.intake.files import FileIntake
from sources.previewing import Preview, make_preview
from sources.profile import Profile
from sources.profile_page.checking import Fault, check
from sources.profile_page.draft import Draft
from sources.profile_page.form import Form, read_form
from sources.profile_page.markup import tag
from sources.profile_page.screens import show_end, show_page
from sources.profile_page.server import Answer, PageServer
from sources.proposing.unread import find_unread
from sources.publisher.task import Task
from sources.refused_beforehand import find_refused, find_unlisted_holders
from sources.typed import quote

WRITE: Final = "write"
STOP: Final = "stop"
Write = Callable[[str], None]

MOST_READ: Final = 5_000


@dataclass(slots=True)
class Session:
    """What was chosen so far; `write` keeps a profile that was found to be good."""

    draft: Draft
    write: Write
    is_written: bool = False

    def show(self) -> str:
        """Give the page as it stands."""
        return show_page(self.draft, {}, (), None)

    def take(self, form: Form) -> Answer:
        """Answer a form: show what is wrong, a preview, or the end."""
        if form.get("act") == STOP:
            return Answer(_say_stopped(), is_last=True)
        self.draft = read_form(self.draft, form)
        profile, faults = check(self.draft, form)
        if profile is None:
            return self._show_faults(form, faults)
        preview = self._look(profile)
        if form.get("act") == WRITE:
            return self._write(form, preview)
        return Answer(show_page(self.draft, form, (), preview))

    def _look(self, profile: Profile) -> Preview:
        """Read the file by this profile, with all that is amiss with the two."""
        intake = FileIntake(self.draft.file, profile)
        preview = make_preview(intake, today=self.draft.today, most=MOST_READ)
        noon = datetime.combine(self.draft.today, time(12), UTC)
        judge_as_delivered(preview, Task(intake, profile, DeliveryKind.FULL), now=noon)
        looked, columns = self.draft.looked, self.draft.choices.columns
        if looked:
            sample, today = looked.table.sample, self.draft.today
            preview.unread = find_unread(sample, columns, today=today)
        preview.refused = list(self._find_refused(profile, preview))
        return preview

    def _find_refused(self, profile: Profile, preview: Preview) -> Iterator[str]:
        """Say what the index would refuse, as far as it told how it knows us."""
        registered, today = self.draft.registered, self.draft.today
        found = [*find_refused(profile, registered, today=today)]
        if registered:
            holders = preview.holders.values()
            found += find_unlisted_holders(holders, profile, registered)
        for says, remedy in found:
            yield f"{says} {remedy}"

    def _write(self, form: Form, preview: Preview) -> Answer:
        try:
            self.write(self.draft.write())
        except InvalidProfile as error:
            return self._show_faults(form, [Fault("main", str(error))])
        self.is_written = True
        return Answer(_say_written(self.draft, preview), is_last=True)

    def _show_faults(self, form: Form, faults: list[Fault]) -> Answer:
        page = show_page(self.draft, form, faults, None)
        return Answer(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def make_on_page(
    draft: Draft,
    write: Write,
    tell: Callable[[str], None],
    tell_next: Callable[[str], None],
    *,
    silence: float,
) -> bool:
    """Serve the page, tell its address, and give whether a profile was written.

    `tell_next` hears the address by which a page that was opened is opened again.
    """
    session = Session(draft, write)
    with PageServer(session.show, session.take, tell_next) as server:
        tell(server.address)
        server.run(silence=silence)
    return session.is_written


def _say_written(draft: Draft, preview: Preview) -> str:
    """Say where it is; what was amiss is said once more, since the page is gone."""
    command = quote(
        "signal-source", "check", str(draft.file), "--profile", str(draft.out)
    )
    return show_end(
        "Het profiel is geschreven",
        ("Het staat in ", tag("code", str(draft.out)), "."),
        *(
            tag("span", f"Let op: {each}", class_="fault")
            for each in (*filter(None, (preview.refusal,)), *preview.warnings)
        ),
        ("Probeer het dan met: ", tag("code", command)),
        "U kunt dit venster sluiten.",
    )


def _say_stopped() -> str:
    return show_end("Gestopt", "Er is niets geschreven.", "U kunt dit venster sluiten.")
