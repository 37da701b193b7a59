"""Why a process does not start, or a command of the administrator does not hold."""

from signal_index.errors.base import SignalIndexError


class StartRefused(SignalIndexError):
    """The process does not start."""


class SettingsRefused(StartRefused):
    """A setting is missing, unknown or unsafe."""


class SecretFileExposed(StartRefused):
    """A file with a secret may be read by group or others."""


class KeyFilesRefused(StartRefused):
    """The key folder is absent, incomplete or malformed."""


class DatabaseNotMigrated(StartRefused):
    """The schema is not the one this version was built for."""


class KeyConfigUnusable(StartRefused):
    """No key config that the pins and the accepted origin allow."""


class LedgerRolledBack(StartRefused):
    """The tree is smaller than the checkpoint kept outside: a backup came back."""


class LedgerForked(StartRefused):
    """The tree does not hold a tree that was signed before as its beginning."""


class LedgerRenamed(StartRefused):
    """The settings give the ledger another name than the database knows.

    A ledger keeps its name for as long as it goes on. It gets another one only when it
    is succeeded (`signal-index ledger succeed`), which is recorded.
    """


class CheckpointMissing(StartRefused):
    """A tree was signed, but the file outside the database lacks its checkpoint.

    Signing on would accept whatever the database holds. Put the file back, or write
    into it a checkpoint that a desk or witness kept.
    """


class AdministrationRefused(SignalIndexError):
    """A command of the administrator does not hold; nothing was changed."""


class LoadFileRefused(AdministrationRefused):
    """The TOML to load holds an unknown key or a malformed value."""


class KeysExist(AdministrationRefused):
    """The key folder already holds keys; they are never overwritten."""


class YearStillKept(AdministrationRefused):
    """The keys of a ledger year whose entries have not expired stay."""


class VersionStillUsed(AdministrationRefused):
    """The secret of a key version that is, or may be, answered for stays."""


class RegistrationConflict(AdministrationRefused):
    """The same id is already registered with other facts."""


class UnknownOrganisation(AdministrationRefused):
    """No organisation with that OIN is registered."""


class NotReady(AdministrationRefused):
    """The source cannot go live yet, or is not the one that was named."""


class CoverageRefused(AdministrationRefused):
    """The catalogue does not let a source of this kind publish a category."""


class LedgerNotNamed(AdministrationRefused):
    """The ledger that goes on has another name, or keeps the one it has."""


class LedgerGoesOn(AdministrationRefused):
    """The ledger is as it was signed: it is gone on with, never succeeded."""


class ExportRefused(AdministrationRefused):
    """The ledger of that year cannot be exported to that place."""


class AccountNotNamed(AdministrationRefused):
    """Neither one account nor the whole organisation was named, or both were."""


class AccountNotSuspended(AdministrationRefused):
    """The account is not suspended, so there is nothing to restore."""


class NothingToEnd(AdministrationRefused):
    """Nothing of the kind is registered under that name."""


class SignalsStand(AdministrationRefused):
    """Signals of what would end still stand, and nobody said what becomes of them."""


class RowKeyRefused(AdministrationRefused):
    """The row keys in use do not allow this step now."""


class RowKeyBusy(RowKeyRefused):
    """Another process moves rows to another row key."""


class MandateNotGiven(AdministrationRefused):
    """There is no mandate to end, or it would be over before it begins."""
