"""The words for who establishes something stand in the help, not only in a refusal."""

from typing import get_args

from policy.catalogue import load_catalogue
from signal_index.cli.registry_commands import RoleOption


def test_the_help_names_every_role_of_the_catalogue() -> None:
    _, option = get_args(RoleOption)
    assert all(role in option.help for role in load_catalogue().establishers)
