"""Purposes, legal bases and rules: who may see what, and why.

`policy.decide.decide` turns a question into a permit; nothing else makes one.
The data stand in `policy/catalogue/*.toml`, the rules in `policy/rules/*.cedar`: both
are text that a lawyer and a data protection officer can read.
"""
