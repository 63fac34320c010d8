use model::{Failure, LocalImage, Platform};
use serde::Deserialize;

use super::{Engine, KIND};
use crate::Error;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    size: i64,
    /// Where containerd keeps the images, since API 1.47.
    #[serde(default)]
    manifests: Option<Vec<Listing>>,
}

/// One manifest of an image.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    available: bool,
    #[serde(default)]
    image_data: Option<ImageData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageData {
    platform: Platform,
}

/// The images an engine has, without those that the old builder left between its steps.
pub(super) fn images(engine: &Engine) -> Result<Vec<LocalImage>, Error> {
    let operation = || "list the images of Docker".to_owned();
    let listed: Vec<Listed> = engine.json("/images/json?manifests=true", "", operation)?;
    Ok(listed.into_iter().map(local_image).collect())
}

fn local_image(listed: Listed) -> LocalImage {
    // An image without a name is listed under one that says so.
    let names = |names: Option<Vec<String>>| {
        names.into_iter().flatten().filter(|name| !name.starts_with("<none>")).collect()
    };
    let manifests = listed.manifests.unwrap_or_default();
    let images = || manifests.iter().filter_map(|one| Some((one.available, one.image_data.as_ref()?)));
    let available = || images().filter(|(available, _)| *available);
    let nothing = images().next().is_some() && available().next().is_none();
    LocalImage {
        engine: KIND.to_owned(),
        namespace: None,
        id: listed.id,
        names: names(listed.repo_tags),
        digests: names(listed.repo_digests),
        created: time(listed.created),
        size: u64::try_from(listed.size).unwrap_or_default(),
        platforms: available().map(|(_, data)| data.platform.clone()).collect(),
        failure: nothing.then_some(Failure::ContentMissing),
    }
}

/// Seconds since 1970 as RFC 3339, for the years 1970 to 9999.
pub(super) fn time(seconds: i64) -> Option<String> {
    let named = u64::try_from(seconds).ok().filter(|seconds| (1..253_402_300_800).contains(seconds));
    named.map(model::time_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> LocalImage {
        local_image(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn tells_times() {
        assert_eq!(time(1_704_164_645).unwrap(), "2024-01-02T03:04:05Z");
        assert_eq!(time(951_782_399).unwrap(), "2000-02-28T23:59:59Z");
        assert_eq!(time(951_782_400).unwrap(), "2000-02-29T00:00:00Z");
        assert_eq!((time(0), time(-5), time(i64::MAX)), (None, None, None));
    }

    #[test]
    fn a_lost_name_is_no_name() {
        let image = read(
            r#"{"Id":"sha256:a","RepoTags":["<none>:<none>"],"RepoDigests":null,"Created":5,"Size":-1}"#,
        );
        assert!(image.names.is_empty() && image.digests.is_empty() && image.failure.is_none());
        assert_eq!((image.created.as_deref(), image.size), (Some("1970-01-01T00:00:05Z"), 0));
    }

    #[test]
    fn platforms_are_those_whose_content_is_there() {
        let manifest = |available: bool, architecture: &str| {
            format!(
                r#"{{"Available":{available},"ImageData":{{"Platform":{{"architecture":"{architecture}","os":"linux"}}}}}}"#
            )
        };
        let image = |manifests: &[String]| {
            read(&format!(r#"{{"Id":"a","Manifests":[{},{{"Available":true}}]}}"#, manifests.join(",")))
        };
        let one = image(&[manifest(true, "arm64"), manifest(false, "amd64")]);
        assert_eq!(one.platforms.iter().map(ToString::to_string).collect::<Vec<_>>(), ["linux/arm64"]);
        assert_eq!(one.failure, None);
        assert_eq!(image(&[manifest(false, "amd64")]).failure, Some(Failure::ContentMissing));
    }
}
