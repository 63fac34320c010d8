//! The packages of the fleet: systems and languages, each name in a number of versions.

use model::{Distribution, Package, PackageType, SourcePackage};
use sha2::{Digest, Sha256};
use store::packages::Facts;
use store::{Database, Value, insert};

/// Versions of every package.
pub(crate) const VERSIONS: usize = 12;

/// A sort of packages: where advisories about them are published, and how many names it has.
pub(crate) struct Sort {
    /// As OSV names it.
    pub(crate) ecosystem: &'static str,
    /// The kind of its packages.
    pub(crate) kind: PackageType,
    /// The distribution and its release; none for languages.
    pub(crate) distribution: Option<(&'static str, &'static str)>,
    /// How its names begin: those that begin alike are the same software.
    pub(crate) stem: &'static str,
    /// How many names.
    pub(crate) names: usize,
}

/// All sorts; the systems first.
pub(crate) const SORTS: [Sort; 8] = [
    Sort {
        ecosystem: "Debian:11",
        kind: PackageType::Deb,
        distribution: Some(("debian", "11")),
        stem: "lib",
        names: 500,
    },
    Sort {
        ecosystem: "Debian:12",
        kind: PackageType::Deb,
        distribution: Some(("debian", "12")),
        stem: "lib",
        names: 500,
    },
    Sort {
        ecosystem: "Alpine:v3.20",
        kind: PackageType::Apk,
        distribution: Some(("alpine", "3.20.3")),
        stem: "apk",
        names: 500,
    },
    Sort {
        ecosystem: "Alpine:v3.21",
        kind: PackageType::Apk,
        distribution: Some(("alpine", "3.21.0")),
        stem: "apk",
        names: 500,
    },
    Sort { ecosystem: "npm", kind: PackageType::Npm, distribution: None, stem: "node", names: 6000 },
    Sort { ecosystem: "PyPI", kind: PackageType::Pypi, distribution: None, stem: "python", names: 3000 },
    Sort {
        ecosystem: "Maven",
        kind: PackageType::Maven,
        distribution: None,
        stem: "org.example:java",
        names: 3000,
    },
    Sort {
        ecosystem: "Go",
        kind: PackageType::Golang,
        distribution: None,
        stem: "example.org/go",
        names: 2000,
    },
];
/// How many of the sorts are systems.
pub(crate) const SYSTEMS: usize = 4;

/// The ids of all packages, by sort and name; versions follow one another.
pub(crate) struct Pool(Vec<i64>);

impl Pool {
    /// The id of a package.
    pub(crate) fn id(&self, sort: usize, name: usize, version: usize) -> i64 {
        self.0[sort] + (name * VERSIONS + version) as i64
    }
}

/// The name of a package.
pub(crate) fn name(sort: &Sort, name: usize) -> String {
    format!("{}-{name}", sort.stem)
}

/// The version of a package: the later, the greater.
pub(crate) fn version(sort: &Sort, version: usize) -> String {
    match sort.kind {
        PackageType::Deb => format!("2.{version}-1"),
        PackageType::Apk => format!("2.{version}.0-r0"),
        PackageType::Golang => format!("v2.{version}.0"),
        _ => format!("2.{version}.0"),
    }
}

pub(crate) async fn write(database: &Database) -> Pool {
    let mut firsts = Vec::new();
    let mut next = 1_i64;
    for (at, sort) in SORTS.iter().enumerate() {
        let distribution = sort.distribution.map(|(id, version)| Distribution {
            id: id.to_owned(),
            version: Some(version.to_owned()),
            name: Some(format!("{id} {version}")),
            ..Distribution::default()
        });
        let context = context(database, distribution.as_ref()).await;
        firsts.push(next);
        let mut rows = Vec::new();
        for number in 0..sort.names {
            for release in 0..VERSIONS {
                rows.push(row(at, sort, number, release, next, context));
                next += 1;
            }
        }
        let lookups = rows.iter().map(|row| vec![row[3].clone(), row[0].clone()]).collect();
        let mut transaction = database.begin().await.unwrap();
        let columns = "INSERT INTO package (id, fingerprint, context_id, name, short_name, version, kind, source, \
             purl, facts) VALUES ";
        insert("write packages", &mut transaction, columns, rows, "").await.unwrap();
        let columns = "INSERT INTO package_lookup (name, package_id) VALUES ";
        insert("write names", &mut transaction, columns, lookups, "").await.unwrap();
        transaction.commit().await.unwrap();
    }
    Pool(firsts)
}

async fn context(database: &Database, distribution: Option<&Distribution>) -> i64 {
    let text = serde_json::to_string(&distribution).unwrap();
    let (id,): (i64,) = store::Sql::write(
        "write a context",
        "INSERT INTO context (fingerprint, distribution) VALUES ($1, $2) \
         ON CONFLICT (fingerprint) DO UPDATE SET distribution = excluded.distribution RETURNING id",
    )
    .bind(digest(&text))
    .bind(text)
    .one(database)
    .await
    .unwrap();
    id
}

fn row(at: usize, sort: &Sort, number: usize, release: usize, id: i64, context: i64) -> Vec<Value> {
    let (name, version) = (name(sort, number), version(sort, release));
    let mut package = Package::new(sort.kind, &name, &version);
    package.purl = format!("pkg:{}/{}@{version}", sort.kind.word(), name.replace(':', "/"));
    if sort.kind == PackageType::Deb {
        package.source = Some(SourcePackage { name: name.clone(), version: version.clone() });
    }
    let purl = package.purl.clone();
    let facts = serde_json::to_string(&Facts { package, owner: None }).unwrap();
    vec![
        id.into(),
        digest(&format!("{at} {facts}")).into(),
        context.into(),
        name.clone().into(),
        store::packages::short_name(&name).into(),
        version.into(),
        sort.kind.word().into(),
        name.into(),
        purl.into(),
        facts.into(),
    ]
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
