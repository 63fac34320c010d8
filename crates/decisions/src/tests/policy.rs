use model::{
    BaseEvidence, BaseImage, DatabaseSummary, Finding, FindingKind, FixStatus, Gap, Rating, Report, Severity,
    Suppression, SuppressionStatus,
};

use super::{TODAY, changed, malware, report, secret, vulnerability};
use crate::{Filter, Policy, parse_fail_on};

/// How many findings one rule counts.
fn count(said: &str, findings: Vec<Finding>) -> usize {
    let text = format!("[[rule]]\nname = \"it\"\n{said}\n");
    let mut report = report(findings);
    report.checks = FindingKind::ALL.into_iter().map(|kind| kind.word().to_owned()).collect();
    Policy::parse("p.toml", &text)
        .unwrap()
        .judge(&report, TODAY)
        .first()
        .map_or(0, |violation| violation.count)
}

fn findings() -> Vec<Finding> {
    let mut base = changed(vulnerability("CVE-1", "openssl"), |found| {
        found.known_exploited = true;
        found.published = Some("2026-01-01T00:00:00Z".to_owned());
        found.ratings = vec![Rating {
            source: "x".to_owned(),
            vector: None,
            score: Some(9.1),
            severity: Severity::Critical,
        }];
    });
    base.from_base = Some(true);
    base.severity = Severity::Critical;
    let young = changed(vulnerability("CVE-2", "curl"), |found| {
        found.status = FixStatus::Affected;
        found.published = Some("2026-11-11T00:00:00Z".to_owned());
    });
    let mut suppressed = vulnerability("CVE-3", "curl");
    suppressed.suppressed = Some(Suppression {
        status: SuppressionStatus::Accepted,
        source: String::new(),
        reason: String::new(),
        until: None,
    });
    vec![base, young, suppressed, secret("app/a.key", "f"), malware("app/eicar.com")]
}

#[test]
fn rules_count_what_they_say() {
    for (said, expected) in [
        ("", 4),
        ("severity = \"high\"", 3),
        ("severity = \"critical\"", 1),
        ("kinds = [\"secrets\", \"malware\"]", 2),
        ("fixable = true", 1),
        ("fixable = false", 1),
        ("known_exploited = true", 1),
        ("cvss_at_least = 9.0", 1),
        ("cvss_at_least = 9.2", 0),
        ("older_than_days = 10", 1),
        ("older_than_days = 9", 2),
        ("from_base = false", 3),
        ("from_base = true", 1),
        ("visible = true", 3),
        ("ids = [\"cve-*\"]", 2),
        ("ids = [\"cve-*\"]\nexcept = [\"CURL\"]", 1),
        ("except = [\"CVE-*\", \"eicar\"]", 1),
        ("packages = [\"open*\"]", 1),
        ("purls = [\"pkg:deb/debian/curl\"]", 1),
        ("paths = [\"app/*.key\"]", 1),
        ("max = 3", 4),
        ("max = 4", 0),
    ] {
        assert_eq!(count(said, findings()), expected, "{said}");
    }
}

#[test]
fn an_age_that_is_not_known_is_not_young() {
    assert_eq!(count("older_than_days = 30", vec![vulnerability("CVE-1", "curl")]), 1);
}

#[test]
fn a_check_that_a_rule_names_must_have_been_made() {
    let text = "[[rule]]\nname = \"no malware\"\ndescription = \"by order\"\nkinds = [\"malware\"]\n";
    let violations = Policy::parse("p.toml", text).unwrap().judge(&report(Vec::new()), TODAY);
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].rule, "no malware");
    assert!(
        violations[0].why.en.starts_with("by order: the check `malware` was not made"),
        "{}",
        violations[0].why.en
    );
    assert!(violations[0].why.zh.contains("未执行检查项"));
}

#[test]
fn fail_on_gives_kinds_their_own_severity() {
    let judge = |text: &str| -> usize {
        let policy = Policy::fail_on(&parse_fail_on(text).unwrap());
        policy.judge(&report(findings()), TODAY).iter().map(|violation| violation.findings.len()).sum()
    };
    assert_eq!(judge("critical"), 1);
    assert_eq!(judge("high"), 3);
    assert_eq!(judge("any"), 4);
    assert_eq!(judge("high,secrets=critical"), 2);
    assert_eq!(judge("malware=any"), 1);
    assert_eq!(judge("baseline=any"), 0, "what was not looked for does not fire without a policy");
    let all = "critical,vulnerabilities=critical,malware=high,secrets=critical,baseline=any,compliance=any,base-image=any";
    assert_eq!(judge(all), 1, "a default that is left without kinds counts nothing");
}

