-- Scans that a registry asks for as the scanner of which it was registered, until their reports were fetched.

CREATE TABLE adapter_scan (
    id IDENTITY,
    -- By which the registry asks for the report: a UUID.
    name TEXT NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    -- The registry of that address, when it is connected besides.
    registry_id BIGINT REFERENCES registry (id) ON DELETE SET NULL,
    -- Where the image is pulled from, and whether the certificate there is believed whatever it is.
    registry TEXT NOT NULL,
    insecure BOOLEAN NOT NULL,
    -- What lets the one in who pulls, sealed; gone as soon as the scan has ended.
    sealed TEXT,
    repository TEXT NOT NULL,
    tag TEXT,
    digest TEXT NOT NULL,
    -- Of the manifest.
    media_type TEXT NOT NULL,
    -- What it became in the inventory, once that is known.
    asset_id BIGINT REFERENCES asset (id) ON DELETE SET NULL,
    content_id BIGINT REFERENCES content (id) ON DELETE SET NULL,
    -- The job that is waited for: first the one that looks what the image is, then its scan; nothing when all is known.
    job_id BIGINT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX adapter_scan_job ON adapter_scan (job_id);
CREATE INDEX adapter_scan_asset ON adapter_scan (asset_id);
CREATE INDEX adapter_scan_content ON adapter_scan (content_id);
CREATE INDEX adapter_scan_registry ON adapter_scan (registry_id);
CREATE INDEX adapter_scan_expires ON adapter_scan (expires);
