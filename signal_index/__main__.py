"""Entry point of `signal-index`: part of the extra `index`."""

from keys.extras import run_command


def main() -> None:
    """Run the command line."""
    run_command("signal-index", "signal_index.cli.commands", "index")


if __name__ == "__main__":
    main()
