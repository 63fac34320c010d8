use serde_json::{Value, json};

use super::layers::{Shared, own};
use super::stock::Tagged;
use crate::Blob;
use crate::image::to_bytes;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// An image, but for the bytes of its layers.
pub(super) struct Made {
    pub(super) manifest: Blob,
    pub(super) config: Blob,
    /// The digest of its own layer.
    pub(super) own: String,
}

/// The image of a tag for a platform over shared layers.
pub(super) fn make(tagged: &Tagged, platform: &str, age: u64, shared: &[&Shared]) -> Made {
    let own = Shared::new(&own(tagged, platform));
    let layers: Vec<&Shared> = shared.iter().copied().chain([&own]).collect();
    // Somewhere in two years.
    let created = format!(
        "{}-{:02}-{:02}T{:02}:{:02}:00Z",
        2025 + age % 2,
        1 + age / 2 % 12,
        1 + age / 24 % 28,
        age / 672 % 24,
        age / 16_128 % 60
    );
    let history: Vec<Value> =
        layers.iter().map(|layer| json!({ "created": created, "created_by": layer.created_by })).collect();
    let config = json!({
        "created": created,
        "architecture": platform,
        "os": "linux",
        "config": {
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Cmd": ["/srv/app/start"],
            "User": "1000",
            "Labels": { "org.opencontainers.image.version": tagged.tag },
        },
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|layer| &layer.diff_id).collect::<Vec<_>>() },
        "history": history,
    });
    let config = Blob::new(CONFIG, to_bytes(&config));
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(),
        "layers": layers.iter().map(|layer| layer.descriptor()).collect::<Vec<_>>(),
    });
    Made { manifest: Blob::new(MANIFEST, to_bytes(&manifest)), config, own: own.digest }
}

/// An index of the manifests of an image for several platforms.
pub(super) fn index(manifests: &[(&str, Blob)]) -> Blob {
    let described = manifests.iter().map(|(platform, manifest)| {
        let mut descriptor = manifest.descriptor();
        let platform = json!({ "os": "linux", "architecture": platform });
        descriptor.as_object_mut().unwrap().insert("platform".to_owned(), platform);
        descriptor
    });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": described.collect::<Vec<_>>() });
    Blob::new(INDEX, to_bytes(&index))
}
