//! Alpine's security database: what each release's source packages had mended.
//!
//! Published by Alpine as one JSON document for each release and repository; its form is told in [`crate::secdb`].
//! Source: <https://secdb.alpinelinux.org/>. Known gaps: vulnerabilities that no version mends are not in it.

use crate::feed::{Document, Feed, Input};
use crate::{Error, secdb};

pub(super) static FEED: Feed = Feed {
    name: "alpine-secdb",
    title: "Alpine Linux security database",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Alpine"],
    documents,
    parse,
};

/// The newest release; the oldest with a database is 3.2, the oldest with a repository `community` 3.3.
const NEWEST: u32 = 24;

fn documents() -> Vec<Document> {
    let releases = (2..=NEWEST).map(|minor| (format!("v3.{minor}"), minor > 2));
    let releases = releases.chain([("edge".to_owned(), true)]);
    let mut documents = Vec::new();
    for (release, has_community) in releases {
        let repositories = if has_community { &["main", "community"][..] } else { &["main"] };
        documents.extend(repositories.iter().map(|repository| Document {
            name: format!("{release}-{repository}.json"),
            url: format!("https://secdb.alpinelinux.org/{release}/{repository}.json"),
            follow: &[],
        }));
    }
    documents
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    secdb::parse(input, "ALPINE-", |release| release.map(|release| format!("Alpine:{release}")))
}
