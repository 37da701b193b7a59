"""What stands before a desk: one origin for its pages and the register's gateway."""
