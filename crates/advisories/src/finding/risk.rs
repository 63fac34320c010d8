//! One figure to sort by.
//!
//! `100 × impact × likelihood`. Impact is the highest CVSS base score as a share of 10, or what stands for the severity
//! where nobody scored it. Likelihood is the score of EPSS, 1 when the vulnerability is known to be exploited, and the
//! least that is counted where nobody knows. `docs/judgement.md` tells users the same.

use model::{Epss, Rating, Severity};

/// The least likelihood that is counted: about the median score of EPSS.
const LEAST: f64 = 0.002;

/// The risk, from 0 to 100, with two decimals.
pub(super) fn risk(severity: Severity, ratings: &[Rating], epss: Option<Epss>, known_exploited: bool) -> f64 {
    let score = ratings
        .iter()
        .filter_map(|rating| rating.score)
        .fold(None, |worst: Option<f64>, score| Some(worst.map_or(score, |worst| worst.max(score))));
    // Who rated it lower than its score looked at it more closely.
    let impact = score.map_or(share(severity), |score| (score / 10.0).min(ceiling(severity)));
    let likelihood = if known_exploited { 1.0 } else { epss.map_or(LEAST, |epss| epss.score.max(LEAST)) };
    (100.0 * impact * likelihood * 100.0).round() / 100.0
}

/// The impact of a severity without a score: the middle of its range in CVSS.
fn share(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 0.95,
        Severity::High => 0.8,
        Severity::Medium | Severity::Unknown => 0.55,
        Severity::Low => 0.25,
        Severity::Negligible => 0.05,
    }
}

/// The highest score of a severity in CVSS.
fn ceiling(severity: Severity) -> f64 {
    match severity {
        Severity::Critical | Severity::Unknown => 1.0,
        Severity::High => 0.89,
        Severity::Medium => 0.69,
        Severity::Low => 0.39,
        Severity::Negligible => 0.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cvss(score: f64) -> Vec<Rating> {
        let severity = Severity::of_score(score);
        vec![Rating { source: "NVD".to_owned(), vector: None, score: Some(score), severity }]
    }

    #[test]
    fn what_is_exploited_comes_before_what_might_be() {
        let epss = |score| Some(Epss { score, percentile: 0.5 });
        assert!((risk(Severity::Critical, &cvss(10.0), None, true) - 100.0).abs() < 1e-9);
        assert!((risk(Severity::High, &cvss(7.5), epss(0.5), false) - 37.5).abs() < 1e-9);
        assert!((risk(Severity::Low, &cvss(9.8), epss(1.0), false) - 39.0).abs() < 1e-9);
        assert!(
            risk(Severity::Medium, &[], None, true) > risk(Severity::Critical, &cvss(10.0), epss(0.4), false)
        );
        assert!(risk(Severity::Critical, &[], None, false) > risk(Severity::Low, &[], None, false));
    }
}
