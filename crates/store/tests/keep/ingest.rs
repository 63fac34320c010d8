use std::collections::BTreeSet;

use model::{Detail, Package, Severity};
use store::findings::{self, Row};
use store::ingest::{self, Scanned};
use store::settle;

use crate::reports::{
    ALL, Shown, asset, content, databases, decide, keep, number, package, report, rows, sample, secret,
    shown, try_keep, vulnerability,
};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_each_finding_once_and_since_when_it_is_known() {
    for database in &databases().await.all {
        let image = content(database, "a").await;
        let first = sample();
        keep(database, image, &first).await;
        let before = rows(database, image).await;
        let mut expected: Vec<String> = first.findings.iter().map(findings::fingerprint).collect();
        expected.sort();
        let found: Vec<String> = before.iter().map(|row| row.fingerprint.clone()).collect();
        assert_eq!(found, expected, "the rows are the report's findings");
        let bash = before.iter().find(|row| row.rule == "CVE-2").unwrap();
        assert_eq!((bash.package.as_str(), bash.severity, bash.layer), ("bash", 4, Some(1)));
        assert_eq!(bash.aliases, ["GHSA-CVE-2"]);

        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        keep(database, image, &first).await;
        assert_eq!(rows(database, image).await, before, "a second scan that finds the same changes nothing");
        assert_eq!(number(database, "SELECT COUNT(*) FROM package").await, 3);
        assert_eq!(number(database, "SELECT COUNT(*) FROM scan").await, 2);
        assert_eq!(number(database, "SELECT COUNT(*) FROM package_lookup").await, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forgets_what_is_gone_and_leaves_what_was_not_looked_for() {
    for database in &databases().await.all {
        let image = content(database, "a").await;
        keep(database, image, &sample()).await;
        let before = rows(database, image).await;

        // Secrets alone were looked for, and the report has lost its vulnerabilities on the way.
        let mut secrets = sample();
        secrets
            .findings
            .retain(|finding| !matches!(finding.detail, Detail::Vulnerability(_) | Detail::Secret(_)));
        secrets.findings.push(secret("gcp", "root/other", Severity::Low));
        try_keep(database, image, &secrets, &["secrets"]).await.unwrap();
        let after = rows(database, image).await;
        let of = |rows: &[Row], kind: &str| -> Vec<Row> {
            rows.iter().filter(|row| row.kind == kind).cloned().collect()
        };
        assert_eq!(of(&after, "vulnerabilities"), of(&before, "vulnerabilities"));
        assert_eq!(of(&after, "malware"), of(&before, "malware"));
        let rules: Vec<String> = of(&after, "secrets").into_iter().map(|row| row.rule).collect();
        assert_eq!(rules, ["gcp"], "the secret that is gone is gone");

        // A scan without advisories knows nothing of vulnerabilities, so it takes none away.
        let mut without = sample();
        without.database = None;
        without.findings.clear();
        keep(database, image, &without).await;
        assert_eq!(of(&rows(database, image).await, "vulnerabilities"), of(&before, "vulnerabilities"));

        // A package that is no longer found takes its vulnerabilities along, for this image alone.
        let other = content(database, "b").await;
        keep(database, other, &sample()).await;
        let mut less = sample();
        less.packages.retain(|package| package.name != "curl");
        less.findings.retain(|finding| finding.package().is_none_or(|(name, _)| name != "curl"));
        keep(database, image, &less).await;
        assert_eq!(of(&rows(database, image).await, "vulnerabilities").len(), 2);
        assert_eq!(of(&rows(database, other).await, "vulnerabilities").len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_a_report_that_was_overtaken_or_does_not_fit() {
    for database in &databases().await.all {
        let image = content(database, "a").await;
        keep(database, image, &sample()).await;
        let mut transaction = database.begin().await.unwrap();
        let (report, names): (_, store::packages::Names<'_>) = (sample(), &|_, _| BTreeSet::new());
        let scanned = Scanned {
            content: image,
            job: None,
            before: None,
            report: &report,
            checks: ALL,
            key: "k",
            names,
        };
        let refused = ingest::write(&mut transaction, &scanned).await;
        assert!(matches!(refused, Err(store::Error::Overtaken)), "{refused:?}");
        drop(transaction);

        let mut unlisted = sample();
        unlisted.packages.retain(|package| package.name != "curl");
        let refused = try_keep(database, image, &unlisted, ALL).await.unwrap_err().to_string();
        assert!(refused.contains("which it does not list"), "{refused}");
        assert_eq!(number(database, "SELECT COUNT(*) FROM scan").await, 1, "nothing of it was kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_what_no_decision_covers() {
    for database in &databases().await.all {
        let project = store::projects::ensure(database, "one").await.unwrap();
        let image = content(database, "a").await;
        let (first, second) =
            (asset(database, project, "shop", image).await, asset(database, project, "copy", image).await);
        keep(database, image, &sample()).await;
        let expected = Shown {
            status: "scanned".to_owned(),
            risk: Some(5),
            critical: 1,
            high: 2,
            vulnerabilities: 4,
            fixable: 2,
            exploited: 1,
            malware: 1,
            secrets: 1,
            ignored: 0,
            components: 3,
            focus_reasons: r#"["malware","exploited","fixable-critical","secrets"]"#.to_owned(),
        };
        assert_eq!(shown(database, first).await, expected);

        let mut transaction = database.begin().await.unwrap();
        decide(&mut transaction, project, "vulnerabilities", "GHSA-CVE-1", &[first]).await;
        decide(&mut transaction, project, "malware", "miner", &[first]).await;
        settle::assets(&mut transaction, &[image]).await.unwrap();
        transaction.commit().await.unwrap();
        let decided = Shown {
            risk: Some(4),
            critical: 0,
            high: 1,
            vulnerabilities: 2,
            fixable: 1,
            malware: 0,
            ignored: 3,
            focus_reasons: r#"["exploited","secrets"]"#.to_owned(),
            ..expected
        };
        assert_eq!(shown(database, first).await, decided);
        let of_other = shown(database, second).await;
        assert_eq!((of_other.vulnerabilities, of_other.ignored), (4, 0), "a copy was not picked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_overlapping_reports_at_once() {
    for database in &databases().await.all {
        let mut keeping = tokio::task::JoinSet::new();
        for number in 0..8 {
            let database = database.clone();
            keeping.spawn(async move {
                let image = content(&database, &format!("c{number}")).await;
                let mut packages: Vec<Package> =
                    (0..60).map(|name| package(&format!("p{}", (name + number * 5) % 70), "1")).collect();
                if number % 2 == 0 {
                    packages.reverse();
                }
                let found = packages
                    .iter()
                    .map(|package| {
                        vulnerability(&format!("CVE-{}", package.name), Severity::High, package, None)
                    })
                    .collect();
                let report = report(packages, found);
                let mut tries = 0;
                while let Err(error) = try_keep(&database, image, &report, ALL).await {
                    tries += 1;
                    assert!(error.is_conflict() && tries < 10, "{error:?}");
                }
                image
            });
        }
        let images = keeping.join_all().await;
        assert_eq!(number(database, "SELECT COUNT(*) FROM package").await, 70);
        for image in images {
            assert_eq!(rows(database, image).await.len(), 60);
        }
    }
}
