"""Everything that crosses the index's wire: one strict model per request and answer.

- Each shape stands here once. The index serves it, the OpenAPI document is generated
  from it, the desk and the sources read with it, and the tests' fakes answer with it.
- Members are named as they are on the wire (camelCase), in Python too: what an auditor
  sees in a document is what a search in the code finds.
- Pure: no I/O, nothing of ours but the words of the policy's vocabulary.
- A request is read strictly (`RequestModel`): nothing doubled, unknown, converted or
  guessed. An answer (`AnswerModel`) is read so too, but for a member that a newer index
  adds: it is passed over, so that a desk need not be upgraded the same night.

One file per subject; import the subject:

    from signal_index.wire import embargoes

    embargoes.Embargo(...)
"""
