"""The agent's tools on files: inside its worktree, git's own files out of bounds.

Reading goes also where a person allowed it.

confines   where a path really leads, and opening what is there without following anything
tool       what all of these tools are made of
listing, reading, searching, editing, creating, deleting, moving, diffing   one tool each
standing   what a person was shown of a file, so that nothing else is done to it
pending    the changes of a turn that still runs, for people to read
"""
