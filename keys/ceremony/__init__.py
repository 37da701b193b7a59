"""Ceremonies: holders make a key together of which nobody ever has more than a share.

In later ones they share the same key anew (`keys.ceremony.succession`).

`keys.dkg` is the protocol; here are its files, the order of its steps, and what people
compare aloud. Files are carried by anybody, in any way: whoever carries them is trusted
with nothing. The script of the call: docs/key-ceremony.md.

- A commit round comes first: nobody chooses a contribution after seeing another's.
- What is certified is the config in use: the transcript names its draft, the config
  names the transcript.
- The ceremony key of a card serves one ceremony and is erased at its end.
"""
