"""The parts of one desk, made once at start and found from every request."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import httpx
from starlette.requests import Request

from desk.agency.read_marks import ReadMarks
from desk.assets import Assets, load_assets
from desk.case_references import CaseReferences
from desk.contact_checks import ContactChecks
from desk.database import Database
from desk.errors import SettingsRefused
from desk.estimate_keys import EstimateKeys
from desk.events import Event, log_event
from desk.handing.kept import HandOvers
from desk.holders import Holders, HolderTrust
from desk.index import SignalIndex
from desk.index_watch import IndexWatch
from desk.involved.parts import Signalling, build_signalling
from desk.involved.signing import read_notice_key
from desk.kept_forms import KeptForms
from desk.key_files import (
    read_case_key,
    read_client_key,
    read_request_key,
    read_shared_case_key,
)
from desk.known_config import KnownConfig
from desk.known_names import KnownNames
from desk.ledger_watch import LedgerWatch
from desk.login import Login
from desk.login_states import LoginStates
from desk.lookup_notes import LookupNotes
from desk.own_seal import OwnSeal, read_notes_key
from desk.provider import Provider
from desk.receipts import ReceiptRules, Receipts, load_receipt_rules
from desk.refusal_marks import RefusalMarks
from desk.security import DeskSecurity
from desk.sessions import Sessions
from desk.settings import DeskSettings, HolderSettings, load_settings
from desk.texts import Texts, load_texts
from desk.tokens import TokenRules
from desk.waiting import Waiting
from keys.case_seal import CaseKey
from keys.config import ConfigPins
from keys.errors import ConfigRefused
from keys.pins import read_pins
from keys.quorum import Watch, follow_places
from keys.request import RequestKey
from signal_index.notice import NoticeKey


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a route may reach."""

    settings: DeskSettings
    clock: Callable[[], datetime]
    database: Database
    sessions: Sessions
    provider: Provider
    login: Login
    holders: Holders
    index: SignalIndex
    contacts: ContactChecks
    receipts: Receipts
    kept_forms: KeptForms
    estimate_keys: EstimateKeys
    lookup_notes: LookupNotes
    case_references: CaseReferences
    case_key: CaseKey | None
    notice_key: NoticeKey | None
    signalling: Signalling | None
    hand_overs: HandOvers
    known_names: KnownNames
    read_marks: ReadMarks
    refusal_marks: RefusalMarks
    waiting: Waiting
    texts: Texts
    assets: Assets
    index_watch: IndexWatch
    ledger_watch: LedgerWatch
    security: DeskSecurity


def desk_of(request: Request) -> Desk:
    """Give the desk that answers this request."""
    desk: Desk = request.app.state.desk
    return desk


def build_desk(
    settings: DeskSettings, http: httpx.AsyncClient, clock: Callable[[], datetime]
) -> Desk:
    """Read keys, pins and texts and put the parts together, or refuse to start."""
    settings.ledger.verify_watched(clock().date())
    database = Database(settings.database, settings.database_authority)
    seal = OwnSeal(read_notes_key(settings.notes_key))
    sessions = Sessions(database, clock, seal)
    identity = settings.identity
    key = read_client_key(identity.client_key)
    provider = Provider(identity, settings.index_audience, key, http, clock)
    login = Login(
        provider,
        sessions,
        LoginStates(seal, clock),
        token_rules(settings),
        base_url=settings.base_url,
        clock=clock,
    )
    request_key = read_request_key(settings.request_key)
    security = DeskSecurity(settings, seal, clock)
    rules: ReceiptRules = load_receipt_rules(settings, security.log.tell_successor)
    index = SignalIndex(settings.index_url, http)
    marks = ReadMarks(database, seal, clock)
    refusals = RefusalMarks(database, seal, clock)
    read = partial(_read_pins, settings)
    read()
    signs_by = settings.notice_key
    notice_key = None if signs_by is None else read_notice_key(signs_by)
    if settings.call_back is not None and notice_key is None:
        raise SettingsRefused("call_back: needs a notice_key, to sign the number")
    watch = Watch()
    holders = Holders(
        _follow_holders(settings, watch),
        HolderTrust(read, settings.accepted_key_origin, settings.index_audience),
        settings.organisation,
        request_key,
        http,
        clock=clock,
        known_config=KnownConfig(database),
        source_key=_read_source_key(settings),
        watch=watch,
    )
    return Desk(
        settings=settings,
        clock=clock,
        database=database,
        sessions=sessions,
        provider=provider,
        login=login,
        holders=holders,
        index=index,
        contacts=ContactChecks(holders, security.log, clock),
        receipts=Receipts(database, rules, clock, seal),
        kept_forms=KeptForms(database, clock),
        estimate_keys=EstimateKeys(database, clock),
        lookup_notes=LookupNotes(database, seal, clock),
        case_references=CaseReferences(
            re.compile(settings.case_reference_pattern),
            read_case_key(settings.case_reference_key),
        ),
        case_key=read_shared_case_key(settings.case_key),
        notice_key=notice_key,
        signalling=build_signalling(settings, notice_key, database, seal, clock),
        hand_overs=HandOvers(database, seal, clock),
        known_names=KnownNames(database, seal, clock, settings.organisation),
        read_marks=marks,
        refusal_marks=refusals,
        waiting=Waiting(index, marks, refusals, clock),
        texts=load_texts("nl"),
        assets=load_assets(),
        index_watch=IndexWatch(index),
        ledger_watch=LedgerWatch(database, rules, index, security.log, clock),
        security=security,
    )


def token_rules(settings: DeskSettings) -> TokenRules:
    """Give what every token must say to be for this desk."""
    return TokenRules(
        issuer=settings.identity.issuer,
        client_id=settings.identity.client_id,
        audience=settings.index_audience,
        organisation=settings.organisation,
        algorithms=settings.identity.token_algorithms,
        claims=settings.identity.claims,
    )


def _follow_holders(
    settings: DeskSettings, watch: Watch
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


def _read_pins(settings: DeskSettings) -> Sequence[ConfigPins]:
    """Read the pinned config keys, of each holder one; two sets while one changes."""
    try:
        return read_pins(settings.pins)
    except (OSError, ConfigRefused):
        raise SettingsRefused(f"{settings.pins.name}: no file of pins") from None


def _read_source_key(settings: DeskSettings) -> RequestKey | None:
    """Read the key by which holders know the organisation as a source, if it is one."""
    by_hand = settings.hand_signals
    return None if by_hand is None else read_request_key(by_hand.request_key)
