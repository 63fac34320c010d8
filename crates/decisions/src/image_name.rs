//! Which image a report is about, and whether a product of a VEX document is that image.

use model::ImageSummary;

use crate::purl::Purl;

/// The registry a name without one means, and its other names.
const DEFAULT_REGISTRY: &str = "docker.io";
const DEFAULT_REGISTRY_ALIASES: &[&str] =
    &["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/// The name of an image in its parts; unlike `image::Reference` it takes what strangers write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageName {
    /// `docker.io`
    pub(crate) registry: String,
    /// `library/nginx`
    pub(crate) repository: String,
    /// The tag, when one is given.
    pub(crate) tag: Option<String>,
    /// The digest, when one is given.
    pub(crate) digest: Option<String>,
}

impl ImageName {
    /// Reads a name; nothing for an address, a path or a bare digest.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || b"._-/:@[]+".contains(&byte));
        if text.is_empty()
            || text.contains("://")
            || text.starts_with(['/', '.'])
            || text.bytes().any(odd)
            || is_digest(text)
        {
            return None;
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (name, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest.to_owned()),
            Some(_) => (DEFAULT_REGISTRY, path.to_owned()),
            None => (DEFAULT_REGISTRY, format!("library/{path}")),
        };
        (!path.is_empty() && !repository.is_empty()).then(|| Self {
            registry: registry_of(registry),
            repository,
            tag,
            digest,
        })
    }

    /// The last part of the repository, which package URLs take for the name.
    pub(crate) fn last(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The registry and the repository.
    pub(crate) fn whole(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

fn registry_of(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    if DEFAULT_REGISTRY_ALIASES.contains(&host.as_str()) { DEFAULT_REGISTRY.to_owned() } else { host }
}

/// Whether a text is the digest of an image and nothing else.
pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The image that a report is about.
pub(crate) struct ImageIdentity<'a> {
    raw: &'a str,
    name: Option<ImageName>,
    digests: Vec<&'a str>,
    architecture: Option<&'a str>,
}

impl<'a> ImageIdentity<'a> {
    pub(crate) fn of(image: &'a ImageSummary) -> Self {
        let named = image.name.split_once('@').map(|(_, digest)| digest);
        Self {
            raw: &image.name,
            name: ImageName::parse(&image.name),
            digests: [image.digest.as_deref(), image.image_id.as_deref(), named]
                .into_iter()
                .flatten()
                .collect(),
            architecture: image.platform.as_deref().and_then(|platform| platform.split('/').nth(1)),
        }
    }

    /// Whether a package URL of an image names this one.
    pub(crate) fn is_purl(&self, purl: &Purl) -> bool {
        let Some(name) = &self.name else { return false };
        let qualifier = |key| purl.qualifiers.get(key).map(String::as_str);
        let (right, version_is_digest) = match purl.kind.as_str() {
            "oci" => (purl.name == name.last().to_lowercase(), true),
            _ => {
                let path = if purl.namespace.is_empty() {
                    format!("library/{}", purl.name)
                } else {
                    format!("{}/{}", purl.namespace, purl.name)
                };
                let digest = purl.version.as_deref().is_some_and(|version| version.starts_with("sha256:"));
                (path == name.repository.to_lowercase(), digest)
            }
        };
        let version = purl.version.as_deref().is_none_or(|version| {
            if version_is_digest { self.digests.contains(&version) } else { self.is_tag(version) }
        });
        right
            && version
            && qualifier("tag").is_none_or(|tag| self.is_tag(tag))
            && qualifier("arch").is_none_or(|arch| self.architecture == Some(arch))
            && qualifier("repository_url").is_none_or(|url| in_repository(name, url))
    }

    /// Whether a name that is no package URL is this image's: its digest, or a reference that says nothing else.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        if text == self.raw || self.digests.contains(&text) {
            return true;
        }
        let (Some(own), Some(other)) = (&self.name, ImageName::parse(text)) else { return false };
        own.registry == other.registry
            && own.repository == other.repository
            && other.tag.is_none_or(|tag| self.is_tag(&tag))
            && other.digest.is_none_or(|digest| self.digests.contains(&digest.as_str()))
    }

    fn is_tag(&self, tag: &str) -> bool {
        self.name.as_ref().is_some_and(|name| match (&name.tag, &name.digest) {
            (Some(own), _) => own == tag,
            (None, None) => tag == "latest",
            (None, Some(_)) => false,
        })
    }
}

/// Whether a `repository_url`, which some write with the name at its end and some without, holds an image.
fn in_repository(name: &ImageName, url: &str) -> bool {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_lowercase();
    let (host, path) = url.split_once('/').unwrap_or((&url, ""));
    let repository = name.repository.to_lowercase();
    let above = repository.rsplit_once('/').map_or("", |(above, _)| above);
    registry_of(host) == name.registry && (path == repository || path == above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> ImageSummary {
        ImageSummary {
            name: name.to_owned(),
            digest: Some(format!("sha256:{}", "a".repeat(64))),
            platform: Some("linux/arm64/v8".to_owned()),
            ..ImageSummary::default()
        }
    }

    #[test]
    fn a_product_is_this_image_when_all_it_says_is_so() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let encoded = format!("pkg:oci/shop@sha256%3A{}", "a".repeat(64));
        for (product, expected) in [
            ("pkg:oci/shop", true),
            (encoded.as_str(), true),
            ("pkg:oci/shop@sha256:bb", false),
            ("pkg:oci/shop?tag=1.0", true),
            ("pkg:oci/shop?tag=1.1", false),
            ("pkg:oci/shop?arch=amd64", false),
            ("pkg:oci/shop?arch=arm64&repository_url=registry.example/team", true),
            ("pkg:oci/shop?repository_url=registry.example/team/shop", true),
            ("pkg:oci/shop?repository_url=registry.example/other", false),
            ("pkg:docker/team/shop@1.0", true),
            ("pkg:docker/team/shop@latest", false),
            ("pkg:oci/shopping", false),
        ] {
            let image = image("registry.example/team/shop:1.0");
            let found = ImageIdentity::of(&image).is_purl(&Purl::parse(product).unwrap());
            assert_eq!(found, expected, "{product}");
        }
        for (product, expected) in [
            (digest.as_str(), true),
            ("registry.example/team/shop", true),
            ("registry.example/team/shop:1.0", true),
            ("registry.example/team/shop:1.1", false),
            ("team/shop", false),
            ("https://registry.example/team/shop", false),
            ("", false),
        ] {
            let image = image("registry.example/team/shop:1.0");
            assert_eq!(ImageIdentity::of(&image).is_named(product), expected, "{product}");
        }
    }

    #[test]
    fn short_and_long_names_are_the_same_image() {
        let image = image("nginx");
        for product in ["nginx", "nginx:latest", "library/nginx", "index.docker.io/library/nginx:latest"] {
            assert!(ImageIdentity::of(&image).is_named(product), "{product}");
        }
        assert!(!ImageIdentity::of(&image).is_named("nginx:1.25"));
    }
}
