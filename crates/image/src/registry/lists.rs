//! Lists of repositories and tags, which come in parts.
//!
//! Source: the OCI distribution specification 1.1, "content discovery", and RFC 8288 for `Link`. Of the address a list
//! goes on at only the query is taken: hosts and paths in it are often those behind a proxy, and credentials go along.
//! Known gap: a registry that gives a part and no `Link` is taken to have given all.

use net::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::connection::{About, Registry, Scope};
use crate::Error;

/// A part of a list.
const LIST_BYTES: u64 = 16 << 20;
/// How many names one part of a list should have; registries may give fewer.
const PAGE: u32 = 1000;

/// One part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What is in it.
    pub names: Vec<String>,
    /// What to ask for the next part by; nothing after the last.
    pub next: Option<String>,
}

impl Registry {
    /// A part of the list of all repositories: the first, or the one after `next` of another.
    ///
    /// # Errors
    /// When the registry cannot be reached or refuses; many do not tell their repositories.
    pub fn catalog(&self, next: Option<&str>) -> Result<Page, Error> {
        let (what, name) = ("list of repositories".to_owned(), self.name.clone());
        let about = About { what, name, scope: Scope::Catalog };
        self.page(&about, &format!("{}/v2/_catalog", self.base), next, |listed: Repositories| {
            listed.repositories
        })
    }

    /// A part of the list of the tags of a repository.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses or has no such repository.
    pub fn tags(&self, repository: &str, next: Option<&str>) -> Result<Page, Error> {
        let what = format!("list of tags of `{repository}`");
        let about = About { what, name: repository.to_owned(), scope: Scope::Repository(repository) };
        let path = format!("{}/v2/{repository}/tags/list", self.base);
        self.page(&about, &path, next, |listed: Tags| listed.tags)
    }

    fn page<T: DeserializeOwned>(
        &self,
        about: &About<'_>,
        path: &str,
        next: Option<&str>,
        names: impl Fn(T) -> Option<Vec<String>>,
    ) -> Result<Page, Error> {
        let query = next.map_or_else(|| format!("n={PAGE}"), str::to_owned);
        let response = match self.expect(about, &Request::get(format!("{path}?{query}")), &[200]) {
            // A registry may be set up to give less at once, and then refuses to be asked for more.
            Err(Error::Network { source, .. }) if next.is_none() && source.status() == Some(400) => {
                self.expect(about, &Request::get(path), &[200])
            }
            other => other,
        }?;
        let next = self.next(about, &query, response.headers("link"))?;
        let listed: T = response.json(LIST_BYTES).map_err(|source| self.fail(&about.what, source))?;
        Ok(Page { names: names(listed).unwrap_or_default(), next })
    }

    /// The query of the next part.
    pub(super) fn next<'a>(
        &self,
        about: &About<'_>,
        query: &str,
        mut links: impl Iterator<Item = &'a str>,
    ) -> Result<Option<String>, Error> {
        let Some(link) = links.find_map(next_link) else { return Ok(None) };
        let refuse = |why: &str| {
            Err(Error::Format { what: format!("{} of {}", about.what, self.place()), why: why.to_owned() })
        };
        let Some(next) = query_of(link) else { return refuse("it goes on at an address without a query") };
        if next == query { refuse("it goes on where it began") } else { Ok(Some(next)) }
    }
}

#[derive(Deserialize)]
struct Repositories {
    #[serde(default)]
    repositories: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// The address of the next part of a list: `</v2/_catalog?last=a&n=1000>; rel="next"`.
fn next_link(header: &str) -> Option<&str> {
    let links = header.split('<').filter_map(|link| link.split_once('>'));
    let mut next = links.filter(|(_, parameters)| {
        let parameters = parameters.to_ascii_lowercase();
        parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim() == "rel" && value.trim().trim_matches('"').split_whitespace().any(|it| it == "next")
        })
    });
    next.next().map(|(target, _)| target)
}

/// The query of an address; a page size of nothing, as some registries write, becomes ours.
fn query_of(link: &str) -> Option<String> {
    let query = link.split('#').next()?.split_once('?')?.1;
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let parameters: Vec<String> = parameters
        .map(|parameter| if parameter == "n=0" { format!("n={PAGE}") } else { parameter.to_owned() })
        .collect();
    (!parameters.is_empty()).then(|| parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_part() {
        let table = [
            ("</v2/_catalog?last=a&n=5>; rel=\"next\"", Some("last=a&n=5")),
            ("<https://inner:5000/v2/x/tags/list?last=a%2Fb%26c>;rel=next", Some("last=a%2Fb%26c")),
            ("<?n=1&last=b>; title=\"x\"; REL=\"prev next\"", Some("n=1&last=b")),
            ("</a?x=1>; rel=\"prev\", </b?x=2>; rel=\"next\"", Some("x=2")),
            ("</v2/x/tags/list?last=a&n=0>; rel=\"next\"", Some("last=a&n=1000")),
            ("</a?x=1>; rel=\"prev\"", None),
            ("</a>; rel=\"next\"", None),
            ("nothing", None),
        ];
        for (header, query) in table {
            assert_eq!(next_link(header).and_then(query_of).as_deref(), query, "{header}");
        }
    }
}
