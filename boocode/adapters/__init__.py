"""What BooCode needs from outside, done for real: one folder a port."""
