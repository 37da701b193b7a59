"""The agency's pages: what was delivered, which signals stand, whom to call.

For a source administrator; the index answers for the caller's own organisation only.
"""
