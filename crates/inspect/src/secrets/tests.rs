//! The rules by their own samples, and the engine by what it must and must not find.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Samples {
    rule: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    id: String,
    #[serde(default)]
    by_name: bool,
    #[serde(default)]
    pass: Vec<String>,
    fail: Vec<String>,
    #[serde(default)]
    example_path: String,
}

fn options() -> Options {
    Options {
        key: [7; 32],
        gitleaks: Vec::new(),
        without_exclusions: Vec::new(),
        without: Vec::new(),
        exclude: Vec::new(),
    }
}

fn secrets() -> Secrets {
    Secrets::new(&options()).unwrap()
}

/// A sample with values made up where it has none.
fn filled(sample: &str) -> String {
    let mut state = 0x2545_f491_u64;
    let mut text = String::new();
    let mut rest = sample;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        let letters = match inside.chars().next() {
            Some('a') => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            Some('z') => "abcdefghijklmnopqrstuvwxyz0123456789",
            Some('U') => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            Some('7') => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            Some('h') => "0123456789abcdef",
            Some('H') => "0123456789ABCDEF",
            Some('q') => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
            Some('d') => "0123456789",
            Some('l') => "abcdefghijklmnopqrstuvwxyz",
            Some('u') => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Some('x') => "x",
            _ => "",
        };
        let count = inside.get(1..).and_then(|count| count.parse::<usize>().ok());
        if inside == "-" {
            text.push_str("-----");
        } else if let (Some(count), false) = (count, letters.is_empty()) {
            for _ in 0..count {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(state >> 40).unwrap() % letters.len();
                text.push(char::from(letters.as_bytes()[at]));
            }
        } else {
            text.push('{');
            rest = after;
            continue;
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

fn rules_found(secrets: &Secrets, sample: &Sample, text: &str) -> Vec<String> {
    let facts = if sample.by_name {
        let mut config = ImageConfig { environment: vec![text.to_owned()], ..ImageConfig::default() };
        secrets.configuration(&mut config, &mut [])
    } else {
        let path = if sample.example_path.is_empty() { "/srv/notes.txt" } else { &sample.example_path };
        secrets.file(path.as_bytes(), text.as_bytes())
    };
    facts.into_iter().map(|fact| fact.rule).collect()
}

#[test]
fn finds_what_samples_have_and_nothing_else() {
    let secrets = secrets();
    let samples: Samples = toml::from_str(rule::BUILT_IN).unwrap();
    let mut wrong = Vec::new();
    for sample in &samples.rule {
        for text in sample.fail.iter().map(|text| filled(text)) {
            let found = rules_found(&secrets, sample, &text);
            if !found.contains(&sample.id) {
                wrong.push(format!("{} finds {found:?} in {text}", sample.id));
            }
        }
        for text in sample.pass.iter().map(|text| filled(text)) {
            if rules_found(&secrets, sample, &text).contains(&sample.id) {
                wrong.push(format!("{} is wrong about {text}", sample.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn has_sound_rules() {
    let (rules, exclusions) = rule::built_in().unwrap();
    assert!(rules.len() >= 220, "{}", rules.len());
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.len());
    let exclusion_ids: BTreeSet<&str> = exclusions.iter().map(|exclusion| exclusion.id.as_str()).collect();
    assert_eq!(exclusion_ids.len(), exclusions.len());
    for rule in &rules {
        assert!(!rule.title.en.is_empty() && !rule.title.zh.is_empty(), "{}", rule.id);
        assert!(rule.pattern.is_none() || rule.regex().is_some(), "{} cannot be compiled", rule.id);
        assert!(
            rule.by_name || !rule.keywords.is_empty() || !rule.paths.is_empty(),
            "{} looks everywhere",
            rule.id
        );
    }
}

#[test]
fn looks_where_users_put_things_and_not_where_distributions_do() {
    let secrets = secrets();
    for path in ["app/config.yml", "usr/local/etc/app.conf", "root/.npmrc", "srv/.env"] {
        assert!(secrets.wants(path.as_bytes(), 100, 0o644), "{path}");
    }
    for path in [
        "usr/share/x.conf",
        "lib/x.conf",
        "app/logo.PNG",
        "app/Main.java",
        "var/log/x",
        "app/node_modules/a/b.md",
    ] {
        assert!(!secrets.wants(path.as_bytes(), 100, 0o644), "{path}");
    }
    assert!(!secrets.wants(b"app/data.txt", 20_000_001, 0o644));
    let all = Secrets::new(&Options { without_exclusions: vec!["all".to_owned()], ..options() }).unwrap();
    assert!(all.wants(b"usr/share/x.md", 30_000_000, 0o644));
    let own = Secrets::new(&Options { exclude: vec!["/srv/data/*".to_owned()], ..options() }).unwrap();
    assert!(!own.wants(b"srv/data/a/b.conf", 1, 0o644));
}

#[test]
fn packages_of_others_are_searched_for_tokens_only() {
    let secrets = secrets();
    let address = filled("url = 'postgres://app:{a14}@db.internal/x'\n");
    let token = filled("token = 'ghp_{a36}'\n");
    let ids = |path: &str, text: &str| -> Vec<String> {
        assert!(secrets.wants(path.as_bytes(), 100, 0o644), "{path}");
        secrets.file(path.as_bytes(), text.as_bytes()).into_iter().map(|fact| fact.rule).collect()
    };
    for package in
        ["opt/venv/lib/python3.12/site-packages/a/b.py", "app/node_modules/a/index.ts", "src/x_test.go"]
    {
        assert_eq!(ids(package, &address), [""; 0], "{package}");
        assert_eq!(ids(package, &token), ["github-pat"], "{package}");
    }
    assert_eq!(ids("app/settings.py", &address), ["database-url-password"]);
    let all =
        Secrets::new(&Options { without_exclusions: vec!["packages".to_owned()], ..options() }).unwrap();
    assert_eq!(all.file(b"app/node_modules/a/index.ts", address.as_bytes()).len(), 1);
}

#[test]
fn rejects_exclusions_that_are_not_there() {
    let wrong = Secrets::new(&Options { without_exclusions: vec!["usr".to_owned()], ..options() });
    assert!(wrong.unwrap_err().to_string().contains("there is no exclusion `usr`"));
}

#[test]
fn reads_utf_16_and_base64() {
    let secrets = secrets();
    let line = filled("token=ghp_{a36}\r\n");
    let wide: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(secrets.file(b"srv/a", &wide)[0].rule, "github-pat");
    let wrapped = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &line);
    let found = secrets.file(b"srv/a", format!("one\ntwo: {wrapped}\n").as_bytes());
    assert_eq!((found[0].rule.as_str(), found[0].line), ("github-pat", Some(2)));
    assert!(secrets.file(b"srv/a", format!("\0{line}").as_bytes()).is_empty());
}

#[test]
fn tells_a_value_once_and_never_whole() {
    let secrets = secrets();
    let value = filled("ghp_{a36}");
    let text = format!("a\nGITHUB_TOKEN={value}\nagain={value}\n");
    let found = secrets.file(b"srv/.env", text.as_bytes());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, Some(2));
    assert!(!found[0].masked.contains(value.trim_start_matches("ghp_")), "{}", found[0].masked);
    assert!(found[0].masked.starts_with("GITHUB_TOKEN=ghp_********"));
    assert_eq!(found[0].fingerprint.len(), 32);
}

#[test]
fn masks_the_configuration_everywhere() {
    let secrets = secrets();
    let value = filled("{a14}");
    let mut config = ImageConfig {
        environment: vec![format!("DB_PASSWORD={value}"), "PATH=/bin".to_owned()],
        command: vec!["app".to_owned(), format!("--pass={value}")],
        healthcheck: Some(vec!["CMD".to_owned(), value.clone()]),
        ..ImageConfig::default()
    };
    config.labels.insert("note".to_owned(), filled("ghp_{a36}"));
    let step = |text: String| HistoryStep { created_by: text, ..HistoryStep::default() };
    let mut history = [
        step("RUN --mount=type=secret,id=token apk add libcrypto3 # buildkit".to_owned()),
        step(format!("/bin/sh -c #(nop)  ENV DB_PASSWORD={value}")),
        step(format!("|1 API_TOKEN={value} /bin/sh -c make")),
    ];
    let found = secrets.configuration(&mut config, &mut history);
    let places: BTreeSet<&str> = found.iter().map(|fact| fact.place.as_str()).collect();
    for place in ["env DB_PASSWORD", "label note", "history 2", "history 3"] {
        assert!(places.contains(place), "{place}: {found:?}");
    }
    assert!(!places.contains("history 1"));
    assert!(!format!("{config:?} {history:?} {found:?}").contains(&value));
    assert_eq!(config.environment[0], "DB_PASSWORD=********");
}

#[test]
fn words_findings_in_both_languages() {
    let secrets = secrets();
    let facts = secrets.file(b"srv/a", filled("ghp_{a36}").as_bytes());
    let finding = secrets.finding(&facts[0], false).unwrap();
    let Detail::Secret(secret) = &finding.detail else { panic!("{finding:?}") };
    assert!(secret.advice.en.contains("later layer does not remove it"));
    assert!(secret.advice.zh.contains("吊销"));
    assert_eq!(secret.path.as_deref(), Some("srv/a"));
}

#[test]
fn changes_its_version_with_the_options() {
    let other = Options { exclude: vec!["/a".to_owned()], ..options() };
    let keyed = Options { key: [8; 32], ..options() };
    let versions: BTreeSet<u64> =
        [options(), other, keyed].iter().map(|options| Secrets::new(options).unwrap().version()).collect();
    assert_eq!(versions.len(), 3);
}

#[test]
fn takes_gitleaks_rules_and_says_where_they_are_wrong() {
    let with =
        |text: &str| Secrets::new(&Options { gitleaks: vec![("own.toml".into(), text.into())], ..options() });
    let rules = "[[rules]]\nid = 'own'\ndescription = 'Own token'\nregex = '''(own)-([a-z0-9]{8})'''\nsecretGroup = 2\n\
                 keywords = ['own-']\n[rules.allowlist]\nstopwords = ['abc']\n";
    let secrets = with(rules).unwrap();
    assert_eq!(secrets.file(b"srv/a", b"x own-q8w7e6r5 y")[0].rule, "own");
    assert!(secrets.file(b"srv/a", b"x own-q8abcer5 y").is_empty());
    let wrong = with("[[rules]]\nid = 'own'\nregex = '('\n").unwrap_err().to_string();
    assert!(wrong.starts_with("cannot understand `own.toml`: line 3, column 9"), "{wrong}");
    let wrong = with("[extend]\npath = 'x.toml'\n").unwrap_err().to_string();
    assert!(wrong.contains("`extend` names another file"), "{wrong}");
    assert!(with("[[rules]]\nid = 1\n").unwrap_err().to_string().contains("line 2, column 6"));
}

#[test]
fn stays_within_bounds_on_hostile_content() {
    let secrets = secrets();
    let text = "password=".repeat(20_000) + &"-----BEGIN PRIVATE KEY-----".repeat(2_000);
    assert!(secrets.file(b"srv/.env", text.as_bytes()).len() <= MOST_OF_A_FILE);
    for length in 0..64 {
        drop(secrets.file(b"srv/x.yml", &vec![0xff; length]));
        drop(secrets.file(b"srv/x.yml", &b"\xff\xfe\x00\xd8token=".repeat(length)));
    }
}

/// What real packages of Debian, npm and `PyPI` hold and no person would call a secret; values are altered.
const NO_SECRETS: &[(&str, &str)] = &[
    // Manuals of database drivers.
    ("srv/a.py", "engine = create_engine(\"mysql+mysqldb://scott:tiger@localhost/test\")"),
    ("srv/a.py", "url = \"postgresql+psycopg2://scott:tiger@192.168.0.134/test\""),
    ("srv/a.py", ">>> Connection('amqp://guest:guest@localhost:5672//')"),
    ("srv/a.py", "postgresql://user:password@localhost/db"),
    ("opt/v/lib/python3.12/site-packages/x/pyodbc.py", "SERVER=dagger;DATABASE=test;UID=user;PWD=q7Rt0vLw\""),
    ("opt/v/lib/python3.12/site-packages/x/base.py", "mssql+pyodbc://scott:{a10}@mssql2017:1433/test"),
    // Comments in Maven's settings.
    ("etc/maven/settings.xml", "<password>proxypass</password>"),
    ("etc/maven/settings.xml", "<password>repopwd</password>"),
    // Playbooks and their tests.
    ("srv/play.yml", "  password: \"WrongPassword123\"\n"),
    ("srv/inventory.ini", "password: clusterpassword\n"),
    ("srv/wifi.yml", "secret: Superpassword1\n"),
    ("opt/v/site-packages/ansible_collections/a/b/molecule/x.yml", "psk_secret: {h64}\n"),
    // Keys that open nothing.
    (
        "src/crypto/tls/example_test.go",
        "{-}BEGIN EC PRIVATE KEY{-}\n{a64}\n{a64}\n{-}END EC PRIVATE KEY{-}\n",
    ),
    (
        "src/crypto/tls/testdata/example-key.pem",
        "{-}BEGIN EC PRIVATE KEY{-}\n{a64}\n{a64}\n{-}END EC PRIVATE KEY{-}\n",
    ),
    // Tokens of others, published with their packages.
    ("app/node_modules/debug/.coveralls.yml", "repo_token: {a32}\n"),
    // Addresses in tests.
    ("usr/share/go-1.19/src/net/url/url_test.go", "\"http://jane:{a8}@host.test\""),
    // Documentation and standard libraries of distributions are not looked into at all.
    ("usr/share/doc/wordpress/examples/config-default.php", "define( 'DB_PASSWORD', '{a12}' );"),
    (
        "usr/lib/python3.11/test/certdata/keycert.pem",
        "{-}BEGIN PRIVATE KEY{-}\n{a64}\n{a64}\n{-}END PRIVATE KEY{-}\n",
    ),
];

#[test]
fn leaves_what_real_packages_hold_and_nobody_would_call_a_secret() {
    let secrets = secrets();
    for (path, sample) in NO_SECRETS {
        let text = filled(sample);
        let looked_into = secrets.wants(path.as_bytes(), text.len() as u64, 0o644);
        let facts = if looked_into { secrets.file(path.as_bytes(), text.as_bytes()) } else { Vec::new() };
        assert!(facts.is_empty(), "{path}: {facts:?}");
    }
}
