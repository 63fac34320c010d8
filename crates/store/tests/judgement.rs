//! What judging again writes, and what is told of it, on both databases.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use model::{DatabaseSummary, Gap, ImageSummary, Package, PackageType, Report, Stats, Tool};
use store::contents::{self, Content};
use store::events::{self, Filter, News};
use store::ingest::{self, Scanned};
use store::judgement::{self, Found, Judged, Texts};
use store::{Database, Scope, Sql, Wanted, settle};
use testkit::Postgres;

/// A database of each sort that is installed.
struct Databases {
    all: Vec<Database>,
    _directory: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

async fn databases() -> Databases {
    let directory = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", directory.path().join("inventory.db").display());
    let mut all = vec![Database::open(&file).await.unwrap()];
    let postgres = Postgres::start();
    if let Some(postgres) = &postgres {
        all.push(Database::open(&postgres.url()).await.unwrap());
    }
    Databases { all, _directory: directory, _postgres: postgres }
}

fn package(name: &str) -> Package {
    let mut package = Package::new(PackageType::Npm, name, "1.0.0");
    package.purl = format!("pkg:npm/{name}@1.0.0");
    package.paths = vec![format!("app/{name}/package.json")];
    package
}

fn report(packages: &[&str], gaps: Vec<Gap>) -> Report {
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: ImageSummary::default(),
        distribution: None,
        checks: vec!["vulnerabilities".to_owned(), "software".to_owned()],
        database: Some(DatabaseSummary { updated: "2024-01-01T00:00:00Z".to_owned(), advisories: 1 }),
        layers: Vec::new(),
        packages: packages.iter().map(|name| package(name)).collect(),
        findings: Vec::new(),
        baseline: Vec::new(),
        files: None,
        base_image: None,
        gaps,
        stats: Stats::default(),
    }
}

/// Keeps an image with these packages, as an asset of a project; gives its content.
async fn keep(database: &Database, project: i64, image: &str, packages: &[&str], gaps: Vec<Gap>) -> i64 {
    let mut transaction = database.begin().await.unwrap();
    let content = Content { image_id: format!("sha256:{image}"), ..Content::default() };
    let content = contents::note(&mut transaction, &content).await.unwrap();
    let report = report(packages, gaps);
    let names = |_: Option<&_>, facts: &store::packages::Facts| BTreeSet::from([facts.package.name.clone()]);
    let scanned = Scanned {
        content,
        job: None,
        before: None,
        report: &report,
        checks: &["vulnerabilities", "software"],
        key: "key",
        names: &names,
    };
    ingest::write(&mut transaction, &scanned).await.unwrap();
    Sql::write("add an image", "INSERT INTO asset (project_id, kind, repository, tag, reference, name, content_id, size, first_seen, last_seen) VALUES ($1, 'local', $2, 'latest', $2, $2, $3, 1, 1, 1)")
        .bind(project)
        .bind(image)
        .bind(content)
        .run(&mut transaction)
        .await
        .unwrap();
    settle::assets(&mut transaction, &[content]).await.unwrap();
    transaction.commit().await.unwrap();
    content
}

fn found(id: &str, severity: i64) -> Found {
    Found {
        vulnerability: id.to_owned(),
        severity,
        status: "fixed".to_owned(),
        fixed_version: Some("2.0.0".to_owned()),
        risk: 50.0,
        exploited: false,
        epss: Some(0.25),
        suppressed: None,
    }
}

fn texts(id: &str, severity: i64, aliases: &[&str]) -> (String, Texts) {
    let texts = Texts {
        id: id.to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        title: format!("{id} in a package"),
        description: "Long.".to_owned(),
        published: None,
        severity,
        cvss: Some(7.5),
        epss: Some(0.25),
        exploited: false,
        links: vec![],
    };
    (id.to_owned(), texts)
}

