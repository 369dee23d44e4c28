"""The Quart application: the routes of the table, the socket, the page, and what guards them all."""

from collections.abc import Awaitable, Callable

from quart import request, websocket
from quart.wrappers import Request, Response, Websocket
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from actors.connection import ConnectionLimits
from boocode.contracts.parsing import parse_json, parse_object, parse_query
from web.client_socket import EdgeWebsocketConnection
from web.deps import EdgeDeps
from web.guard import Asked, Refusal, judge
from web.login import login_or_refusal
from web.problems import ApiError, api_error
from web.responses import json_response, problem_response
from web.routes import ROUTES
from web.routing import Answer, Call, Route
from web.socket_route import Sockets
from web.static_files import INDEX, PAGE_CSP, PLAIN_PAGE, StaticFiles

MAX_BODY_BYTES = 2_000_000
BODY_TIMEOUT_S = 30.0

SECURITY_HEADERS = {
    "Content-Security-Policy": PAGE_CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class EdgeApp(QuartTrio):
    """`sockets` are its open WebSockets."""

    asgi_websocket_class = EdgeWebsocketConnection
    sockets: Sockets


def create_app(deps: EdgeDeps, limits: ConnectionLimits | None = None) -> EdgeApp:
    app = EdgeApp("boocode.web", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["BODY_TIMEOUT"] = BODY_TIMEOUT_S
    app.config["RESPONSE_TIMEOUT"] = None
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.redirect_defaults = False
    app.url_map.merge_slashes = False
    app.sockets = Sockets(deps, limits or ConnectionLimits())
    for route in ROUTES:
        app.add_url_rule(
            route.rule, route.endpoint, _view(deps, route), methods=[route.method], strict_slashes=False
        )
    _serve_files(app, deps)
    app.add_websocket("/api/ws", "socket", app.sockets.serve)
    _guard(app, deps)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _any_exception)
    app.after_request(_finish)
    return app


def _serve_files(app: QuartTrio, deps: EdgeDeps) -> None:
    """The web UI where it is built, else the plain page, which is always at `/plain`."""
    plain = StaticFiles.of(PLAIN_PAGE)
    ui = StaticFiles.of(deps.ui_folder, hashed=True)

    async def index() -> Response:
        return (ui or plain).response(INDEX)

    async def asset(name: str) -> Response:
        return ui.response(f"assets/{name}")

    async def plain_index() -> Response:
        return plain.response(INDEX)

    async def plain_file(name: str) -> Response:
        return plain.response(name)

    for rule, endpoint, view in (
        ("/", "index", index),
        ("/assets/<name>", "asset", asset),
        ("/plain", "plain", plain_index),
        ("/page/<name>", "plain_file", plain_file),
    ):
        app.add_url_rule(rule, endpoint, view, methods=["GET"])


def _view(deps: EdgeDeps, route: Route) -> Callable[..., Awaitable[Response]]:
    async def view(**params: str) -> Response:
        body = None
        if route.body is not None:
            data = await request.get_data()
            body = parse_object(parse_json(data or b"{}"), route.body)
        query = None if route.query is None else parse_query(_single_values(request), route.query)
        answer = await route.handler(deps, Call(params, body, query))
        if isinstance(answer, Answer):
            return json_response(answer.value, answer.status)
        return json_response(answer, route.status)

    return view


def _single_values(asked: Request) -> dict[str, str]:
    return asked.args.to_dict(flat=True)


def _guard(app: QuartTrio, deps: EdgeDeps) -> None:
    async def before_request() -> Response | None:
        return login_or_refusal(request, deps.token, _judge(request, deps))

    async def before_websocket() -> Response | None:
        refusal = _judge(websocket, deps)
        return None if refusal is None else problem_response(ApiError(*_parts(refusal)))

    app.before_request(before_request)
    app.before_websocket(before_websocket)


def _judge(asked: Request | Websocket, deps: EdgeDeps) -> Refusal | None:
    headers = asked.headers
    return judge(
        Asked(
            path=asked.path,
            host=headers.get("Host", ""),
            origin=headers.get("Origin"),
            authorization=headers.get("Authorization"),
            cookie=asked.cookies.get,
            fetch_site=headers.get("Sec-Fetch-Site"),
        ),
        deps.token,
        deps.allowed_hosts,
        any_address=deps.any_address,
    )


def _parts(refusal: Refusal) -> tuple[int, str, str]:
    return refusal.status, refusal.code, refusal.detail


async def _http_exception(error: HTTPException) -> Response:
    """Unknown paths, wrong methods, bodies that are too large: what the framework itself refuses."""
    status = error.code or 500
    path = request.path[:200]
    match status:
        case 404:
            problem = ApiError(404, "no_such_route", f"There is nothing at {path}. See /openapi.json.")
        case 405:
            allowed = (
                ", ".join(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ""
            )
            detail = f"{path} does not take {request.method}; it takes {allowed}."
            problem = ApiError(405, "method_not_allowed", detail, headers=(("Allow", allowed),))
        case 413:
            problem = ApiError(413, "too_large", f"The body is larger than {MAX_BODY_BYTES} bytes.")
        case _:
            problem = ApiError(status, "bad_request", f"{error.description or error.name}")
    return problem_response(problem)


async def _any_exception(error: Exception) -> Response:
    return problem_response(api_error(error))


async def _finish(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers["Cache-Control"] = "no-store"
    if not request.body._complete.is_set():
        response.headers["Connection"] = "close"  # the rest of the body will not be read: say so
    return response
