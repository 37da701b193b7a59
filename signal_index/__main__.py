"""Entry point of the `signal-index` command."""

from signal_index.cli.commands import app


def main() -> None:
    """Run the command line."""
    app(prog_name="signal-index")


if __name__ == "__main__":
    main()
