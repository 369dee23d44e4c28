-- Checkpoints that can be gone back to, and what going back leaves of a chat: messages are hidden, not deleted.

ALTER TABLE chats ADD COLUMN last_checkpoint bigint NOT NULL DEFAULT 0; -- the largest number its refs ever had

-- `message_n` is the place in the chat: messages whose turn is there or later are not part of the checkpoint.
-- What finds the ref again (chat_ref, project_path) outlives the rows of chat and project.
ALTER TABLE checkpoints
    ADD COLUMN agent        text,
    ADD COLUMN head_commit  text,
    ADD COLUMN message_n    bigint,
    ADD COLUMN left_out     json NOT NULL DEFAULT '[]',
    ADD COLUMN chat_ref     text,
    ADD COLUMN project_path text,
    ADD COLUMN orphaned_at  timestamptz;

UPDATE checkpoints c
   SET agent = (SELECT t.agent FROM tasks t WHERE t.id = c.task_id),
       message_n = coalesce((SELECT m.n FROM tasks t JOIN messages m ON m.id = t.message_id WHERE t.id = c.task_id),
                            (SELECT m.n FROM messages m WHERE m.id = c.message_id),
                            (SELECT max(m.n) + 1 FROM messages m WHERE m.chat_id = c.chat_id),
                            1),
       chat_ref = coalesce(c.chat_id, substring(c.ref FROM '([^/]+)/[^/]+$'), ''),
       project_path = (SELECT w.project_path FROM worktrees w WHERE w.id = c.worktree_id),
       orphaned_at = CASE WHEN c.chat_id IS NULL THEN now() END;

UPDATE chats SET last_checkpoint = numbers.last
  FROM (SELECT chat_id, max(substring(ref FROM '/([0-9]{1,18})$')::bigint) AS last FROM checkpoints GROUP BY chat_id
       ) AS numbers
 WHERE chats.id = numbers.chat_id AND numbers.last IS NOT NULL;

SET CONSTRAINTS ALL IMMEDIATE; -- what the updates left to check would keep the table from being altered again

ALTER TABLE checkpoints
    ALTER COLUMN message_n SET NOT NULL,
    ALTER COLUMN chat_ref SET NOT NULL;
CREATE INDEX checkpoints_of_ref ON checkpoints (ref);
CREATE INDEX checkpoints_orphaned ON checkpoints (orphaned_at) WHERE chat_id IS NULL;

CREATE FUNCTION mark_checkpoint_orphaned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.orphaned_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER checkpoints_know_since_when_they_are_orphans
    BEFORE UPDATE OF chat_id ON checkpoints
    FOR EACH ROW WHEN (NEW.chat_id IS NULL AND OLD.chat_id IS NOT NULL)
    EXECUTE FUNCTION mark_checkpoint_orphaned();

-- `hidden` is how it is now; the intervals, counted in checkpoints.n, are how it was: a message was hidden at the
-- checkpoint n when hidden_from < n and it was not shown before n. Both ends are safety checkpoints of restores.
ALTER TABLE messages ADD COLUMN hidden boolean NOT NULL DEFAULT false;

CREATE TABLE hidden_messages (
    message_id  text NOT NULL REFERENCES messages ON DELETE CASCADE,
    chat_id     text NOT NULL,
    hidden_from bigint NOT NULL,
    shown_from  bigint,
    PRIMARY KEY (message_id, hidden_from)
);
CREATE INDEX hidden_messages_of_chat ON hidden_messages (chat_id);
CREATE UNIQUE INDEX hidden_messages_now ON hidden_messages (message_id) WHERE shown_from IS NULL;

-- Messages in the order of the turns they belong to: a prompt has the place of its answer, which may come long
-- after it was posted. One that waits for its turn has none yet.
CREATE VIEW message_turns AS
SELECT m.id,
       m.n,
       m.chat_id,
       m.hidden,
       CASE WHEN m.role = 'user' AND t.state = 'pending' THEN NULL ELSE coalesce(a.n, m.n) END AS turn_n,
       coalesce(t.state IN ('pending', 'running', 'blocked'), false) AS is_open
  FROM messages m
  LEFT JOIN tasks t ON t.id = m.task_id
  LEFT JOIN messages a ON a.id = t.message_id AND m.role = 'user';

-- A failed turn that left the chat waits for nobody.
CREATE OR REPLACE VIEW human_inbox AS
SELECT t.id         AS task_id,
       t.state,
       t.project_id,
       p.name       AS project,
       t.session_id,
       t.chat_id,
       t.agent,
       t.model,
       t.input,
       t.error,
       t.output_summary,
       t.created_at,
       coalesce(t.ended_at, t.started_at) AS since
  FROM tasks t
  JOIN projects p ON p.id = t.project_id
  LEFT JOIN messages m ON m.id = t.message_id
 WHERE t.state IN ('blocked', 'failed') AND NOT coalesce(m.hidden, false);
