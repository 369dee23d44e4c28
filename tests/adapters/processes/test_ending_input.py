"""A child that gets all of its input at once, and one that is asked to end."""

from boocode.adapters.processes.owner import LocalProcesses

from .conftest import program, shell


async def test_a_child_sees_the_end_of_its_input_after_all_of_it(owner: LocalProcesses) -> None:
    data = b"x" * 1_000_000
    got = bytearray()
    async with owner.launch(program("wc", "-c")) as child:
        await child.send(data)
        await child.end_input()
        await child.end_input()
        while some := await child.receive():
            got += some
        assert (await child.wait()).code == 0
    assert int(got) == len(data)


async def test_a_child_that_is_asked_to_end_gets_its_stop_signal(owner: LocalProcesses) -> None:
    script = "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done"
    async with owner.launch(shell(script)) as child:
        assert await child.receive() == b"ready\n"
        child.ask_to_end()
        assert (await child.wait()).code == 7
        child.ask_to_end()


async def test_a_child_whose_input_has_ended_is_not_waited_for_twice(owner: LocalProcesses) -> None:
    """Its stop signal comes at once: closing its input a second time would tell it nothing."""
    script = "trap 'exit 7' TERM; cat >/dev/null; echo ready; while :; do sleep 0.05; done"
    async with owner.launch(shell(script, term_grace_s=30.0)) as child:
        await child.end_input()
        assert await child.receive() == b"ready\n"
    assert (await child.wait()).code == 7
