"""Child processes of the operating system: launched, owned, and ended with all that came of them. Linux.

Deliberately imports nothing: the guard process loads parts of this package without trio.
"""
