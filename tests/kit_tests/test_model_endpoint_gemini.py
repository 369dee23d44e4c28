"""The scripted model in the Gemini dialect, as its client sees it."""

import json
from typing import Any

import httpx2

from tests.kit.model_endpoint import ModelEndpoint, serve_model

Json = dict[str, Any]
WRITE = {
    "name": "write_file",
    "parametersJsonSchema": {"properties": {"file_path": {"type": "string"}, "content": {"type": "string"}}},
}


def user(*texts: str) -> Json:
    return {"role": "user", "parts": [{"text": text} for text in texts]}


async def ask(model: ModelEndpoint, what: str, **body: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=model.url, timeout=30) as http:
        return await http.post(f"/v1beta/models/gemini-x:{what}?alt=sse", json=body)


def parts(response: Json) -> list[Json]:
    found: list[Json] = response["candidates"][0]["content"]["parts"]
    return found


async def test_text_is_streamed_word_by_word_and_counts_the_users_own_turns() -> None:
    async with serve_model() as model:
        context = user("<session_context>\nToday is a day.\n</session_context>")
        answer = await ask(
            model, "streamGenerateContent", contents=[context, user("reason why then say a b")]
        )
        events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
        spoken = [part for event in events for part in parts(event)]
        assert "".join(part["text"] for part in spoken if "thought" not in part) == "a b\nuser turns: 1"
        assert "".join(part["text"] for part in spoken if part.get("thought")) == "why"
        assert (events[-1]["candidates"][0]["finishReason"], events[-1]["modelVersion"]) == (
            "STOP",
            "gemini-x",
        )
        assert events[-1]["usageMetadata"]["totalTokenCount"] == 110


async def test_a_tool_is_called_once_and_its_result_is_no_user_turn() -> None:
    async with serve_model() as model:
        tools = [{"functionDeclarations": [WRITE]}]
        contents: list[Json] = [user("write /a: hello then say done")]
        first = (await ask(model, "generateContent", contents=contents, tools=tools)).json()
        call = parts(first)[0]["functionCall"]
        assert (call["name"], call["args"]) == ("write_file", {"file_path": "/a", "content": "hello\n"})
        result = {"functionResponse": {"id": call["id"], "name": call["name"], "response": {"output": "ok"}}}
        contents += [{"role": "model", "parts": parts(first)}, {"role": "user", "parts": [result]}]
        second = (await ask(model, "generateContent", contents=contents, tools=tools)).json()
        assert parts(second) == [{"text": "done\nuser turns: 1"}]


async def test_a_side_request_gets_json_of_its_schema() -> None:
    schema = {"type": "object", "properties": {"next": {"type": "string", "enum": ["user", "model"]}}}
    config = {"responseMimeType": "application/json", "responseJsonSchema": schema}
    async with serve_model() as model:
        answer = await ask(model, "generateContent", contents=[user("who?")], generationConfig=config)
        assert json.loads(parts(answer.json())[0]["text"]) == {"next": "user"}
        assert (await ask(model, "countTokens", contents=[user("x")])).json()["totalTokens"] > 0
        failed = await ask(model, "generateContent", contents=[user("http 400")])
        assert (failed.status_code, failed.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
