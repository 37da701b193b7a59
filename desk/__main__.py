"""Entry point of `signal-desk`: part of the extra `desk`."""

from keys.extras import run_command


def main() -> None:
    """Run the command line."""
    run_command("signal-desk", "desk.commands", "desk")


if __name__ == "__main__":
    main()
