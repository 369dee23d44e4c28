"""Wire types: what clients see. The source of `schema/wire` and of every client's types."""
