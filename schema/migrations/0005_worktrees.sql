-- Worktrees, checkpoints and changes that wait for a person.
-- Worktrees and checkpoints outlive their session: the reference becomes null and the reaper judges them.

CREATE TABLE worktrees (
    id           text PRIMARY KEY,
    session_id   text REFERENCES sessions ON DELETE SET NULL,
    project_id   text REFERENCES projects ON DELETE SET NULL,
    project_path text NOT NULL,
    path         text NOT NULL,
    branch       text,
    base_commit  text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    orphaned_at  timestamptz,
    removed_at   timestamptz
);
CREATE UNIQUE INDEX worktrees_one_per_session ON worktrees (session_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX worktrees_one_per_path ON worktrees (path) WHERE removed_at IS NULL;
CREATE INDEX worktrees_of_project ON worktrees (project_id);
CREATE INDEX worktrees_of_session ON worktrees (session_id);

CREATE FUNCTION mark_worktree_orphaned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.orphaned_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER worktrees_know_since_when_they_are_orphans
    BEFORE UPDATE OF session_id ON worktrees
    FOR EACH ROW WHEN (NEW.session_id IS NULL AND OLD.session_id IS NOT NULL)
    EXECUTE FUNCTION mark_worktree_orphaned();

ALTER TABLE agent_sessions
    ADD FOREIGN KEY (worktree_id) REFERENCES worktrees ON DELETE SET NULL;
CREATE INDEX agent_sessions_of_worktree ON agent_sessions (worktree_id) WHERE worktree_id IS NOT NULL;

-- Its references are checked at the commit, for the same reason as those of tasks.
CREATE TABLE checkpoints (
    id          text PRIMARY KEY,
    n           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    session_id  text REFERENCES sessions ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    chat_id     text REFERENCES chats ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    message_id  text REFERENCES messages ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    task_id     text REFERENCES tasks ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    worktree_id text REFERENCES worktrees ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    kind        text NOT NULL DEFAULT 'turn' CHECK (kind IN ('turn', 'safety', 'manual')),
    ref         text NOT NULL,
    commit_id   text NOT NULL,
    base_commit text,
    event_seq   bigint,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX checkpoints_of_session ON checkpoints (session_id, n);
CREATE INDEX checkpoints_of_chat ON checkpoints (chat_id) WHERE chat_id IS NOT NULL;
CREATE INDEX checkpoints_of_message ON checkpoints (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX checkpoints_of_task ON checkpoints (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX checkpoints_of_worktree ON checkpoints (worktree_id) WHERE worktree_id IS NOT NULL;

-- Paths are text as people see it; a name that is not UTF-8 comes quoted as git quotes it.
CREATE TABLE pending_changes (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
    task_id    text REFERENCES tasks ON DELETE SET NULL,
    agent      text,
    path       text NOT NULL,
    old_path   text,
    op         text NOT NULL CHECK (op IN ('create', 'edit', 'delete', 'rename', 'chmod')),
    state      text NOT NULL DEFAULT 'pending'
               CHECK (state IN ('pending', 'applied', 'rejected', 'superseded', 'failed', 'rewound')),
    diff       text NOT NULL,
    is_binary  boolean NOT NULL,
    additions  integer NOT NULL CHECK (additions >= 0),
    deletions  integer NOT NULL CHECK (deletions >= 0),
    old_blob   text,
    new_blob   text,
    old_mode   integer,
    new_mode   integer,
    error      text,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz
);
CREATE INDEX pending_changes_of_session ON pending_changes (session_id, state, n);
CREATE INDEX pending_changes_of_task ON pending_changes (task_id) WHERE task_id IS NOT NULL;
CREATE UNIQUE INDEX pending_changes_one_per_path ON pending_changes (session_id, path) WHERE state = 'pending';
