"""What can go wrong at the page for citizens: facts, nothing about HTTP.

    PortalError
    ├── SettingsRefused      a setting or key file the portal will not start with
    ├── NotLoggedIn          nobody is, or what was shown is gone
    ├── LoginFailed          the login leads to no view
    │   ├── LoginTooOld      the broker did not ask who it is, or too long ago
    │   ├── LoginTooLow      below level substantieel
    │   ├── NumberMissing    the broker gave no citizen's number
    │   └── NumberEncrypted  it gave one that this portal has no key for
    ├── NothingToSay         what was sent names no line of the view
    ├── SaidBefore           of this line something was said that still waits, or ended
    ├── NoProofYet           no tree that holds a line of the view is signed yet
    ├── TooManyToday         the key holders' budget of today is spent
    └── NoAnswer             broker, holders or index do not answer as agreed

Invariants: no message repeats input, and none holds a number.
"""


class PortalError(Exception):
    """Anything the portal refuses."""


class SettingsRefused(PortalError):
    """The portal will not start with this setting or file."""


class NotLoggedIn(PortalError):
    """Nobody is logged in, or their time is over."""


class NothingToSay(PortalError):
    """What was asked or sent names no line of the view that is read."""


class SaidBefore(PortalError):
    """Of this line something was said before: it waits for its answer, or has one."""


class LoginFailed(PortalError):
    """The login does not lead to a view."""


class LoginTooOld(LoginFailed):
    """Whoever logged in did so before: perhaps another person, at the same computer."""


class LoginTooLow(LoginFailed):
    """The login is below level substantieel."""


class NumberMissing(LoginFailed):
    """The broker said no citizen's number, or one that is none."""


class NumberEncrypted(LoginFailed):
    """The broker encrypted the number, and no key that opens it is set."""


class NoProofYet(PortalError):
    """Of no line that is read there is a proof yet: the next tree will hold them."""


class TooManyToday(PortalError):
    """The key holders give no more tickets for views today."""


class NoAnswer(PortalError):
    """Another party does not answer, or not as agreed."""
