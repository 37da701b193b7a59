"""Entry point of `signal-policy`: part of the extra `index`."""

from keys.extras import run_command


def main() -> None:
    """Run the command line."""
    run_command("signal-policy", "policy.commands", "index")


if __name__ == "__main__":
    main()
