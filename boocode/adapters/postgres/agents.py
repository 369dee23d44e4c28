"""Agent sessions and what the last probe found."""

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.resources import AgentSession
from boocode.domain.probing import StoredAgent
from boocode.ports.store import AgentSessionRow


class AgentStore(StorePart):
    async def get_agent_session(
        self, chat_id: str, agent: str, owner: str | None = None
    ) -> AgentSessionRow | None:
        return await self._row(rows.agent_session_row, "agent_session_get", chat_id, agent, owner)

    async def save_agent_session(self, row: AgentSessionRow) -> None:
        await self._run(
            "agent_session_save",
            row.chat_id,
            row.agent,
            row.backend,
            row.status,
            storable_or_none(row.agent_session_id),
            row.config_hash,
        )

    async def list_agent_sessions(self, session_id: str) -> tuple[AgentSession, ...]:
        found = await self._rows("agent_session_list", storable(session_id))
        return tuple(rows.agent_session(row) for row in found)

    async def list_all_agent_sessions(self, limit: int) -> tuple[AgentSession, ...]:
        return tuple(rows.agent_session(row) for row in await self._rows("agent_session_list_all", limit))

    async def save_provider(self, agent: StoredAgent) -> None:
        provider = agent.provider
        await self._run(
            "provider_save",
            provider.id,
            storable(provider.label),
            provider.installed,
            storable_or_none(provider.version),
            provider.transport,
            provider.transport == "acp",
            rows.to_json(provider.models),
            rows.to_json(provider.modes),
            rows.to_json(provider.commands),
            storable_or_none(provider.error),
            rows.to_json(agent.told),
            agent.asked_as,
        )

    async def list_providers(self) -> tuple[StoredAgent, ...]:
        return tuple(rows.stored_agent(row) for row in await self._rows("provider_list"))
