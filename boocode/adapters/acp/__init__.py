"""The Agent Client Protocol on bytes: lines, JSON-RPC, and the files that an agent may touch through us."""
