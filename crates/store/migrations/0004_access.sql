-- Who may do what, and who did.

CREATE TABLE account (
    id IDENTITY,
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    -- administrator, operator, auditor, viewer
    role TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT 'en',
    -- What the console remembers for it, such as chosen columns. JSON.
    preferences TEXT NOT NULL DEFAULT '{}',
    -- Sees all projects; else only those below.
    all_projects BOOLEAN NOT NULL DEFAULT TRUE,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    must_change BOOLEAN NOT NULL DEFAULT FALSE,
    created BIGINT NOT NULL
);

-- The projects an account sees that does not see all.
CREATE TABLE account_project (
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, project_id)
);

CREATE TABLE session (
    -- SHA-256 of the cookie's value.
    token_hash TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- What a changing request must repeat in a header.
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires);

-- Wrong passwords in a row, whether there is such an account or not.
CREATE TABLE attempt (
    -- SHA-256 of `login:NAME` or `address:ADDRESS`: people type passwords where their name belongs.
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Until then no password is taken; 0 for at once.
    locked_until BIGINT NOT NULL
);
CREATE INDEX attempt_at ON attempt (at);

CREATE TABLE token (
    id IDENTITY,
    name TEXT NOT NULL,
    -- SHA-256 of the token.
    token_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- At most this, whatever the account may do.
    role TEXT NOT NULL,
    project_id BIGINT REFERENCES project (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    expires BIGINT,
    used BIGINT,
    UNIQUE (account_id, name)
);

CREATE TABLE audit (
    id IDENTITY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_actor ON audit (actor, at, id);
CREATE INDEX audit_object ON audit (object, at, id);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
