//! Decisions: what they cover, on both databases.
#![expect(clippy::unwrap_used, reason = "what a test cannot do fails it")]

use store::decisions::{self, Action, Change, Decisions, Extent, Filter, Finding, Image, New, State};
use store::{Database, Scope, Wanted, now};
use testkit::Postgres;

/// Both databases, empty.
struct Databases {
    all: Vec<Database>,
    _scratch: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

async fn databases() -> Databases {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("lazaret.db");
    let mut all = vec![Database::open(&format!("sqlite:{}", path.display())).await.unwrap()];
    let postgres = Postgres::start();
    if let Some(postgres) = &postgres {
        all.push(Database::open(&postgres.url()).await.unwrap());
    }
    Databases { all, _scratch: scratch, _postgres: postgres }
}

/// A decision about `CVE-1` everywhere.
fn new(project: i64) -> New<'static> {
    New {
        project,
        action: Action::Ignore,
        kind: "vulnerabilities",
        rule: "CVE-1",
        package: "",
        path: "",
        fingerprint: "",
        extent: &Extent::All,
        images: &[],
        until: None,
        until_fix: false,
        remark: "because",
    }
}

async fn make(database: &Database, new: &New<'_>) -> i64 {
    let mut transaction = database.begin().await.unwrap();
    let id = decisions::create(&mut transaction, new, "somebody").await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// An image of a project, and its row.
async fn asset(database: &Database, project: i64, name: &str, tag: &str) -> i64 {
    let sql = store::Sql::write(
        "add an image",
        "INSERT INTO asset (project_id, kind, repository, tag, reference, name, size, first_seen, last_seen) \
         VALUES ($1, 'local', $2, $3, 'sha256:aa', $2, 1, 1, 1) RETURNING id",
    );
    let (id,): (i64,) = sql.bind(project).bind(name).bind(tag).one(database).await.unwrap();
    id
}

const IMAGE: Image<'_> = Image {
    asset_id: 0,
    project_id: 0,
    kind: "local",
    repository: "registry.example/team/shop",
    tag: Some("1.0"),
    reference: "sha256:aa",
};

fn finding(aliases: &[String]) -> Finding<'_> {
    Finding {
        kind: "vulnerabilities",
        rule: "CVE-1",
        aliases,
        package: "libSSL3",
        path: "usr/lib/a/b.so",
        fingerprint: "ff",
        fixable: false,
    }
}

