"""Verifies a ledger offline: from an export, a folder, or the public tiles over HTTP.

Shares nothing with the side that writes (an import contract holds it to that): what it
says rests on `signal_index.proof` and on the public key that the verifier was given.

    python -m signal_index.verify     `signal-verify`, for outsiders: five packages
    signal-index verify               the same, and how keys were made and follow

What the second has besides stands in `full`, `pinned`, `key_steps`, `successions` and
`ceremonies`, and nowhere else (decision 102).
"""