async fn package_id(database: &Database, name: &str) -> i64 {
    let found = judgement::named(database, &BTreeSet::from([name.to_owned()])).await.unwrap();
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

/// Writes what came of packages; gives whether something is other than before.
async fn judge(database: &Database, judged: Vec<Judged>, texts: &BTreeMap<String, Texts>) -> bool {
    let difference = judgement::compare(database, judged, texts).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    judgement::write(&mut transaction, &difference, texts.values(), true).await.unwrap();
    transaction.commit().await.unwrap();
    judgement::soften(database, &difference).await.unwrap();
    !difference.is_empty()
}

async fn rows(database: &Database) -> Vec<(String, i64, i64)> {
    let sql = "SELECT vulnerability, severity, first_seen FROM package_vulnerability ORDER BY vulnerability";
    Sql::read("test", sql).all(database).await.unwrap()
}

async fn numbers(database: &Database, sql: &str) -> Vec<i64> {
    let rows: Vec<(i64,)> = Sql::read("test", sql).all(database).await.unwrap();
    rows.into_iter().map(|(number,)| number).collect()
}

async fn marked(database: &Database) -> Vec<i64> {
    numbers(database, "SELECT content_id FROM dirty_content ORDER BY content_id").await
}

#[tokio::test]
async fn only_what_is_other_is_written_and_only_what_counts_is_marked() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "default").await.unwrap();
        let first = keep(database, project, "one", &["a", "b"], vec![]).await;
        let second = keep(database, project, "two", &["a"], vec![]).await;
        Sql::write("test", "DELETE FROM dirty_content").run(database).await.unwrap();
        let (a, b) = (package_id(database, "a").await, package_id(database, "b").await);
        let told: BTreeMap<_, _> =
            [texts("CVE-1", 4, &[]), texts("GHSA-2", 3, &["X-2"]), texts("CVE-9", 2, &[])].into();
        let of_a = || Judged { package: a, found: vec![found("CVE-1", 4), found("GHSA-2", 3)] };
        let of_b = || Judged { package: b, found: vec![found("CVE-9", 2)] };
        assert!(judge(database, vec![of_a(), of_b()], &told).await);
        assert_eq!(marked(database).await, [first, second]);
        let before = rows(database).await;
        assert_eq!(before.len(), 3);
        Sql::write("test", "DELETE FROM dirty_content").run(database).await.unwrap();
        Sql::write("test", "UPDATE package_vulnerability SET first_seen = 7").run(database).await.unwrap();

        // Nothing is other.
        assert!(!judge(database, vec![of_a(), of_b()], &told).await);
        assert!(marked(database).await.is_empty());

        // What does not count is written, and marks nothing.
        let likelier = Found { epss: Some(0.5), risk: 60.0, ..found("CVE-9", 2) };
        assert!(judge(database, vec![Judged { package: b, found: vec![likelier] }], &told).await);
        assert!(marked(database).await.is_empty());

        // One is milder and one was withdrawn, in another package one got a CVE.
        let renamed: BTreeMap<_, _> = [texts("CVE-2", 3, &["GHSA-2"]), texts("CVE-1", 2, &[])].into();
        let of_a = Judged { package: a, found: vec![found("CVE-1", 2), found("CVE-2", 3)] };
        assert!(judge(database, vec![of_a, Judged { package: b, found: vec![] }], &renamed).await);
        let wanted = [("CVE-1".to_owned(), 2, 7), ("CVE-2".to_owned(), 3, 7)];
        assert_eq!(rows(database).await, wanted, "what only got another name is known since when it was");
        assert_eq!(marked(database).await, [first, second]);
        let severities = "SELECT severity FROM vulnerability WHERE id = 'CVE-1'";
        assert_eq!(numbers(database, severities).await, [2], "nobody says any longer that it is worse");
        let news: Vec<(String,)> = Sql::read("test", "SELECT vulnerability FROM news ORDER BY vulnerability")
            .all(database)
            .await
            .unwrap();
        let news: Vec<&str> = news.iter().map(|(id,)| id.as_str()).collect();
        assert_eq!(news, ["CVE-1", "CVE-9", "GHSA-2"]);
        // Those that are looked for by another name are found.
        let by_alias = judgement::having(database, &BTreeSet::from(["X-2".to_owned()])).await.unwrap();
        assert!(by_alias.is_empty(), "GHSA-2 is in no package any longer");
        database.close().await;
    }
}

