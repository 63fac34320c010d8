use model::SuppressionStatus;

use super::{TODAY, changed, ignored, malware, report, secret, vulnerability};
use crate::{Decisions, NoticeKind};

/// An entry with this said in it.
fn entry(said: &str) -> String {
    format!("[[ignore]]\n{said}\nreason = \"never called\"\nuntil = 2027-01-31\n")
}

#[test]
fn an_entry_covers_what_it_names_and_nothing_else() {
    let findings = || {
        vec![
            changed(vulnerability("CVE-2026-1", "libssl3"), |found| {
                found.aliases = vec!["GHSA-abcd".to_owned()];
                found.source_package = Some("openssl".to_owned());
            }),
            vulnerability("CVE-2026-1", "curl"),
            secret("app/tests/server.key", "f1"),
            malware("app/tests/a/eicar.com"),
        ]
    };
    for (said, expected) in [
        (r#"id = "cve-2026-1""#, [true, true, false, false]),
        (r#"id = "GHSA-ABCD""#, [true, false, false, false]),
        (r#"id = "CVE-2026-*""#, [true, true, false, false]),
        ("id = \"CVE-2026-1\"\npackage = \"curl\"", [false, true, false, false]),
        (r#"package = "openssl""#, [true, false, false, false]),
        (r#"purl = "pkg:deb/debian/curl""#, [false, true, false, false]),
        (r#"purl = "pkg:deb/debian/curl@9""#, [false; 4]),
        (r#"path = "app/tests/*""#, [false, false, true, false]),
        (r#"path = "/app/tests/""#, [false, false, true, true]),
        ("path = \"**\"\nkind = \"malware\"", [false, false, false, true]),
        ("path = \"**\"\nseverity = \"low\"", [false, false, false, true]),
        (r#"fingerprint = "f1""#, [false, false, true, false]),
        (&format!("fingerprint = \"{}\"", "c".repeat(64)), [false, false, false, true]),
    ] {
        assert_eq!(ignored(&entry(said), findings()).0, expected, "{said}");
    }
}

#[test]
fn a_path_covers_only_what_lies_nowhere_else() {
    let finding = changed(vulnerability("CVE-2026-1", "left-pad"), |found| {
        found.paths = vec!["app/tests/package.json".to_owned(), "app/package.json".to_owned()];
    });
    assert_eq!(ignored(&entry(r#"path = "app/tests/**""#), vec![finding.clone()]).0, [false]);
    assert_eq!(ignored(&entry(r#"path = "app/**""#), vec![finding]).0, [true]);
}

#[test]
fn says_who_decided_what_and_until_when() {
    let mut decisions = Decisions::default();
    let text = "\n".to_owned() + &entry("id = \"CVE-2026-1\"\nstatus = \"false_positive\"");
    decisions.ignore_file("team.toml", &text, TODAY).unwrap();
    let mut report = report(vec![vulnerability("CVE-2026-1", "curl")]);
    assert!(decisions.apply(&mut report).is_empty());
    let suppression = report.findings[0].suppressed.clone().unwrap();
    assert_eq!(suppression.status, SuppressionStatus::FalsePositive);
    assert_eq!(suppression.source, "team.toml:2");
    assert_eq!(suppression.reason, "never called");
    assert_eq!(suppression.until.as_deref(), Some("2027-01-31"));
}

#[test]
fn an_entry_holds_on_its_last_day_and_not_after() {
    for (until, expected) in [("2026-11-21", true), ("2026-11-20", false)] {
        let text = format!("[[ignore]]\nid = \"CVE-2026-1\"\nreason = \"r\"\nuntil = \"{until}\"\n");
        let (suppressed, notices) = ignored(&text, vec![vulnerability("CVE-2026-1", "curl")]);
        assert_eq!(suppressed, [expected], "{until}");
        let kinds: Vec<NoticeKind> = notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds, if expected { vec![] } else { vec![NoticeKind::Expired] }, "{until}");
    }
}

#[test]
fn tells_of_an_entry_that_covers_nothing() {
    let (_, notices) = ignored(&entry(r#"id = "CVE-2020-9""#), vec![vulnerability("CVE-2026-1", "curl")]);
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].kind, NoticeKind::Unused);
    assert_eq!((notices[0].source.as_str(), notices[0].subject.as_str()), (".lazaret.toml:1", "CVE-2020-9"));
    assert!(!notices[0].why.zh.is_empty());
}

#[test]
fn refuses_a_bad_file_and_says_where() {
    let good = "id = \"CVE-1\"\nreason = \"r\"\nuntil = 2027-01-31\n";
    for (text, place, part) in [
        ("[[ignore]]\nreason = \"r\"\nuntil = 2027-01-31\n".to_owned(), (1, 1), "what it is about"),
        ("[[ignore]]\nid = \"CVE-1\"\nuntil = 2027-01-31\n".to_owned(), (1, 1), "`reason`"),
        (
            "[[ignore]]\nid = \"CVE-1\"\nreason = \"  \"\nuntil = 2027-01-31\n".to_owned(),
            (3, 10),
            "reason is empty",
        ),
        ("[[ignore]]\nid = \"CVE-1\"\nreason = \"r\"\n".to_owned(), (1, 1), "last day"),
        ("[[ignore]]\nid = \"CVE-1\"\nreason = \"r\"\nuntil = \"never\"\n".to_owned(), (4, 9), "must end"),
        (
            "[[ignore]]\nid = \"CVE-1\"\nreason = \"r\"\nuntil = \"2027-02-30\"\n".to_owned(),
            (4, 9),
            "not a day",
        ),
        ("[[ignore]]\nid = \"CVE-1\"\nreason = \"r\"\nuntil = 12:00:00\n".to_owned(), (4, 9), "not a day"),
        ("[[ignore]]\nid = \"CVE-1\"\nreason = \"r\"\nuntil = 7\n".to_owned(), (4, 9), "not a day"),
        (format!("[[ignore]]\n{good}reson = 1\n"), (5, 1), "reson"),
        (format!("[[ignore]]\n{good}status = \"gone\"\n"), (5, 10), "gone"),
        (format!("[[ignore]]\n{good}kind = \"secret\"\n"), (5, 8), "secret"),
        (format!("[[ignore]]\n{good}purl = \"openssl\"\n"), (5, 8), "package URL"),
        (format!("[[ignore]]\n{good}purl = \"pkg:npm/a@<2\"\n"), (5, 8), "ranges"),
        (format!("[[ignore]]\n{good}path = \"/\"\n"), (5, 8), "empty"),
        (format!("[[ignore]]\n{good}fingerprint = \"\"\n"), (5, 15), "empty"),
        (format!("[[ignores]]\n{good}"), (1, 3), "ignores"),
        ("[[ignore]]\nid = \"密\" x\n".to_owned(), (2, 10), ""),
        ("[[ignore]".to_owned(), (1, 10), ""),
    ] {
        let mut decisions = Decisions::default();
        let error = decisions.ignore_file("a.toml", &text, TODAY).unwrap_err();
        let crate::Error::File { file, line, column, why } = &error else { panic!("{error}") };
        assert_eq!((file.as_str(), (*line, *column)), ("a.toml", place), "{text}\n{error}");
        assert!(why.contains(part), "{text}\n{error}");
        assert!(decisions.apply(&mut report(Vec::new())).is_empty(), "nothing of a refused file is kept");
    }
}

#[test]
fn the_first_entry_that_covers_a_finding_holds() {
    let text = entry("package = \"curl\"\nstatus = \"accepted\"")
        + &entry("id = \"CVE-2026-1\"\nstatus = \"fixed\"");
    let mut decisions = Decisions::default();
    decisions.ignore_file("a.toml", &text, TODAY).unwrap();
    let mut report = report(vec![vulnerability("CVE-2026-1", "curl")]);
    decisions.apply(&mut report);
    assert_eq!(report.findings[0].suppressed.clone().unwrap().status, SuppressionStatus::Accepted);
}
