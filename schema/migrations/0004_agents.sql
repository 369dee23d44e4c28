-- What is known of the agents on this machine, and of each chat's conversation with one.

CREATE TABLE available_agents (
    id           text PRIMARY KEY,
    label        text NOT NULL,
    installed    boolean NOT NULL,
    version      text,
    transport    text NOT NULL,
    supports_acp boolean NOT NULL DEFAULT false,
    models       json NOT NULL DEFAULT '[]',
    modes        json NOT NULL DEFAULT '[]',
    commands     json NOT NULL DEFAULT '[]',
    error        text,
    probed_at    timestamptz NOT NULL DEFAULT now()
);

-- Tokens and cost are sums over all turns; null = the agent never said.
CREATE TABLE agent_sessions (
    chat_id          text NOT NULL REFERENCES chats ON DELETE CASCADE,
    agent            text NOT NULL CHECK (agent <> ''),
    backend          text NOT NULL DEFAULT 'acp',
    status           text NOT NULL DEFAULT 'idle' CHECK (status IN ('working', 'blocked', 'idle', 'error')),
    agent_session_id text,
    config_hash      text,
    model            text,
    input_tokens     bigint,
    output_tokens    bigint,
    cost             double precision,
    worktree_id      text,
    last_active_at   timestamptz,
    PRIMARY KEY (chat_id, agent)
);

-- Conversations of the Claude SDK, for its session store: entries in order, opaque.
CREATE TABLE claude_session_entries (
    n           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_key text NOT NULL,
    session_id  text NOT NULL,
    subpath     text NOT NULL DEFAULT '',
    uuid        text,
    entry       json NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX claude_entries_of_session ON claude_session_entries (project_key, session_id, subpath, n);
CREATE UNIQUE INDEX claude_entries_once ON claude_session_entries (project_key, session_id, subpath, uuid)
    WHERE uuid IS NOT NULL;
