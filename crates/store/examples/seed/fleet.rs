//! The images, hosts and containers of the fleet.

use model::{Detail, Finding, Secret, Severity, Text};
use serde_json::json;
use store::{Database, Sql, Transaction, Value, insert, now};

use crate::Dice;
use crate::packages::{Pool, SORTS, SYSTEMS, VERSIONS, digest};

/// Packages of an image: of the system, which images of one base share, and of languages.
const SYSTEM_PACKAGES: usize = 160;
const LANGUAGE_PACKAGES: usize = 120;
/// Bases that images are built from.
const BASES: usize = 60;
/// What was looked for, as a scan notes it.
const CHECKS: &str = r#"{"secrets":{"at":1,"tool":"seed"},"software":{"at":1,"tool":"seed"},"vulnerabilities":{"at":1,"tool":"seed"}}"#;
/// Contents in one transaction.
const BATCH: usize = 1000;

pub(crate) async fn write(database: &Database, pool: &Pool, images: usize) {
    let contents = (images * 2).div_ceil(5);
    let mut dice = Dice(0xf1ee7);
    for first in (0..contents).step_by(BATCH) {
        let mut transaction = database.begin().await.unwrap();
        let numbers = first..(first + BATCH).min(contents);
        write_contents(&mut transaction, &mut dice, pool, numbers).await;
        transaction.commit().await.unwrap();
    }
    let hosts = images.div_ceil(250);
    let mut transaction = database.begin().await.unwrap();
    let project = store::projects::ensure(&mut transaction, store::projects::DEFAULT).await.unwrap();
    write_hosts(&mut transaction, project, hosts).await;
    write_assets(&mut transaction, &mut dice, project, images, contents, hosts).await;
    // What was written with ids of its own is not counted by PostgreSQL.
    if database.is_postgres() {
        for table in ["context", "package", "content", "layer", "host", "engine", "asset"] {
            let text = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
            );
            Sql::write("count on", text).run(&mut transaction).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

async fn write_contents(
    transaction: &mut Transaction,
    dice: &mut Dice,
    pool: &Pool,
    numbers: std::ops::Range<usize>,
) {
    let at = now();
    let (mut contents, mut layers, mut content_layers, mut packages, mut findings) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in numbers {
        let id = number as i64 + 1;
        let base = dice.favoured(BASES);
        let system = base % SYSTEMS;
        let (distribution, version) = SORTS[system].distribution.unwrap();
        contents.push(vec![
            id.into(),
            Value::from(format!("sha256:{}", digest(&format!("content {number}")))),
            "linux/amd64".into(),
            format!("{distribution} {version}").into(),
            distribution.into(),
            version.into(),
            (50_000_000 + dice.below(900_000_000) as i64).into(),
            (at - dice.below(400) as i64 * 86_400_000).into(),
            6_i64.into(),
            at.into(),
            (at - dice.below(30) as i64 * 86_400_000).into(),
            CHECKS.into(),
        ]);
        for position in 0..6_i64 {
            // The lowest layer is the base's.
            let layer = if position == 0 { base as i64 + 1 } else { 1000 + id * 6 + position };
            if position > 0 || number < BASES {
                let layer = if position == 0 { number as i64 + 1 } else { layer };
                let diff_id = format!("sha256:{}", digest(&format!("layer {layer}")));
                layers.push(vec![layer.into(), diff_id.into(), 30_000_000_i64.into()]);
            }
            content_layers.push(vec![id.into(), position.into(), layer.into(), "RUN make install".into()]);
        }
        write_packages(&mut packages, dice, pool, id, base);
        write_findings(&mut findings, dice, id, at);
    }
    let columns = "INSERT INTO content (id, image_id, platform, os_name, distribution, distribution_version, size, built, \
        layers, first_seen, scanned, checks) VALUES ";
    insert("write contents", transaction, columns, contents, "").await.unwrap();
    let columns = "INSERT INTO layer (id, diff_id, size) VALUES ";
    insert("write layers", transaction, columns, layers, "").await.unwrap();
    let columns = "INSERT INTO content_layer (content_id, position, layer_id, created_by) VALUES ";
    insert("write layers of contents", transaction, columns, content_layers, "").await.unwrap();
    let columns = "INSERT INTO content_package (content_id, package_id, path, layer, from_base) VALUES ";
    insert("write packages of contents", transaction, columns, packages, " ON CONFLICT DO NOTHING")
        .await
        .unwrap();
    let columns = "INSERT INTO finding (content_id, kind, fingerprint, rule, severity, title_en, title_zh, path, detail, \
        first_seen) VALUES ";
    insert("write findings", transaction, columns, findings, "").await.unwrap();
}

/// Those of the base, the same for all its images, and those of the image's own.
///
/// A fifth of the bases, and three images in ten, are well kept: they have the newest version of all, or nearly so.
fn write_packages(rows: &mut Vec<Vec<Value>>, dice: &mut Dice, pool: &Pool, content: i64, base: usize) {
    let version = |dice: &mut Dice, is_kept: bool| match (is_kept, dice.below(VERSIONS)) {
        (true, chance) => VERSIONS - 1 - usize::from(chance == 0),
        (false, chance) => chance,
    };
    let mut of_base = Dice(0xba5e + base as u64 * 7919);
    for _ in 0..SYSTEM_PACKAGES {
        let name = of_base.below(SORTS[0].names);
        let package = pool.id(base % SYSTEMS, name, version(&mut of_base, base % 5 == 4));
        rows.push(vec![
            content.into(),
            package.into(),
            "var/lib/dpkg/status".into(),
            0_i64.into(),
            true.into(),
        ]);
    }
    let sort = SYSTEMS + dice.below(SORTS.len() - SYSTEMS);
    let is_kept = dice.below(10) < 3;
    for _ in 0..LANGUAGE_PACKAGES {
        let name = dice.favoured(SORTS[sort].names);
        let package = pool.id(sort, name, version(dice, is_kept));
        let path = format!("app/modules/{name}");
        let layer = 1 + dice.below(5) as i64;
        rows.push(vec![content.into(), package.into(), path.into(), layer.into(), false.into()]);
    }
}

fn write_findings(rows: &mut Vec<Vec<Value>>, dice: &mut Dice, content: i64, at: i64) {
    for number in 0..dice.below(8) {
        let rule = format!("made-up-key-{}", dice.below(40));
        let title = Text::new(format!("A key of service {number}"), format!("服务 {number} 的密钥"));
        let path = format!("srv/config/{number}.env");
        let found = Finding::new(
            &rule,
            [Severity::Low, Severity::Medium, Severity::High][dice.below(3)],
            Detail::Secret(Box::new(Secret {
                title: title.clone(),
                description: Text::default(),
                advice: Text::default(),
                place: "file".to_owned(),
                path: Some(path.clone()),
                line: Some(1),
                masked: "KEY=ab…yz".to_owned(),
                fingerprint: format!("{number:016x}"),
                visible: true,
            })),
        );
        rows.push(vec![
            content.into(),
            "secrets".into(),
            digest(&found.key()).into(),
            rule.into(),
            (2 + (number % 3) as i64).into(),
            title.en.clone().into(),
            title.zh.clone().into(),
            path.into(),
            json!(found).to_string().into(),
            at.into(),
        ]);
    }
}

async fn write_hosts(transaction: &mut Transaction, project: i64, hosts: usize) {
    let at = now();
    let (mut rows, mut engines) = (Vec::new(), Vec::new());
    for number in 0..hosts {
        let id = number as i64 + 1;
        rows.push(vec![
            id.into(),
            Value::from(format!("machine-{number}")),
            format!("node-{number}").into(),
            "Debian GNU/Linux 12 (bookworm)".into(),
            "6.1.0".into(),
            "amd64".into(),
            16_i64.into(),
            (64_i64 << 30).into(),
            format!("[\"10.0.{}.{}\"]", number / 250, number % 250).into(),
            project.into(),
            at.into(),
            at.into(),
        ]);
        engines.push(vec![
            id.into(),
            id.into(),
            "docker".into(),
            "/var/run/docker.sock".into(),
            "28.0".into(),
            at.into(),
        ]);
    }
    let columns = "INSERT INTO host (id, machine, name, os, kernel, architecture, processors, memory, addresses, \
        project_id, first_seen, last_seen) VALUES ";
    insert("write hosts", transaction, columns, rows, "").await.unwrap();
    let columns = "INSERT INTO engine (id, host_id, kind, address, version, synced) VALUES ";
    insert("write engines", transaction, columns, engines, "").await.unwrap();
}

async fn write_assets(
    transaction: &mut Transaction,
    dice: &mut Dice,
    project: i64,
    images: usize,
    contents: usize,
    hosts: usize,
) {
    let at = now();
    let (mut assets, mut places, mut containers) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..images {
        let id = number as i64 + 1;
        let content = if number < contents { number } else { dice.below(contents) } as i64 + 1;
        let is_local = number % 5 < 3;
        let repository = format!("registry.example/team-{}/service-{}", number % 97, number % 4001);
        let tag = format!("1.{}.{}", number / 4001, number % 7);
        let name = format!("{repository}:{tag}");
        assets.push(vec![
            id.into(),
            project.into(),
            if is_local { "local" } else { "registry" }.into(),
            repository.into(),
            tag.into(),
            Value::from(format!("sha256:{}", digest(&format!("content {}", content - 1)))),
            name.clone().into(),
            content.into(),
            (50_000_000 + dice.below(900_000_000) as i64).into(),
            (at - dice.below(400) as i64 * 86_400_000).into(),
            at.into(),
            at.into(),
            (number + 4001 >= images).into(),
        ]);
        if !is_local {
            continue;
        }
        for copy in 0..1 + dice.below(3) {
            let host = 1 + ((number * 7 + copy) % hosts) as i64;
            places.push(vec![id.into(), host.into(), "".into(), at.into()]);
            if dice.below(4) == 0 {
                let state = if dice.below(3) == 0 { "exited" } else { "running" };
                containers.push(vec![
                    host.into(),
                    Value::from(digest(&format!("container {number} {copy}"))),
                    format!("service-{number}-{copy}").into(),
                    name.clone().into(),
                    id.into(),
                    state.into(),
                    r#"["/bin/service"]"#.into(),
                    "[]".into(),
                    at.into(),
                ]);
            }
        }
    }
    let columns = "INSERT INTO asset (id, project_id, kind, repository, tag, reference, name, content_id, size, built, \
        first_seen, last_seen, latest) VALUES ";
    insert("write images", transaction, columns, assets, "").await.unwrap();
    let columns = "INSERT INTO asset_engine (asset_id, engine_id, namespace, seen) VALUES ";
    insert("write places", transaction, columns, places, " ON CONFLICT DO NOTHING").await.unwrap();
    let columns = "INSERT INTO container (engine_id, reference, name, image, asset_id, state, command, addresses, \
        updated) VALUES ";
    insert("write containers", transaction, columns, containers, "").await.unwrap();
}

/// An administrator's token.
pub(crate) async fn token(database: &Database) -> String {
    let token = format!("lzt_{}", digest(&format!("{:?}", std::time::SystemTime::now())));
    let mut transaction = database.begin().await.unwrap();
    let (account,): (i64,) = Sql::write(
        "make an account",
        "INSERT INTO account (login, password_hash, role, created) VALUES ('load', '', 'administrator', $1) RETURNING id",
    )
    .bind(now())
    .one(&mut transaction)
    .await
    .unwrap();
    Sql::write(
        "make a token",
        "INSERT INTO token (name, token_hash, account_id, role, created) VALUES ('load', $1, $2, 'administrator', $3)",
    )
    .bind(digest(&token))
    .bind(account)
    .bind(now())
    .run(&mut transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    token
}
