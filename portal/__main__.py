"""Entry point of `signal-portal`: part of the extra `portal`."""

from keys.extras import run_command


def main() -> None:
    """Run the command line."""
    run_command("signal-portal", "portal.commands", "portal")


if __name__ == "__main__":
    main()
