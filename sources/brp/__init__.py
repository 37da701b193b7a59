"""Whom a record is about, where it has a name and an address but no number.

A municipality that runs the agent for a partner without the right to a BSN asks its
own gateway to the population register (Haal Centraal BRP personen bevragen 2.x).

- A wrong person is the worst fault. One rule decides (`matching`); whatever it does not
  prove is a doubt, which a person settles (`box`, `signal-source brp`).
- Names, birth dates and addresses stand in memory and, sealed and for a limited time,
  in the outbox. None is in a log line, an error, an address or anything sent elsewhere.
- A gateway that is silent or refuses stops the run: nobody is "not found" by an outage.

Legal basis: Wet gemeentelijke schuldhulpverlening, art. 8 with 3 par. 1(b).
"""
