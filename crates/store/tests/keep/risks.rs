use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use model::{Report, Severity};
use store::decisions::{self, Decisions};
use store::{Database, Scope, Sql, daily, risks, settle, summary};

use crate::reports::{
    asset, content, databases, decide, keep, malware, number, package, report, rows, secret, vulnerability,
};

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn is(&mut self, in_hundred: u64) -> bool {
        self.below(100) < in_hundred
    }
}

/// A row of the risk view.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
struct Risk {
    project_id: i64,
    source: String,
    kind: String,
    rule: String,
    severity: i64,
    images: i64,
    handled: i64,
    containers: i64,
    hosts: i64,
    fixable: bool,
}

/// Four machines with two engines each, and the ids of these.
async fn machines(database: &Database, project: i64) -> Vec<i64> {
    let mut engines = Vec::new();
    for host in 0..4 {
        let (id,): (i64,) = Sql::write(
            "add a host",
            "INSERT INTO host (machine, name, os, kernel, architecture, processors, memory, addresses, project_id, \
             first_seen, last_seen) VALUES ($1, $1, '', '', '', 1, 1, '[]', $2, 1, 1) RETURNING id",
        )
        .bind(format!("m{host}"))
        .bind(project)
        .one(database)
        .await
        .unwrap();
        for kind in ["docker", "containerd"] {
            let sql = "INSERT INTO engine (host_id, kind, address) VALUES ($1, $2, $2) RETURNING id";
            let (engine,): (i64,) = Sql::write("add", sql).bind(id).bind(kind).one(database).await.unwrap();
            engines.push(engine);
        }
    }
    engines
}

/// What a scan finds; what advisories say of a package does not depend on the image.
fn any_report(random: &mut Random) -> Report {
    let mut packages = Vec::new();
    let mut found = Vec::new();
    for name in 0..8_u64 {
        if !random.is(60) {
            continue;
        }
        let one = package(&format!("p{name}"), "1");
        for id in (0..6).filter(|id| (name * 7 + id * 3).is_multiple_of(4)) {
            let severity = Severity::WORST_FIRST.into_iter().cycle().nth(usize::try_from(name + id).unwrap());
            let fixed = name.is_multiple_of(2).then_some("2");
            found.push(vulnerability(&format!("CVE-{id}"), severity.unwrap(), &one, fixed));
        }
        packages.push(one);
    }
    if random.is(50) {
        found.push(secret("aws", "root/key", Severity::High));
        found.push(secret("aws", "home/key", Severity::High));
    }
    if random.is(30) {
        found.push(malware("tmp/x"));
    }
    report(packages, found)
}

/// Puts an asset on machines and below containers, and takes some away again.
async fn place(database: &Database, random: &mut Random, asset: i64, engines: &[i64]) {
    for engine in engines.iter().filter(|_| random.is(30)) {
        let sql = "INSERT INTO asset_engine (asset_id, engine_id, seen) VALUES ($1, $2, 1)";
        Sql::write("add", sql).bind(asset).bind(*engine).run(database).await.unwrap();
    }
    for name in 0..random.below(3) {
        let state = if random.is(50) { "running" } else { "exited" };
        let sql = "INSERT INTO container (engine_id, reference, name, image, asset_id, state, command, addresses, \
             updated) VALUES ((SELECT MIN(id) FROM engine), $1, '', '', $2, $3, '[]', '[]', 1)";
        let reference = format!("{asset}-{name}");
        Sql::write("add", sql).bind(reference).bind(asset).bind(state).run(database).await.unwrap();
    }
    if random.is(15) {
        let sql = "UPDATE asset SET gone = 1 WHERE id = ";
        Sql::write("lose", sql).with("", asset).run(database).await.unwrap();
    }
}

