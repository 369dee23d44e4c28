"""The tree over the API: looking, hearing, acting."""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

from boocode.kernel import Actor, Budget, ChildSpec, DynamicSpec, Restart, SupervisorSpec
from tests.web.edges import Stage, eventually, serving


class Worker(Actor):
    async def handle(self, message: Any) -> None:
        if message == "crash":
            raise RuntimeError("as asked")
        if message == "crash with a cause":
            try:
                raise KeyError("row")
            except KeyError as error:
                raise RuntimeError("as asked") from error


class Fussy(Actor):
    """Does not start a second time."""

    def __init__(self, starts: Iterator[int]) -> None:
        self._starts = starts

    async def init(self) -> None:
        if next(self._starts) == 1:
            raise RuntimeError("only once")

    async def handle(self, message: Any) -> None:
        pass


def worker() -> ChildSpec:
    return ChildSpec(id="worker", start=Worker, name="worker")


def node(tree: Any, path: str) -> Any:
    found: Any = tree["root"]
    for name in path.split("/")[1:]:
        found = next(child for child in found["children"] if child["name"] == name)
    return found


def without_node(frame: Any) -> Any:
    """It is the actor as it is when somebody asks."""
    return {name: value for name, value in frame.items() if name != "node"}


async def events_of(stage: Stage, **query: Any) -> list[tuple[str, str]]:
    page = (await stage.http.get("/api/supervision/events", params=query)).json()
    return [(frame["event"], frame["path"]) for frame in page["items"]]


async def crash(stage: Stage, message: Any = "crash") -> None:
    """Returns when the worker is up again."""
    number = stage.system.find("root/worker").slot.number
    stage.system.whereis("worker").cast(message)
    await eventually(lambda: stage.system.find("root/worker").slot.number > number)
    await eventually(lambda: stage.system.whereis("worker").is_running)


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
        assert exited["decision"]["verdict"] == "backing_off"
        page = (await stage.http.get(f"/api/supervision/events?after={start}&path=root/worker")).json()
        assert [without_node(frame) for frame in page["items"]][:3] == [without_node(e) for e in events[:3]]
        assert page["last_seq"] >= events[-1]["seq"]
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


async def test_the_tree_says_how_far_it_goes_and_what_the_budget_has_left():
    async with serving(worker()) as stage:
        before = stage.system.journal.last
        await crash(stage)
        tree = (await stage.http.get("/api/supervision")).json()
        assert tree["seq"] > before
        fuse = tree["root"]["fuse"]
        assert (fuse["max_restarts"], fuse["period_s"], len(fuse["falls_out_at"])) == (3, 5.0, 1)
        assert fuse["falls_out_at"][0] > tree["at"]
        seen = node(tree, "root/worker")
        assert (seen["restart"], seen["fuse"]) == ("permanent", None)
        assert seen["started_at"] <= tree["at"]


async def test_events_are_read_newest_first_and_page_by_page():
    async with serving(worker()) as stage:
        for _ in range(2):
            await crash(stage)
        found: list[Any] = []
        before = None
        while True:
            query = {"newest_first": "true", "limit": 4} | ({} if before is None else {"before": before})
            page = (await stage.http.get("/api/supervision/events", params=query)).json()
            if not page["items"]:
                break
            found += page["items"]
            before = found[-1]["seq"]
        oldest_first = (await stage.http.get("/api/supervision/events")).json()["items"]
        assert [frame["seq"] for frame in found[::-1]] == [frame["seq"] for frame in oldest_first]
        assert len(found) > 10


async def test_the_timeline_leaves_out_the_order_of_things():
    async with serving(worker()) as stage:
        await stage.http.post("/api/supervision/actors/root/loop_probe/stop")
        assert await events_of(stage, notable="true") == []
        await crash(stage)
        assert await events_of(stage, notable="true", newest_first="true") == [
            ("restarted", "root/worker"),
            ("backing_off", "root/worker"),
            ("exited", "root/worker"),
        ]


async def test_why_shows_causes_decision_and_last_messages_of_each_crash():
    async with serving(worker()) as stage:
        await crash(stage, "crash with a cause")
        await crash(stage)
        answer = (await stage.http.get("/api/supervision/actors/root/worker")).json()
        assert answer["node"]["state"] == "idle"
        second, first = answer["exits"]
        assert [cause["type"] for cause in first["causes"]] == ["RuntimeError", "KeyError"]
        assert [cause["relation"] for cause in first["causes"]] == ["raised", "cause"]
        assert "raise RuntimeError" in first["causes"][0]["traceback"]
        assert [message["text"] for message in second["last_messages"]] == ["'crash'"]
        assert (second["incarnation"], second["decision"]["restarts_counting"]) == (2, 2)
        assert second["decision"]["words"].startswith("It starts again after")
        assert (second["turns"], second["is_detailed"], second["kind"]) == ([], True, "crashed")


async def test_why_answers_for_an_actor_that_is_gone():
    pool = ChildSpec(id="pool", start=DynamicSpec(), name="pool")
    async with serving(pool) as stage:
        spec = ChildSpec(id="t", start=Worker, restart=Restart.TEMPORARY)
        (await stage.system.supervisor("pool").start_child(spec)).cast("crash")
        await eventually(lambda: stage.system.find("root/pool/t") is None)
        answer = (await stage.http.get("/api/supervision/actors/root/pool/t")).json()
        assert answer["node"] is None
        (exit_,) = answer["exits"]
        assert (exit_["reason"], exit_["decision"]["verdict"]) == (
            "crashed: RuntimeError: as asked",
            "removed",
        )


