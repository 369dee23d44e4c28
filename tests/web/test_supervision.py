"""The tree over the API: looking, hearing, acting."""

from typing import Any

from boocode.kernel import Actor, ChildSpec
from tests.web.edges import eventually, serving


class Worker(Actor):
    async def handle(self, message: Any) -> None:
        if message == "crash":
            raise RuntimeError("as asked")


def worker() -> ChildSpec:
    return ChildSpec(id="worker", start=Worker, name="worker")


def node(tree: Any, path: str) -> Any:
    found: Any = tree["root"]
    for name in path.split("/")[1:]:
        found = next(child for child in found["children"] if child["name"] == name)
    return found


async def test_the_tree_shows_every_actor():
    async with serving(worker()) as stage:
        tree = (await stage.http.get("/api/supervision")).json()
        names = [child["name"] for child in tree["root"]["children"]]
        assert names == ["hub", "worker", "loop_probe", "supervision_feed", "connections", "edge"]
        seen = node(tree, "root/worker")
        assert (seen["kind"], seen["type"], seen["state"], seen["incarnation"]) == (
            "worker",
            "Worker",
            "idle",
            1,
        )
        assert tree["owned_processes"] == []
        assert tree["loop_lag_ms"] >= 0


async def test_a_crash_is_told_at_once_and_remembered():
    async with serving(worker()) as stage, stage.socket() as client:
        start = (await client.subscribe("supervision"))["last_seq"]
        stage.system.whereis("worker").cast("crash")
        events = []
        while len(events) < 3:
            frames = await client.hear()
            events += [frame for frame in frames if frame.get("path") == "root/worker"]
        assert {"exited", "started"} <= {frame["event"] for frame in events}
        exited = next(frame for frame in events if frame["event"] == "exited")
        assert "as asked" in exited["reason"]
        assert [frame["seq"] for frame in events] == sorted(frame["seq"] for frame in events)
        page = (await stage.http.get(f"/api/supervision/events?after={start}")).json()
        assert [frame for frame in page["items"] if frame["path"] == "root/worker"][:3] == events[:3]
        seen = node((await stage.http.get("/api/supervision")).json(), "root/worker")
        assert (seen["restarts"], seen["last_exit"]["kind"]) == (1, "crashed")
        assert "RuntimeError: as asked" in seen["last_error"]


async def test_dead_letters_are_counted_and_listed():
    async with serving(worker()) as stage:
        stage.system.whereis("nobody").cast("hello")
        tree = (await stage.http.get("/api/supervision")).json()
        assert tree["dead_letters"] == 1
        letter = tree["recent_dead_letters"][0]
        assert (letter["target"], letter["message_type"]) == ("nobody", "str")


async def test_the_operator_restarts_suspends_resumes_and_stops():
    async with serving(worker()) as stage:

        async def act(action: str) -> Any:
            answer = await stage.http.post(f"/api/supervision/actors/root/worker/{action}")
            assert answer.status_code == 200, answer.text
            return answer.json()["node"]

        assert (await act("restart"))["incarnation"] == 2
        assert (await act("suspend"))["state"] == "suspended"
        assert (await act("resume"))["state"] == "idle"
        assert (await act("stop"))["state"] == "dead"
        assert (await act("restart"))["state"] == "idle"


async def test_an_actor_that_is_not_there_is_a_404_and_the_root_is_not_touched():
    async with serving() as stage:
        for path in ("root/nobody", "nowhere", "root/hub/x"):
            answer = await stage.http.post(f"/api/supervision/actors/{path}/restart")
            assert (answer.status_code, answer.json()["code"]) == (404, "actor_not_found")
        answer = await stage.http.post("/api/supervision/actors/root/stop")
        assert (answer.status_code, answer.json()["code"]) == (409, "root")
        answer = await stage.http.post("/api/supervision/actors/root%2Fhub/suspend")
        assert answer.json()["node"]["state"] == "suspended"


async def test_a_stop_of_the_edge_over_its_own_api_closes_it_and_nothing_else():
    async with serving(worker()) as stage:
        await stage.http.post("/api/supervision/actors/root/loop_probe/stop")
        tree = (await stage.http.get("/api/supervision")).json()
        assert tree["loop_lag_ms"] == 0.0
        await eventually(lambda: stage.system.whereis("worker").is_running)
