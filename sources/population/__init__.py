"""A town that does not exist, for demo, tests and bench: seeded, so always the same.

    signal-source population --seed 1 --size 600 --out FOLDER

- Its numbers pass the 11-proof and begin with 9, or with 09 for the lost zero; they
  are drawn, not taken from anybody.
- Four agencies' files in the field names of their formats, with the dirt that real
  files have, and a key file that says what must be found about whom.
"""
