"""The ACP methods. The reader's thread answers them at once; a prompt gets a thread of its own."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping

from boocode.practice.actions import perform
from boocode.practice.history import MODELS, MODES, THINKING, Session, Sessions, tokens
from boocode.practice.manual import COMMANDS, VERSION
from boocode.practice.sentences import parse
from boocode.practice.turn import Turn, TurnCancelled, TurnFailed, usage
from boocode.practice.wire import Json, RequestId, Wire

PROTOCOL = 1
CONTEXT_TOKENS = 32_000
INVALID_REQUEST = -32600
UNKNOWN_METHOD = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603
NOT_FOUND = -32002
FAILED = -32000


class Rejected(Exception):
    """A request that is answered with a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Agent:
    def __init__(self, wire: Wire, sessions: Sessions) -> None:
        self._wire = wire
        self._sessions = sessions
        self._turns: dict[str, Turn] = {}
        self._methods: dict[str, Callable[[Mapping[str, Json]], Mapping[str, Json]]] = {
            "initialize": self._initialize,
            "authenticate": lambda _: {},
            "session/new": self._new,
            "session/load": self._load,
            "session/resume": self._resume,
            "session/set_mode": self._set_mode,
            "session/set_model": self._set_model,
            "session/set_config_option": self._set_option,
        }

    def take(self, message: Mapping[str, Json]) -> None:
        """One decoded line from the client: request, notification or answer."""
        method, request = message.get("method"), message.get("id")
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        if method is None:
            self._wire.answered(message)
        elif method == "session/cancel":
            self._cancel(params)
        elif "id" in message and isinstance(request, int | str):
            self._answer(str(method), request, params)

    def close(self, seconds: float) -> None:
        """Cancel every turn, which kills their commands, and wait so long for them to have ended."""
        due = time.monotonic() + seconds
        turns = list(self._turns.values())
        for turn in turns:
            turn.cancel()
        for turn in turns:
            turn.over.wait(max(0.0, due - time.monotonic()))

    def _answer(self, method: str, request: RequestId, params: Mapping[str, Json]) -> None:
        try:
            if method == "session/prompt":
                self._prompt(request, params)
                return
            result = self._methods.get(method, _unknown(method))(params)
        except Rejected as rejected:
            self._wire.refuse(request, rejected.code, str(rejected))
            return
        self._wire.reply(request, result)
        if method in ("session/new", "session/load", "session/resume"):
            self._tell_commands(str(result.get("sessionId", params.get("sessionId"))))

    def _initialize(self, _: Mapping[str, Json]) -> Mapping[str, Json]:
        return {
            "protocolVersion": PROTOCOL,
            "agentInfo": {"name": "practice", "title": "Practice agent", "version": VERSION},
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"image": False, "audio": False, "embeddedContext": False},
                "sessionCapabilities": {"resume": {}},
            },
            "authMethods": [],
        }

    def _new(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        session = self._sessions.new(_folder(params))
        return {"sessionId": session.id, **_choices(session)}

    def _load(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        session = self._recorded(params)
        for role, text in session.messages:
            kind = "user_message_chunk" if role == "user" else "agent_message_chunk"
            self._wire.update(session.id, kind, {"content": {"type": "text", "text": text}})
        return _choices(session)

    def _resume(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        return _choices(self._recorded(params))

    def _recorded(self, params: Mapping[str, Json]) -> Session:
        name = str(params.get("sessionId"))
        if name in self._turns:
            raise Rejected(INVALID_REQUEST, f"session {name} has a turn running")
        session = self._sessions.load(name, _folder(params))
        if session is None:
            raise Rejected(NOT_FOUND, f"there is no record of session {name}")
        return session

    def _tell_commands(self, session_id: str) -> None:
        commands = [
            {"name": name, "description": text, **({"input": {"hint": hint}} if hint else {})}
            for name, text, hint in COMMANDS
        ]
        self._wire.update(session_id, "available_commands_update", {"availableCommands": commands})

    def _set_mode(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        self._choose(self._session(params), "mode", params.get("modeId"))
        return {}

    def _set_model(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        self._choose(self._session(params), "model", params.get("modelId"))
        return {}

    def _set_option(self, params: Mapping[str, Json]) -> Mapping[str, Json]:
        session = self._session(params)
        self._choose(session, str(params.get("configId")), params.get("value"))
        return {"configOptions": _options(session)}

    def _choose(self, session: Session, what: str, value: Json) -> None:
        if what == "mode" and isinstance(value, str) and value in MODES:
            session.set_mode(value)
            self._wire.update(session.id, "current_mode_update", {"currentModeId": value})
        elif what == "model" and isinstance(value, str) and value in MODELS:
            session.set_model(value)
        elif what == "thinking" and isinstance(value, str) and value in THINKING:
            session.set_thinking(value)
        else:
            raise Rejected(INVALID_PARAMS, f"there is no {what} {value!r}")

    def _session(self, params: Mapping[str, Json]) -> Session:
        name = str(params.get("sessionId"))
        session = self._sessions.get(name)
        if session is None:
            raise Rejected(NOT_FOUND, f"session {name} is not open here")
        return session

    def _cancel(self, params: Mapping[str, Json]) -> None:
        turn = self._turns.get(str(params.get("sessionId")))
        if turn is not None:
            turn.cancel()

    def _prompt(self, request: RequestId, params: Mapping[str, Json]) -> None:
        session = self._session(params)
        if session.id in self._turns:
            raise Rejected(INVALID_REQUEST, f"session {session.id} has a turn running; cancel it first")
        turn = Turn(session, self._wire, len(session.user_turns) + 1)
        self._turns[session.id] = turn  # before the thread runs: a cancel right behind the prompt must hit
        text = _prompt_text(params.get("prompt"))
        threading.Thread(target=self._run_turn, args=(turn, request, text), daemon=True).start()

    def _run_turn(self, turn: Turn, request: RequestId, text: str) -> None:
        """The body of a turn's thread: exactly one answer to the prompt, unless the client has gone."""
        session = turn.session
        given = session.context_tokens() + tokens(text)
        session.say("user", text)
        stop, error = _outcome(turn, text)
        session.say("agent", turn.said())
        del self._turns[session.id]  # before the answer, which may bring the next prompt at once
        used = {"used": session.context_tokens(), "size": CONTEXT_TOKENS}
        try:
            if error is not None:
                self._wire.refuse(request, *error)
            else:
                self._wire.update(session.id, "usage_update", used)
                self._wire.reply(request, {"stopReason": stop, "usage": usage(turn, given)})
        except OSError:
            pass  # the client has gone; the reader sees it too, and ends the process
        finally:
            turn.over.set()


def _outcome(turn: Turn, text: str) -> tuple[str, tuple[int, str] | None]:
    """Perform a prompt; its stop reason, and the error that it ends with instead."""
    try:
        perform(parse(text), turn)
    except TurnCancelled:
        return "cancelled", None
    except TurnFailed as failed:
        return "", (FAILED, str(failed))
    except Exception as fault:  # noqa: BLE001 – the client must hear of it, and the agent lives on
        traceback.print_exc()
        return "", (INTERNAL, f"the practice agent has a fault: {fault!r}")
    return "end_turn", None


def _unknown(method: str) -> Callable[[Mapping[str, Json]], Mapping[str, Json]]:
    def reject(_: Mapping[str, Json]) -> Mapping[str, Json]:
        raise Rejected(UNKNOWN_METHOD, f"this agent has no method {method}")

    return reject


def _folder(params: Mapping[str, Json]) -> str:
    cwd = params.get("cwd")
    if not isinstance(cwd, str) or not os.path.isabs(cwd) or not os.path.isdir(cwd):
        raise Rejected(INVALID_PARAMS, f"cwd must be an absolute path of a folder, not {cwd!r}")
    return cwd


def _prompt_text(blocks: Json) -> str:
    if not isinstance(blocks, list):
        return ""
    texts = [block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str))


def _choices(session: Session) -> dict[str, Json]:
    """Modes and models, in the older form and as config options: clients read one or the other."""
    return {
        "modes": {
            "currentModeId": session.mode,
            "availableModes": [{"id": k, "name": n, "description": d} for k, (n, d) in MODES.items()],
        },
        "models": {
            "currentModelId": session.model,
            "availableModels": [{"modelId": k, "name": n, "description": d} for k, (n, d) in MODELS.items()],
        },
        "configOptions": _options(session),
    }


def _options(session: Session) -> list[Json]:
    return [
        {
            "id": what,
            "name": what.capitalize(),
            "category": category,
            "type": "select",
            "currentValue": current,
            "options": [{"value": k, "name": n, "description": d} for k, (n, d) in values.items()],
        }
        for what, category, current, values in (
            ("mode", "mode", session.mode, MODES),
            ("model", "model", session.model, MODELS),
            ("thinking", "thought_level", session.thinking, THINKING),
        )
    ]


def log(text: str) -> None:
    print(f"practice: {text}", file=sys.stderr, flush=True)
