//! `--ignore-file`: findings somebody has decided about.
//!
//! One decision a line: `ID [PACKAGE] [until=YYYY-MM-DD]`, and a reason after `#`. After its day a decision no longer
//! holds, and the finding is back.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use model::{Detail, Finding};

/// The largest file of decisions.
const FILE_BYTES: u64 = 16 << 20;

/// Decisions.
#[derive(Debug, Default)]
pub(crate) struct Ignore(Vec<Decision>);

#[derive(Debug)]
struct Decision {
    id: String,
    package: Option<String>,
}

impl Ignore {
    /// Reads a file of decisions; those whose day is over are left out.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = bounded::read_file(path, FILE_BYTES)?;
        let text =
            String::from_utf8(bytes).with_context(|| format!("cannot read `{}` as text", path.display()))?;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::parse(&text, &model::day_of(since.as_secs()))
            .with_context(|| format!("cannot understand `{}`", path.display()))
    }

    fn parse(text: &str, today: &str) -> Result<Self> {
        let mut decisions = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let said = line.split('#').next().unwrap_or_default();
            let mut words = said.split_whitespace();
            let Some(id) = words.next() else { continue };
            let mut decision = Decision { id: id.to_owned(), package: None };
            let mut holds = true;
            for word in words {
                match word.strip_prefix("until=") {
                    Some(until) if is_day(until) => holds = today <= until,
                    Some(until) => bail!("line {number}: `{until}` is not a day, such as 2027-01-31"),
                    None if decision.package.is_none() => decision.package = Some(word.to_owned()),
                    None => {
                        bail!("line {number}: expected `ID [PACKAGE] [until=YYYY-MM-DD]`, then `# reason`")
                    }
                }
            }
            if holds {
                decisions.push(decision);
            }
        }
        Ok(Self(decisions))
    }

    /// Whether a decision covers a finding, by any of its ids.
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        let aliases = match &finding.detail {
            Detail::Vulnerability(vulnerability) => vulnerability.aliases.as_slice(),
            _ => &[],
        };
        self.0.iter().any(|decision| {
            let named = |package: &String| finding.package().is_some_and(|(name, _)| name == package);
            decision.package.as_ref().is_none_or(named)
                && (decision.id == finding.id || aliases.contains(&decision.id))
        })
    }
}

fn is_day(text: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    matches!((parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(year), Some(month), Some(day), None) if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_ends_with_its_day() {
        let text = "CVE-1 # never mind\n\nCVE-2 openssl until=2026-11-20\nCVE-3 until=2026-11-21\n";
        let held = Ignore::parse(text, "2026-11-21").unwrap();
        let ids: Vec<&str> = held.0.iter().map(|decision| decision.id.as_str()).collect();
        assert_eq!(ids, ["CVE-1", "CVE-3"]);
        assert!(Ignore::parse("CVE-1 until=tomorrow", "2026-11-21").is_err());
        assert!(Ignore::parse("CVE-1 a b", "2026-11-21").is_err());
    }
}
