"""The command line of the verifier, apart: help and mistakes are answered at once."""

import argparse
from pathlib import Path
from typing import Final

PROGRAM: Final = "signal-verify"
LANGUAGES: Final = ("en", "nl")
_EXAMPLES: Final = """\
examples:
  %(prog)s bewijzen.zip --policy getuigen.policy
  %(prog)s bewijzen.zip --policy getuigen.policy --person om-wie.json --pins pins.json
  %(prog)s ledger-2026.zip --key checkpoint.vkey --witness witness.vkey
  %(prog)s https://index.example/v1/ledger/2026 --key checkpoint.vkey

exit code: 0 it holds, 1 it is false, 2 it cannot be judged
"""


def make_parser(
    program: str = PROGRAM, *, follows_keys: bool = False
) -> argparse.ArgumentParser:
    """Give the command line of a verifier; `follows_keys`: of the life of keys too."""
    parser = argparse.ArgumentParser(
        program,
        description="Verify proofs of lookups, or a year of the ledger, offline and "
        "without trusting the index.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "place",
        metavar="PLACE",
        help="a proof file, a folder or ZIP of them; an export (folder or file); or "
        "the URL of a year's ledger: https://index.example/v1/ledger/2026",
    )
    add("--key", help="the ledger's public key (name+id+key), or a file with it")
    add(
        "--policy",
        type=Path,
        help="a trust policy (C2SP tlog-policy): ledger, witnesses and quorum in one",
    )
    add(
        "--witness",
        action="append",
        default=[],
        help="the public key of a witness that must have cosigned, or a file with it",
    )
    add("--quorum", type=int, help="how many of these witnesses; all if not given")
    add(
        "--person",
        type=Path,
        help="what key holders proved of a number: hold that each entry is about that "
        "person; asks for the number and the code that goes with the file",
    )
    add("--pins", type=Path, help="pins.json: whose key holders they are")
    add("--year", type=int, help="the year that the ledger must be of")
    add(
        "--earlier",
        action="append",
        default=[],
        type=Path,
        help="a checkpoint of that year that you kept: the ledger must extend it",
    )
    add(
        "--checkpoint-only",
        action="store_true",
        help="hold the checkpoint against --earlier and --witness; read no entries",
    )
    add("--token-file", type=Path, help="an auditor's token, to read entries over HTTP")
    if follows_keys:
        add(
            "--receipt-key",
            type=Path,
            help="receipt.public.jwk: hold what follows on it against the ledger too",
        )
    else:
        parser.set_defaults(receipt_key=None)
    add("--lang", choices=LANGUAGES, default="en", help="of the answer")
    add("--json", action="store_true", help="print one JSON object")
    return parser
