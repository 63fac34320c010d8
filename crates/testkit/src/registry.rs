use crate::{Answer, Asked, Blobs};

/// What a registry that holds one image answers to the distribution protocol; nothing when it was asked for another path.
///
/// The image goes by any name and tag, below any repository. Signing in is left to the test.
pub fn registry_answer(blobs: &Blobs, asked: &Asked) -> Option<Answer> {
    let path = asked.path.strip_prefix("/v2/")?;
    if path.is_empty() {
        return Some(Answer::json("{}"));
    }
    if path.contains("/manifests/") {
        let manifest = &blobs.manifest;
        let answer = Answer::new(200, manifest.bytes.clone());
        let answer = answer.header("Content-Type", manifest.media_type.clone());
        return Some(answer.header("Docker-Content-Digest", manifest.digest.clone()));
    }
    let (_, digest) = path.split_once("/blobs/")?;
    let blob = blobs.all().into_iter().find(|blob| blob.digest == digest);
    Some(blob.map_or_else(Answer::not_found, |blob| Answer::new(200, blob.bytes.clone())))
}
