//! Which of the manifests of an index are meant.
//!
//! Source of the rules on variants: containerd's package `platforms`.

use std::collections::HashSet;
use std::str::FromStr;

use model::Platform;

use crate::{Descriptor, Error};

/// The platforms that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The manifest that fits this one best.
    One(Platform),
    /// Every one.
    All,
}

impl Default for Choice {
    /// Linux on the processor this program was built for.
    fn default() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "x86" => "386",
            "aarch64" => "arm64",
            "powerpc64" => "ppc64le",
            "loongarch64" => "loong64",
            other => other,
        };
        Self::One(Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None })
    }
}

impl FromStr for Choice {
    type Err = Error;

    /// Reads `all`, `OS/ARCH` or `OS/ARCH/VARIANT`; the kernel's names of processors are taken for Go's.
    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "all" {
            return Ok(Self::All);
        }
        let mut parts = text.split('/');
        let (os, architecture, variant) = (parts.next(), parts.next(), parts.next());
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let (Some(os), Some(architecture), None) = (os, architecture, parts.next()) else {
            return Err(refuse(text));
        };
        if ![os, architecture, variant.unwrap_or("v")].into_iter().all(word) {
            return Err(refuse(text));
        }
        let (architecture, implied) = match architecture.to_ascii_lowercase().as_str() {
            "x86_64" | "x86-64" => ("amd64".to_owned(), None),
            "aarch64" => ("arm64".to_owned(), None),
            "i386" | "i686" => ("386".to_owned(), None),
            "armhf" => ("arm".to_owned(), Some("v7")),
            "armel" => ("arm".to_owned(), Some("v6")),
            other => (other.to_owned(), None),
        };
        let variant = variant.or(implied).map(str::to_ascii_lowercase);
        Ok(Self::One(Platform { os: os.to_ascii_lowercase(), architecture, variant }))
    }
}

fn refuse(text: &str) -> Error {
    let why = "a platform is written `OS/ARCH`, `OS/ARCH/VARIANT` or `all`".to_owned();
    Error::Name { text: text.chars().filter(|c| !c.is_control()).take(60).collect(), why }
}

/// The manifests of an index that are wanted, in their order.
///
/// Attestations are none of them. A manifest that names no platform fits when nothing else does.
///
/// # Errors
/// When none is there; `name` names the image in the message.
pub fn choose<'a>(
    name: &str,
    manifests: &'a [Descriptor],
    choice: &Choice,
) -> Result<Vec<&'a Descriptor>, Error> {
    let images = || manifests.iter().filter(|manifest| !is_attestation(manifest));
    let (chosen, wanted) = match choice {
        Choice::All => {
            let mut seen = HashSet::new();
            (images().filter(|manifest| seen.insert(&manifest.digest)).collect(), "any platform".to_owned())
        }
        Choice::One(wanted) => {
            let named =
                images().filter_map(|manifest| Some((rank(wanted, manifest.platform.as_ref()?)?, manifest)));
            // The first of the best: `min_by_key` keeps the first of equals.
            let best = named.min_by_key(|(rank, _)| *rank).map(|(_, manifest)| manifest);
            let best = best.or_else(|| images().find(|manifest| manifest.platform.is_none()));
            (best.into_iter().collect::<Vec<_>>(), wanted.to_string())
        }
    };
    if chosen.is_empty() {
        return Err(Error::Platform { name: name.to_owned(), wanted, available: available(images()) });
    }
    Ok(chosen)
}

