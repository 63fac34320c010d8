//! Anolis OS errata (ANSA), one OVAL document for each release.
//!
//! Published by its community below <https://anas.openanolis.cn/api/data/OVAL/>, written as [`crate::oval`] reads them.

use crate::Error;
use crate::feed::{Document, Feed, Input};
use crate::oval::{self, Release};

pub(super) static FEED: Feed = Feed {
    name: "anolis-oval",
    title: "Anolis OS errata",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Anolis OS"],
    documents,
    parse,
};

/// The releases that have a document.
const RELEASES: [&str; 3] = ["7", "8", "23"];

fn documents() -> Vec<Document> {
    let document = |release: &&str| {
        let name = format!("anolis-{release}.oval.xml");
        Document { url: format!("https://anas.openanolis.cn/api/data/OVAL/{name}"), name, follow: &[] }
    };
    RELEASES.iter().map(document).collect()
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let name = input.document();
    let release = name.strip_prefix("anolis-").and_then(|rest| rest.strip_suffix(".oval.xml"));
    let Some(release) = release.filter(|release| RELEASES.contains(release)) else {
        return Err(input.wrong("its name, `anolis-<release>.oval.xml`, tells no known release"));
    };
    oval::parse(input, &Release { publisher: "Anolis OS", ecosystem: format!("Anolis OS:{release}") })
}
