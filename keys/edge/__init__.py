"""The hostile edge: what every service of ours bounds before a framework reads a byte.

    limits   how much, from how many, how long; the `[edge]` table of each settings file
    door     connections: how many, how large a head, how slow a sender; on uvicorn
    gate     requests: how many at once, how large a body; any ASGI application
    server   the one way in which index, holder, desk, witness and receiver serve

- A bound names what it bounds and answers 408, 413, 429, 431 or 503; the last two say
  after how many seconds to come again. Nothing that was sent is repeated.
- One address can take its share of what there is, never all of it.
- What is refused costs less than what is answered, and whoever is told to come again is
  told so after a while: a flood sends no more requests than it has connections.

Behind a proxy that the settings trust, an address is the one that the proxy names.
Stands in `keys` because nothing of ours lies below; it knows none of us.
Proven by tests/attack/test_a_hostile_edge.py.
"""
