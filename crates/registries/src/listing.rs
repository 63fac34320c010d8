use std::collections::HashSet;

use crate::{Artifact, Catalogue, Error, Page, Repository, Selection};

/// More pages than any registry has: one that goes on for ever ends here.
const PAGES: usize = 100_000;

/// What a listing comes upon.
#[derive(Debug)]
pub enum Item {
    /// A repository that is wanted; its images follow.
    Repository(Repository),
    /// An image of the last repository, with the tags that are wanted.
    Artifact(Artifact),
    /// The last repository could not be listed to its end; the others are.
    Failed(Error),
}

/// How a listing went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Repositories that were listed.
    pub repositories: u64,
    /// Repositories that were not wanted.
    pub skipped: u64,
    /// Images that were met.
    pub artifacts: u64,
    /// Repositories that could not be listed to their end.
    pub failed: u64,
}

impl Listing {
    /// Whether nothing is missing: only then does absence mean that something is gone.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed == 0
    }
}

/// Walks through all that is wanted of a registry; `visit` ends the walk early by saying no.
///
/// # Errors
/// When the repositories cannot be listed; the failure of one repository is an [`Item`] and ends nothing.
pub fn list(
    catalogue: &dyn Catalogue,
    selection: &Selection,
    since: Option<&str>,
    visit: &mut dyn FnMut(Item) -> bool,
) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut seen = HashSet::new();
    for page in pages("repositories", |next| catalogue.repositories(next)) {
        for repository in page?.items {
            // A registry that changes while it is listed may tell a repository twice.
            if !seen.insert(repository.name.clone()) {
                continue;
            }
            if !selection.wants(&repository) {
                listing.skipped += 1;
                continue;
            }
            listing.repositories += 1;
            if !visit(Item::Repository(repository.clone()))
                || !artifacts(catalogue, selection, since, &repository, &mut listing, visit)
            {
                return Ok(listing);
            }
        }
    }
    Ok(listing)
}

/// The images of one repository; whether the walk goes on.
fn artifacts(
    catalogue: &dyn Catalogue,
    selection: &Selection,
    since: Option<&str>,
    repository: &Repository,
    listing: &mut Listing,
    visit: &mut dyn FnMut(Item) -> bool,
) -> bool {
    for page in pages(&repository.name, |next| catalogue.artifacts(repository, since, next)) {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                listing.failed += 1;
                return visit(Item::Failed(error));
            }
        };
        for artifact in page.items {
            let Some(chosen) = selection.choose(repository, artifact) else { continue };
            listing.artifacts += 1;
            if !visit(Item::Artifact(chosen)) {
                return false;
            }
        }
    }
    true
}

/// All pages of a list, one asked for after the other; one that leads back to itself is an error.
fn pages<'a, T: 'a>(
    what: &'a str,
    mut ask: impl FnMut(Option<&str>) -> Result<Page<T>, Error> + 'a,
) -> impl Iterator<Item = Result<Page<T>, Error>> + 'a {
    let mut seen = HashSet::new();
    let mut next: Option<Option<String>> = Some(None);
    std::iter::from_fn(move || {
        let page = ask(next.take()?.as_deref());
        if let Ok(Page { next: Some(following), .. }) = &page {
            if seen.len() >= PAGES || !seen.insert(following.clone()) {
                let why = "its list leads back to a page that was read already, or never ends".to_owned();
                return Some(Err(Error::Answer { what: format!("list of {what}"), why }));
            }
            next = Some(Some(following.clone()));
        }
        Some(page)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Endpoint, Origin};

    /// Three repositories on two pages; the images of `b` fail on their second page, those of `loop` never end.
    struct Played {
        looping: bool,
    }

    impl Catalogue for Played {
        fn sign_in(&self) -> Result<String, Error> {
            Ok(String::new())
        }

        fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
            let named = |name: &str| Repository { name: name.to_owned(), ..Repository::default() };
            Ok(match next {
                None => Page { items: vec![named("a"), named("b")], next: Some("2".to_owned()) },
                Some(_) if self.looping => Page { items: vec![named("a")], next: Some("2".to_owned()) },
                Some(_) => Page::last(vec![
                    named("b"),
                    named("c"),
                    Repository { origin: Origin::ProxyCache, ..named("hub") },
                ]),
            })
        }

        fn artifacts(
            &self,
            repository: &Repository,
            _since: Option<&str>,
            next: Option<&str>,
        ) -> Result<Page<Artifact>, Error> {
            let tagged = |tag: &str| Artifact { tags: vec![tag.to_owned()], ..Artifact::default() };
            match (repository.name.as_str(), next) {
                ("b", None) => Ok(Page { items: vec![tagged("1")], next: Some("x".to_owned()) }),
                ("b", Some(_)) => Err(Error::Answer { what: "b".to_owned(), why: "broken".to_owned() }),
                _ => Ok(Page::last(vec![tagged("1"), tagged("2")])),
            }
        }

        fn endpoint(&self) -> Result<Endpoint, Error> {
            Ok(Endpoint::default())
        }
    }

    fn walked(catalogue: &Played, until: usize) -> (Result<Listing, Error>, Vec<String>) {
        let mut seen = Vec::new();
        let selection = Selection::new(&[], &[], false).unwrap();
        let listing = list(catalogue, &selection, None, &mut |item| {
            seen.push(match item {
                Item::Repository(repository) => repository.name,
                Item::Artifact(artifact) => artifact.tags.join(","),
                Item::Failed(error) => error.to_string(),
            });
            seen.len() < until
        });
        (listing, seen)
    }

    #[test]
    fn a_repository_that_fails_ends_nothing_and_is_no_complete_listing() {
        let (listing, seen) = walked(&Played { looping: false }, usize::MAX);
        let listing = listing.unwrap();
        assert_eq!(seen, ["a", "1", "2", "b", "1", "cannot understand b: broken", "c", "1", "2"]);
        assert_eq!((listing.repositories, listing.skipped, listing.artifacts, listing.failed), (3, 1, 5, 1));
        assert!(!listing.is_complete());
    }

    #[test]
    fn a_list_that_never_ends_ends_and_a_walk_can_be_left() {
        let (listing, _) = walked(&Played { looping: true }, usize::MAX);
        assert!(listing.unwrap_err().to_string().contains("leads back"));
        assert_eq!(walked(&Played { looping: true }, 2).1, ["a", "1"]);
    }
}
