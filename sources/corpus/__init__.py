"""Dirty exports, and what must become of each: for our tests and for anybody's.

Every file is one dialect or one fault of a kind of export that is seen, made small;
nobody in it is real. Beside each stand the profile that reads it and what is right:
what `profile init` proposes or asks, and what `check` gives (signals, rejects with line
and reason, or a refusal). The same seed gives the same bytes on every machine.

`signal-source corpus --out FOLDER` writes it, tests/contract/test_public_corpus.py
holds every connector to it, docs/connectors/corpus.md says how a vendor uses it.
"""
