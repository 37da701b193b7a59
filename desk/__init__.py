"""What people see: pages, login, and the relay to key holders and index.

The desk of one organisation sees what its own users type into pages and get to read,
blinded points, and tickets. The citizen's number stays in the browser module; no
pseudonym or flag is kept or logged here. Contract in pyproject: of ours it imports
`keys.request` and `signal_index.proof`, and files and errors of `keys`.
"""