#[tokio::test]
async fn packages_are_found_by_the_other_names_of_their_vulnerabilities() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "default").await.unwrap();
        let content = keep(database, project, "one", &["a", "b"], vec![]).await;
        let (a, b) = (package_id(database, "a").await, package_id(database, "b").await);
        let told: BTreeMap<_, _> = [texts("MAL-1", 5, &["CVE-1"]), texts("CVE-2", 3, &[])].into();
        let of_a = Judged { package: a, found: vec![found("MAL-1", 5)] };
        judge(database, vec![of_a, Judged { package: b, found: vec![found("CVE-2", 3)] }], &told).await;
        let having = async |id: &str| {
            judgement::having(database, &BTreeSet::from([id.to_owned()]))
                .await
                .unwrap()
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(having("CVE-1").await, [a]);
        assert_eq!(having("CVE-2").await, [b]);
        assert!(having("CVE-3").await.is_empty());
        let all = BTreeSet::from([a, b]);
        assert_eq!(judgement::of_content(database, content).await.unwrap(), all);
        let by_context = judgement::by_context(database, None).await.unwrap();
        assert_eq!(by_context, judgement::by_context(database, Some(&all)).await.unwrap());
        assert_eq!(by_context.values().flatten().count(), 2);
        let subjects = judgement::subjects(database, &[a]).await.unwrap();
        assert_eq!(store::packages::Facts::read(&subjects[0].facts).unwrap().package.name, "a");
        let other = (a, BTreeSet::from(["another".to_owned()]));
        judgement::name(database, &[other]).await.unwrap();
        assert_eq!(package_id(database, "another").await, a);
        let gone = judgement::named(database, &BTreeSet::from(["a".to_owned()])).await.unwrap();
        assert!(gone.is_empty());
        database.close().await;
    }
}

#[tokio::test]
async fn news_are_told_once_to_whom_they_concern() {
    let databases = databases().await;
    for database in &databases.all {
        let shop = store::projects::ensure(database, "shop").await.unwrap();
        let bank = store::projects::ensure(database, "bank").await.unwrap();
        keep(database, shop, "one", &["a"], vec![]).await;
        keep(database, shop, "two", &["a", "b"], vec![]).await;
        keep(database, bank, "three", &["b"], vec![]).await;
        let (a, b) = (package_id(database, "a").await, package_id(database, "b").await);
        let told: BTreeMap<_, _> =
            [texts("CVE-1", 5, &[]), texts("CVE-2", 2, &[]), texts("CVE-3", 2, &[])].into();
        let exploited = Found { exploited: true, ..found("CVE-3", 2) };
        let judged = vec![
            Judged { package: a, found: vec![found("CVE-1", 5), found("CVE-2", 2)] },
            Judged { package: b, found: vec![exploited] },
        ];
        judge(database, judged, &told).await;
        assert!(events::news(database).await.unwrap().is_empty(), "not all was judged yet");
        let mut transaction = database.begin().await.unwrap();
        events::complete(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let news = events::news(database).await.unwrap();
        assert_eq!(news.len(), 3);
        settle::all(database, &AtomicBool::new(false)).await.unwrap();
        store::risks::rebuild(database).await.unwrap();
        let tell = async |news: &[News]| {
            let mut transaction = database.begin().await.unwrap();
            let told = events::tell(&mut transaction, news, 4).await.unwrap();
            transaction.commit().await.unwrap();
            told
        };
        assert_eq!(tell(&news).await, 3);
        assert!(events::news(database).await.unwrap().is_empty());
        let list = async |scope: &Scope, filter: Filter| {
            let page = events::list(database, scope, &filter, &Wanted::default()).await.unwrap();
            let shown = |event: events::Event| (event.subject, event.severity, event.images);
            page.items.into_iter().map(shown).collect::<BTreeSet<_>>()
        };
        let all = list(&Scope::All, Filter::default()).await;
        let row = |id: &str, severity, images| (id.to_owned(), severity, images);
        // The one of low severity that nobody exploits is told to nobody.
        assert_eq!(all, BTreeSet::from([row("CVE-1", 5, 2), row("CVE-3", 2, 1)]));
        let of_bank = list(&Scope::Projects(vec![bank]), Filter::default()).await;
        assert_eq!(of_bank, BTreeSet::from([row("CVE-3", 2, 1)]));
        let bad = Filter { severity: Some(4), ..Filter::default() };
        assert_eq!(list(&Scope::All, bad).await, BTreeSet::from([row("CVE-1", 5, 2)]));
        let later = Filter { since: Some(store::now() + 60_000), ..Filter::default() };
        assert!(list(&Scope::All, later).await.is_empty());
        assert_eq!(events::forget(database, store::now() + 1).await.unwrap(), 3);
        database.close().await;
    }
}

#[tokio::test]
async fn of_very_many_news_the_worst_are_told_one_by_one() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "default").await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        for number in 0..510_i64 {
            Sql::write(
                "test",
                "INSERT INTO risk (source, kind, title_en, title_zh, images, handled, containers, hosts, fixable, \
                 exploited, first_seen, project_id, rule, severity) \
                 VALUES ('', 'vulnerabilities', '', '', 1, 0, 0, 0, TRUE, FALSE, 1, $1, $2, $3)",
            )
            .bind(project)
            .bind(format!("CVE-{number}"))
            .bind(4 + number % 2)
            .run(&mut transaction)
            .await
            .unwrap();
        }
        let news: Vec<News> = (0..510)
            .map(|number| News {
                vulnerability: format!("CVE-{number}"),
                kind: "new-vulnerability".to_owned(),
            })
            .collect();
        assert_eq!(events::tell(&mut transaction, &news, 0).await.unwrap(), 501);
        transaction.commit().await.unwrap();
        let more = Filter { kind: Some("more-vulnerabilities".to_owned()), ..Filter::default() };
        let page = events::list(database, &Scope::All, &more, &Wanted::default()).await.unwrap();
        assert_eq!((page.items[0].severity, page.items[0].detail.contains("10")), (4, true));
        assert_eq!(numbers(database, "SELECT COUNT(*) FROM event WHERE severity = 5").await, [255]);
        database.close().await;
    }
}

