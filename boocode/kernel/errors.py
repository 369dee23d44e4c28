"""What can go wrong around an actor: one base class, each subclass caught by somebody.

Messages say what was asked, what was found and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boocode.kernel.exits import Crashed, Exit, describe, named

if TYPE_CHECKING:
    from boocode.kernel.ref import Ref


class KernelError(Exception):
    """Base of every error the kernel raises."""


class SpecError(KernelError, ValueError):
    """A specification that cannot be right; raised before anything starts."""


class StartFailed(KernelError):
    """A child did not become ready. `child` is its id, `cause` the exception (also `__cause__`)."""

    def __init__(self, child: str, cause: BaseException) -> None:
        super().__init__(f"child {child!r} did not start: {named(cause)}")
        self.child = child
        self.cause = cause
        self.__cause__ = cause


class StartTimeout(KernelError):
    """A child was not ready within its start timeout (seconds) and was cancelled."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__(
            f"{path} was not ready within {timeout:g} s; raise start_timeout or look at its init"
        )
        self.path = path
        self.timeout = timeout


class StartAborted(KernelError):
    """A child was stopped before it had become ready."""

    def __init__(self, path: str, exit: Exit) -> None:
        super().__init__(f"{path} was stopped before it was ready ({describe(exit)})")
        self.path = path
        self.exit = exit


class NotReady(KernelError):
    """A job returned without calling task_status.started()."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} returned without reporting ready; call task_status.started() once it runs")
        self.path = path


class RestartsExhausted(KernelError):
    """A supervisor gave up: more than `restarts` restarts within `period` seconds. `__cause__` is the last."""

    def __init__(self, path: str, restarts: int, period: float, last: Exit | None = None) -> None:
        found = f"; last exit: {describe(last)}" if last is not None else ""
        super().__init__(f"{path} needed more than {restarts} restarts within {period:g} s{found}")
        self.path = path
        self.restarts = restarts
        self.period = period
        if isinstance(last, Crashed):
            self.__cause__ = last.cause


class NotRunning(KernelError):
    """The target has no living incarnation. `due_in`: seconds until its restart, None when none is planned."""

    def __init__(self, path: str, due_in: float | None = None) -> None:
        when = "no restart is planned" if due_in is None else f"its restart is due in {due_in:.3f} s"
        super().__init__(f"{path} is not running; {when}")
        self.path = path
        self.due_in = due_in


class ActorDied(KernelError):
    """The target ended before it answered. `__cause__` is the crash, if it was one."""

    def __init__(self, path: str, exit: Exit) -> None:
        super().__init__(f"{path} ended before it answered ({describe(exit)})")
        self.path = path
        self.exit = exit
        if isinstance(exit, Crashed):
            self.__cause__ = exit.cause


class CallTimeout(KernelError, TimeoutError):
    """No answer within `timeout` seconds; the request may still be carried out."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__(f"{path} did not answer within {timeout:g} s; it may still carry out the request")
        self.path = path
        self.timeout = timeout


class CallCycle(KernelError):
    """The call would wait for itself. `path` names every actor of the cycle, the caller first and last."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(f"call cycle {' -> '.join(path)}; cast, or defer the reply")
        self.path = path


class MailboxFull(KernelError):
    """The target's data lane is full and its overflow rule refuses."""

    def __init__(self, path: str, capacity: int) -> None:
        super().__init__(f"mailbox of {path} is full ({capacity} messages); slow down or drop")
        self.path = path
        self.capacity = capacity


class AlreadyRegistered(KernelError):
    """Another living child carries this name."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"name {name!r} is taken by {holder}; names are unique in one system")
        self.name = name
        self.holder = holder


class AdminRefused(KernelError):
    """A supervisor refused an administrative request. `code` is stable."""

    code = "refused"

    def __init__(self, child: str, found: str, code: str | None = None) -> None:
        super().__init__(f"child {child!r}: {found}")
        self.child = child
        if code is not None:
            self.code = code


class ChildNotFound(AdminRefused):
    """No child has this id."""

    code = "not_found"


class AlreadyStarted(AdminRefused):
    """A child with this id lives or is being started; `ref` is it."""

    code = "already_started"

    def __init__(self, child: str, found: str, ref: Ref | None = None) -> None:
        super().__init__(child, found)
        self.ref = ref


class AlreadyPresent(AdminRefused):
    """A stopped child has this id: restart it or delete it."""

    code = "already_present"


class ChildRunning(AdminRefused):
    """The child has to be terminated first."""

    code = "running"


class ChildRestarting(AdminRefused):
    """The child waits for its restart or is being started."""

    code = "restarting"


class TooManyChildren(AdminRefused):
    """The supervisor holds `max_children` already; one that restarts keeps its place."""

    code = "max_children"


class Ignore(Exception):
    """Raised by `init`: this child is not needed here. Not a failure."""
