"""The practice agent: a small ACP agent that ships with BooCode, for the first run and for tests.

It is a process of its own (`python -m boocode.practice`), needs no key and no network, and understands a
few plain sentences (`sentences`). It imports the standard library alone, so that it is ready in
milliseconds: nothing of the kernel, of trio or of the rest of BooCode belongs here.
"""
