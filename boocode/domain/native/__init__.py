"""BooCode's own agent, its rules: what it says to a model, what it makes of the answer, and what it may do.

Pure. The loop that uses them is `actors/native_*`, the world they act on `boocode/adapters/native`.
"""
