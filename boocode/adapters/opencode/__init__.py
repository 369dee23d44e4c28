"""An opencode server over HTTP on loopback: calls with deadlines, and its event stream."""
