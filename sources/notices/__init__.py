"""What comes back from the index: fetched, kept with the case it is about, and told.

hearing    all of it, so that nothing holds up what is delivered
fetching   read from the index, kept in the outbox, acknowledged
telling    at once or in a digest: by mail of the agency's own, or to its system
words      each notice as a sentence in Dutch
"""
