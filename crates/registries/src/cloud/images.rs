use std::collections::HashMap;

use crate::{Artifact, moment, v2};

/// The images of a page of tags, pushed at or after a time; tags that only attach a signature to an image are none.
pub(crate) fn images(tags: Vec<Artifact>, since: Option<&str>) -> Vec<Artifact> {
    let sort = |mut artifact: Artifact| {
        let untagged = artifact.tags.is_empty();
        artifact.tags.retain(|tag| !v2::is_attached(tag));
        (untagged || !artifact.tags.is_empty()).then_some(artifact)
    };
    let mut images = gather(tags.into_iter().filter_map(sort).collect());
    images.retain(|artifact| moment::is_since(artifact, since));
    images
}

/// Images of one digest are one image with several tags, pushed when the last of them was.
pub(crate) fn gather(artifacts: Vec<Artifact>) -> Vec<Artifact> {
    let mut gathered: Vec<Artifact> = Vec::with_capacity(artifacts.len());
    let mut places = HashMap::new();
    for artifact in artifacts {
        let place = artifact.digest.as_ref().map(ToString::to_string).and_then(|digest| {
            let next = gathered.len();
            let place = *places.entry(digest).or_insert(next);
            (place < next).then_some(place)
        });
        match place.and_then(|place| gathered.get_mut(place)) {
            Some(known) => {
                known.tags.extend(artifact.tags);
                known.pushed = known.pushed.take().max(artifact.pushed);
            }
            None => gathered.push(artifact),
        }
    }
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_one_digest_are_one_image() {
        let tagged = |tag: &str, digest: Option<&str>, pushed: &str| Artifact {
            tags: vec![tag.to_owned()],
            digest: digest.map(|digit| format!("sha256:{}", digit.repeat(64)).parse().unwrap()),
            pushed: Some(pushed.to_owned()),
            ..Artifact::default()
        };
        let gathered = gather(vec![
            tagged("1", Some("a"), "2026-01-02T00:00:00Z"),
            tagged("2", None, "2026-01-01T00:00:00Z"),
            tagged("3", None, "2026-01-01T00:00:00Z"),
            tagged("4", Some("a"), "2026-01-03T00:00:00Z"),
            tagged("5", Some("b"), "2026-01-01T00:00:00Z"),
        ]);
        let tags: Vec<String> = gathered.iter().map(|artifact| artifact.tags.join(",")).collect();
        assert_eq!(tags, ["1,4", "2", "3", "5"]);
        assert_eq!(gathered[0].pushed.as_deref(), Some("2026-01-03T00:00:00Z"));
    }

    #[test]
    fn an_attached_signature_is_no_image() {
        let tagged = |tags: &[&str]| Artifact {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Artifact::default()
        };
        let attached = format!("sha256-{}.sig", "a".repeat(64));
        let found = images(vec![tagged(&[&attached]), tagged(&[&attached, "1"]), tagged(&[])], None);
        let tags: Vec<String> = found.iter().map(|artifact| artifact.tags.join(",")).collect();
        assert_eq!(tags, ["1", ""]);
    }
}
