-- Sub-tasks: who was told what came of one, and that a task has ended.

-- The task in whose turn the parent's agent was told of this one's end. Where a restore hid that turn, it was not.
ALTER TABLE tasks ADD COLUMN told_in text REFERENCES tasks ON DELETE SET NULL;
CREATE INDEX tasks_told_in ON tasks (told_in) WHERE told_in IS NOT NULL;

CREATE FUNCTION notify_task_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tasks_ended', NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_end_is_told
    AFTER UPDATE OF state ON tasks
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)
    EXECUTE FUNCTION notify_task_ended();

-- What is cancelled takes what it had begun with it, whichever way it was cancelled. Those that wait in the queue are
-- cancelled by whoever hears of it, because they end with a message.
CREATE FUNCTION cancel_children() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    child text;
BEGIN
    FOR child IN
        UPDATE tasks SET cancel_requested = true
         WHERE parent_task_id = NEW.id AND state IN ('pending', 'running', 'blocked') AND NOT cancel_requested
        RETURNING id
    LOOP
        PERFORM pg_notify('tasks_cancel', child);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_cancelled_take_their_children
    AFTER UPDATE OF state ON tasks
    FOR EACH ROW WHEN (NEW.state = 'cancelled' AND OLD.state <> 'cancelled')
    EXECUTE FUNCTION cancel_children();

CREATE INDEX tasks_to_cancel ON tasks (n) WHERE state = 'pending' AND cancel_requested;
