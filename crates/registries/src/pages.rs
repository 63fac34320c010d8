//! Lists in pages: pages that are counted, and lists within the groups of another list.

use std::sync::{Mutex, PoisonError};

use net::Response;
use serde::de::DeserializeOwned;

use crate::api::{Api, document};
use crate::{Error, Page};

/// How many entries a page is asked to have; no interface gives more than this at a time.
pub(crate) const SIZE: u64 = 100;

/// The words of an interface that counts its pages.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// The parameter that says how many entries a page should have: `page_size`.
    pub(crate) size: &'static str,
}

impl Counted {
    /// A page of a list; `next` is the number of the page, and of how many entries there were when it was made.
    pub(crate) fn page<T: DeserializeOwned>(
        self,
        api: &Api,
        operation: &str,
        path: &str,
        next: Option<&str>,
    ) -> Result<Page<T>, Error> {
        let (number, before) = next.map_or(Some((1, None)), read).ok_or_else(|| unreadable(operation))?;
        let (mut page, total) = self.one(api, operation, path, number)?;
        if number > 1 && before.zip(total).is_some_and(|(before, total)| total < before) {
            // Something was deleted meanwhile: what should begin this page has moved to the end of the last one.
            let (last, _) = self.one(api, operation, path, number - 1)?;
            page.items = last.items.into_iter().chain(page.items).collect();
        }
        Ok(page)
    }

    fn one<T: DeserializeOwned>(
        self,
        api: &Api,
        operation: &str,
        path: &str,
        number: u64,
    ) -> Result<(Page<T>, Option<u64>), Error> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let response = api.ask(operation, &format!("{path}{mark}page={number}&{}={SIZE}", self.size))?;
        let (told, total) = (continues(&response), total(&response));
        let items: Vec<T> = document(operation, response)?;
        let counted = total.map(|total| number.saturating_mul(SIZE) < total && !items.is_empty());
        let full = items.len() as u64 >= SIZE;
        let more = told.or(counted).unwrap_or(full);
        let next = more.then(|| match total {
            Some(total) => format!("{} {total}", number + 1),
            None => (number + 1).to_string(),
        });
        Ok((Page { items, next }, total))
    }
}

/// Whether a list says in its headers that it goes on; nothing when they do not tell.
pub(crate) fn continues(response: &Response) -> Option<bool> {
    if let Some(next) = response.header("x-next-page") {
        return Some(!next.trim().is_empty());
    }
    let mut links = response.headers("link").peekable();
    links.peek()?;
    Some(links.any(|link| link.contains("rel=\"next\"") || link.contains("rel=next")))
}

/// The query that a list says it goes on with; where its link leads else does not count.
pub(crate) fn next_query(response: &Response) -> Option<String> {
    let links = response.headers("link").flat_map(|header| header.split(",<"));
    let mut next = links.filter_map(|link| link.trim_start_matches('<').split_once('>'));
    let (target, _) = next.find(|(_, rest)| rest.contains("next"))?;
    target.split_once('?').map(|(_, query)| query.to_owned())
}

/// How many entries a list says it has.
fn total(response: &Response) -> Option<u64> {
    response.header("x-total-count").or_else(|| response.header("x-total"))?.trim().parse().ok()
}

/// The number of a page, where the answer itself says whether there is another one.
pub(crate) fn number(operation: &str, next: Option<&str>) -> Result<u64, Error> {
    next.map_or(Some(1), |next| next.parse().ok()).ok_or_else(|| unreadable(operation))
}

fn read(next: &str) -> Option<(u64, Option<u64>)> {
    match next.split_once(' ') {
        Some((number, total)) => Some((number.parse().ok()?, Some(total.parse().ok()?))),
        None => Some((next.parse().ok()?, None)),
    }
}

fn unreadable(operation: &str) -> Error {
    Error::Answer { what: format!("where to go on to {operation}"), why: "it is no such mark".to_owned() }
}

