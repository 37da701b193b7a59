"""Checks what key holders proved, with nothing but public values: in plain Python.

For whoever only reads: the offline verifier of outsiders has no libsodium and none of
the models. Written apart from `keys.group` and `keys.dleq` on purpose: what those get
wrong is not repeated here, and the published vectors hold both.

- Never for a holder's secret: the time that it takes depends on the values.
"""
