"""A simulated year: a ledger as full as that of a town that has worked for a while.

- The entries are built, numbered and sealed by the index's own code, written by its
  own store, and put into the tree by its own sequencer at the next start.
- Everybody in it is invented; whom they look up are the town's invented inhabitants,
  under the pseudonyms that the town's own key holders give.
- Tickets in it are made up, so that `signal-index reconcile` finds them in no holder's
  statement: it is for looking at pages, never evidence of anything.
- It was made in a minute: `signal-index verify --witness` finds it in order, and counts
  its entries among those of which no cosigned checkpoint holds the time.
"""
