//! From reports to lists, by way of the objects and the job.

use std::time::Duration;

use model::{
    Detail, Files, Finding, FixStatus, Gap, Malware, MalwareClass, Package, PackageType, Report, Secret,
    Severity, Text, Vulnerability,
};
use scan::Check;
use store::{Sql, contents, settle};
use tokio::sync::watch;

use super::KIND;
use crate::work::Crew;
use crate::{App, Key, Settings, ingest};

async fn open(url: String, directory: &std::path::Path) -> App {
    App::open(Settings::new(url, directory, Key::new([7; 32]))).await.unwrap()
}

/// An app on a database of each sort that is installed.
async fn apps(directory: &std::path::Path, postgres: Option<&testkit::Postgres>) -> Vec<App> {
    let mut apps =
        vec![open(format!("sqlite:{}", directory.join("inventory.db").display()), directory).await];
    if let Some(postgres) = postgres {
        apps.push(open(postgres.url(), &directory.join("other")).await);
    }
    apps
}

fn bash() -> Package {
    let mut package = Package::new(PackageType::Deb, "bash", "5.2");
    package.purl = "pkg:deb/debian/bash@5.2".to_owned();
    package
}

fn vulnerability() -> Finding {
    let found = Vulnerability {
        aliases: vec![],
        advisories: vec![],
        title: "A hole".to_owned(),
        description: String::new(),
        severity_source: None,
        ratings: vec![],
        known_exploited: false,
        kev: None,
        epss: None,
        risk: 50.0,
        status: FixStatus::Affected,
        package: "bash".to_owned(),
        package_type: "deb".to_owned(),
        source_package: None,
        installed_version: "5.2".to_owned(),
        fixed_version: None,
        purl: bash().purl,
        paths: vec![],
        advice: Text::default(),
        evidence: String::new(),
        cwes: vec![],
        references: vec![],
        published: None,
    };
    Finding::new("CVE-1", Severity::High, Detail::Vulnerability(Box::new(found)))
}

fn secret(path: &str) -> Finding {
    let secret = Secret {
        title: Text::default(),
        description: Text::default(),
        advice: Text::default(),
        place: "file".to_owned(),
        path: Some(path.to_owned()),
        line: None,
        masked: String::new(),
        fingerprint: path.to_owned(),
        visible: true,
    };
    Finding::new("key", Severity::Medium, Detail::Secret(Box::new(secret)))
}

fn malware() -> Finding {
    let malware = Malware {
        engine: "rules".to_owned(),
        class: MalwareClass::Miner,
        family: String::new(),
        title: Text::default(),
        description: Text::default(),
        advice: Text::default(),
        references: vec![],
        path: "tmp/x".to_owned(),
        size: 1,
        md5: String::new(),
        sha256: String::new(),
        visible: true,
    };
    Finding::new("miner", Severity::Critical, Detail::Malware(Box::new(malware)))
}

fn report(checks: &[Check], findings: Vec<Finding>) -> Report {
    let makes = |check| checks.contains(&check);
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: model::Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: model::ImageSummary::default(),
        distribution: None,
        checks: checks.iter().map(|check| check.word().to_owned()).collect(),
        database: makes(Check::Vulnerabilities)
            .then(|| model::DatabaseSummary { updated: "2026-11-21T00:00:00Z".to_owned(), advisories: 1 }),
        layers: vec![],
        packages: if makes(Check::Software) { vec![bash()] } else { vec![] },
        findings,
        baseline: vec![],
        files: makes(Check::Files).then(|| Files { count: 3, ..Files::default() }),
        base_image: None,
        gaps: vec![],
        stats: model::Stats::default(),
    }
}

