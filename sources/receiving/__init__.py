"""Receive events of a case system: signed, each once, kept sealed until delivered."""
