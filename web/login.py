"""Signing in as in Jupyter: the printed address carries the token once, a cookie from then on."""

import base64
import hashlib
from urllib.parse import urlencode

from quart.wrappers import Request, Response
from quart_trio.wrappers import TrioResponse

from web.guard import Refusal, cookie_name, same_token
from web.problems import ApiError
from web.responses import problem_response

COOKIE_DAYS = 90
FRONT_DOORS = frozenset({"/", "/plain"})

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#16130f;color:#f3eee8;"
    "font:16px/1.5 system-ui,sans-serif}main{max-width:26rem;padding:2rem}h1{font-size:1.3rem}"
    "p{color:#a89f95}code{color:#f3eee8}label{display:block;margin:.8rem 0 .3rem}"
    "input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;color:#f3eee8;background:#1f1b17;"
    "border:1px solid #8a8178;border-radius:6px}button{margin-top:.8rem;padding:.6rem 1rem;font:inherit;"
    "font-weight:600;color:#16130f;background:#ff7a18;border:0;border-radius:6px}"
    ":focus-visible{outline:2px solid #ff7a18;outline-offset:2px}strong{color:#f87171;font-weight:600}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_CSP = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_NOTE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>BooCode: sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><h1>BooCode needs your token</h1><!--problem-->
<p>Open the address that <code>boocode serve</code> printed when it started: it ends in
<code>/?token=…</code>. Or paste the token here.</p>
<form method="get" action="/"><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button>Sign in</button></form></main></body></html>
"""
_WRONG = "<p><strong>This token is not the right one.</strong> BooCode may have been given a new one.</p>"


def login_or_refusal(request: Request, token: str, refusal: Refusal | None) -> Response | None:
    """None = go on to the route. `/?token=…` signs in; a person without a token sees a note, not JSON."""
    is_person = request.path in FRONT_DOORS and request.method == "GET"
    if refusal is not None and refusal.status == 403:
        return problem_response(ApiError(refusal.status, refusal.code, refusal.detail))
    given = request.args.get("token") if is_person else None
    if given is not None:
        return _signed_in(request, token) if same_token(given, token) else _note(_WRONG)
    if refusal is None:
        return None
    if is_person:
        return _note("")
    return problem_response(ApiError(refusal.status, refusal.code, refusal.detail))


def _signed_in(request: Request, token: str) -> Response:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    response = TrioResponse("", status=303)
    response.headers["Location"] = f"{request.path}?{urlencode(others)}" if others else request.path
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        cookie_name(request.headers.get("Host", "")),
        token,
        max_age=COOKIE_DAYS * 86_400,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return response


def _note(problem: str) -> Response:
    response = TrioResponse(
        _NOTE.replace("<!--problem-->", problem), status=401, content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = _CSP
    response.headers["Cache-Control"] = "no-store"
    return response
