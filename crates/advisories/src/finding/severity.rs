//! How bad a vulnerability is, where several say so.
//!
//! The first of these that says anything holds; `docs/judgement.md` tells users the same:
//!
//! 1. the publisher's word for this package alone (Debian's urgency, Red Hat's impact for a product),
//! 2. the word of a record that is about this vulnerability alone (GitHub's severity, Ubuntu's priority),
//! 3. the CVSS of such a record, version 4 before 3 before 2,
//! 4. what the National Vulnerability Database and the numbering authority say of the CVE, in the same order,
//! 5. the word, then the CVSS, of a record about several vulnerabilities: an erratum is as bad as the worst it mends.

use std::rc::Rc;

use model::{Advisory, Rating, Severity};

use super::Match;

/// The severity, and who says so.
pub(super) fn severity(matches: &[Match], known: &[Rc<Advisory>]) -> (Severity, Option<String>) {
    let own = matches.iter().filter_map(|found| {
        let severity = found.severity.filter(|severity| *severity != Severity::Unknown)?;
        Some((severity, publisher(&found.advisory.id)))
    });
    let (alone, several): (Vec<&Match>, Vec<&Match>) = matches.iter().partition(|found| found.is_about_one);
    let ratings = |matches: Vec<&Match>| -> Vec<Rating> {
        matches.iter().flat_map(|found| found.advisory.ratings.iter().cloned()).collect()
    };
    let own = own.max().map(|(severity, source)| (severity, Some(source)));
    own.or_else(|| best(&ratings(alone)))
        .or_else(|| best(&known.iter().flat_map(|record| record.ratings.iter().cloned()).collect::<Vec<_>>()))
        .or_else(|| best(&ratings(several)))
        .unwrap_or((Severity::Unknown, None))
}

/// Who publishes a record, by its id.
fn publisher(id: &str) -> String {
    id.split('-').next().unwrap_or_default().to_owned()
}

/// Words before scores, as they are given by somebody who looked, where a score may stand for the worst case.
fn best(ratings: &[Rating]) -> Option<(Severity, Option<String>)> {
    let said = ratings.iter().filter(|rating| rating.severity != Severity::Unknown);
    let best = said.max_by_key(|rating| (rank(rating), rating.severity))?;
    Some((best.severity, Some(best.source.clone())))
}

fn rank(rating: &Rating) -> u8 {
    match rating.vector.as_deref() {
        Some(vector) if vector.starts_with("CVSS:4") => 3,
        Some(vector) if vector.starts_with("CVSS:3") => 2,
        Some(_) => 1,
        None if rating.score.is_some() => 1,
        None => 4,
    }
}
