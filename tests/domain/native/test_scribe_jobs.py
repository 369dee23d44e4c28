"""What waits for the scribe: bounded, names first, each chat once."""

from boocode.domain.native.scribe_jobs import MOST_JOBS, MOST_TRIES, DescribeTurn, Jobs, NameChat


def name(chat: str, task: str = "t") -> NameChat:
    return NameChat(chat, task, uses_endpoint=False)


def describe(task: str) -> DescribeTurn:
    return DescribeTurn("c", task, False, f"m-{task}")


def everything(jobs: Jobs) -> list[object]:
    return list(iter(jobs.take, None))


def test_names_come_first_and_turns_in_their_order() -> None:
    jobs = Jobs()
    for job in (describe("1"), name("a"), describe("2"), name("b")):
        jobs.add(job)
    assert everything(jobs) == [name("a"), name("b"), describe("1"), describe("2")]


def test_a_chat_waits_to_be_named_once() -> None:
    jobs = Jobs()
    jobs.add(name("a", "first"))
    jobs.add(name("a", "second"))
    assert everything(jobs) == [name("a", "first")]


def test_the_oldest_job_is_dropped_when_there_are_too_many() -> None:
    jobs = Jobs()
    for n in range(MOST_JOBS + 3):
        jobs.add(describe(str(n)))
    assert (len(jobs), jobs.dropped) == (MOST_JOBS, 3)
    assert jobs.take() == describe("3")


def test_what_gave_way_is_next_again_but_not_for_ever() -> None:
    jobs = Jobs()
    jobs.add(describe("1"))
    jobs.add(describe("2"))
    for _ in range(MOST_TRIES):
        job = jobs.take()
        assert job is not None
        assert job.task_id == "1"
        jobs.give_way(job)
    assert (jobs.gave_way, jobs.dropped) == (MOST_TRIES, 1)
    assert everything(jobs) == [describe("2")]
