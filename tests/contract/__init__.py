"""BackendContract: what every backend must do, whatever its agent speaks, asked through the seam of `ports/agents.py`.

Each test is a `Row` (rows.py), run for every `BackendUnderTest` (backends.py) in a tree of its own: pool, the agent's
sub-tree, a listener; real processes, no database. When its tree has closed nothing of its processes is left (`rig`).

    pytest tests/contract                    the backends that need nothing installed
    pytest tests/contract --agents           the real agents, which `make test-agents` installs
    pytest tests/contract --agents=goose     those whose name begins with goose

To add a backend: an entry in `backends.py`. It says how the agent is launched against the scripted model, which
`Backing` makes its sessions (`Backing({transport: partial(my_child, parts, …)}, children=(what it shares,))`), its
modes (one that asks before it writes, one that never asks, one that only reads), a second model, and the rows that it
cannot have, each with the reason, which goes into the table of docs/agents.md.
"""
