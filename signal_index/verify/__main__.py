"""`signal-verify`: the verifier for outsiders."""

import io
import sys

from signal_index.verify.options import make_parser

_BROKEN_OFF = 130


def main() -> None:
    """Judge what the command line names, and end with the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a screen of any code page
    asked = make_parser().parse_args()
    from signal_index.verify.command import answer  # noqa: PLC0415 - after the help

    try:
        code = answer(asked)
    except KeyboardInterrupt:
        code = _BROKEN_OFF
    sys.exit(code)


if __name__ == "__main__":
    main()
