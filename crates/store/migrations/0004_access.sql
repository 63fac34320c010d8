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
    -- Wrong passwords in a row, and until when none is taken.
    failures BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    must_change BOOLEAN NOT NULL DEFAULT FALSE,
    created BIGINT NOT NULL
);

-- The projects an account sees; one without a row here sees all.
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
CREATE INDEX audit_at ON audit (at DESC, id);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
