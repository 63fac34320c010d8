use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::{Artifact, Origin, Repository};

/// Which of a registry's repositories and tags are wanted.
///
/// A glob is written `REPOSITORY` or `REPOSITORY:TAG`; `*` stands for any text without a slash, `**` for any text,
/// `?` for one character, `{a,b}` for either. Without an inclusion everything is wanted; an exclusion always wins.
#[derive(Clone, Debug)]
pub struct Selection {
    include: Globs,
    exclude: Globs,
    proxy_caches: bool,
}

/// A glob that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{glob}` as a glob: {why}")]
pub struct UnusableGlob {
    glob: String,
    why: String,
}

/// Globs over repositories, and over repositories with tags.
#[derive(Clone, Debug, Default)]
struct Globs {
    repositories: GlobSet,
    tagged: Vec<(GlobMatcher, GlobMatcher)>,
}

impl Selection {
    /// A selection by globs; repositories that are caches of other registries are left out unless asked for.
    ///
    /// # Errors
    /// When a glob cannot be read.
    pub fn new(include: &[String], exclude: &[String], proxy_caches: bool) -> Result<Self, UnusableGlob> {
        Ok(Self { include: Globs::new(include)?, exclude: Globs::new(exclude)?, proxy_caches })
    }

    /// Whether images of a repository may be wanted.
    #[must_use]
    pub fn wants(&self, repository: &Repository) -> bool {
        let name = &repository.name;
        let proxied = repository.origin == Origin::ProxyCache && !self.proxy_caches;
        let included = self.include.is_empty()
            || self.include.repositories.is_match(name)
            || self.include.tagged.iter().any(|(repository, _)| repository.is_match(name));
        included && !proxied && !self.exclude.repositories.is_match(name)
    }

    /// An image with the tags that are wanted; nothing when none of them is.
    #[must_use]
    pub fn choose(&self, repository: &Repository, mut artifact: Artifact) -> Option<Artifact> {
        let whole = self.include.is_empty() || self.include.repositories.is_match(&repository.name);
        if artifact.tags.is_empty() {
            return whole.then_some(artifact);
        }
        artifact.tags.retain(|tag| {
            (whole || self.include.names(&repository.name, tag)) && !self.exclude.names(&repository.name, tag)
        });
        (!artifact.tags.is_empty()).then_some(artifact)
    }
}

impl Globs {
    fn new(globs: &[String]) -> Result<Self, UnusableGlob> {
        let mut repositories = GlobSetBuilder::new();
        let mut tagged = Vec::new();
        let refuse = |glob: &str, why: &globset::Error| UnusableGlob {
            glob: glob.to_owned(),
            why: why.kind().to_string(),
        };
        for glob in globs {
            let read = |text: &str| {
                GlobBuilder::new(text).literal_separator(true).build().map_err(|why| refuse(glob, &why))
            };
            match glob.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
                Some((repository, tag)) => {
                    tagged.push((read(repository)?.compile_matcher(), read(tag)?.compile_matcher()));
                }
                None => {
                    repositories.add(read(glob)?);
                }
            }
        }
        let repositories = repositories.build().map_err(|why| refuse("all together", &why))?;
        Ok(Self { repositories, tagged })
    }

    fn is_empty(&self) -> bool {
        self.repositories.is_empty() && self.tagged.is_empty()
    }

    /// Whether a glob with a tag names this tag of this repository.
    fn names(&self, repository: &str, tag: &str) -> bool {
        self.tagged.iter().any(|(name, tags)| name.is_match(repository) && tags.is_match(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(include: &[&str], exclude: &[&str]) -> Vec<String> {
        let own = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        let selection = Selection::new(&own(include), &own(exclude), false).unwrap();
        let all = [
            ("team/shop", "1.0"),
            ("team/shop", "1.1-rc"),
            ("team/deep/shop", "1.0"),
            ("library/debian", "12"),
        ];
        let mut found = Vec::new();
        for (name, tag) in all {
            let repository = Repository { name: name.to_owned(), ..Repository::default() };
            let artifact = Artifact { tags: vec![tag.to_owned()], ..Artifact::default() };
            if selection.wants(&repository) && selection.choose(&repository, artifact).is_some() {
                found.push(format!("{name}:{tag}"));
            }
        }
        found
    }

    #[test]
    fn chooses_by_repository_and_tag() {
        assert_eq!(chosen(&[], &[]).len(), 4);
        assert_eq!(chosen(&["team/*"], &[]), ["team/shop:1.0", "team/shop:1.1-rc"]);
        assert_eq!(chosen(&["team/**"], &["**:*-rc"]), ["team/shop:1.0", "team/deep/shop:1.0"]);
        assert_eq!(chosen(&["**:12"], &[]), ["library/debian:12"]);
        assert_eq!(chosen(&["{team,library}/*:1*"], &["library/**"]), ["team/shop:1.0", "team/shop:1.1-rc"]);
    }

    #[test]
    fn leaves_caches_of_other_registries_out_and_keeps_images_without_a_tag() {
        let repository =
            Repository { name: "hub/debian".to_owned(), origin: Origin::ProxyCache, ..Repository::default() };
        assert!(!Selection::new(&[], &[], false).unwrap().wants(&repository));
        let selection = Selection::new(&[], &["**:latest".to_owned()], true).unwrap();
        assert!(selection.wants(&repository) && selection.choose(&repository, Artifact::default()).is_some());
    }

    #[test]
    fn says_which_glob_is_none() {
        let error = Selection::new(&["a[".to_owned()], &[], false).unwrap_err().to_string();
        assert!(error.contains("`a[`"), "{error}");
    }
}
