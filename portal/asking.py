"""From a citizen's number to what the index may tell them: blinded here, kept nowhere.

Two key holders each evaluate the blinded number (act `own-view`), and the index takes
the pseudonym with both tickets. Number, pseudonym and tickets end with the call.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from desk.citizen_report import list_entries, put_proofs
from desk.errors import DeskError
from desk.provider import Provider
from desk.settings import HolderSettings
from keys.client import HolderTransport, Signer, fetch_signed
from keys.client import pseudonymise_anew as pseudonymise
from keys.config import KeyConfig
from keys.config_document import parse_document
from keys.errors import EvaluationFailed, HolderBudgetSpent, KeysError
from keys.person_proof import PersonEvidence, draw_code, write_person
from keys.pins import read_pins
from keys.quorum import Watch, follow_places
from keys.request import Act, RequestKey
from portal.citizen import Citizen
from portal.errors import (
    NoAnswer,
    NotLoggedIn,
    PortalError,
    SaidBefore,
    SettingsRefused,
    TooManyToday,
)
from portal.events import Event, log_event
from portal.settings import PortalSettings, load_settings
from portal.views import PersonPaper
from signal_index.wire.about import About
from signal_index.wire.citizen_reports import (
    MarkedEntry,
    MessageDue,
    MessagesAsked,
    MessagesDue,
    OwnDispute,
    OwnMessage,
    OwnProofs,
    OwnProofsAsked,
    OwnQuestion,
    OwnView,
    OwnViewAsked,
    OwnWish,
    ReportedCorrection,
    ReportedReview,
    ReportedSignal,
    ViewMark,
)
from signal_index.wire.values import Slug

SECONDS: Final = 30.0
ABOUT_FRESH: Final = timedelta(minutes=10)
REFUSED: Final[dict[str, type[PortalError]]] = {
    "correction-open": SaidBefore,
    "review-closed": SaidBefore,
    "unknown-signal": SaidBefore,
    "view-over": NotLoggedIn,
}
"""What the index says of a line that a citizen spoke of."""
Answer = TypeVar("Answer", bound=BaseModel)


class Asking:
    """Asks holders and index for one citizen at a time."""

    def __init__(
        self,
        settings: PortalSettings,
        key: RequestKey,
        http: httpx.AsyncClient,
        machine: Provider,
        clock: Callable[[], datetime],
    ) -> None:
        watch = Watch()
        places = _follow_holders(settings, watch)
        signer = Signer(settings.organisation, settings.machine.client_id, key, clock)
        self._transport = HolderTransport(http, places, signer, watch)
        self._settings = settings
        self._http = http
        self._machine = machine
        self._clock = clock
        self._known = _find_known(settings.known_config)
        self._signed = b""
        self._about: tuple[datetime, About] | None = None

    async def view(self, citizen: Citizen) -> tuple[OwnView, PersonPaper]:
        """Give what this citizen may see of themselves; the index recorded that.

        And what proves whose it is, for them to keep. Raises `TooManyToday` or
        `NoAnswer`.
        """
        asked, paper = await self._blind(citizen)
        return await self._send("/v1/own-views", asked, OwnView), paper

    async def dispute(
        self, view: OwnView, signal: ReportedSignal, line: ViewMark, reason: str
    ) -> ReportedCorrection:
        """Say what is wrong with a signal of a view; gives it as it stands now.

        Raises `SaidBefore`, `NotLoggedIn` where the view is too old, or `NoAnswer`.
        """
        said = OwnDispute(
            madeAt=view.madeAt,
            source=signal.source,
            signalReference=signal.reference,
            reason=Slug(reason),
            mark=line.mark,
        )
        path = f"/v1/own-views/{view.reportId}/corrections"
        return await self._send(path, said, ReportedCorrection)

    async def ask_check(self, view: OwnView, line: ViewMark) -> ReportedReview:
        """Ask to have a lookup of a view checked; raises as `dispute` does."""
        said = OwnQuestion(madeAt=view.madeAt, entryId=line.about, mark=line.mark)
        path = f"/v1/own-views/{view.reportId}/questions"
        return await self._send(path, said, ReportedReview)

    async def prove(self, view: OwnView, lines: OwnView) -> OwnView:
        """Give some of the lines of a view with the proofs that there are.

        Raises `NotLoggedIn` where the view is too old, or `NoAnswer`.
        """
        wanted = {one.entryId for one in list_entries(lines)}
        marked = [
            MarkedEntry(about=one.about, mark=one.mark)
            for one in view.marks
            if one.about in wanted
        ]
        if not marked:
            return lines
        asked = OwnProofsAsked(madeAt=view.madeAt, lines=marked)
        path = f"/v1/own-views/{view.reportId}/proofs"
        found = await self._send(path, asked, OwnProofs)
        return put_proofs(lines, {one.entryId: one.proof for one in found.proofs})

    async def begin_messages(self, view: OwnView) -> OwnMessage:
        """Have the index record that who reads this view wants messages.

        Raises `NotLoggedIn` where the view is too old, or `NoAnswer`.
        """
        said = OwnWish(madeAt=view.madeAt, whose=view.whose)
        path = f"/v1/own-views/{view.reportId}/messages"
        return await self._send(path, said, OwnMessage)

    async def end_messages(self, view: OwnView) -> None:
        """Have the index record that they want none any more; raises the same."""
        said = OwnWish(madeAt=view.madeAt, whose=view.whose)
        await self._post(f"/v1/own-views/{view.reportId}/messages/end", said)

    async def find_due(
        self, day: date, tokens: Sequence[bytes]
    ) -> Sequence[MessageDue]:
        """Say for each token whether a message is due about a day, or `NoAnswer`."""
        asked = MessagesAsked(day=day, tokens=list(tokens))
        told = await self._send("/v1/own-messages/due", asked, MessagesDue)
        if len(told.items) != len(tokens):
            raise NoAnswer
        return told.items

    async def tell_about(self) -> About:
        """Give what anybody may know of the index here; at most ten minutes old.

        Raises `NoAnswer`.
        """
        now = self._clock()
        if self._about is not None and now - self._about[0] < ABOUT_FRESH:
            return self._about[1]
        try:
            answer = await self._http.get(
                f"{self._settings.index_url}/v1/about/{self._settings.organisation}",
                timeout=SECONDS,
            )
            answer.raise_for_status()
            about = About.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise _no_answer("index", error) from None
        self._about = (now, about)
        return about

    async def _send(self, path: str, body: BaseModel, model: type[Answer]) -> Answer:
        answer = await self._post(path, body)
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise _no_answer("index", error) from None

    async def _post(self, path: str, body: BaseModel) -> httpx.Response:
        try:
            token = await self._machine.service_token()
        except DeskError as error:
            raise _no_answer("machine", error) from None
        try:
            answer = await self._http.post(
                self._settings.index_url + path,
                content=body.model_dump_json(),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                },
                timeout=SECONDS,
            )
        except httpx.HTTPError as error:
            raise _no_answer("index", error) from None
        if answer.is_success:
            return answer
        log_event(Event.NO_ANSWER, party="index", reason=str(answer.status_code))
        raise REFUSED.get(_read_slug(answer), NoAnswer)

    async def _blind(self, citizen: Citizen) -> tuple[OwnViewAsked, PersonPaper]:
        try:
            config = await self.fetch()
            signed = self._signed
            used, found = await pseudonymise(
                self._transport, config, self.fetch, [citizen.number], Act.OWN_VIEW
            )
        except HolderBudgetSpent:
            raise TooManyToday from None
        except (EvaluationFailed, KeysError) as error:
            raise _no_answer("holders", error) from None
        asked = OwnViewAsked(
            keyVersion=found.key_version,
            tickets=list(found.tickets),
            pseudonym=found.pseudonyms[0].encoded,
            login=citizen.login,
        )
        signed = signed if used == config else self._signed
        return asked, _write_paper(found.evidence, signed)

    async def fetch(self) -> KeyConfig:
        """Give the newest key config that holds, and remember it over a restart."""
        chosen = await fetch_signed(
            self._transport,
            read_pins(self._settings.pins),
            accepted_origin=self._settings.accepted_key_origin,
            known=self._known,
            now=self._clock(),
        )
        config, self._signed = chosen.config, chosen.document
        if config != self._known:
            self._known = config
            _keep(self._settings.known_config, config)
        return config


def _follow_holders(
    settings: PortalSettings, watch: Watch
) -> Mapping[int, HolderSettings]:
    """Give where the holders answer, as the file of the settings says it now."""
    return follow_places(
        settings.holders,
        settings.file,
        lambda file: load_settings(file).holders,
        watch,
        moved=lambda holder: log_event(Event.HOLDER_MOVED, holder=holder),
        refused=lambda why: log_event(Event.HOLDERS_REFUSED, reason=str(why)),
    )


def _write_paper(evidence: PersonEvidence | None, signed: bytes) -> PersonPaper:
    """Write what holders proved of a number, under a code that is drawn for it."""
    if evidence is None:
        raise NoAnswer
    code = draw_code()
    return PersonPaper(write_person(evidence, signed, code).decode(), code)


def _no_answer(party: str, error: Exception) -> NoAnswer:
    log_event(Event.NO_ANSWER, party=party, reason=type(error).__name__)
    return NoAnswer()


def _read_slug(answer: httpx.Response) -> str:
    """Read what kind of problem the index names; empty where it names none."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    kind = said.get("type") if isinstance(said, dict) else None
    return kind.rpartition("/")[2] if isinstance(kind, str) else ""


def _find_known(path: Path) -> KeyConfig | None:
    try:
        return parse_document(KeyConfig, path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, KeysError):
        raise SettingsRefused(f"{path.name}: is no key config") from None


def _keep(path: Path, config: KeyConfig) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(config.encode())
    beside.replace(path)
