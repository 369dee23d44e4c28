"""The world of BooCode's own agent: its model endpoint, and the tools on files that are its own."""