async fn image(app: &App) -> i64 {
    let mut transaction = app.database.begin().await.unwrap();
    let content = contents::Content { image_id: "sha256:a".to_owned(), ..Default::default() };
    let image = contents::note(&mut transaction, &content).await.unwrap();
    let project = store::projects::ensure(&mut transaction, "default").await.unwrap();
    Sql::write(
        "add an asset",
        "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, last_seen) \
         VALUES ($1, 'local', 'shop', 'shop', 'shop', $2, 1, 1, 1)",
    )
    .bind(project)
    .bind(image)
    .run(&mut transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    image
}

async fn last(app: &App, image: i64) -> Report {
    let (_, key) = store::ingest::last(&app.database, image).await.unwrap().unwrap();
    ingest::report(app, &key).await.unwrap()
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn carries_over_what_was_not_looked_for() {
    let (directory, postgres) = (tempfile::tempdir().unwrap(), testkit::Postgres::start());
    for app in apps(directory.path(), postgres.as_ref()).await {
        let image = image(&app).await;
        let mut first = report(&Check::ALL, vec![malware(), vulnerability(), secret("a")]);
        first.gaps = vec![Gap::new("version", "bash", "?"), Gap::new("file", "x", "?")];
        ingest::ingest(&app, None, image, first.clone(), &Check::ALL).await.unwrap();
        assert_eq!(last(&app, image).await, first, "a first report is kept as it is");

        let secrets = report(&[Check::Secrets], vec![secret("b"), secret("c")]);
        ingest::ingest(&app, None, image, secrets, &[Check::Secrets]).await.unwrap();
        let whole = last(&app, image).await;
        assert_eq!(rules(&whole), ["miner", "CVE-1", "key", "key"]);
        assert_eq!(
            (&whole.packages, &whole.files, &whole.database),
            (&first.packages, &first.files, &first.database)
        );
        assert_eq!((whole.gaps.len(), whole.checks.len()), (2, 8));

        let judged = [Check::Vulnerabilities, Check::Software];
        ingest::ingest(&app, None, image, report(&judged, vec![]), &judged).await.unwrap();
        let whole = last(&app, image).await;
        assert_eq!(rules(&whole), ["miner", "key", "key"], "a vulnerability that is gone is gone");
        assert_eq!(whole.gaps, [Gap::new("file", "x", "?")], "what was judged again told all of its gaps");

        for _ in 0..12 {
            ingest::ingest(&app, None, image, report(&judged, vec![]), &judged).await.unwrap();
        }
        let kept: Vec<(String,)> =
            Sql::read("list scans", "SELECT report FROM scan").all(&app.database).await.unwrap();
        assert_eq!(kept.len(), 10);
        let place = object_store::path::Path::from("reports");
        let objects: Vec<_> =
            futures::TryStreamExt::try_collect(app.objects.list(Some(&place))).await.unwrap();
        let objects: Vec<object_store::ObjectMeta> = objects;
        assert_eq!(objects.len(), 10, "reports nobody knows any more are deleted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loses_nothing_when_two_scans_of_one_image_end_at_once() {
    let (directory, postgres) = (tempfile::tempdir().unwrap(), testkit::Postgres::start());
    for app in apps(directory.path(), postgres.as_ref()).await {
        let image = image(&app).await;
        let one = |check: Check, finding: Finding| {
            let app = app.clone();
            async move { ingest::ingest(&app, None, image, report(&[check], vec![finding]), &[check]).await }
        };
        for _ in 0..5 {
            let (left, right) =
                tokio::join!(one(Check::Secrets, secret("a")), one(Check::Malware, malware()));
            assert!(left.is_ok() && right.is_ok(), "{left:?} {right:?}");
            assert_eq!(rules(&last(&app, image).await), ["miner", "key"]);
        }
        let counts: (i64, i64) =
            Sql::read("read", "SELECT malware, secrets FROM asset").one(&app.database).await.unwrap();
        assert_eq!(counts, (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_risks_and_the_day_once_a_report_is_in() {
    static KINDS: &[crate::work::Kind] = &[KIND, crate::work::risks::KIND];
    let (directory, postgres) = (tempfile::tempdir().unwrap(), testkit::Postgres::start());
    for app in apps(directory.path(), postgres.as_ref()).await {
        let image = image(&app).await;
        let (end, ending) = watch::channel(false);
        let crew = tokio::spawn(Crew::new(KINDS).run(app.clone(), ending));
        let risks = "SELECT COUNT(*), (SELECT COUNT(*) FROM daily WHERE risky = 1) FROM risk \
             WHERE images = 1 AND project_id > 0 AND source = ''";
        for (checks, findings, expected) in [
            (&Check::ALL[..], vec![malware(), vulnerability()], 2),
            (&[Check::Secrets], vec![secret("a")], 3),
            (&[Check::Malware], vec![], 2),
        ] {
            ingest::ingest(&app, None, image, report(checks, findings), checks).await.unwrap();
            let mut tries = 0;
            loop {
                let told: (i64, i64) = Sql::read("read", risks).one(&app.database).await.unwrap();
                if told == (expected, 1) {
                    break;
                }
                tries += 1;
                assert!(tries < 300, "{told:?} instead of {expected}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        // Whoever asks while it rests gets it later.
        let mut transaction = app.database.begin().await.unwrap();
        settle::rest(&mut transaction, 3_600_000).await.unwrap();
        let id = settle::request_risks(&mut transaction, false).await.unwrap();
        let sql = Sql::read("read", "SELECT run_at FROM job WHERE state = 'waiting' AND id = ").with("", id);
        let put_off: Option<(i64,)> = sql.optional(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(put_off.is_none_or(|(at,)| at > store::now() + 3_000_000), "{put_off:?}");
        end.send(true).unwrap();
        crew.await.unwrap();
    }
}
