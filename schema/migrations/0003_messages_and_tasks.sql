-- Messages, and the queue of tasks that write them.
--
-- The references of a task are checked at the commit: deleting a session sets them to null one by one, and
-- PostgreSQL checks all references of a row that its transaction changed before, also those whose turn comes next.

CREATE TABLE tasks (
    id               text PRIMARY KEY,
    n                bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    project_id       text NOT NULL REFERENCES projects ON DELETE CASCADE,
    session_id       text REFERENCES sessions ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    chat_id          text REFERENCES chats ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    parent_task_id   text REFERENCES tasks ON DELETE SET NULL,
    arena_id         text,
    state            text NOT NULL DEFAULT 'pending'
                     CHECK (state IN ('pending', 'running', 'blocked', 'completed', 'failed', 'cancelled')),
    agent            text NOT NULL CHECK (agent <> ''),
    model            text,
    mode             text,
    thinking         text,
    input            text NOT NULL,
    output_summary   text,
    error            text,
    input_tokens     bigint CHECK (input_tokens >= 0),
    output_tokens    bigint CHECK (output_tokens >= 0),
    cost             double precision,
    cost_tokens      bigint GENERATED ALWAYS AS (coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) STORED,
    claimed_by       text,
    lease_until      timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    ended_at         timestamptz,
    CONSTRAINT tasks_open_have_a_lease CHECK ((state IN ('running', 'blocked')) = (lease_until IS NOT NULL)),
    CONSTRAINT tasks_ended_have_an_end
        CHECK ((state IN ('completed', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
);
CREATE INDEX tasks_of_project ON tasks (project_id, n);
CREATE INDEX tasks_of_chat ON tasks (chat_id, n);
CREATE INDEX tasks_of_parent ON tasks (parent_task_id) WHERE parent_task_id IS NOT NULL;
CREATE INDEX tasks_unfinished ON tasks (session_id, n) WHERE state IN ('pending', 'running', 'blocked');
CREATE INDEX tasks_pending ON tasks (n) WHERE state = 'pending';
-- One writer per worktree, whatever the claiming query believes in a race.
CREATE UNIQUE INDEX tasks_one_open_per_session ON tasks (session_id) WHERE state IN ('running', 'blocked');

-- The text of a message is that of its parts; it is not kept twice.
CREATE TABLE messages (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    chat_id    text NOT NULL REFERENCES chats ON DELETE CASCADE,
    task_id    text REFERENCES tasks ON DELETE SET NULL,
    role       text NOT NULL CHECK (role IN ('user', 'assistant')),
    status     text NOT NULL
               CHECK (status IN ('streaming', 'complete', 'cancelled', 'error', 'interrupted')),
    agent      text,
    model      text,
    parts      json NOT NULL DEFAULT '[]',
    error      text,
    client_id  text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_users_are_complete CHECK (role = 'assistant' OR status = 'complete'),
    CONSTRAINT messages_one_per_client_id UNIQUE (chat_id, client_id)
);
CREATE INDEX messages_of_chat ON messages (chat_id, n);
CREATE INDEX messages_of_task ON messages (task_id) WHERE task_id IS NOT NULL;

-- The assistant message that the task writes; there is none before it is claimed.
ALTER TABLE tasks ADD COLUMN message_id text
    REFERENCES messages ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX tasks_of_message ON tasks (message_id) WHERE message_id IS NOT NULL;

-- A NOTIFY is a hint, the row is the truth.
CREATE FUNCTION notify_tasks_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tasks_new', NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_pending_is_told
    AFTER INSERT OR UPDATE OF state ON tasks
    FOR EACH ROW WHEN (NEW.state = 'pending') EXECUTE FUNCTION notify_tasks_new();

-- The end of a task may set free the next one of its session, which any process may run.
CREATE FUNCTION notify_next_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tasks_new', t.id)
       FROM tasks t
      WHERE t.session_id = NEW.session_id AND t.state = 'pending'
      ORDER BY t.n LIMIT 1;
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_end_sets_the_next_free
    AFTER UPDATE OF state ON tasks
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)
    EXECUTE FUNCTION notify_next_of_session();
