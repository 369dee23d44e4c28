"""Lines of JSON that a one-shot agent prints."""
