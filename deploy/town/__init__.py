"""A fictional municipality in which every party runs as a process of its own."""
