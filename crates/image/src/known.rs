use model::Digest;
use serde::{Deserialize, Serialize};

use crate::{Config, Data, Image, Layer};

/// All that is to be told of an image but the bytes of its layers: enough to scan it again from facts that were kept.
///
/// It holds the configuration as it is, with whatever secrets people put into it: keep it as a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    name: String,
    source: String,
    digest: Option<Digest>,
    image_id: Option<Digest>,
    config: Config,
    layers: Vec<KnownLayer>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KnownLayer {
    digest: Option<Digest>,
    diff_id: Option<Digest>,
    size: u64,
}

/// The sources of images, as [`Image::source`] names them.
const SOURCES: [&str; 9] = [
    "docker",
    "containerd",
    "podman",
    "cri-o",
    "registry",
    "oci-layout",
    "oci-archive",
    "docker-archive",
    "rootfs",
];

impl From<&Image> for Known {
    fn from(image: &Image) -> Self {
        let layers = image.layers.iter().map(|layer| KnownLayer {
            digest: layer.digest.clone(),
            diff_id: layer.diff_id.clone(),
            size: layer.size,
        });
        Self {
            name: image.name.clone(),
            source: image.source.to_owned(),
            digest: image.digest.clone(),
            image_id: image.image_id.clone(),
            config: image.config.clone(),
            layers: layers.collect(),
        }
    }
}

impl From<Known> for Image {
    /// The image, with layers whose content is nowhere to be had.
    fn from(known: Known) -> Self {
        known.with(|_digest, _size| None)
    }
}

impl Known {
    /// Whether it was found by this manifest, and all its layers can be asked for by their digests.
    #[must_use]
    pub fn is_of(&self, manifest: &str) -> bool {
        self.digest.as_ref().is_some_and(|digest| digest.to_string() == manifest)
            && self.layers.iter().all(|layer| layer.digest.is_some())
    }

    /// The image, with the content of its layers where `find` knows it by digest and size.
    pub(crate) fn with(self, find: impl Fn(&Digest, u64) -> Option<Data>) -> Image {
        let known = self;
        let layers = known.layers.into_iter().map(|layer| Layer {
            data: layer
                .digest
                .as_ref()
                .and_then(|digest| find(digest, layer.size))
                .unwrap_or_else(|| Data::Absent("only what was read of it before is known".to_owned())),
            digest: layer.digest,
            diff_id: layer.diff_id,
            size: layer.size,
        });
        Image {
            name: known.name,
            source: SOURCES.into_iter().find(|source| *source == known.source).unwrap_or("known"),
            digest: known.digest,
            image_id: known.image_id,
            config: known.config,
            layers: layers.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_the_same_after_it_was_kept() {
        let text = r#"{"os":"linux","architecture":"amd64","created":"2024-01-01T00:00:00Z",
            "history":[{"created_by":"COPY a b"},{"created_by":"ENV A=b","empty_layer":true}],
            "config":{"User":"app","Entrypoint":["/run"],"Cmd":"one line","ExposedPorts":{"80/tcp":{},"81/tcp":null},
            "Volumes":{"/data":{}},"Env":["A=b"],"Labels":{"l":"v"},"Healthcheck":{"Test":["NONE"]},"Shell":null},
            "rootfs":{"diff_ids":["sha256:1111111111111111111111111111111111111111111111111111111111111111"]}}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        let diff_id = config.rootfs.diff_ids.first().cloned();
        let layer = Layer { digest: None, diff_id, size: 7, data: Data::Absent("x".to_owned()) };
        let image = Image {
            name: "shop:1.0".to_owned(),
            source: "docker",
            digest: None,
            image_id: Some(Digest::from_bytes([2; 32])),
            config,
            layers: vec![layer],
        };
        let kept = serde_json::to_string(&Known::from(&image)).unwrap();
        let again: Image = serde_json::from_str::<Known>(&kept).unwrap().into();
        assert_eq!(again.config.runtime(), image.config.runtime());
        assert_eq!(again.config.instructions(), image.config.instructions());
        assert_eq!(again.config.platform(), image.config.platform());
        assert_eq!(
            (again.name.as_str(), again.source, &again.image_id),
            ("shop:1.0", "docker", &image.image_id)
        );
        assert_eq!((again.layers[0].size, &again.layers[0].diff_id), (7, &image.layers[0].diff_id));
    }
}
