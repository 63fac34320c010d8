//! EPSS: how likely each vulnerability is to be exploited within 30 days.
//!
//! Published daily by FIRST as CSV: a comment line with the model's version and date, a heading, and
//! `cve,epss,percentile`. Source: <https://www.first.org/epss/data_stats>.

use std::io::BufRead;

use model::Epss;

use crate::Error;
use crate::feed::{Document, Feed, Input};

pub(super) static FEED: Feed = Feed {
    name: "epss",
    title: "Exploit Prediction Scoring System (FIRST)",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &[],
    documents,
    parse,
};

fn documents() -> Vec<Document> {
    vec![Document {
        name: "epss_scores-current.csv.gz".to_owned(),
        url: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz".to_owned(),
        follow: &[],
    }]
}

/// The longest line that is read.
const LINE_BYTES: u64 = 4096;

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let mut number = 0_u64;
    let mut has_heading = false;
    loop {
        let mut line = Vec::new();
        let mut reader = std::io::Read::take(input.reader(), LINE_BYTES);
        let count = reader.read_until(b'\n', &mut line);
        if count.map_err(|error| input.wrong(error.to_string()))? == 0 {
            break;
        }
        number = number.saturating_add(1);
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if !has_heading {
            if !text.starts_with("cve,epss,percentile") {
                return Err(input.wrong(format!("line {number} is not the heading `cve,epss,percentile`")));
            }
            has_heading = true;
            continue;
        }
        match score(text) {
            Some((cve, epss)) => input.epss(cve, epss),
            None => input.malformed(&format!("line {number}"), "it is not `cve,epss,percentile`"),
        }
    }
    if has_heading { Ok(()) } else { Err(input.wrong("it has no heading `cve,epss,percentile`")) }
}

fn score(line: &str) -> Option<(String, Epss)> {
    let mut fields = line.split(',');
    let cve = fields.next().filter(|cve| cve.starts_with("CVE-") && cve.len() <= 32)?;
    let mut share = || fields.next()?.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share));
    Some((cve.to_owned(), Epss { score: share()?, percentile: share()? }))
}