async def test_why_says_that_a_pool_sent_it_away_and_for_what():
    pool = ChildSpec(id="pool", start=DynamicSpec(), name="pool")
    async with serving(pool) as stage:
        await stage.system.supervisor("pool").start_child(ChildSpec(id="t", start=Worker))
        reason = "nobody used it for more than 900 s"
        stage.system.telemetry.emit("evicted", "root/pool/t", 1, extra={"reason": reason})
        await stage.system.supervisor("pool").terminate_child("t")
        (exit_,) = (await stage.http.get("/api/supervision/actors/root/pool/t")).json()["exits"]
        assert exit_["decision"]["words"] == f"It was sent away: {reason}."
        assert ("evicted", "root/pool/t") in await events_of(stage, notable="true")


async def test_why_of_a_supervisor_that_gave_up_names_the_last_straw():
    sub = ChildSpec(
        id="sub",
        start=SupervisorSpec(children=(worker(),), budget=Budget(0, 5)),
    )
    async with serving(sub) as stage:
        stage.system.whereis("worker").cast("crash")
        await eventually(lambda: any(e.kind == "restarted" for e in stage.system.journal.entries()))
        (exit_,) = (await stage.http.get("/api/supervision/actors/root/sub")).json()["exits"]
        assert [cause["type"] for cause in exit_["causes"]] == ["RestartsExhausted", "RuntimeError"]
        (child,) = (await stage.http.get("/api/supervision/actors/root/sub/worker")).json()["exits"]
        assert child["decision"]["verdict"] == "escalated"
        assert child["decision"]["words"].startswith("root/sub starts nobody again and ends with it.")


async def test_why_knows_nothing_of_an_actor_that_never_was():
    async with serving() as stage:
        answer = await stage.http.get("/api/supervision/actors/root/nobody")
        assert (answer.status_code, answer.json()["code"]) == (404, "actor_not_found")


async def test_actions_that_do_not_fit_are_refused_in_words():
    fussy = ChildSpec(id="fussy", start=partial(Fussy, itertools.count()))
    async with serving(worker(), fussy) as stage:

        async def refused(path: str, action: str) -> tuple[int, str, str]:
            answer = await stage.http.post(f"/api/supervision/actors/{path}/{action}")
            problem = answer.json()
            return answer.status_code, problem["code"], problem["detail"]

        worker_ = "root/worker"
        assert await refused(worker_, "resume") == (
            409,
            "not_suspended",
            "root/worker is not suspended: it is idle.",
        )
        await stage.http.post(f"/api/supervision/actors/{worker_}/suspend")
        assert (await refused(worker_, "suspend"))[:2] == (409, "already_suspended")
        await stage.http.post(f"/api/supervision/actors/{worker_}/stop")
        assert (await refused(worker_, "stop"))[:2] == (409, "not_running")
        assert (await refused(worker_, "suspend"))[:2] == (409, "not_an_actor")
        assert (await refused(worker_, "resume"))[:2] == (409, "not_an_actor")
        assert (await refused("root/connections", "suspend"))[:2] == (409, "not_an_actor")
        assert (await refused("root", "restart"))[:2] == (409, "root")
        status, code, detail = await refused("root/fussy", "restart")
        assert (status, code) == (409, "start_failed")
        assert detail.endswith("did not start: RuntimeError: only once")


async def test_a_follower_and_the_tree_fit_together_without_a_gap():
    """As a client does it: follow, look, then apply what is newer."""
    async with serving(worker()) as stage, stage.socket() as client:
        await client.subscribe("supervision")
        tree = (await stage.http.get("/api/supervision")).json()
        mine, shown = tree["seq"], node(tree, "root/worker")
        stage.system.whereis("worker").cast("crash")
        while (shown["state"], shown["incarnation"]) != ("idle", 2):
            frames = [frame for frame in await client.hear() if frame["type"] == "supervision_sample"]
            for sample in frames:
                if sample["seq"] <= mine:
                    continue
                assert sample["since"] <= mine, "something was missed"
                mine = sample["seq"]
                shown = next((n for n in sample["nodes"] if n["path"] == "root/worker"), shown)
        seen = node((await stage.http.get("/api/supervision")).json(), "root/worker")
        assert [shown[name] for name in ("state", "incarnation", "restarts", "last_exit")] == [
            seen[name] for name in ("state", "incarnation", "restarts", "last_exit")
        ]


async def test_looking_works_while_those_who_are_asked_do_not_answer():
    async with serving(worker()) as stage:
        await stage.http.post("/api/supervision/actors/root/loop_probe/suspend")
        await stage.http.post("/api/supervision/actors/root/supervision_feed/suspend")
        await crash(stage)
        tree = (await stage.http.get("/api/supervision")).json()
        assert node(tree, "root/worker")["incarnation"] == 2
        assert ("exited", "root/worker") in await events_of(stage, notable="true")


async def test_a_stop_of_the_edge_over_its_own_api_closes_it_and_nothing_else():
    async with serving(worker()) as stage:
        await stage.http.post("/api/supervision/actors/root/loop_probe/stop")
        tree = (await stage.http.get("/api/supervision")).json()
        assert tree["loop_lag_ms"] == 0.0
        await eventually(lambda: stage.system.whereis("worker").is_running)
