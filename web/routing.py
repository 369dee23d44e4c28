"""One table of routes, from which both the application and its description are made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

from attrs import frozen

from web.deps import EdgeDeps

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")


@frozen
class Call(Generic[BodyT, QueryT]):
    """One request, parsed: its path parameters, and its body and query as the route's classes."""

    params: Mapping[str, str]
    body: BodyT
    query: QueryT

    def __getitem__(self, name: str) -> str:
        return self.params[name]


@frozen
class Answer:
    """When the status is not the route's own."""

    value: object
    status: int


Handler = Callable[[EdgeDeps, "Call[Any, Any]"], Awaitable[object]]


@frozen
class Route:
    """`path` has its parameters in braces; `{path}` takes slashes as well."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    handler: Handler
    summary: str
    answer: object
    """The type of the answer, None for an empty one."""
    status: int = 200
    body: type[Any] | None = None
    query: type[Any] | None = None
    errors: tuple[int, ...] = ()
    """Besides those that any route may give (401, 403, 500, 503, 504) or any with a body (400, 413)."""
    other_statuses: tuple[int, ...] = ()
    """Further ones with the same kind of answer."""
    texts: tuple[str, ...] = ()
    """Media types in which the same can be had as text."""

    @property
    def rule(self) -> str:
        """As Quart wants it."""
        rule = self.path.replace("{path}", "<path:path>")
        return rule.replace("{", "<").replace("}", ">")

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}".replace(".", "_")

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))
