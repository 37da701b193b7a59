"""The pages of desk, key holder and agency name every setting of theirs."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from desk.settings import DeskSettings, IdentitySettings, LedgerSettings
from keys.edge.limits import EdgeLimits
from keys.holder.settings import HolderSettings
from portal.settings import BrokerSettings, HelpSettings, PortalSettings
from sources.brp.settings import BrpPlace, RegisterPlace
from sources.feed_settings import AgentRow, FeedRow, ReceiverRow, SenderRow
from sources.notice_settings import EventsRow, MailRow, NoticesRow
from sources.settings import AgencySettings

DOCS = Path(__file__).parents[3] / "docs"
AGENCYS = (
    *("connect-a-source.md", "agent.md"),
    *("connectors/cloudevents.md", "connectors/register.md"),
)


def _names(pages: tuple[str, ...]) -> set[str]:
    """Find every word in code on these pages: in backticks, or in an example."""
    text = "\n".join((DOCS / page).read_text("utf-8") for page in pages)
    code = re.findall(r"`[^`\n]+`|^ {4}.+$", text, re.MULTILINE)
    return {word for line in code for word in re.findall(r"[a-z_]+", line)}


@pytest.mark.parametrize(
    ("settings", "pages"),
    [
        (DeskSettings, ("desk.md",)),
        (IdentitySettings, ("desk.md",)),
        (LedgerSettings, ("desk.md",)),
        (HolderSettings, ("holder.md",)),
        (PortalSettings, ("portal.md",)),
        (BrokerSettings, ("portal.md",)),
        (HelpSettings, ("portal.md",)),
        (EdgeLimits, ("operations.md",)),
        (AgencySettings, AGENCYS),
        (FeedRow, AGENCYS),
        (AgentRow, AGENCYS),
        (ReceiverRow, AGENCYS),
        (NoticesRow, AGENCYS),
        (MailRow, AGENCYS),
        (EventsRow, AGENCYS),
        (SenderRow, AGENCYS),
        (RegisterPlace, AGENCYS),
        (BrpPlace, ("connectors/brp.md",)),
    ],
)
def test_every_setting_is_named_on_its_page(
    settings: type[BaseModel], pages: tuple[str, ...]
) -> None:
    assert sorted(set(settings.model_fields) - _names(pages)) == []
