"""Propose a profile for a file: what each column is, and why most are never sent.

A proposal is a text for a person to read and finish. It says of every column of the
file what becomes of it. It holds no value of a record, except codes of a status, a
municipality, a team or an opt-in, of which a profile needs the list.
"""
