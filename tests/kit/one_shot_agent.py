"""A one-shot agent of our own: `python tests/kit/one_shot_agent.py FAULT [ARGUMENT] OPTIONS…`, prompt on stdin.

It prints lines of JSON like `claude -p --output-format stream-json`, for one turn, and ends. Conversations are counted
in the folder of ONE_SHOT_STATE. Standard library only. Faults (an argument is a number, or a path):

| fault | what it does |
| --- | --- |
| `none` | answers what the prompt said, how many turns this conversation had, and its options |
| `die` | a chunk, words on stderr, and exit 5 |
| `die-silent` | words on stderr and exit 3, without a word on stdout |
| `early PATH` | if the file PATH is there, dies of what it says before its first word: `kill`, `exit`, or `take` (the
  conversation down, then `kill`) |
| `no-result` | a chunk, and exit 0 |
| `long-line N` | one chunk of N megabytes in one line |
| `garbage` | a banner, half a message and other lines that are none, between messages |
| `half-line` | a chunk, then half a message and exit 0 |
| `plain` | prints text only |
| `plain-late PATH` | says nothing until the file PATH is there, then prints text only |
| `stall` | a chunk, then nothing; ends on SIGTERM |
| `deaf` | a chunk, then nothing; deaf to SIGTERM |
| `linger` | a whole turn, and then it stays |
| `grandchild PATH` | a whole turn; a child that holds its stdout, and one in a session of its own, stay; pids to PATH |
| `flood N` | N chunks as fast as the pipe takes them |
| `denied` | a tool that was not permitted |
| `open-tool` | starts a tool, and dies before its end |
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def option(name: str) -> str | None:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


SESSION = option("--resume") or option("--session-id") or "nobody-said"


def raw(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def say(kind: str, **members: object) -> None:
    raw(json.dumps({"type": kind, "session_id": SESSION, **members}) + "\n")


def begin() -> None:
    commands = ["compact", "review"]
    model, mode = option("--model") or "one-shot-1", option("--permission-mode") or "default"
    say("system", subtype="init", model=model, permissionMode=mode, slash_commands=commands)


def chunk(text: str) -> None:
    delta = {"type": "text_delta", "text": text}
    say("stream_event", event={"type": "content_block_delta", "index": 0, "delta": delta})


def assistant(*blocks: Mapping[str, object]) -> None:
    say("assistant", message={"id": "m1", "role": "assistant", "content": list(blocks)})


def finish(text: str) -> None:
    assistant({"type": "text", "text": text})
    usage = {"input_tokens": 20, "output_tokens": 3}
    cost = 0.25 * turns()
    say("result", subtype="success", is_error=False, result=text, usage=usage, total_cost_usd=cost)


def turns() -> int:
    """This turn included."""
    return len((state() / SESSION).read_text().split()) if (state() / SESSION).exists() else 0


def state() -> Path:
    return Path(os.environ.get("ONE_SHOT_STATE", "/nonexistent"))


def remember() -> None:
    """Refuses to resume what it does not know, and to begin what it knows, as claude does."""
    place = state() / SESSION
    if not option("--resume") and place.exists():
        print(f"Error: Session ID {SESSION} is already in use.", file=sys.stderr)
        sys.exit(1)
    if option("--resume") and not place.exists():
        words = f"No conversation found with session ID: {SESSION}"
        print(words, file=sys.stderr)
        say("result", subtype="error_during_execution", is_error=True, num_turns=0, errors=[words])
        sys.exit(1)
    if state().is_dir():
        with place.open("a") as file:
            file.write("turn\n")


def main() -> None:
    fault = sys.argv[1]
    argument = sys.argv[2] if len(sys.argv) > 2 and not sys.argv[2].startswith("-") else ""
    if fault == "die-silent":
        print("error: this agent was not set up", file=sys.stderr)
        sys.exit(3)
    if fault == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    prompt = sys.stdin.read()
    if fault == "plain-late":
        while not Path(argument).exists():
            time.sleep(0.01)
    if fault.startswith("plain"):
        raw(f"You said: {prompt}\nNo more than that.")
        return
    what = Path(argument).read_text() if fault == "early" and Path(argument).exists() else ""
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exit":
        print("no space left on device", file=sys.stderr)
        sys.exit(4)
    remember()
    if what == "take":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "garbage":
        raw("Welcome! This is a banner.\n")
    begin()
    misbehave(fault, argument, prompt)


def misbehave(fault: str, argument: str, prompt: str) -> None:
    match fault:
        case "none" | "early":
            options = " ".join(word for word in sys.argv[2:] if word)
            said = f"You said: {prompt}\nturns: {turns()}\noptions: {options}"
            for piece in said.splitlines(keepends=True):
                chunk(piece)
            finish(said)
        case "die":
            chunk("I am about to")
            print("out of luck", file=sys.stderr)
            sys.exit(5)
        case "no-result":
            chunk("and then")
        case "long-line":
            chunk("y" * int(float(argument) * 1_000_000))
            finish("over")
        case "garbage":
            chunk("before ")
            raw(
                '{"type": "assis\n[1, 2]\n\n\udcff\n'.encode(errors="surrogateescape").decode(
                    errors="replace"
                )
            )
            chunk("after")
            finish("before after")
        case "half-line":
            chunk("whole")
            raw('{"type": "stream_ev')
        case "stall" | "deaf":
            chunk("one moment")
            time.sleep(600)
        case "linger":
            finish("done")
            time.sleep(600)
        case "grandchild":
            holding = subprocess.Popen(SLEEPER, stdin=subprocess.DEVNULL)
            escaped = subprocess.Popen(SLEEPER, stdin=subprocess.DEVNULL, start_new_session=True)
            Path(argument).write_text(f"{holding.pid}\n{escaped.pid}\n")
            finish("done")
        case "flood":
            for number in range(int(argument)):
                chunk(f"{number} ")
            finish("".join(f"{number} " for number in range(int(argument))))
        case "denied":
            block = {
                "type": "tool_use",
                "id": "t1",
                "name": "Write",
                "input": {"file_path": "a", "content": "b"},
            }
            assistant(block)
            words = "you haven't granted it yet"
            say("system", subtype="permission_denied", tool_name="Write", tool_use_id="t1", message=words)
            result = {"type": "tool_result", "tool_use_id": "t1", "is_error": True, "content": words}
            say("user", message={"content": [result]})
            finish("I could not")
        case "open-tool":
            assistant({"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "make"}})
            sys.exit(9)
        case _:
            raise SystemExit(f"no fault {fault!r}")


if __name__ == "__main__":
    main()
