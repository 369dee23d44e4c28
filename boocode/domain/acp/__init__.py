"""The Agent Client Protocol as pure rules: what its messages mean, and what we decide about them.

Typed messages in (`messages`, `incoming`), normalized events out (`mapper`, `turn_fold`), and the
decisions of the conversation (`handshake`, `cancelling`, `permissions`). No I/O: bytes are the adapter's,
waiting is the actor's.
"""
