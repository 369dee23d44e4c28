"""Who watches whom: `tree.py` is the whole tree on one screen, beside it one file a sub-tree."""
