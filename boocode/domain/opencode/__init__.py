"""What opencode's server says, as pure rules: messages, and the one turn that is made of them.

`vendor` has the shapes, `decoding` makes them from JSON, `turn_view` turns those of one turn into events.
"""
