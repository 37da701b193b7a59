"""Judge a delivery before it is believed: pure, from what it would change.

    outbox.weighing  counts the difference    judging  says what must be asked
    outbox.holding   keeps what is asked about, until somebody answered

- One table of rules (`rules.RULES`); each bound holds for four clients and for four
  hundred thousand, as tests/unit/sources/test_judging.py writes out.
- Nothing here knows a person, a case number or a file: a difference is numbers.
"""
