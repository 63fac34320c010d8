-- What there is: hosts, engines, containers, images by content and by place, layers, packages.
-- Times are milliseconds since 1970. `IDENTITY`, `BYTES` and `ORDERED_TEXT` (text that
-- is sorted byte by byte) are replaced by the words of each database.

CREATE TABLE project (
    id IDENTITY,
    name TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE host (
    id IDENTITY,
    -- What the machine calls itself for ever, such as /etc/machine-id.
    machine TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    os TEXT NOT NULL,
    kernel TEXT NOT NULL,
    architecture TEXT NOT NULL,
    processors BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    -- A JSON list.
    addresses TEXT NOT NULL,
    -- The project that its images belong to.
    project_id BIGINT NOT NULL REFERENCES project (id),
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

CREATE TABLE engine (
    id IDENTITY,
    host_id BIGINT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
    -- docker, containerd, podman
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    version TEXT,
    storage_driver TEXT,
    root TEXT,
    -- The code of why it could not be asked last time, and what it said.
    failure TEXT,
    message TEXT,
    -- When it was last read whole.
    synced BIGINT,
    UNIQUE (host_id, address)
);

CREATE TABLE registry (
    id IDENTITY,
    -- The project that its images belong to.
    project_id BIGINT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL UNIQUE,
    -- The words of registries::all().
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    -- How it is reached, as whom, and what of it is wanted; store::registries::Options as JSON, without secrets.
    options TEXT NOT NULL,
    -- Passwords and tokens, sealed.
    sealed TEXT,
    -- SHA-256 of the token by which it tells what changed.
    hook TEXT UNIQUE,
    -- Images that may be pulled in an hour; NULL for no limit.
    images_per_hour BIGINT,
    -- When the next one may be pulled.
    free_at BIGINT NOT NULL DEFAULT 0,
    -- Whether it is listed every night.
    nightly BOOLEAN NOT NULL,
    -- Raised when anything above changes: who speaks to it signs in anew.
    version BIGINT NOT NULL DEFAULT 1,
    -- unknown, well, failing
    health TEXT NOT NULL DEFAULT 'unknown',
    -- The code of why it could not be asked last time, and what it said.
    failure TEXT,
    message TEXT,
    -- When it was last asked at all; when a listing was last begun, and last came to its end.
    checked BIGINT,
    tried BIGINT,
    synced BIGINT,
    -- When the last listing was begun that left nothing out.
    listed BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

-- What an image is, whoever has it: one row for each configuration.
CREATE TABLE content (
    id IDENTITY,
    -- `sha256:…` of the configuration, by which engines and registries agree.
    image_id TEXT NOT NULL UNIQUE,
    manifest_digest TEXT,
    platform TEXT,
    -- The distribution in it, for people; known once it was scanned.
    os_name TEXT,
    distribution TEXT,
    distribution_version TEXT,
    size BIGINT NOT NULL,
    built BIGINT,
    author TEXT,
    layers BIGINT NOT NULL DEFAULT 0,
    -- The image as `scan` needs it to judge again from facts: configuration and layers, JSON.
    facts TEXT,
    first_seen BIGINT NOT NULL,
    -- The last whole result, and when; what is running now does not touch it.
    scan_id BIGINT,
    scanned BIGINT,
    -- For each check that was made: when, and by which rules. JSON.
    checks TEXT NOT NULL DEFAULT '{}',
    -- What could not be read or decided, JSON; and how many.
    gaps TEXT NOT NULL DEFAULT '[]',
    gap_count BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX content_manifest ON content (manifest_digest);

-- Where an image was seen: what people see in lists. The columns from `status` on are computed from all else.
CREATE TABLE asset (
    id IDENTITY,
    project_id BIGINT NOT NULL REFERENCES project (id),
    -- local, registry, ci, archive
    kind TEXT NOT NULL,
    -- The name without tag and digest; empty for an image without a name.
    repository ORDERED_TEXT NOT NULL,
    tag TEXT,
    -- By which its place knows it.
    reference TEXT NOT NULL,
    -- As it is shown: `repository:tag`, or the reference.
    name ORDERED_TEXT NOT NULL,
    content_id BIGINT REFERENCES content (id),
    -- The registry that has it; its name there without the last part.
    registry_id BIGINT REFERENCES registry (id) ON DELETE CASCADE,
    namespace ORDERED_TEXT NOT NULL DEFAULT '',
    -- Of the manifest or index, as the registry tells.
    digest TEXT,
    -- An index of images for several platforms, each of which is a row of its own and has this one as its parent.
    multiple BOOLEAN NOT NULL DEFAULT FALSE,
    parent_id BIGINT REFERENCES asset (id) ON DELETE CASCADE,
    pushed BIGINT,
    -- Whose it is where it is only shared, and until when.
    owner TEXT,
    shared_until BIGINT,
    -- In how many whole listings it was missing.
    missed BIGINT NOT NULL DEFAULT 0,
    size BIGINT NOT NULL,
    built BIGINT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    gone BIGINT,
    latest BOOLEAN NOT NULL DEFAULT FALSE,
    -- Why it cannot be scanned.
    failure TEXT,

    -- unscanned, waiting, scanning, scanned, failed, cancelled
    status TEXT NOT NULL DEFAULT 'unscanned',
    progress BIGINT NOT NULL DEFAULT 0,
    -- When the last good result was made.
    scanned BIGINT,
    scan_failure TEXT,
    scan_message TEXT,
    -- The worst that counts: 0 unknown, 1 negligible, 2 low, 3 medium, 4 high, 5 critical; -1 nothing found.
    risk BIGINT,
    critical BIGINT NOT NULL DEFAULT 0,
    high BIGINT NOT NULL DEFAULT 0,
    medium BIGINT NOT NULL DEFAULT 0,
    low BIGINT NOT NULL DEFAULT 0,
    negligible BIGINT NOT NULL DEFAULT 0,
    unknown BIGINT NOT NULL DEFAULT 0,
    vulnerabilities BIGINT NOT NULL DEFAULT 0,
    fixable BIGINT NOT NULL DEFAULT 0,
    exploited BIGINT NOT NULL DEFAULT 0,
    malware BIGINT NOT NULL DEFAULT 0,
    secrets BIGINT NOT NULL DEFAULT 0,
    baseline BIGINT NOT NULL DEFAULT 0,
    compliance BIGINT NOT NULL DEFAULT 0,
    base_image BIGINT NOT NULL DEFAULT 0,
    -- Findings that a decision takes out of the counts.
    ignored BIGINT NOT NULL DEFAULT 0,
    gaps BIGINT NOT NULL DEFAULT 0,
    components BIGINT NOT NULL DEFAULT 0,
    hosts BIGINT NOT NULL DEFAULT 0,
    containers BIGINT NOT NULL DEFAULT 0,
    running BIGINT NOT NULL DEFAULT 0,
    -- Why it deserves a look first, codes in a JSON list.
    focus BOOLEAN NOT NULL DEFAULT FALSE,
    focus_reasons TEXT NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX asset_identity
    ON asset (project_id, kind, COALESCE(registry_id, 0), repository, COALESCE(tag, ''), reference);
CREATE INDEX asset_registry ON asset (registry_id, repository) WHERE registry_id IS NOT NULL;
CREATE INDEX asset_parent ON asset (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX asset_multiple ON asset (kind) WHERE multiple;
-- With all that is asked for where images of contents are only counted.
CREATE INDEX asset_content ON asset (content_id, gone, project_id, id);
-- One for each way of sorting in store::assets::Sort, written as there.
CREATE INDEX asset_risk ON asset ((critical * 1000000000000 + high * 100000000 + medium * 10000 + low), id);
CREATE INDEX asset_focus ON asset ((critical * 1000000000000 + high * 100000000 + medium * 10000 + low), id)
    WHERE focus AND gone IS NULL;
-- Not only for those that are there: SQLite would go through all of them by it.
CREATE INDEX asset_worst ON asset (risk, (critical * 1000000000000 + high * 100000000 + medium * 10000 + low), id);
CREATE INDEX asset_name ON asset (name, id);
CREATE INDEX asset_size ON asset (size, id);
CREATE INDEX asset_built ON asset ((COALESCE(built, 0)), id);
CREATE INDEX asset_scanned ON asset ((COALESCE(scanned, 0)), id);
CREATE INDEX asset_added ON asset (first_seen, id);
CREATE INDEX asset_seen ON asset (last_seen, id);
CREATE INDEX asset_containers ON asset (containers, id);
CREATE INDEX asset_hosts ON asset (hosts, id);
CREATE INDEX asset_components ON asset (components, id);

-- Which engines have a local image.
CREATE TABLE asset_engine (
    asset_id BIGINT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    engine_id BIGINT NOT NULL REFERENCES engine (id) ON DELETE CASCADE,
    -- containerd's; empty for the others.
    namespace TEXT NOT NULL DEFAULT '',
    -- By which the engine knows it.
    reference TEXT NOT NULL DEFAULT '',
    seen BIGINT NOT NULL,
    PRIMARY KEY (asset_id, engine_id, namespace)
);
CREATE INDEX asset_engine_engine ON asset_engine (engine_id);

CREATE TABLE container (
    id IDENTITY,
    engine_id BIGINT NOT NULL REFERENCES engine (id) ON DELETE CASCADE,
    namespace TEXT NOT NULL DEFAULT '',
    -- The engine's id of it.
    reference TEXT NOT NULL,
    name TEXT NOT NULL,
    image TEXT NOT NULL,
    image_reference TEXT,
    asset_id BIGINT REFERENCES asset (id) ON DELETE SET NULL,
    -- The words of model::ContainerState.
    state TEXT NOT NULL,
    -- A JSON list.
    command TEXT NOT NULL,
    pod TEXT,
    pod_namespace TEXT,
    -- A JSON list.
    addresses TEXT NOT NULL,
    created BIGINT,
    started BIGINT,
    finished BIGINT,
    exit_code BIGINT,
    updated BIGINT NOT NULL,
    gone BIGINT,
    UNIQUE (engine_id, namespace, reference)
);
CREATE INDEX container_asset ON container (asset_id);

CREATE TABLE layer (
    id IDENTITY,
    diff_id TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL
);

CREATE TABLE content_layer (
    content_id BIGINT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    -- From 0, the lowest first.
    position BIGINT NOT NULL,
    layer_id BIGINT NOT NULL REFERENCES layer (id),
    digest TEXT,
    created_by TEXT,
    from_base BOOLEAN,
    PRIMARY KEY (content_id, position)
);
CREATE INDEX content_layer_layer ON content_layer (layer_id);

-- A distribution release with its channels: the same package means other advisories elsewhere. Row for images without one too.
CREATE TABLE context (
    id IDENTITY,
    -- SHA-256 of `distribution`.
    fingerprint TEXT NOT NULL UNIQUE,
    -- model::Distribution as JSON, or `null`.
    distribution TEXT NOT NULL
);

-- One package of one context, with all that matching looks at, and nothing of where it lies.
CREATE TABLE package (
    id IDENTITY,
    -- SHA-256 of `context` and `facts`.
    fingerprint TEXT NOT NULL UNIQUE,
    context_id BIGINT NOT NULL REFERENCES context (id),
    kind TEXT NOT NULL,
    name ORDERED_TEXT NOT NULL,
    -- What people call it: the name without a group, scope or path before it.
    short_name ORDERED_TEXT NOT NULL,
    version TEXT NOT NULL,
    architecture TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    purl TEXT NOT NULL,
    -- store::packages::Facts as JSON: the package, and for one that a system package brought, that package besides.
    facts TEXT NOT NULL
);
CREATE INDEX package_name ON package (name, version);
CREATE INDEX package_short_name ON package (short_name, version);

-- By which names advisories may be about a package.
CREATE TABLE package_lookup (
    name TEXT NOT NULL,
    package_id BIGINT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    PRIMARY KEY (name, package_id)
);

CREATE TABLE content_package (
    content_id BIGINT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    package_id BIGINT NOT NULL REFERENCES package (id),
    -- Its first path.
    path TEXT NOT NULL DEFAULT '',
    -- The position of its layer.
    layer BIGINT,
    from_base BOOLEAN,
    licenses TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (content_id, package_id, path)
);
CREATE INDEX content_package_package ON content_package (package_id, content_id);
