-- A clock that is not believed: by how much it is off, and whether a person says that it is right. One row at most.
CREATE TABLE clock_doubts (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  off BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  confirmed_by TEXT
);
