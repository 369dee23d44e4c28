-- A checkpoint's row in one round trip: it is on the way of every prompt.

-- In a chat: the place of the answer of a turn; without one the place after all turns that ended, because a turn that
-- waits or runs is not part of what is kept now.
CREATE FUNCTION place_in_chat(chat text, task text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT m.n FROM tasks t JOIN messages m ON m.id = t.message_id WHERE t.id = task AND m.chat_id = chat),
        (SELECT least(max(turn_n) FILTER (WHERE NOT is_open) + 1, min(turn_n) FILTER (WHERE is_open))
           FROM message_turns WHERE chat_id = chat),
        1)
$$;

-- Nobody deletes the chat before the row is in; a chat that is gone leaves an orphan. What else it refers to is held
-- until the commit. Each statement sees what was committed before it began, so the place is that under the lock.
CREATE FUNCTION keep_checkpoint(
    new_id text, session text, chat text, task text, worktree text, new_kind text, new_ref text, new_commit text,
    base text, new_agent text, head text, left_out_json json, number bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM chats WHERE id = chat FOR NO KEY UPDATE;
    INSERT INTO checkpoints (id, session_id, chat_id, message_id, task_id, worktree_id, kind, ref, commit_id,
                             base_commit, agent, head_commit, left_out, message_n, chat_ref, project_path,
                             orphaned_at)
    SELECT new_id, (SELECT s.id FROM sessions s WHERE s.id = session FOR KEY SHARE), c.id, m.id,
           (SELECT t.id FROM tasks t WHERE t.id = task FOR KEY SHARE), worktree, new_kind, new_ref, new_commit,
           base, new_agent, head, left_out_json, place_in_chat(chat, task), chat,
           (SELECT w.project_path FROM worktrees w WHERE w.id = worktree),
           CASE WHEN c.id IS NULL THEN now() END
      FROM (VALUES (1)) AS always
      LEFT JOIN chats c ON c.id = chat
      LEFT JOIN messages m ON m.chat_id = c.id AND m.id = (SELECT t.message_id FROM tasks t WHERE t.id = task)
    ON CONFLICT (id) DO NOTHING;
    UPDATE chats SET last_checkpoint = number WHERE id = chat AND last_checkpoint < number;
END $$;
