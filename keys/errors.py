"""What can go wrong with pseudonym keys: facts, nothing about HTTP.

    KeysError
    ├── ParseError                bytes are not what they claim to be
    │   ├── InvalidPoint          identity, non-canonical or of the wrong length
    │   │   └── InvalidPseudonym
    │   ├── InvalidScalar         zero, unreduced or of the wrong length
    │   ├── InvalidSecret         an index secret is not of the form it must have
    │   ├── InvalidRow            a sealed row was not made with this key and category
    │   ├── InvalidBsn
    │   └── InvalidBatch          empty, too large, or lists of unequal length
    ├── ProofRefused              a holder's evaluation is not proven
    ├── PersonRefused             a file does not prove that a pseudonym is of a number
    ├── SharesRefused
    │   ├── TooFewShares
    │   ├── DuplicateShare
    │   └── MixedShares           shares of two key versions or epochs
    ├── KeyringRefused
    │   ├── KeyFileExposed        others than the owner may read a secret file
    │   ├── KeyFileMalformed
    │   ├── KeyFileSealed         wrong passphrase, or the file was changed
    │   ├── KeyFileExists         creating would overwrite a key
    │   └── TokenRefused          it is absent, refuses its PIN, or has no such key
    ├── ConfigRefused
    │   ├── ConfigMalformed       the document or the pins are not of the format
    │   ├── ConfigUnsigned        a pinned holder has not signed, or someone else has
    │   ├── ConfigOriginRefused   dealt where a ceremony is expected, or otherwise
    │   ├── ConfigNotActive
    │   ├── ConfigNotValidNow
    │   ├── ConfigRolledBack      lower serial, version or epoch than already known
    │   ├── ConfigForked          the serial already known, with other content
    │   ├── ConfigKeyChanged      another K under a known key version
    │   ├── ConfigHoldersChanged  another holder, share or threshold within an epoch
    │   ├── ConfigUncertified     another version or epoch without its own ceremony
    │   ├── ConfigPointRefused    a public key is the identity or not canonical
    │   ├── ConfigSharesEqual     two holders have the same public share
    │   └── ConfigSharesDisagree  a quorum of public shares does not give K
    ├── RecordRefused             the record of a ceremony does not hold
    ├── RenewalRefused            a draft, or a signature under one, does not hold
    ├── SuccessorRefused          a key that would follow another one
    │   ├── SuccessorForged       not said by the key before it, or not the next one
    │   └── SuccessorForked       one key has two successors: a person must look
    ├── DecoysRefused             too few, twice the same, or of no valid form
    ├── CaseNotReadable           sealed under another key, or for another signal
    ├── UnusableKey               a signing key or its file
    ├── InvalidToken
    │   └── SignatureInvalid
    ├── InvalidRequest
    ├── JoiningRefused
    │   ├── InvitationForged      changed, or not made by the index that is known
    │   ├── InvitationExpired     not valid any more, or not yet
    │   ├── InvitationUsed        taken in before, with other keys
    │   ├── JoinRequestForged     not signed by each key that it names
    │   ├── JoinRequestMismatch   for another organisation than was invited
    │   ├── AcceptanceForged      signed by no party of the invitation
    │   └── FingerprintMismatch   what was told is not this file's
    ├── TicketRefused
    │   ├── TicketInvalid
    │   ├── TicketMisdirected
    │   ├── TicketExpired
    │   ├── TicketStale
    │   └── TicketPairBroken
    └── EvaluationFailed
        ├── HolderUnavailable
        │   └── HolderSlow        others answered long ago
        ├── HolderBudgetSpent     another holder may still have one
        └── HolderRefused

Invariants:

- no message repeats input: what was refused may be a point, a share or a number
  of a person;
- a leaf is a fact; what to answer for it stands in one table at the edge.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType


class KeysError(Exception):
    """Anything this package refuses."""

    @property
    def why(self) -> str:
        """Say in words what is refused, also where only its kind is known.

        The kinds of `ConfigRefused` are always said: what they name besides is a place.
        """
        line = (type(self).__doc__ or "").partition("\n")[0]
        kind = line.partition(";")[0].rstrip(".")
        kind = kind[:1].lower() + kind[1:]
        said = str(self)
        if not said:
            return kind
        return f"{kind}: {said}" if isinstance(self, ConfigRefused) else said


class ParseError(KeysError):
    """Untrusted bytes are not what they claim to be."""


class InvalidPoint(ParseError):
    """A group element is the identity, not canonical, or not 32 bytes."""


class InvalidPseudonym(InvalidPoint):
    """A pseudonym is the identity, not canonical, or not 32 bytes."""


class InvalidScalar(ParseError):
    """A scalar is zero, not reduced, or not 32 bytes."""


class InvalidSecret(ParseError):
    """A secret of the index does not have the form it must have."""


class InvalidRow(ParseError):
    """A sealed row was not made with this key for this category."""


class InvalidBsn(ParseError):
    """A citizen service number is not nine digits that pass the 11-proof."""


class InvalidBatch(ParseError):
    """A batch is empty, too large, or its lists differ in length."""


class ProofRefused(KeysError):
    """A proof does not show that the evaluations were made with the public share."""


class SharesRefused(KeysError):
    """A set of shares cannot be combined."""


class TooFewShares(SharesRefused):
    """Fewer shares than the threshold."""


class DuplicateShare(SharesRefused):
    """Two shares of one holder."""


class MixedShares(SharesRefused):
    """Shares of two key versions, epochs or thresholds."""


class KeyringRefused(KeysError):
    """A key file cannot be used or made."""


class KeyFileExposed(KeyringRefused):
    """Others than its owner may read or write a secret file."""


class KeyFileMalformed(KeyringRefused):
    """A key file is absent, unreadable, or not of the format."""


class SuccessorRefused(KeysError):
    """A key does not follow the one that is known."""


class SuccessorForged(SuccessorRefused):
    """Not signed by the key before it and by itself, or not the next one."""


class SuccessorForked(SuccessorRefused):
    """One key has two successors; the message names that key by its `kid`."""


class DecoysRefused(KeysError):
    """Decoys are too few, twice the same, or not of the form."""


class KeyFileSealed(KeyringRefused):
    """The passphrase is wrong or the sealed file was changed."""


class KeyFileExists(KeyringRefused):
    """A key stands there already, and a key is never overwritten."""


class TokenRefused(KeyringRefused):
    """A token is absent, refuses its PIN, or does not keep the key as it must."""


class ConfigRefused(KeysError):
    """A key config, or the pins it is checked with, cannot be trusted."""


class ConfigMalformed(ConfigRefused):
    """A key config or a file of pins is not of the format."""


class ConfigUnsigned(ConfigRefused):
    """A key config does not carry the signature of every pinned holder."""


class ConfigOriginRefused(ConfigRefused):
    """A key came about in another way than this client was set up for."""


class ConfigNotActive(ConfigRefused):
    """A key config describes a key that is not in use."""


class ConfigNotValidNow(ConfigRefused):
    """A key config is not valid yet, or no longer."""


class ConfigRolledBack(ConfigRefused):
    """A key config is older than one already accepted."""


class ConfigForked(ConfigRefused):
    """Two key configs carry the same serial."""


class ConfigKeyChanged(ConfigRefused):
    """The public key changed within a key version."""


class ConfigHoldersChanged(ConfigRefused):
    """What belongs to a version and epoch changed within it; its words say what."""


class ConfigUncertified(ConfigRefused):
    """A key config brings another version or epoch, and no ceremony that made it."""


class ConfigPointRefused(ConfigRefused):
    """A public key or share is the identity or not canonical."""


class ConfigSharesEqual(ConfigRefused):
    """Two holders have the same public share."""


class ConfigSharesDisagree(ConfigRefused):
    """Some quorum of the public shares does not give the public key."""


class PersonRefused(KeysError):
    """A file does not prove that a pseudonym is of this number: its words say why."""


class RecordRefused(KeysError):
    """The record of a ceremony does not hold."""


class RenewalRefused(KeysError):
    """The next key config is not drafted, signed or assembled: its words say why."""


class CaseNotReadable(KeysError):
    """What an agency sealed for its desk does not open here."""


class UnusableKey(KeysError):
    """A signing key or its file is not what this software may use."""


class InvalidToken(KeysError):
    """A signed message is not a compact JWS of the expected type."""


class SignatureInvalid(InvalidToken):
    """A signed message was not signed by the expected key."""


class InvalidRequest(KeysError):
    """The terms of a request are outside what a holder can be asked."""


class JoiningRefused(KeysError):
    """An invitation, a request to join or an acceptance does not hold."""


class InvitationForged(JoiningRefused):
    """An invitation was changed, or was not made by the index that is known."""


class InvitationExpired(JoiningRefused):
    """An invitation is not valid any more, or not yet."""


class InvitationUsed(JoiningRefused):
    """An invitation was taken in before, with another request."""


class JoinRequestForged(JoiningRefused):
    """A request is not signed by each key that it names."""


class JoinRequestMismatch(JoiningRefused):
    """A request is for another organisation, or another kind of key, than invited."""


class AcceptanceForged(JoiningRefused):
    """No party of the invitation signed an acceptance."""


class FingerprintMismatch(JoiningRefused):
    """What somebody was told is not the fingerprint of this file."""


class TicketRefused(KeysError):
    """A ticket does not prove a metered evaluation."""


class TicketInvalid(TicketRefused):
    """A ticket is malformed or not signed by a holder of the key config."""


class TicketMisdirected(TicketRefused):
    """A ticket is meant for another index."""


class TicketExpired(TicketRefused):
    """A ticket is past its time, not yet valid, or valid for too long."""


class TicketStale(TicketRefused):
    """A ticket belongs to another key version or share epoch."""


class TicketPairBroken(TicketRefused):
    """Two tickets are not two holders' proofs of one and the same request."""


class EvaluationFailed(KeysError):
    """No pair of holders gave a verified evaluation.

    `failures` says of each holder that was asked why it did not.
    """

    failures: Mapping[int, str] = MappingProxyType({})


class HolderUnavailable(EvaluationFailed):
    """A holder does not answer, or not with an evaluation."""


class HolderSlow(HolderUnavailable):
    """A holder gave nothing yet when another one had answered long ago."""


class HolderBudgetSpent(EvaluationFailed):
    """A holder's budget does not reach for this many persons before `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        """Keep the wait; it is what a person is told."""
        super().__init__()
        self.retry_after = retry_after


class HolderRefused(EvaluationFailed):
    """A holder refused the request."""
