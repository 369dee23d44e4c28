"""What tests are made of: a probe, children that misbehave on order, guarded trees, virtual time, start/stop stress."""