/// Lists within groups: the repositories of every project, one project after the other.
///
/// The groups of one page are kept while it is worked through, and no more.
pub(crate) struct Groups<G>(Mutex<Option<(Option<String>, Page<G>)>>);

impl<G> Default for Groups<G> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<G: Clone> Groups<G> {
    /// A page of the list of one group; `next` leads through that list, then to the next group.
    pub(crate) fn page<T>(
        &self,
        next: Option<&str>,
        groups: impl FnOnce(Option<&str>) -> Result<Page<G>, Error>,
        list: impl FnOnce(&G, Option<&str>) -> Result<Page<T>, Error>,
    ) -> Result<Page<T>, Error> {
        let position = Position::read(next).ok_or_else(|| unreadable("list the repositories"))?;
        let page = self.groups(&position, groups)?;
        let Some(group) = page.items.get(position.index) else {
            return Ok(Page { items: Vec::new(), next: position.page_after(page.next) });
        };
        let listed = list(group, position.inner.as_deref())?;
        let next = match listed.next {
            Some(inner) => Some(Position { inner: Some(inner), ..position }.write()),
            None if position.index + 1 < page.items.len() => {
                Some(Position { index: position.index + 1, inner: None, ..position }.write())
            }
            None => position.page_after(page.next),
        };
        Ok(Page { items: listed.items, next })
    }

    fn groups(
        &self,
        position: &Position,
        ask: impl FnOnce(Option<&str>) -> Result<Page<G>, Error>,
    ) -> Result<Page<G>, Error> {
        let begins = position.index == 0 && position.inner.is_none();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some((page, groups)) if page == position.page && !begins => Ok(groups),
            _ => {
                let groups = ask(position.page.as_deref())?;
                let kept = Some((position.page.clone(), groups.clone()));
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
                Ok(groups)
            }
        }
    }
}

/// Where a list within groups stands.
#[derive(Clone, Default)]
struct Position {
    /// The page of groups.
    page: Option<String>,
    /// Which group of that page.
    index: usize,
    /// The page of its list.
    inner: Option<String>,
}

impl Position {
    fn read(next: Option<&str>) -> Option<Self> {
        let Some(next) = next else { return Some(Self::default()) };
        let mut parts = next.splitn(3, '\n');
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (page, index, inner) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { page: filled(page), index: index.parse().ok()?, inner: filled(inner) })
    }

    fn write(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{}\n{}\n{}", text(&self.page), self.index, text(&self.inner))
    }

    /// The first group of the following page.
    fn page_after(&self, page: Option<String>) -> Option<String> {
        page.map(|page| Self { page: Some(page), ..Self::default() }.write())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_group_to_its_end() {
        let groups = Groups::default();
        let asked = std::cell::Cell::new(0);
        let mut seen = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = groups
                .page(
                    next.as_deref(),
                    |page| {
                        asked.set(asked.get() + 1);
                        Ok(match page {
                            None => Page { items: vec!["a", "b"], next: Some("2".to_owned()) },
                            Some("2") => Page { items: vec![], next: Some("3".to_owned()) },
                            _ => Page::last(vec!["c"]),
                        })
                    },
                    |group, inner| {
                        let more = *group == "b" && inner.is_none();
                        let item = format!("{group}{}", inner.unwrap_or_default());
                        Ok(Page { items: vec![item], next: more.then(|| "x".to_owned()) })
                    },
                )
                .unwrap();
            seen.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["a", "b", "bx", "c"]);
        assert_eq!(asked.get(), 3, "each page of groups is asked for once");
    }

    #[test]
    fn refuses_a_mark_of_somebody_else() {
        let list = |_: &u8, _: Option<&str>| Ok(Page::last(vec![0]));
        let page = Groups::default().page(Some("nonsense"), |_| Ok(Page::last(vec![1_u8])), list);
        assert!(page.unwrap_err().to_string().contains("no such mark"));
    }
}
