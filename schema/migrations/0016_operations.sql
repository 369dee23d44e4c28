-- Files that are being exchanged, what undoes an applied change, and worktrees without a session.

-- Written before the first file is touched: an open one at the start is work that died half-way. Its references
-- are text, because it must outlive what it speaks of. json, not jsonb: a path's bytes may need escapes that
-- jsonb refuses.
CREATE TABLE operations (
    id          text PRIMARY KEY,
    n           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind        text NOT NULL CHECK (kind IN ('apply', 'rewind', 'restore')),
    session_id  text NOT NULL,
    worktree_id text NOT NULL,
    plan        json NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'undone', 'stuck')),
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    CONSTRAINT operations_ended_have_an_end CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX operations_open ON operations (session_id, n) WHERE state = 'open';

-- `part`: of a change that was split, hunk by hunk; its rows wait side by side.
ALTER TABLE pending_changes
    ADD COLUMN message_id  text REFERENCES messages ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN tier        text CHECK (tier IN ('exact', 'trim', 'canon', 'fuzzy')),
    ADD COLUMN score       double precision CHECK (score BETWEEN 0 AND 1),
    ADD COLUMN before_blob text,
    ADD COLUMN before_mode integer,
    ADD COLUMN after_blob  text,
    ADD COLUMN after_mode  integer,
    ADD COLUMN part        integer NOT NULL DEFAULT 0;
UPDATE pending_changes c SET message_id = t.message_id FROM tasks t WHERE t.id = c.task_id;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE INDEX pending_changes_of_message ON pending_changes (message_id) WHERE message_id IS NOT NULL;
DROP INDEX pending_changes_one_per_path;
CREATE UNIQUE INDEX pending_changes_one_per_path ON pending_changes (session_id, path, part)
    WHERE state = 'pending';

-- `made_for`: the session it was made for, which it outlives.
ALTER TABLE worktrees
    ADD COLUMN made_for     text,
    ADD COLUMN condemned_at timestamptz,
    ADD COLUMN kept_because text,
    ADD COLUMN salvage_ref  text;
UPDATE worktrees SET made_for = coalesce(session_id, id);
ALTER TABLE worktrees ALTER COLUMN made_for SET NOT NULL;
CREATE UNIQUE INDEX worktrees_one_per_maker ON worktrees (made_for) WHERE removed_at IS NULL;
