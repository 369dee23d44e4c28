"""A scripted model endpoint on loopback: what a real agent talks to when there is no model.

`script` decides the answer from directives in the last user message; a dialect (`openai`) reads requests
and writes answers; `server` speaks HTTP. Standalone: `python -m tests.kit.model_endpoint --port 9999`.
"""

from tests.kit.model_endpoint.server import ModelEndpoint, Seen, serve_model

__all__ = ["ModelEndpoint", "Seen", "serve_model"]
