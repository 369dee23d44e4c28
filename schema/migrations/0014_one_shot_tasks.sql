-- Work without a chat of its own: its agent is not kept warm behind it.
ALTER TABLE tasks ADD COLUMN one_shot boolean NOT NULL DEFAULT false;
