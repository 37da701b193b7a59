"""A citizen's rights, as pure rules: what a report says, terms, embargoes, corrections.

GDPR arts. 12 (terms), 15 (access), 16 (correction), 18 (restriction), 19 (telling who
asked), 21 (objection), 23 (when something may stay out). No I/O in here: the store
reads, the edge records.
"""