/// Images, machines and containers at random, with decisions.
async fn fill(database: &Database, random: &mut Random) {
    let one = store::projects::ensure(database, "one").await.unwrap();
    let two = store::projects::ensure(database, "two").await.unwrap();
    let engines = machines(database, one).await;
    let mut assets = Vec::new();
    for number in 0..12 {
        let image = content(database, &format!("c{number}")).await;
        keep(database, image, &any_report(random)).await;
        for copy in 0..random.below(4) {
            let project = if random.is(50) { one } else { two };
            let id = asset(database, project, &format!("image{number}-{copy}"), image).await;
            place(database, random, id, &engines).await;
            assets.push((id, project));
        }
    }
    let mut transaction = database.begin().await.unwrap();
    decide(&mut transaction, one, "vulnerabilities", "CVE-1", &[]).await;
    for (asset, project) in assets.iter().filter(|_| random.is(50)) {
        decide(&mut transaction, *project, "vulnerabilities", "CVE-2", &[*asset]).await;
        decide(&mut transaction, *project, "secrets", "aws", &[*asset]).await;
    }
    transaction.commit().await.unwrap();
}

/// Project, source, kind, rule.
type Key = (i64, String, String, String);

/// The risk view, computed image by image from the rows that details show.
async fn naive(database: &Database) -> BTreeSet<Risk> {
    #[derive(sqlx::FromRow)]
    struct Asset {
        id: i64,
        project_id: i64,
        content_id: i64,
        repository: String,
        containers: i64,
    }
    let decisions = Decisions::load(database).await.unwrap();
    let assets: Vec<Asset> = Sql::read(
        "list",
        "SELECT id, project_id, content_id, repository, (SELECT COUNT(*) FROM container \
         WHERE container.asset_id = asset.id) AS containers FROM asset WHERE gone IS NULL",
    )
    .all(database)
    .await
    .unwrap();
    let mut risks: BTreeMap<Key, (Risk, BTreeSet<i64>)> = BTreeMap::new();
    for asset in assets {
        let hosts: Vec<(i64,)> = Sql::read(
            "list",
            "SELECT host_id FROM engine JOIN asset_engine ON engine_id = engine.id WHERE asset_id = ",
        )
        .with("", asset.id)
        .all(database)
        .await
        .unwrap();
        let image = decisions::Image {
            asset_id: asset.id,
            project_id: asset.project_id,
            kind: "local",
            repository: &asset.repository,
            tag: Some("1"),
            reference: &asset.repository,
        };
        let mut of_rule: BTreeMap<(String, String), (i64, bool, bool)> = BTreeMap::new();
        for row in rows(database, asset.content_id).await {
            let finding = decisions::Finding {
                kind: &row.kind,
                rule: &row.rule,
                aliases: &row.aliases,
                package: &row.package,
                path: &row.path,
                fingerprint: &row.fingerprint,
                fixable: row.fixable(),
            };
            let counts = decisions.covering(&image, &finding).is_none();
            let known = of_rule.entry((row.kind.clone(), row.rule.clone())).or_default();
            *known = (known.0.max(row.severity), known.1 | row.fixable(), known.2 | counts);
        }
        for ((kind, rule), (severity, fixable, counts)) in of_rule {
            // Everything is counted for its project and for all, for its source and for all.
            for (project_id, source) in
                [(asset.project_id, "local"), (asset.project_id, ""), (0, "local"), (0, "")]
            {
                let source = source.to_owned();
                let key = (project_id, source.clone(), kind.clone(), rule.clone());
                let (kind, rule) = (kind.clone(), rule.clone());
                let (risk, on) = risks.entry(key).or_insert_with(|| {
                    (Risk { project_id, source, kind, rule, ..Risk::default() }, BTreeSet::new())
                });
                risk.severity = risk.severity.max(severity);
                risk.fixable |= fixable;
                if counts {
                    risk.images += 1;
                    risk.containers += asset.containers;
                    on.extend(hosts.iter().map(|(host,)| *host));
                    risk.hosts = i64::try_from(on.len()).unwrap();
                } else {
                    risk.handled += 1;
                }
            }
        }
    }
    risks.into_values().map(|(risk, _)| risk).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_risks_as_counting_image_by_image_does() {
    for (seed, database) in (1..).zip(&databases().await.all) {
        let mut random = Random(seed);
        fill(database, &mut random).await;
        let changed = risks::rebuild(database).await.unwrap();
        let told: Vec<Risk> = Sql::read("list", "SELECT * FROM risk").all(database).await.unwrap();
        let expected = naive(database).await;
        assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), expected);
        assert_eq!(u64::try_from(told.len()).unwrap(), changed);
        assert!(
            expected.iter().any(|risk| risk.handled > 0 && risk.images > 0 && risk.hosts > 1),
            "{expected:?}"
        );
        assert_eq!(risks::rebuild(database).await.unwrap(), 0, "what is the same is not written");

        let sql = "UPDATE asset SET gone = 1 WHERE project_id = (SELECT MAX(id) FROM project)";
        Sql::write("lose", sql).run(database).await.unwrap();
        risks::rebuild(database).await.unwrap();
        let told: Vec<Risk> = Sql::read("list", "SELECT * FROM risk").all(database).await.unwrap();
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), naive(database).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settles_what_is_marked_and_adds_it_up() {
    for database in &databases().await.all {
        let mut random = Random(7);
        fill(database, &mut random).await;
        let contents: Vec<(i64,)> = Sql::read("list", "SELECT id FROM content").all(database).await.unwrap();
        let contents: Vec<i64> = contents.into_iter().map(|(id,)| id).collect();
        let mut transaction = database.begin().await.unwrap();
        settle::mark(&mut transaction, &contents).await.unwrap();
        settle::mark(&mut transaction, &contents).await.unwrap();
        let asked = settle::asked(&mut transaction, settle::Job::Counts).await.unwrap();
        settle::request(&mut transaction).await.unwrap();
        settle::request(&mut transaction).await.unwrap();
        assert_eq!(settle::asked(&mut transaction, settle::Job::Counts).await.unwrap(), asked + 2);
        transaction.commit().await.unwrap();
        assert_eq!(number(database, "SELECT COUNT(*) FROM job").await, 1, "one job for all who ask");
        let stop = AtomicBool::new(false);
        assert_eq!(settle::all(database, &stop).await.unwrap(), contents.len());
        assert_eq!(settle::all(database, &stop).await.unwrap(), 0);

        let all = summary::of(database, &Scope::All, Some("local")).await.unwrap();
        assert_eq!(all.images, number(database, "SELECT COUNT(*) FROM asset WHERE gone IS NULL").await);
        assert_eq!(all.images, all.scanned);
        assert_eq!(all.images, all.risky + all.clean);
        assert!(all.ignored > 0 && all.vulnerabilities > 0 && all.running > 0, "{all:?}");
        let (project,): (i64,) =
            Sql::read("find", "SELECT MIN(id) FROM project").one(database).await.unwrap();
        let one = summary::of(database, &Scope::Projects(vec![project]), None).await.unwrap();
        assert!(one.images > 0 && one.images < all.images);
        let none = summary::of(database, &Scope::Projects(vec![]), None).await.unwrap();
        assert_eq!(none, summary::Summary::default());

        daily::note(database).await.unwrap();
        daily::note(database).await.unwrap();
        let days = daily::list(database, &Scope::All, None, 30).await.unwrap();
        assert_eq!(days.len(), 1);
        assert_eq!((days[0].images, days[0].secrets), (all.images, all.secrets));
        let old = "INSERT INTO daily SELECT project_id, source, '2020-01-01', images, scanned, risky, critical, high, \
            medium, low, malware, secrets, baseline, compliance FROM daily";
        Sql::write("add", old).run(database).await.unwrap();
        daily::note(database).await.unwrap();
        assert_eq!(number(database, "SELECT COUNT(*) FROM daily WHERE day < '2021'").await, 0);
    }
}
