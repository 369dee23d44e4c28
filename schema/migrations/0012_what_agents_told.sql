-- What an agent itself told when it was asked, apart from what settings and endpoints add, and the set-up that
-- answered: while that is the same, a start need not ask again.

ALTER TABLE available_agents
    ADD COLUMN told     json NOT NULL DEFAULT '{}',
    ADD COLUMN asked_as text;
