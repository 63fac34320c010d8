//! Every kind of registry, one file each.

mod acr;
mod aliyun_acr;
mod ccr;
mod dockerhub;
mod ecr;
mod gar;
mod gcr;
mod ghcr;
mod gitlab;
mod harbor;
mod jfrog;
mod nexus;
mod oci;
mod quay;
mod swr;
mod swr_enterprise;
mod swr_shared;
mod tcr;

use crate::{Error, Kind};

/// All kinds, in the order they are shown.
static KINDS: &[&Kind] = &[
    &harbor::KIND,
    &oci::KIND,
    &quay::KIND,
    &jfrog::KIND,
    &nexus::KIND,
    &gitlab::KIND,
    &dockerhub::KIND,
    &ghcr::KIND,
    &gar::KIND,
    &gcr::KIND,
    &acr::KIND,
    // Clouds that sign their requests.
    &ecr::KIND,
    &tcr::KIND,
    &ccr::KIND,
    &swr::KIND,
    &swr_shared::KIND,
    &swr_enterprise::KIND,
    &aliyun_acr::KIND,
];

/// All kinds, in the order they are shown.
#[must_use]
pub fn all() -> &'static [&'static Kind] {
    KINDS
}

/// The kind of that word.
///
/// # Errors
/// When there is none.
pub fn find(word: &str) -> Result<&'static Kind, Error> {
    KINDS.iter().find(|kind| kind.word == word).copied().ok_or_else(|| Error::Kind {
        word: word.chars().filter(|c| !c.is_control()).take(40).collect(),
        known: KINDS.iter().map(|kind| kind.word).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_kind_that_explains_itself_in_both_languages() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kinds");
        let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file());
        let mut files: Vec<_> =
            files.map(|path| path.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect();
        let mut words: Vec<_> = KINDS.iter().map(|kind| kind.word.to_owned()).collect();
        files.sort();
        words.sort();
        assert_eq!(words, files);
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for kind in KINDS {
            let (english, chinese) = kind.sign_in_help;
            assert!(is_chinese(chinese) && !is_chinese(english) && !english.is_empty(), "{}", kind.word);
            assert!(!kind.title.0.is_empty() && !kind.title.1.is_empty() && !is_chinese(kind.title.0));
        }
    }
}
