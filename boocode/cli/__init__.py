"""The command line: thin; apart from `serve` and `doctor` everything speaks to a running server."""
