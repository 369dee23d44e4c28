"""The edge: HTTP and WebSocket on Quart-Trio and Hypercorn, and the built-in page."""
