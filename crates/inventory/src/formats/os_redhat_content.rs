//! The content sets of Red Hat: from which repositories an image takes its packages and their updates.
//!
//! `content_manifests/*.json` and `content-sets.json` are written by Red Hat's build systems (OSBS, Konflux) with the
//! repositories as `content_sets`; `redhat.repo` by subscription-manager, which names each section by the same label.
//! Sources: the format's schema, <https://github.com/containerbuildsystem/atomic-reactor>, and yum.conf(5). Not read:
//! the labels in `root/buildinfo/Dockerfile-*`, which tell the component and no repository.

use image::interest::Pattern;
use serde::Deserialize;

use crate::fields::{lines, string};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/redhat-content",
    version: 1,
    files: &[
        Pattern::Directory { path: "root/buildinfo/content_manifests", suffix: ".json" },
        Pattern::Directory { path: "usr/share/buildinfo", suffix: "content-sets.json" },
        Pattern::Path("etc/yum.repos.d/redhat.repo"),
    ],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

/// How many content sets one file may tell; real ones tell a few dozen.
const CONTENT_SETS: usize = 10_000;

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    content_sets: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut channels = if input.path().ends_with(".repo") { enabled(input, &bytes) } else { listed(&bytes)? };
    if channels.len() > CONTENT_SETS {
        input.gap(format!("content sets beyond the first {CONTENT_SETS} do not count"));
        channels.truncate(CONTENT_SETS);
    }
    for channel in channels {
        input.channel(channel);
    }
    Ok(())
}

fn listed(bytes: &[u8]) -> Result<Vec<String>, Error> {
    let manifest: Manifest = serde_json::from_slice(bytes)
        .map_err(|error| Error::Format { format: "content manifest", why: error.to_string() })?;
    Ok(manifest.content_sets)
}

/// The sections of a repository file that are not switched off.
fn enabled(input: &mut Input<'_>, bytes: &[u8]) -> Vec<String> {
    let mut sections: Vec<(String, bool)> = Vec::new();
    let mut strange = 0_u64;
    for line in lines(bytes).map(<[u8]>::trim_ascii) {
        if line.is_empty() || line.starts_with(b"#") || line.starts_with(b";") {
            continue;
        }
        let name = line.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]"));
        let assigned = crate::fields::split_at(line, b'=');
        match (name, assigned, sections.last_mut()) {
            (Some(name), _, _) => sections.push((string(name), true)),
            (None, Some((key, value)), Some((_, on))) if key.trim_ascii() == b"enabled" => {
                *on = !matches!(value.trim_ascii(), b"0" | b"false" | b"no");
            }
            (None, Some(_), Some(_)) => {}
            _ => strange = strange.saturating_add(1),
        }
    }
    if strange > 0 {
        input.gap(format!("lines that belong to no repository: {strange}"));
    }
    sections.into_iter().filter_map(|(name, on)| on.then_some(name)).collect()
}
