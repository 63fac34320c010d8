//! Chainguard's security database: what its source packages had mended, and what never affected them.
//!
//! Published by Chainguard as one JSON document in the form of Alpine's, told in [`crate::secdb`]; the distribution has
//! no releases. Source: <https://packages.cgr.dev/chainguard/security.json>. Known gaps: vulnerabilities that no
//! version mends are not in it.

use crate::feed::{Document, Feed, Input};
use crate::{Error, secdb};

pub(super) static FEED: Feed = Feed {
    name: "chainguard-secdb",
    title: "Chainguard security database (Chainguard)",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Chainguard"],
    documents,
    parse,
};

fn documents() -> Vec<Document> {
    vec![Document {
        name: "security.json".to_owned(),
        url: "https://packages.cgr.dev/chainguard/security.json".to_owned(),
        follow: &[],
    }]
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    secdb::parse(input, "CHAINGUARD-", |_release| Some("Chainguard".to_owned()))
}
