"""The roles that the desk tells apart, as the access token names them.

What a role may do is the index's to decide, at every request. Here they only decide
which pages a person is shown.
"""

from typing import Final

GENERALISTS: Final = frozenset({"generalist", "generalist-safety"})
SILENT: Final = frozenset({"generalist-safety"})
"""Who looks in silence: nothing comes back of it, so they follow nobody."""
PRIVACY_OFFICER: Final = frozenset({"privacy-officer"})
DATA_PROTECTION_OFFICER: Final = frozenset({"data-protection-officer"})
OFFICERS: Final = PRIVACY_OFFICER | DATA_PROTECTION_OFFICER
APPROVERS: Final = OFFICERS | {"municipality-administrator"}
HAND_SIGNALLERS: Final = frozenset({"hand-signaller"})
SOURCE_ADMINISTRATORS: Final = frozenset({"source-administrator"})
KEY_KEEPERS: Final = APPROVERS | SOURCE_ADMINISTRATORS
"""Who hears beforehand that the key ends: they reach those who can renew it."""
NOTICE_READERS: Final = SOURCE_ADMINISTRATORS | HAND_SIGNALLERS
