//! Alibaba Cloud Linux errata (ALINUX-SA), one OVAL document for each release.
//!
//! Published by Alibaba Cloud below <https://mirrors.aliyun.com/alinux/cve/data/OVAL/>, written as [`crate::oval`] reads
//! them.

use crate::Error;
use crate::feed::{Document, Feed, Input};
use crate::oval::{self, Release};

pub(super) static FEED: Feed = Feed {
    name: "alinux-oval",
    title: "Alibaba Cloud Linux errata",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Alibaba Cloud Linux"],
    documents,
    parse,
};

/// The documents and the release each is about.
const DOCUMENTS: [(&str, &str); 3] =
    [("alinux-2.1903.oval.xml", "2"), ("alinux-3.2104.oval.xml", "3"), ("alinux-4.oval.xml", "4")];

fn documents() -> Vec<Document> {
    let document = |&(name, _): &(&str, &str)| Document {
        name: name.to_owned(),
        url: format!("https://mirrors.aliyun.com/alinux/cve/data/OVAL/{name}"),
        follow: &[],
    };
    DOCUMENTS.iter().map(document).collect()
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let name = input.document();
    let Some((_, release)) = DOCUMENTS.iter().find(|(known, _)| *known == name) else {
        return Err(input.wrong("its name tells no known release of Alibaba Cloud Linux"));
    };
    let ecosystem = format!("Alibaba Cloud Linux:{release}");
    oval::parse(input, &Release { publisher: "Alibaba Cloud Linux", ecosystem })
}
