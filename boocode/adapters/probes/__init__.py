"""Looking around on this machine for agents and what they could use."""
