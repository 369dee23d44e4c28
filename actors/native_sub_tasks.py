"""Sub-tasks of BooCode's own agent: where its tools for them come from, and the news of what came of them.

**Who is told, once.** A parent is a conversation: an agent in a chat. It learns that a child is over in one of two
ways, both of them entries of the conversation that bear the child's key: the result of a call that waited for it or
asked about it (`ToolSaid.told`), or, before the next call of its model, news (`Told.key`). The truth of what it was
told is the conversation itself, as it is kept in the database; `tasks.told_in` only saves asking again, and is written
after it.

    BooCode dies, or the database is away …      | told?  | what the next call of the model does
    ---------------------------------------------+--------+---------------------------------------
    before the child's end is committed          | no     | hears of the end when there is one: the child is settled
                                                 |        | as interrupted, or runs on in another process
    after it, before the entry is kept           | no     | the conversation lacks the key: it is told now
    after the entry, before `told_in` is written | yes    | it is news again, but the conversation has the key: it is
                                                 |        | not told, only `told_in` is written
    after that                                   | yes    | nothing
    the turn that told goes back to a checkpoint | not any more: the conversation lost it, and a turn that is hidden
                                                 | counts as not having told

A parent that was cancelled takes its children with it (a trigger in the database: also those of other processes); what
came of them is news to it like any other end. A parent that failed, or died with BooCode, does not.

**Who waits where.** A call that waits asks the task monitor, which hears of ends from PostgreSQL, and looks at the row
itself every few seconds. Meanwhile its turn takes no place at the dispatcher.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from attrs import field, frozen

from actors.native_child_wait import ChildWait
from actors.native_history import ViewSessionHistory
from actors.native_new_task import NewTask
from actors.native_task_views import CheckTaskStatus, ListTasks
from boocode.domain.native.conversation import Told
from boocode.domain.native.sub_tasks import in_the_end, in_the_end_for_people, key_of, task_of
from boocode.ports.native import Briefing, NativeNews, NativePlace
from boocode.ports.native_tools import NativeTool
from boocode.ports.sub_tasks import ChildLimits, SubTasks

NEWS_AT_ONCE = 10


@frozen
class SubTaskSource:
    """A MakeTools (`tools`) and a NewsSource. `agents`: ids of those that can be had now; `brief`: for the profiles."""

    store: SubTasks
    agents: Callable[[], Collection[str]]
    brief: Callable[[NativePlace], Awaitable[Briefing]]
    limits: ChildLimits = field(factory=ChildLimits)

    async def tools(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        wait = ChildWait(place.ctx, self.store, place.chat_id)
        profiles = (await self.brief(place)).profiles
        made: tuple[NativeTool, ...] = (
            NewTask(place, self.store, wait, tuple(self.agents()), profiles, self.limits),
            ListTasks(self.store, place.chat_id),
            CheckTaskStatus(self.store, place.chat_id, wait),
            ViewSessionHistory(self.store, place.chat_id),
        )
        return made, ()

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        """Raises StoreError."""
        found = await self.store.untold(place.chat_id, NEWS_AT_ONCE)
        return tuple(
            NativeNews(
                Told(in_the_end(child.task, child.answer), key_of(child.task.id)),
                in_the_end_for_people(child.task),
            )
            for child in found
        )

    async def told(self, place: NativePlace, keys: Sequence[str]) -> None:
        """Raises StoreError."""
        task_ids = [task_id for key in keys if (task_id := task_of(key)) is not None]
        await self.store.told(place.chat_id, task_ids)
