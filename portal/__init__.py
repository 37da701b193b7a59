"""A municipality's page for citizens: who is involved, and who looked.

A trust domain of its own: it sees the number of who logs in, for one request, and what
the index tells of that person, sealed under what their browser alone holds. It has no
database and no script on its pages.
"""
