"""What a ceremony comes to, from what is public: checked by holders and by anybody.

A key config is certified when every holder signed the same transcript with the secret
of its card and the same config with its config key. The config names SHA-256 of the
transcript; the transcript names the draft of the config: neither can be exchanged.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keys.base64url import encode_b64u
from keys.ceremony.documents import CertificateFile, RecordFile
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyIncomplete,
    CeremonyMixed,
    HolderBlamed,
)
from keys.ceremony.exchange import (
    Contributions,
    collect_commits,
    find_outcome,
    read_contributions,
    verify_committed,
)
from keys.ceremony.plan import Plan, open_plan
from keys.config import ConfigPins, KeyConfig, is_signed, verify_config
from keys.config_document import HolderConfig, SignedDocument
from keys.dkg import (
    Outcome,
    PartyBlamed,
    add_values,
    verify_certificate,
    verify_contribution,
    verify_fresh,
    write_transcript,
)
from keys.errors import ConfigRefused, InvalidPoint, SharesRefused
from keys.group import Point
from keys.pseudonym import KeyVersion
from keys.renewal import join

Named = tuple[str, CertificateFile]
"""A certificate and the name of its file."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What all holders must come to alike."""

    plan: Plan
    outcome: Outcome
    transcript: bytes
    config: KeyConfig
    further: tuple[tuple[Point, ...], ...] = ()
    """Each holder's share of the runs after the first, in public form."""


def conclude(plan: Plan, contributions: Contributions) -> Conclusion:
    """Add the contributions up to a key and its config.

    Raises `SharesRefused` or `InvalidPoint` when they give no key that every quorum
    has, which only parties that cheat together can bring about.
    """
    outcome = find_outcome(plan, contributions[0])
    runs = list(zip(plan.sessions, contributions, strict=True))
    transcript = _write_transcript(
        [write_transcript(*run, plan.extension) for run in runs]
    )
    draft = plan.file.draft
    config = KeyConfig(
        serial=draft.serial,
        key_version=KeyVersion(draft.key_version),
        epoch=draft.epoch,
        state="active",
        origin="distributed",
        ceremony=hashlib.sha256(transcript).digest(),
        threshold=draft.threshold,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        public_key=outcome.public_key.encoded,
        holders=tuple(
            _name_holder(plan, index, share)
            for index, share in enumerate(outcome.public_shares, 1)
        ),
    )
    further = tuple(add_values(*run) for run in runs[1:])
    return Conclusion(plan, outcome, transcript, config, further)


def _write_transcript(runs: Sequence[bytes]) -> bytes:
    """Give what all certify: of one run its transcript, of several all of them."""
    if len(runs) == 1:
        return runs[0]
    framed = b"".join(len(run).to_bytes(8, "big") + run for run in runs)
    return b"signal-keys/ceremony-runs/1" + framed


def _name_holder(plan: Plan, index: int, share: Point) -> HolderConfig:
    """Give a holder as its card names it.

    A ticket key from before the last renewal holds until the next one, as it did.
    """
    card = plan.card(index)
    named = HolderConfig(
        index=index,
        id=card.id,
        public_share=share.encoded,
        config_key=card.config_key,
        ticket_key=card.ticket_key,
    )
    if plan.former is None:
        return named
    known = plan.former.find_holder(index, card)
    if known is None or known.ticket_key != card.ticket_key:
        return named
    return named.model_copy(update={"former_ticket_key": known.former_ticket_key})


def collect_certificates(plan: Plan, files: Iterable[Named]) -> tuple[Named, ...]:
    """Give every holder's certificate in order of index, with its file's name."""
    found: dict[int, Named] = {}
    for name, file in files:
        if file.ceremony != plan.digest or file.index not in plan.session.indexes:
            raise CeremonyMixed(f"{name}: of another ceremony, or of an earlier try")
        if found.setdefault(file.index, (name, file))[1] != file:
            raise CeremonyIncomplete(f"{name}: a second one of this holder")
    missing = [card.id for at, card in enumerate(plan.cards, 1) if at not in found]
    if missing:
        raise CeremonyIncomplete(f"no certificate of {', '.join(missing)}")
    return tuple(found[index] for index in plan.session.indexes)


