-- What the manifests of registries stand for, so that each is read once.

CREATE TABLE manifest (
    digest TEXT PRIMARY KEY,
    -- The image it describes; nothing for an index.
    content_id BIGINT REFERENCES content (id) ON DELETE CASCADE,
    -- Of all layers, as the registry holds them.
    size BIGINT NOT NULL
);
CREATE INDEX manifest_content ON manifest (content_id);

-- The images of an index.
CREATE TABLE index_entry (
    index_digest TEXT NOT NULL REFERENCES manifest (digest) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    digest TEXT NOT NULL,
    -- linux/arm64/v8
    platform TEXT NOT NULL,
    -- The code of why it could not be read.
    failure TEXT,
    PRIMARY KEY (index_digest, position)
);

-- What registries told, so that each event counts once however often it is sent.
CREATE TABLE notice (
    registry_id BIGINT NOT NULL REFERENCES registry (id) ON DELETE CASCADE,
    -- The sender's own key of the event.
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (registry_id, event)
);
CREATE INDEX notice_at ON notice (at);
