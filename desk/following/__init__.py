"""Following a case: the page "Wat ik volg", and the same for case systems."""
