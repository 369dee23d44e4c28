-- The durable log of frames, and who writes it.
--
-- seq has no gap within a chat: whoever appends first moves chats.last_seq and thereby holds the chat's row
-- until the commit. That row lock also proves that the chat exists, so a foreign key here would only look the
-- same row up again for every event (it halved the throughput); a deleted chat takes its events along instead.

CREATE TABLE events (
    chat_id text NOT NULL,
    seq     bigint NOT NULL CHECK (seq > 0),
    type    text NOT NULL,
    at      timestamptz NOT NULL,
    body    json NOT NULL, -- json, not jsonb: kept byte for byte, NUL escapes included
    PRIMARY KEY (chat_id, seq)
);

CREATE FUNCTION delete_events_of_chats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM events e USING gone WHERE e.chat_id = gone.id;
    RETURN NULL;
END $$;

CREATE TRIGGER chats_take_their_events
    AFTER DELETE ON chats REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION delete_events_of_chats();

-- One row per event writer. `batch` is the number of its newest committed batch and `result` what that batch
-- gave: a writer that lost its connection during a COMMIT finds out here whether it happened.
CREATE TABLE log_writers (
    id      text PRIMARY KEY,
    batch   bigint NOT NULL DEFAULT 0,
    result  json,
    seen_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Appends frames to their chats and returns {chat: [seq before, last seq]}. Frames of unknown chats are left out.
-- The chats are locked in one order, so that two writers never wait for each other in a circle.
-- Other processes are told once per chat; the payload names the origin, so that it can skip its own.
--
-- Each argument is a list in one text, its items separated by the control character 0x1E, which JSON never holds
-- as such: taking a thousand array elements apart costs the client more than all the rest. Times are milliseconds.
CREATE FUNCTION append_frames(origin text, chat_list text, type_list text, at_list text, body_list text)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    chat_ids text[] := string_to_array(chat_list, E'\x1e');
    types    text[] := string_to_array(type_list, E'\x1e');
    ats      text[] := string_to_array(at_list, E'\x1e');
    bodies   text[] := string_to_array(body_list, E'\x1e');
    result   json;
BEGIN
    IF cardinality(chat_ids) <> cardinality(bodies) OR cardinality(types) <> cardinality(bodies)
       OR cardinality(ats) <> cardinality(bodies) THEN
        RAISE EXCEPTION 'the lists of frames differ in length: something in them holds 0x1E';
    END IF;
    PERFORM 1 FROM chats WHERE id = ANY (chat_ids) ORDER BY id FOR NO KEY UPDATE;
    WITH input AS (
        SELECT * FROM unnest(chat_ids, types, ats, bodies) WITH ORDINALITY AS f (chat_id, type, at, body, n)
    ), moved AS (
        UPDATE chats c SET last_seq = c.last_seq + f.frames
          FROM (SELECT i.chat_id, count(*) AS frames FROM input i GROUP BY i.chat_id) f
         WHERE c.id = f.chat_id
        RETURNING c.id, c.last_seq - f.frames AS before, c.last_seq
    ), kept AS (
        INSERT INTO events (chat_id, seq, type, at, body)
        SELECT i.chat_id, m.before + row_number() OVER (PARTITION BY i.chat_id ORDER BY i.n), i.type,
               to_timestamp(i.at::bigint / 1000.0), i.body::json
          FROM input i JOIN moved m ON m.id = i.chat_id
    ), told AS (
        SELECT m.id, m.before, m.last_seq,
               pg_notify('chat_events', m.id || ' ' || m.last_seq || ' ' || origin)
          FROM moved m
    )
    SELECT coalesce(json_object_agg(t.id, json_build_array(t.before, t.last_seq)), '{}') INTO result FROM told t;
    RETURN result;
END $$;

-- One batch of a writer, once: null when this batch number was committed before.
-- Taking the writer's row first makes a second attempt wait for the first one's COMMIT or ROLLBACK.
CREATE FUNCTION append_batch(
    writer text, number bigint, origin text, chat_list text, type_list text, at_list text, body_list text
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    appended json;
BEGIN
    INSERT INTO log_writers AS w (id, batch) VALUES (writer, number)
        ON CONFLICT (id) DO UPDATE SET batch = number WHERE w.batch < number;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    appended := append_frames(origin, chat_list, type_list, at_list, body_list);
    UPDATE log_writers SET result = json_build_object('seqs', appended), seen_at = now() WHERE id = writer;
    RETURN appended;
END $$;