#[tokio::test]
async fn a_decision_covers_what_all_its_fields_say() {
    let names = |repositories: &[&str], tags: &[&str]| Extent::Names {
        repositories: repositories.iter().map(|&text| text.to_owned()).collect(),
        tags: tags.iter().map(|&text| text.to_owned()).collect(),
    };
    let kinds = |kind: &str| Extent::Kinds { kinds: vec![kind.to_owned()] };
    let registries = |host: &str| Extent::Registries { registries: vec![host.to_owned()] };
    let extents = [
        (Extent::All, true),
        (kinds("local"), true),
        (kinds("registry"), false),
        (registries("registry.example"), true),
        (registries("docker.io"), false),
        (names(&["registry.example/team/*"], &[]), true),
        (names(&["registry.example/*"], &[]), false),
        (names(&["registry.example/**"], &["1.*"]), true),
        (names(&[], &["2.*"]), false),
        (Extent::Images, true),
    ];
    let subjects: [(&str, &str, &str, &str, &str, bool); 14] = [
        ("vulnerabilities", "CVE-1", "", "", "", true),
        ("vulnerabilities", "GHSA-1", "", "", "", true),
        ("vulnerabilities", "cve-1", "", "", "", false),
        ("vulnerabilities", "CVE-2", "", "", "", false),
        ("secrets", "CVE-1", "", "", "", false),
        ("vulnerabilities", "CVE-1", "libssl3", "", "", true),
        ("vulnerabilities", "CVE-1", "libssl", "", "", false),
        ("vulnerabilities", "", "libssl*", "", "", true),
        ("vulnerabilities", "CVE-2", "libssl*", "", "", false),
        ("vulnerabilities", "", "", "usr/lib/**", "", true),
        ("vulnerabilities", "", "", "/usr/lib/*", "", false),
        ("vulnerabilities", "CVE-1", "", "", "ff", true),
        ("vulnerabilities", "CVE-1", "", "", "00", false),
        ("vulnerabilities", "CVE-2", "", "", "ff", false),
    ];
    let aliases = ["GHSA-1".to_owned()];
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "here").await.unwrap();
        let other = store::projects::ensure(database, "there").await.unwrap();
        let picked = asset(database, project, "registry.example/team/shop", "1.0").await;
        let unpicked = asset(database, project, "registry.example/team/shop", "latest").await;
        let image = Image { asset_id: picked, project_id: project, ..IMAGE };
        for (extent, in_extent) in &extents {
            for (kind, rule, package, path, fingerprint, fits) in subjects {
                let made = New {
                    kind,
                    rule,
                    package,
                    path,
                    fingerprint,
                    extent,
                    images: if *extent == Extent::Images { &[picked] } else { &[] },
                    ..new(project)
                };
                let id = make(database, &made).await;
                let decisions = Decisions::load(database).await.unwrap();
                let covers = |image: &Image<'_>| decisions.covering(image, &finding(&aliases)).is_some();
                let told = format!("{extent:?} {kind} {rule} {package} {path} {fingerprint}");
                assert_eq!(covers(&image), *in_extent && fits, "{told}");
                assert!(!covers(&Image { project_id: other, ..image }), "another project: {told}");
                if *extent == Extent::Images {
                    // The same digest by another name is another image.
                    assert!(!covers(&Image { asset_id: unpicked, tag: Some("latest"), ..image }), "{told}");
                }
                let mut transaction = database.begin().await.unwrap();
                assert!(decisions::revoke(&mut transaction, id, "somebody", "").await.unwrap());
                transaction.commit().await.unwrap();
            }
        }
        assert!(Decisions::load(database).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_deferral_ends_by_its_time_and_by_a_fix() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "here").await.unwrap();
        let image = Image { project_id: project, ..IMAGE };
        let until_fix =
            make(database, &New { action: Action::Deferral, until_fix: true, ..new(project) }).await;
        let decisions = Decisions::load(database).await.unwrap();
        assert_eq!(decisions.covering(&image, &finding(&[])).unwrap().id, until_fix);
        assert!(decisions.covering(&image, &Finding { fixable: true, ..finding(&[]) }).is_none());

        let mut transaction = database.begin().await.unwrap();
        let past = Change { until: Some(Some(now() - 1)), ..Change::default() };
        decisions::change(&mut transaction, until_fix, &past, "somebody", "shorter").await.unwrap();
        transaction.commit().await.unwrap();
        // It does not hold from the very moment, whether or not somebody noticed.
        assert!(Decisions::load(database).await.unwrap().is_empty());
        let state = |state| Filter { state: Some(state), ..Filter::default() };
        let list = async |filter: Filter| {
            let page = decisions::list(database, &Scope::All, &filter, &Wanted::default()).await.unwrap();
            page.items.into_iter().map(|decision| decision.id).collect::<Vec<_>>()
        };
        assert_eq!(list(state(State::Expired)).await, [until_fix]);
        assert!(list(state(State::Active)).await.is_empty());

        let mut transaction = database.begin().await.unwrap();
        let over = decisions::expire(&mut transaction, 10).await.unwrap();
        assert_eq!(over.iter().map(|decision| decision.id).collect::<Vec<_>>(), [until_fix]);
        assert!(decisions::expire(&mut transaction, 10).await.unwrap().is_empty());
        let longer = Change { until: Some(None), ..Change::default() };
        decisions::change(&mut transaction, until_fix, &longer, "somebody", "longer").await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(list(state(State::Active)).await, [until_fix]);
        let history = decisions::history(database, until_fix).await.unwrap();
        let told: Vec<&str> = history.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(told, ["created", "changed", "expired", "changed"]);
    }
}

#[tokio::test]
async fn of_several_decisions_the_most_definite_counts() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "here").await.unwrap();
        let image = Image { project_id: project, ..IMAGE };
        for action in [Action::Deferral, Action::Ignore, Action::Whitelist, Action::FalsePositive] {
            let first = make(database, &New { action, ..new(project) }).await;
            make(database, &New { action, package: "libssl3", rule: "", ..new(project) }).await;
            let decisions = Decisions::load(database).await.unwrap();
            let covering = decisions.covering(&image, &finding(&[])).unwrap();
            assert_eq!((covering.action, covering.id), (action, first));
        }
    }
}

#[tokio::test]
async fn lists_hold_to_their_filters_and_scopes() {
    let databases = databases().await;
    for database in &databases.all {
        let project = store::projects::ensure(database, "here").await.unwrap();
        let other = store::projects::ensure(database, "there").await.unwrap();
        let first = make(database, &new(project)).await;
        let secret =
            New { kind: "secrets", rule: "aws-key", path: "app/**", remark: "Test 密钥", ..new(project) };
        let second = make(database, &secret).await;
        let foreign = make(database, &new(other)).await;
        let list = async |scope: Scope, filter: Filter| {
            let page = decisions::list(database, &scope, &filter, &Wanted::default()).await.unwrap();
            page.items.into_iter().map(|decision| decision.id).collect::<Vec<_>>()
        };
        let here = || Scope::Projects(vec![project]);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(list(Scope::All, Filter::default()).await, [foreign, second, first]);
        assert_eq!(list(here(), Filter::default()).await, [second, first]);
        assert_eq!(list(here(), Filter { kind: text("secrets"), ..Filter::default() }).await, [second]);
        assert_eq!(list(here(), Filter { rule: text("CVE-1"), ..Filter::default() }).await, [first]);
        assert_eq!(list(here(), Filter { search: text("密钥"), ..Filter::default() }).await, [second]);
        assert_eq!(list(here(), Filter { search: text("APP/"), ..Filter::default() }).await, [second]);
        assert!(list(here(), Filter { creator: text("nobody"), ..Filter::default() }).await.is_empty());
        assert!(decisions::find(database, &here(), foreign).await.unwrap().is_none());
        assert_eq!(decisions::find(database, &here(), second).await.unwrap().unwrap().kind, "secrets");
    }
}
