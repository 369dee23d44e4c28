"""The tool `new_task`: hands a piece of work to a sub-task, which works alone in a session and worktree of its own."""

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from actors.native_child_wait import ChildWait
from boocode.domain.native.delegating import Delegated, Wish, delegate
from boocode.domain.native.modes import mode_names
from boocode.domain.native.profiles import Profile
from boocode.domain.native.sub_tasks import first_words
from boocode.ports.native import NativePlace
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.sub_tasks import ChildLimits, NewChild, NotStarted, SubTasks

DESCRIPTION = (
    "Give a piece of work to a sub-task. It works alone, in a fresh copy of the project, and sees nothing of this "
    "conversation: put everything it needs into the prompt. You get its final answer and nothing else; the files it "
    "changes stay in its own copy, where a person reviews them. By default the call waits until it is over. With "
    "wait=false it returns at once, so that several can work at the same time."
)
STARTED = (
    "Sub-task {id} ({agent}) is started and works on its own. Go on with other work; when it is over you are told. To "
    "wait for it, call check_task_status with task_id={id} and wait=true."
)


@frozen
class NewTask:
    place: NativePlace
    store: SubTasks
    wait: ChildWait
    agents: Collection[str]
    profiles: Sequence[Profile]
    """The built-in one first."""
    limits: ChildLimits

    @property
    def offer(self) -> ToolOffer:
        return ToolOffer("new_task", DESCRIPTION, _schema(self.profiles, self.agents), "task", "other")

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        delegated = await self._delegated(arguments)
        prompt = first_words(str(arguments["prompt"]), 80)
        by = [delegated.agent, *([delegated.mode] if delegated.mode else [])]
        title = f"Sub-task for {', '.join(by)}: {prompt}"
        return CallShown(title, effect="foreign" if delegated.asks else None)

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        delegated = await self._delegated(arguments)
        wanted = NewChild(str(arguments["prompt"]), delegated.agent, delegated.model, delegated.mode)
        child = await self.store.add_child(self.place.chat_id, wanted, self.limits)
        if isinstance(child, NotStarted):
            raise ToolRefused(_why_not(child))
        if arguments.get("wait", True) is False:
            return ToolResult(STARTED.format(id=child.id, agent=child.agent))
        return await self.wait.until_over(child.id, tell)

    async def _delegated(self, arguments: Mapping[str, object]) -> Delegated:
        parent = await self.store.parent(self.place.chat_id)
        if parent is None:
            raise ToolRefused(_why_not(NotStarted("ending")))
        wish = Wish(
            str(arguments.get("prompt", "")),
            _word(arguments, "agent"),
            _word(arguments, "profile"),
            _word(arguments, "model"),
        )
        found = delegate(wish, parent, self.agents, self.profiles, self.place.choices.leave)
        if isinstance(found, str):
            raise ToolRefused(found)
        return found


def _schema(profiles: Sequence[Profile], agents: Collection[str]) -> Mapping[str, object]:
    def text(description: str) -> Mapping[str, object]:
        return {"type": "string", "description": description}

    described = {profile.name: profile.description for profile in profiles[1:]}
    names = [f"{n} ({described[n]})" if described.get(n) else n for n in mode_names(profiles)]
    return {
        "type": "object",
        "properties": {
            "prompt": text("What to do, and everything needed to do it."),
            "profile": text(
                f"The mode or profile to work in: {', '.join(names)}. Left out: no profile, and your own rights."
            ),
            "agent": text(f"Who does it: {', '.join(sorted(agents))}. Left out: the same agent as you."),
            "model": text("The model to do it. Left out: the usual one."),
            "wait": {"type": "boolean", "description": "Wait until it is over. Default: true."},
        },
        "required": ["prompt"],
        "additionalProperties": False,
    }


def _word(arguments: Mapping[str, object], name: str) -> str | None:
    """An optional argument; models like to send an empty one for "none"."""
    value = arguments.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _why_not(refusal: NotStarted) -> str:
    match refusal.why:
        case "ending":
            return "This turn is being ended: no sub-task can be started any more."
        case "deep":
            return f"Sub-tasks can be nested {refusal.found} deep and this is the deepest one: do the work yourself."
        case "open":
            return (
                f"{refusal.found} of your sub-tasks are not over yet, which is as many as may be at once. Wait for one "
                "of them: call check_task_status with wait=true."
            )
        case "many":
            return (
                f"{refusal.found} sub-tasks were started for this piece of work, which is as many as there may be: "
                "do the rest yourself."
            )