fn broken(text: &str, change: impl FnOnce(&mut Report)) -> Vec<String> {
    let mut report = report(Vec::new());
    change(&mut report);
    let violations = Policy::parse("p.toml", text).unwrap().judge(&report, TODAY);
    violations.into_iter().map(|violation| violation.rule).collect()
}

#[test]
fn gaps_base_image_and_database_are_judged() {
    let gap = |report: &mut Report| report.gaps.push(Gap::new("file", "a", "b"));
    assert_eq!(broken("[gaps]", gap), ["gaps"]);
    assert!(broken("[gaps]\nmax = 1", gap).is_empty());
    assert!(broken("[gaps]\nwhat = [\"layer\"]", gap).is_empty());

    let base = |evidence| {
        move |report: &mut Report| {
            report.base_image = Some(BaseImage { name: None, digest: None, evidence, layers: 1 })
        }
    };
    let text = "[base_image]\napproved = true";
    assert!(broken(text, base(BaseEvidence::Approved)).is_empty());
    assert_eq!(broken(text, base(BaseEvidence::History)), ["base_image"]);
    assert_eq!(broken(text, |_| ()), ["base_image"]);

    let updated = |day: &'static str| {
        move |report: &mut Report| {
            report.database = Some(DatabaseSummary { updated: day.to_owned(), advisories: 1 })
        }
    };
    let text = "[database]\nmax_age_days = 3";
    assert!(broken(text, updated("2026-11-18T00:00:00Z")).is_empty());
    assert_eq!(broken(text, updated("2026-11-17T23:00:00Z")), ["database"]);
    assert_eq!(broken(text, updated("yesterday")), ["database"]);
    assert_eq!(broken(text, |_| ()), ["database"]);
}

#[test]
fn refuses_a_bad_policy_and_says_where() {
    for (text, place, part) in [
        ("", (1, 1), "no rule"),
        ("[base_image]\napproved = false", (1, 1), "no rule"),
        ("[[rule]]\nseverity = \"high\"", (1, 1), "name"),
        ("[[rule]]\nname = \" \"", (2, 8), "empty"),
        ("[[rule]]\nname = \"a\"\n[[rule]]\nname = \"a\"", (4, 8), "two rules"),
        ("[[rule]]\nname = \"a\"\nkinds = [\"secrets\"]\nfixable = true", (3, 9), "`vulnerabilities` only"),
        ("[[rule]]\nname = \"a\"\nkinds = []", (3, 9), "no kind"),
        ("[[rule]]\nname = \"a\"\nseverity = \"bad\"", (3, 12), "bad"),
        ("[[rule]]\nname = \"a\"\ncvss_at_least = 11.0", (3, 17), "between"),
        ("[[rule]]\nname = \"a\"\npurls = [\"curl\"]", (3, 10), "package URL"),
        ("[[rule]]\nname = \"a\"\nids = [\"x\", \"\"]", (3, 13), "empty"),
        ("[[rule]]\nname = \"a\"\nmax = -1", (3, 7), ""),
        ("[gaps]\nmaximum = 1", (2, 1), "maximum"),
    ] {
        let error = Policy::parse("p.toml", text).unwrap_err();
        let crate::Error::File { line, column, why, .. } = &error else { panic!("{error}") };
        assert_eq!((*line, *column), place, "{text}\n{error}");
        assert!(why.contains(part), "{text}\n{error}");
    }
}

#[test]
fn a_filter_leaves_out_what_was_not_asked_for() {
    let shown = |filter: Filter| {
        let mut report = report(findings());
        filter.apply(&mut report);
        report.findings.len()
    };
    assert_eq!(shown(Filter::default()), 5);
    assert_eq!(shown(Filter { severities: vec![Severity::Low], ..Filter::default() }), 1);
    assert_eq!(shown(Filter { only_fixable: true, ..Filter::default() }), 4);
    assert_eq!(shown(Filter { exclude_base: true, ..Filter::default() }), 4);
}
