"""The agent: what an agency leaves running, so that nobody types a signal twice."""
