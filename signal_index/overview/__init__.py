"""Counts of what was looked up: by day, never about whom, protected before they leave.

Pure: entries come in opened, counts go out; `signal_index.upkeep.counting` reads and
stores them, `signal_index.api.overview` shows them.
"""
