"""Entry point of `signal-keys`: part of the extra `holder`."""

from keys.extras import run_command


def main() -> None:
    """Run the command line."""
    run_command("signal-keys", "keys.commands", "holder")


if __name__ == "__main__":
    main()