def certify_config(conclusion: Conclusion, certificates: Sequence[Named]) -> bytes:
    """Give the signed config when every holder certified it, or raise `CeremonyForged`.

    Nobody is blamed: what does not hold may have been changed on the way, and nothing
    in it tells that from a holder that saw another ceremony.
    """
    plan, config = conclusion.plan, conclusion.config
    payload = encode_b64u(config.encode())
    for name, file in certificates:
        if not _is_certified(conclusion, payload, file):
            raise CeremonyForged(
                f"{name}: not as the holder that it names signed it, or of another "
                f"transcript; get it once more from {plan.card(file.index).id}, and "
                "compare the digits of the transcript"
            )
    signed = join(
        [
            SignedDocument(payload=payload, signatures=(file.config,))
            for _, file in certificates
        ]
    )
    try:
        verify_config(
            signed,
            make_pins(plan),
            accepted_origin="distributed",
            known=None if plan.former is None else plan.former.config,
            now=config.valid_from,
        )
    except ConfigRefused as refusal:
        raise CeremonyForged(f"the key config: {refusal.why}") from None
    return signed


def _is_certified(conclusion: Conclusion, payload: str, file: CertificateFile) -> bool:
    plan = conclusion.plan
    try:
        verify_certificate(
            plan.session, file.index, conclusion.transcript, file.certificate
        )
    except PartyBlamed:
        return False
    return is_signed(payload, file.config, plan.card(file.index).config_key)


def make_pins(plan: Plan) -> ConfigPins:
    """Give the config keys of the holders to be, in order of index."""
    return ConfigPins(keys=tuple(card.config_key for card in plan.cards))


def encode_pins(plan: Plan) -> bytes:
    """Give pins.json: what clients get by another road than the config."""
    pins = [card.config_key.jwk for card in plan.cards]
    return json.dumps({"pins": pins}, indent=2).encode() + b"\n"


def verify_record(record: RecordFile) -> tuple[Conclusion, bytes]:
    """Check a whole ceremony again, from what is public; give it and its key config.

    Raises `CeremonyRefused`, or `SharesRefused` for contributions that give no key.
    """
    plan = open_plan(record.ceremony)
    named = [(f"commit {at}", token) for at, token in enumerate(record.commits, 1)]
    commits = collect_commits(plan, named)
    if len(record.messages) != len(commits):
        raise CeremonyIncomplete("as many messages as holders are needed")
    verify_committed(plan, commits, record.messages)
    contributions = read_contributions(plan, record.messages, None)
    try:
        verify_public(plan, contributions)
    except PartyBlamed as blamed:
        raise name_blamed(plan, blamed) from None
    try:
        conclusion = conclude(plan, contributions)
    except InvalidPoint:
        raise SharesRefused("the contributions cancel out") from None
    files = [(f"certificate {file.index}", file) for file in record.certificates]
    certificates = collect_certificates(plan, files)
    if (commits, tuple(file for _, file in certificates)) != (
        record.commits,
        record.certificates,
    ):
        raise CeremonyMixed("holders stand in another order, or twice")
    return conclusion, certify_config(conclusion, certificates)


def verify_public(plan: Plan, contributions: Contributions) -> None:
    """Hold what everybody can see of all contributions, or raise `PartyBlamed`."""
    for session, given in zip(plan.sessions, contributions, strict=True):
        for index, contribution in enumerate(given, 1):
            verify_contribution(session, index, contribution)
    for index, own in enumerate(zip(*contributions, strict=True), 1):
        verify_fresh(index, own)


def name_blamed(plan: Plan, blamed: PartyBlamed) -> HolderBlamed:
    """Say in words which holder broke which rule."""
    return HolderBlamed(f"{plan.card(blamed.index).id}: its message {blamed.rule}")