#[tokio::test]
async fn gaps_are_told_anew_where_they_are_others() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "default").await.unwrap();
        let old = || {
            vec![Gap::new("version", "a", "it cannot be read"), Gap::new("file", "x", "it cannot be read")]
        };
        let first = keep(database, project, "one", &["a"], old()).await;
        let second = keep(database, project, "two", &["a"], vec![]).await;
        Sql::write("test", "DELETE FROM dirty_content").run(database).await.unwrap();
        let mut gapped = Vec::new();
        judgement::gapped(database, "version", |content, gaps| {
            gapped.push((content, gaps.len()));
            Ok::<(), store::Error>(())
        })
        .await
        .unwrap();
        assert_eq!(gapped, [(first, 2)]);
        let a = package_id(database, "a").await;
        assert_eq!(judgement::holders(database, &[a]).await.unwrap().len(), 2);
        let judged = judgement::judged_contents(database, None).await.unwrap();
        assert_eq!(judged, BTreeSet::from([first, second]));
        let without =
            |_: i64, old: &[Gap]| old.iter().filter(|gap| gap.what != "version").cloned().collect::<Vec<_>>();
        assert_eq!(judgement::rewrite(database, &judged, without).await.unwrap(), 1);
        assert_eq!(marked(database).await, [first]);
        let counts = "SELECT gap_count FROM content ORDER BY id";
        assert_eq!(numbers(database, counts).await, [1, 0]);
        assert_eq!(judgement::rewrite(database, &judged, without).await.unwrap(), 0);
        database.close().await;
    }
}

#[tokio::test]
async fn an_update_that_is_due_is_taken_by_one_server() {
    let databases = databases().await;
    for database in &databases.all {
        let take = async |since: i64, now: i64| {
            let mut transaction = database.begin().await.unwrap();
            let taken = store::updates::take(&mut transaction, since, now).await.unwrap();
            transaction.commit().await.unwrap();
            taken
        };
        assert!(take(0, 1_000).await, "none was ever asked for");
        assert!(!take(500, 1_500).await);
        assert!(take(1_000, 2_000).await);
        assert!(!take(1_000, 2_001).await);
        assert_eq!(store::updates::asked(database).await.unwrap(), Some(2_000));
        database.close().await;
    }
}
