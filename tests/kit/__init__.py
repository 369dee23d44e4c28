"""What tests are made of: a probe, scripted children, guarded trees, virtual time, a start/stop stress."""
