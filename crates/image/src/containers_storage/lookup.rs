use super::documents::ImageRecord;
use crate::{Error, Reference};

/// The shortest beginning of an id that is taken for one.
const SHORTEST_ID: usize = 3;

/// An image that was looked for.
pub(super) struct Match<'a> {
    pub(super) record: &'a ImageRecord,
    /// The name it is shown by.
    pub(super) shown: String,
}

/// The image of that name, digest or id, as Podman finds it.
///
/// A short name means the image that was built here before one of Docker Hub, and at last the only one whose name ends
/// in it.
pub(super) fn find<'a>(records: &'a [ImageRecord], name: &str, place: &str) -> Result<Match<'a>, Error> {
    let by_name = by_name(records, name);
    let (found, by_id) = if by_name.is_empty() { (by_id(records, name), true) } else { (by_name, false) };
    let own = |record: &ImageRecord| record.names().first().cloned().unwrap_or_else(|| record.id.clone());
    match found.as_slice() {
        [record] => Ok(Match { record, shown: if by_id { own(record) } else { name.to_owned() } }),
        [] => Err(Error::NotFound {
            name: shorten(name),
            place: place.to_owned(),
            why: "it has no such image\nhint: `podman images` lists those it has".to_owned(),
        }),
        several => {
            let names: Vec<String> = several.iter().take(10).map(|record| own(record)).collect();
            let why = format!("it means {} images, among them {}", several.len(), names.join(", "));
            Err(Error::Name { text: shorten(name), why })
        }
    }
}

fn shorten(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).take(120).collect()
}

fn by_name<'a>(records: &'a [ImageRecord], name: &str) -> Vec<&'a ImageRecord> {
    let Ok(reference) = Reference::parse(name) else { return Vec::new() };
    let wanted = Wanted::of(name, &reference);
    let ranks: Vec<Option<u32>> = records.iter().map(|record| wanted.rank(record)).collect();
    let Some(best) = ranks.iter().flatten().min() else { return Vec::new() };
    records
        .iter()
        .zip(&ranks)
        .filter(|(_, rank)| rank.as_ref() == Some(best))
        .map(|(record, _)| record)
        .collect()
}

/// What a name asks for.
struct Wanted<'a> {
    /// The repository as it was written, `shop` or `team/shop`.
    written: &'a str,
    reference: &'a Reference,
}

impl<'a> Wanted<'a> {
    fn of(name: &'a str, reference: &'a Reference) -> Self {
        let named = name.split('@').next().unwrap_or_default();
        let written = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => named,
        };
        Self { written, reference }
    }

    /// How well an image fits, the best first; nothing when it does not.
    fn rank(&self, record: &ImageRecord) -> Option<u32> {
        if let Some(digest) = self.reference.digest() {
            let digest = digest.to_string();
            if !record.digests().any(|own| own == digest) {
                return None;
            }
        }
        record.names().iter().filter_map(|name| self.rank_of(name)).min()
    }

    fn rank_of(&self, name: &str) -> Option<u32> {
        let known = Reference::parse(name).ok()?;
        let wanted = self.reference;
        // A name with a digest is known by the digest, whatever tag it has.
        if wanted.digest().is_none() && known.tag() != wanted.tag() {
            return None;
        }
        let repository = format!("{}/{}", known.registry(), known.repository());
        if repository == self.written {
            Some(0)
        } else if repository.strip_prefix("localhost/") == Some(self.written) {
            Some(1)
        } else if (known.registry(), known.repository()) == (wanted.registry(), wanted.repository()) {
            Some(2)
        } else {
            let rest = repository.strip_suffix(self.written)?;
            rest.ends_with('/').then_some(3)
        }
    }
}

/// An id, an id's beginning, or the digest of a manifest.
fn by_id<'a>(records: &'a [ImageRecord], text: &str) -> Vec<&'a ImageRecord> {
    let bare = text.strip_prefix("sha256:").unwrap_or(text);
    if bare.len() < SHORTEST_ID || !bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let by_id: Vec<_> = records.iter().filter(|record| record.id.starts_with(bare)).collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let digest = format!("sha256:{bare}");
    records.iter().filter(|record| record.digests().any(|own| own == digest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, names: &[&str]) -> ImageRecord {
        let digest = format!("sha256:{}", "d".repeat(64));
        let text = serde_json::json!({"id": id, "digest": digest, "names": names, "layer": "l"});
        serde_json::from_value(text).unwrap()
    }

    fn store() -> Vec<ImageRecord> {
        vec![
            record("aaa1", &["localhost/shop:1.0", "docker.io/library/shop:2.0"]),
            record("aaa2", &["docker.io/library/shop:1.0", "docker.io/library/debian:latest"]),
            record("bbb3", &["quay.example/team/tool:1.0", "quay.example/team/lost--found:1.0"]),
            record("ccc4", &[]),
        ]
    }

    fn id(name: &str) -> Result<String, Error> {
        let store = store();
        find(&store, name, "the store").map(|found| found.record.id.clone())
    }

    #[test]
    fn finds_images_as_podman_does() {
        for (name, expected) in [
            ("shop:1.0", "aaa1"),
            ("localhost/shop:1.0", "aaa1"),
            ("docker.io/library/shop:1.0", "aaa2"),
            ("docker.io/shop:1.0", "aaa2"),
            ("shop:2.0", "aaa1"),
            ("debian", "aaa2"),
            ("tool:1.0", "bbb3"),
            ("team/tool:1.0", "bbb3"),
            ("lost--found:1.0", "bbb3"),
            ("ccc4", "ccc4"),
            ("sha256:ccc", "ccc4"),
        ] {
            assert_eq!(id(name).unwrap(), expected, "{name}");
        }
        for name in ["ool:1.0", "shop", "shop:3.0", "cc", "", "../x", "debian:12"] {
            assert!(id(name).is_err(), "{name}");
        }
    }

    #[test]
    fn refuses_to_choose_between_several() {
        let error = id("aaa").unwrap_err().to_string();
        assert!(
            error.contains("localhost/shop:1.0") && error.contains("docker.io/library/shop:1.0"),
            "{error}"
        );
        let digest = "d".repeat(64);
        assert!(id(&format!("sha256:{digest}")).unwrap_err().to_string().contains("4 images"));
        assert_eq!(id(&format!("tool@sha256:{digest}")).unwrap(), "bbb3");
        assert!(id(&format!("tool@sha256:{}", "e".repeat(64))).is_err());
    }
}