fn available<'a>(manifests: impl Iterator<Item = &'a Descriptor>) -> String {
    let names: Vec<String> = manifests
        .filter_map(|manifest| manifest.platform.as_ref())
        .map(ToString::to_string)
        .take(40)
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn is_attestation(manifest: &Descriptor) -> bool {
    let unknown = |platform: &Platform| platform.os == "unknown" && platform.architecture == "unknown";
    manifest.platform.as_ref().is_some_and(unknown)
        || manifest
            .annotations
            .get("vnd.docker.reference.type")
            .is_some_and(|kind| kind == "attestation-manifest")
}

/// How well `offered` runs on `wanted`, less is better; nothing when it does not.
fn rank(wanted: &Platform, offered: &Platform) -> Option<u32> {
    if wanted.os != offered.os || wanted.architecture != offered.architecture {
        return None;
    }
    let (most, has) = (variant(wanted), variant(offered));
    match (most, has) {
        // Nothing is run here: without a variant asked for, one that needs a newer processor does too.
        (Some(most), Some(has)) if wanted.variant.is_none() && has > most => Some(100 + has),
        (Some(most), Some(has)) => most.checked_sub(has),
        _ => (wanted.variant == offered.variant).then_some(0),
    }
}

/// The level of a processor's variant; what the architecture alone means when it has none.
fn variant(platform: &Platform) -> Option<u32> {
    match platform.variant.as_deref().filter(|variant| !variant.is_empty()) {
        Some(variant) => variant.strip_prefix('v')?.split('.').next()?.parse().ok(),
        None => match platform.architecture.as_str() {
            "arm64" => Some(8),
            "arm" => Some(7),
            "amd64" => Some(1),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(platform: &str) -> Descriptor {
        let mut parts = platform.split('/').map(str::to_owned);
        let platform = (!platform.is_empty()).then(|| Platform {
            os: parts.next().unwrap(),
            architecture: parts.next().unwrap(),
            variant: parts.next(),
        });
        let shown = platform.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(shown.bytes()).for_each(|(to, from)| *to = from);
        Descriptor {
            media_type: String::new(),
            digest: model::Digest::from_bytes(bytes),
            size: 0,
            platform,
            artifact_type: None,
            annotations: std::collections::BTreeMap::default(),
            urls: Vec::new(),
        }
    }

    fn chosen(offered: &[&str], wanted: &str) -> Vec<String> {
        let manifests: Vec<Descriptor> = offered.iter().map(|platform| descriptor(platform)).collect();
        let chosen = choose("shop", &manifests, &wanted.parse().unwrap()).unwrap_or_default();
        chosen.iter().map(|it| it.platform.as_ref().map(ToString::to_string).unwrap_or_default()).collect()
    }

    #[test]
    fn takes_the_variant_that_fits_best() {
        let many = ["linux/arm/v5", "linux/arm/v6", "linux/arm/v7", "linux/arm64/v8", "linux/amd64"];
        assert_eq!(chosen(&many, "linux/arm64"), ["linux/arm64/v8"]);
        assert_eq!(chosen(&many, "linux/aarch64"), ["linux/arm64/v8"]);
        assert_eq!(chosen(&["linux/arm64"], "linux/arm64/v8"), ["linux/arm64"]);
        assert_eq!(chosen(&many, "linux/arm"), ["linux/arm/v7"]);
        assert_eq!(chosen(&many, "linux/arm/v6"), ["linux/arm/v6"]);
        assert_eq!(chosen(&["linux/arm/v5", "linux/arm/v6"], "linux/arm"), ["linux/arm/v6"]);
        assert_eq!(chosen(&many, "linux/x86_64"), ["linux/amd64"]);
        assert_eq!(chosen(&["linux/amd64/v3", "linux/amd64"], "linux/amd64"), ["linux/amd64"]);
        assert_eq!(chosen(&["linux/amd64/v3"], "linux/amd64"), ["linux/amd64/v3"]);
        assert_eq!(chosen(&["linux/arm/v7"], "linux/arm/v6"), Vec::<String>::new());
        assert_eq!(chosen(&["windows/amd64"], "linux/amd64"), Vec::<String>::new());
    }

    #[test]
    fn attestations_are_no_images() {
        let many = ["linux/amd64", "unknown/unknown", "linux/s390x"];
        assert_eq!(chosen(&many, "all"), ["linux/amd64", "linux/s390x"]);
        assert_eq!(chosen(&["unknown/unknown"], "all"), Vec::<String>::new());
    }

    #[test]
    fn a_manifest_without_a_platform_fits_when_nothing_else_does() {
        assert_eq!(chosen(&["", "linux/arm64"], "linux/amd64"), [""]);
        assert_eq!(chosen(&["", "linux/amd64"], "linux/amd64"), ["linux/amd64"]);
    }

    #[test]
    fn a_missing_platform_names_those_there_are() {
        let manifests = [descriptor("linux/s390x"), descriptor("unknown/unknown")];
        let error = choose("shop", &manifests, &"linux/amd64".parse().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "`shop` has no image for linux/amd64; it has linux/s390x");
    }

    #[test]
    fn refuses_what_is_no_platform() {
        for text in ["", "linux", "linux/", "a/b/c/d", "linux/amd 64"] {
            assert!(text.parse::<Choice>().is_err(), "{text}");
        }
    }
}
