//! Wolfi's security database: what its source packages had mended, and what never affected them.
//!
//! Published by Chainguard as one JSON document in the form of Alpine's, told in [`crate::secdb`]; the distribution has
//! no releases. Source: <https://packages.wolfi.dev/os/security.json>. Known gaps: vulnerabilities that no
//! version mends are not in it.

use crate::feed::{Document, Feed, Input};
use crate::{Error, secdb};

pub(super) static FEED: Feed = Feed {
    name: "wolfi-secdb",
    title: "Wolfi security database (Chainguard)",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Wolfi"],
    documents,
    parse,
};

fn documents() -> Vec<Document> {
    vec![Document {
        name: "security.json".to_owned(),
        url: "https://packages.wolfi.dev/os/security.json".to_owned(),
        follow: &[],
    }]
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    secdb::parse(input, "WOLFI-", |_release| Some("Wolfi".to_owned()))
}
