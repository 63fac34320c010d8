-- Which images may be scanned, where people keep to a number of them. Whoever writes any of this holds the row of
-- `authorisation` first.

CREATE TABLE authorisation (
    -- There is one row.
    id BIGINT PRIMARY KEY CHECK (id = 1),
    -- Without it every image may be scanned.
    enabled BOOLEAN NOT NULL,
    -- How many distinct images may be authorised; NULL for any number.
    quota BIGINT,
    -- By which new images are authorised by themselves: store::authorisations::Rule as JSON; NULL for none.
    rule TEXT,
    -- What was first seen then or later is new.
    since BIGINT NOT NULL,
    -- How many the rule authorised on this day of UTC, a number of days since 1970.
    day BIGINT NOT NULL,
    automatic BIGINT NOT NULL
);
INSERT INTO authorisation (id, enabled, since, day, automatic) VALUES (1, FALSE, 0, 0, 0);

-- What was authorised: a content in a project, or an image of a registry until its content is known. A row whose image
-- is no longer there keeps its place until that is noted.
CREATE TABLE authorised_image (
    id IDENTITY,
    project_id BIGINT REFERENCES project (id) ON DELETE SET NULL,
    content_id BIGINT REFERENCES content (id) ON DELETE SET NULL,
    asset_id BIGINT REFERENCES asset (id) ON DELETE SET NULL,
    -- What the image was called.
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- When a person took it back: the rule does not authorise it again.
    withdrawn BIGINT
);
CREATE UNIQUE INDEX authorised_image_content ON authorised_image (content_id, project_id);
CREATE UNIQUE INDEX authorised_image_asset ON authorised_image (asset_id);
CREATE INDEX authorised_image_project ON authorised_image (project_id);

-- What was authorised and withdrawn, and how many distinct images were authorised after it; only ever added to.
CREATE TABLE authorisation_entry (
    id IDENTITY,
    at BIGINT NOT NULL,
    project_id BIGINT REFERENCES project (id) ON DELETE SET NULL,
    -- person, rule, gone, known
    cause TEXT NOT NULL,
    -- The account; empty for what nobody did.
    actor TEXT NOT NULL,
    name TEXT NOT NULL,
    -- `sha256:…` of its configuration, where it is known.
    image_id TEXT,
    -- 1 or -1, and 0 where another project has the same image.
    change BIGINT NOT NULL,
    balance BIGINT NOT NULL
);
CREATE INDEX authorisation_entry_project ON authorisation_entry (project_id, id);
