"""Pure rules: what BooCode knows and decides, without trio, clocks or I/O."""
