//! A made-up report that has everything: all kinds of findings, each kind of decision, gaps, both languages, and names
//! an enemy would choose.

use std::collections::BTreeMap;

use model::{
    BaseEvidence, BaseImage, Baseline, CheckResult, Compliance, DatabaseSummary, Detail, Distribution,
    FileEntry, Files, Finding, FixStatus, Forbidden, Gap, HistoryStep, ImageConfig, ImageSummary,
    KnownExploited, LayerSummary, Malware, MalwareClass, Outcome, Package, PackageType, Rating, Reference,
    Report, SCHEMA_VERSION, Secret, Severity, SourcePackage, Stats, Suppression, SuppressionStatus, Text,
    Tool, UnapprovedBase, Vulnerability,
};

/// A name that tries to break out of each format: a terminal, HTML, a spreadsheet, XML, a workflow log, Markdown, and
/// the direction of writing; with a byte that was no UTF-8, and characters that XML 1.0 cannot hold.
pub(crate) const HOSTILE: &str = "=cmd|'/c calc'!A1\u{1b}]0;owned\u{7}<script>alert(1)</script>\"' onload=x]]>&amp;\n\
     ::set-output name=a::b\r\n::error::c\t,:%0A\u{202e}gnp.exe\u{fffd}\u{0}\u{fffe}{{ 7*7 }}](javascript:x)|`x`";

/// The diff id of the lower layer.
pub(crate) const BASE_LAYER: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
/// The diff id of the upper layer.
pub(crate) const OWN_LAYER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
const COPY: &str = "COPY . /app # buildkit";

/// The report.
pub(crate) fn report() -> Report {
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "lazaret".to_owned(), version: "0.1.0".to_owned() },
        image: image(),
        distribution: Some(Distribution {
            id: "debian".to_owned(),
            version: Some("12".to_owned()),
            name: Some("Debian GNU/Linux 12 (bookworm)".to_owned()),
            codename: Some("bookworm".to_owned()),
            like: Vec::new(),
            channels: Vec::new(),
            end_of_life: None,
        }),
        checks: words(&[
            "software",
            "vulnerabilities",
            "malware",
            "files",
            "baseline",
            "secrets",
            "compliance",
            "base-image",
        ]),
        database: Some(DatabaseSummary { updated: "2026-11-20T00:00:00Z".to_owned(), advisories: 123_456 }),
        layers: vec![
            LayerSummary {
                digest: Some(format!("sha256:{}", "3".repeat(64))),
                diff_id: Some(BASE_LAYER.to_owned()),
                size: 29_126_144,
                created_by: Some("/bin/sh -c #(nop) ADD file:1234 in /".to_owned()),
                from_base: Some(true),
            },
            LayerSummary {
                digest: Some(format!("sha256:{}", "4".repeat(64))),
                diff_id: Some(OWN_LAYER.to_owned()),
                size: 1_048_576,
                created_by: Some(COPY.to_owned()),
                from_base: Some(false),
            },
        ],
        packages: packages(),
        findings: findings(),
        baseline: baseline(),
        files: Some(files()),
        base_image: Some(BaseImage {
            name: Some("registry.example/base/debian:12".to_owned()),
            digest: Some(format!("sha256:{}", "5".repeat(64))),
            evidence: BaseEvidence::Approved,
            layers: 1,
        }),
        gaps: vec![
            Gap::new("file", "var/lib/odd\u{1b}[2J.json", "not JSON: expected `{` at line 1 column 1"),
            Gap::new("version", HOSTILE, "the version cannot be read"),
        ],
        stats: Stats { wall_ms: 1234.5, layers_cached: 1, layers_read: 1, parts: Vec::new() },
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn image() -> ImageSummary {
    ImageSummary {
        name: "registry.example/shop/web:1.2".to_owned(),
        source: "registry".to_owned(),
        digest: Some(format!("sha256:{}", "a".repeat(64))),
        image_id: Some(format!("sha256:{}", "b".repeat(64))),
        os: Some("Debian GNU/Linux 12 (bookworm)".to_owned()),
        platform: Some("linux/amd64".to_owned()),
        size: 30_174_720,
        created: Some("2026-11-01T08:00:00.123456789Z".to_owned()),
        config: ImageConfig {
            user: String::new(),
            entrypoint: words(&["/app/start"]),
            command: words(&["--port", "80"]),
            working_directory: "/app".to_owned(),
            exposed_ports: words(&["22/tcp", "80/tcp"]),
            volumes: words(&["/data"]),
            environment: words(&["PATH=/usr/bin", "TOKEN=abc***xyz"]),
            labels: BTreeMap::from([(HOSTILE.to_owned(), HOSTILE.to_owned())]),
            healthcheck: None,
            on_build: Vec::new(),
            stop_signal: None,
            shell: Vec::new(),
        },
        history: vec![
            HistoryStep {
                created: Some("2026-10-01T00:00:00Z".to_owned()),
                created_by: "/bin/sh -c #(nop) ADD file:1234 in /".to_owned(),
                comment: None,
                empty_layer: false,
            },
            HistoryStep {
                created: Some("2026-11-01T08:00:00Z".to_owned()),
                created_by: COPY.to_owned(),
                comment: Some("buildkit.dockerfile.v0".to_owned()),
                empty_layer: false,
            },
        ],
    }
}

fn packages() -> Vec<Package> {
    let base = |mut package: Package| {
        package.layer = Some(BASE_LAYER.to_owned());
        package.created_by = Some("/bin/sh -c #(nop) ADD file:1234 in /".to_owned());
        package.from_base = Some(true);
        package
    };
    let own = |mut package: Package| {
        package.layer = Some(OWN_LAYER.to_owned());
        package.created_by = Some(COPY.to_owned());
        package.from_base = Some(false);
        package
    };
    let mut openssl = base(Package::new(PackageType::Deb, "libssl3", "3.0.14-1~deb12u1"));
    openssl.arch = Some("amd64".to_owned());
    openssl.purl = "pkg:deb/debian/libssl3@3.0.14-1~deb12u1?arch=amd64&distro=debian-12".to_owned();
    openssl.source =
        Some(SourcePackage { name: "openssl".to_owned(), version: "3.0.14-1~deb12u1".to_owned() });
    openssl.licenses = words(&["Apache-2.0"]);
    openssl.paths = words(&["var/lib/dpkg/status"]);
    openssl.found_by = "dpkg".to_owned();
    let mut yaml = base(Package::new(PackageType::Deb, "python3-yaml", "6.0-3"));
    yaml.arch = Some("amd64".to_owned());
    yaml.purl = "pkg:deb/debian/python3-yaml@6.0-3?arch=amd64&distro=debian-12".to_owned();
    yaml.paths = words(&["var/lib/dpkg/status"]);
    yaml.found_by = "dpkg".to_owned();
    let mut lodash = own(Package::new(PackageType::Npm, "lodash", "4.17.15"));
    lodash.purl = "pkg:npm/lodash@4.17.15".to_owned();
    lodash.licenses = words(&["MIT OR CC0-1.0"]);
    lodash.paths = words(&["app/node_modules/lodash/package.json"]);
    lodash.found_by = "npm".to_owned();
    let mut hostile = own(Package::new(PackageType::Npm, HOSTILE, "1.0.0+\u{1b}[31m"));
    hostile.purl = "pkg:npm/hostile@1.0.0".to_owned();
    hostile.licenses = words(&[HOSTILE, "see LICENSE.txt"]);
    hostile.paths = vec![format!("app/{HOSTILE}/package.json")];
    hostile.found_by = "npm".to_owned();
    let mut pyyaml = base(Package::new(PackageType::Pypi, "pyyaml", "6.0"));
    pyyaml.purl = "pkg:pypi/pyyaml@6.0".to_owned();
    pyyaml.licenses = words(&["MIT", "License :: OSI Approved :: MIT License"]);
    pyyaml.paths = words(&["usr/lib/python3/dist-packages/PyYAML-6.0.egg-info"]);
    pyyaml.owner = Some("python3-yaml".to_owned());
    pyyaml.found_by = "python".to_owned();
    vec![openssl, yaml, lodash, hostile, pyyaml]
}

/// Findings of every kind, the worst first; one is suppressed in each way there is.
fn findings() -> Vec<Finding> {
    let mut findings = vulnerabilities();
    findings.extend([malware("opt/x/xmrig", true), malware(HOSTILE, false)]);
    findings.extend(secrets());
    findings.push(unsafe_setting());
    findings.extend(compliance());
    findings.push(Finding::new(
        "base-image-not-approved",
        Severity::Medium,
        Detail::BaseImage(Box::new(UnapprovedBase {
            title: Text::new("not built from an approved base image", "未使用受信任的基础镜像"),
            description: Text::new(
                "no approved base image has these layers",
                "镜像层与受信任的基础镜像均不匹配",
            ),
            advice: Text::new("build from an approved base image", "请改用受信任的基础镜像重新构建"),
        })),
    ));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn own(mut finding: Finding) -> Finding {
    finding.layer = Some(OWN_LAYER.to_owned());
    finding.created_by = Some(COPY.to_owned());
    finding.from_base = Some(false);
    finding
}

fn base(mut finding: Finding) -> Finding {
    finding.layer = Some(BASE_LAYER.to_owned());
    finding.created_by = Some("/bin/sh -c #(nop) ADD file:1234 in /".to_owned());
    finding.from_base = Some(true);
    finding
}

fn suppressed(mut finding: Finding, status: SuppressionStatus, reason: &str) -> Finding {
    finding.suppressed = Some(Suppression {
        status,
        source: ".lazaret.toml".to_owned(),
        reason: reason.to_owned(),
        until: Some("2027-06-30".to_owned()),
    });
    finding
}

fn vulnerabilities() -> Vec<Finding> {
    let deb = "pkg:deb/debian/libssl3@3.0.14-1~deb12u1?arch=amd64&distro=debian-12";
    let mut exploited = vulnerability(deb, "libssl3", "3.0.14-1~deb12u1", "var/lib/dpkg/status");
    exploited.known_exploited = true;
    exploited.kev = Some(KnownExploited {
        date_added: "2026-10-02".to_owned(),
        due_date: "2026-10-23".to_owned(),
        ransomware: true,
        required_action: "Apply updates per vendor instructions.".to_owned(),
    });
    exploited.source_package = Some("openssl".to_owned());
    let lodash = || {
        vulnerability("pkg:npm/lodash@4.17.15", "lodash", "4.17.15", "app/node_modules/lodash/package.json")
    };
    let mut unfixed = lodash();
    unfixed.status = FixStatus::Affected;
    unfixed.fixed_version = None;
    unfixed.ratings = Vec::new();
    unfixed.published = None;
    let mut hostile =
        vulnerability("pkg:npm/hostile@1.0.0", HOSTILE, "1.0.0", &format!("app/{HOSTILE}/package.json"));
    hostile.title = HOSTILE.to_owned();
    hostile.description = HOSTILE.to_owned();
    hostile.references = vec![
        Reference { kind: "WEB".to_owned(), url: "javascript:alert(1)".to_owned() },
        Reference { kind: "WEB".to_owned(), url: "https://example.org/a\"><script>b</script>".to_owned() },
        Reference { kind: "WEB".to_owned(), url: "not an address".to_owned() },
    ];
    let new = |id: &str, severity, found: Vulnerability| {
        Finding::new(id, severity, Detail::Vulnerability(Box::new(found)))
    };
    let not_affected = "vulnerable_code_not_in_execute_path: the function is never called";
    vec![
        base(new("CVE-2026-0001", Severity::Critical, exploited)),
        own(new("CVE-2026-0002", Severity::High, lodash())),
        own(new("GHSA-aaaa-bbbb-cccc", Severity::Unknown, unfixed)),
        own(new("CVE-2026-0003", Severity::Negligible, hostile)),
        suppressed(
            own(new("CVE-2026-0004", Severity::High, lodash())),
            SuppressionStatus::NotAffected,
            not_affected,
        ),
        suppressed(
            own(new("CVE-2026-0005", Severity::Medium, lodash())),
            SuppressionStatus::Fixed,
            "patched by us",
        ),
        suppressed(
            own(new("CVE-2026-0006", Severity::Low, lodash())),
            SuppressionStatus::FalsePositive,
            HOSTILE,
        ),
        suppressed(
            own(new("CVE-2026-0007", Severity::Low, lodash())),
            SuppressionStatus::Accepted,
            "we live with it",
        ),
    ]
}

fn vulnerability(purl: &str, package: &str, version: &str, path: &str) -> Vulnerability {
    Vulnerability {
        aliases: words(&["GHSA-1111-2222-3333"]),
        advisories: words(&["DSA-9999-1", "GHSA-1111-2222-3333"]),
        title: "an attacker can read memory".to_owned(),
        description: "A longer text.\n\n* with **Markdown**".to_owned(),
        severity_source: Some("nvd".to_owned()),
        ratings: vec![
            Rating {
                source: "CVSS_V3".to_owned(),
                vector: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned()),
                score: Some(9.8),
                severity: Severity::Critical,
            },
            Rating {
                source: "CVSS_V4".to_owned(),
                vector: Some("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N".to_owned()),
                score: None,
                severity: Severity::Critical,
            },
            Rating { source: "debian".to_owned(), vector: None, score: None, severity: Severity::Negligible },
        ],
        known_exploited: false,
        kev: None,
        epss: None,
        risk: 0.0,
        status: FixStatus::Fixed,
        package: package.to_owned(),
        package_type: "npm".to_owned(),
        source_package: None,
        installed_version: version.to_owned(),
        fixed_version: Some("99.0".to_owned()),
        purl: purl.to_owned(),
        paths: words(&[path]),
        advice: Text::new("update to 99.0 or later", "升级到 99.0 或更高版本"),
        evidence: format!("{package} {version} < 99.0"),
        cwes: words(&["CWE-79", "CWE-125"]),
        references: vec![
            Reference { kind: "ADVISORY".to_owned(), url: "https://example.org/advisory/1".to_owned() },
            Reference { kind: "FIX".to_owned(), url: "https://example.org/commit/1".to_owned() },
        ],
        published: Some("2026-01-02T03:04:05Z".to_owned()),
    }
}

fn malware(path: &str, visible: bool) -> Finding {
    own(Finding::new(
        "crypto-miner-xmrig",
        Severity::Critical,
        Detail::Malware(Box::new(Malware {
            engine: "rules".to_owned(),
            class: MalwareClass::Miner,
            family: "XMRig".to_owned(),
            title: Text::new("crypto currency miner", "挖矿程序"),
            description: Text::new("mines crypto currency", "利用主机算力挖矿"),
            advice: Text::new("remove the file and rebuild the image", "删除该文件并重新构建镜像"),
            references: words(&["https://example.org/xmrig"]),
            path: path.to_owned(),
            size: 4096,
            md5: "0".repeat(32),
            sha256: "c".repeat(64),
            visible,
        })),
    ))
}

fn secrets() -> Vec<Finding> {
    let secret = |place: &str, path: Option<&str>, line, visible| {
        own(Finding::new(
            "gitlab-token",
            Severity::High,
            Detail::Secret(Box::new(Secret {
                title: Text::new("GitLab access token", "GitLab 访问令牌"),
                description: Text::new("gives access to repositories", "可访问代码仓库"),
                advice: Text::new("revoke the token", "吊销该令牌"),
                place: place.to_owned(),
                path: path.map(str::to_owned),
                line,
                masked: "token = \"gl********yz\"".to_owned(),
                fingerprint: "d".repeat(32),
                visible,
            })),
        ))
    };
    vec![
        secret("file", Some("app/.env"), Some(12), true),
        secret("file", Some(HOSTILE), Some(1), false),
        secret("env TOKEN", None, None, true),
        suppressed(
            secret("file", Some("app/测试 数据/100%.txt"), Some(3), true),
            SuppressionStatus::FalsePositive,
            "a test value",
        ),
    ]
}

fn unsafe_setting() -> Finding {
    Finding::new(
        "BASE-0001",
        Severity::High,
        Detail::Baseline(Box::new(Baseline {
            category: "accounts".to_owned(),
            standards: words(&["CIS Docker 1.6.0 4.1", "cn_standard 8.1.4.1"]),
            title: Text::new("the image runs as root", "镜像以 root 用户运行"),
            description: Text::new("a process that breaks out has all rights", "进程逃逸后将拥有全部权限"),
            actual: Text::new("no user is set", "未设置 USER"),
            expected: Text::new("a user other than root", "应为非 root 用户"),
            advice: Text::new("add a USER instruction", "在 Dockerfile 中添加 USER 指令"),
            references: words(&["https://example.org/cis"]),
            paths: Vec::new(),
        })),
    )
}

fn compliance() -> Vec<Finding> {
    let forbidden = |forbidden, license: Option<&str>, package: &str, path: &str| Compliance {
        forbidden,
        title: Text::new("not allowed here", "不允许使用"),
        description: Text::new("company rules forbid it", "公司规定禁止使用"),
        advice: Text::new("remove it", "请移除"),
        package: Some(package.to_owned()),
        version: Some("4.17.15".to_owned()),
        purl: license.map(|_| "pkg:npm/lodash@4.17.15".to_owned()),
        license: license.map(str::to_owned),
        paths: words(&[path]),
        references: words(&["https://example.org/rule"]),
    };
    vec![
        own(Finding::new(
            "license-copyleft",
            Severity::Medium,
            Detail::Compliance(Box::new(forbidden(
                Forbidden::License,
                Some("GPL-3.0-only"),
                "lodash",
                "app/node_modules/lodash/package.json",
            ))),
        )),
        suppressed(
            base(Finding::new(
                "tool-nmap",
                Severity::Low,
                Detail::Compliance(Box::new(forbidden(Forbidden::Software, None, "nmap", "usr/bin/nmap"))),
            )),
            SuppressionStatus::Accepted,
            "needed for diagnosis",
        ),
    ]
}

fn baseline() -> Vec<CheckResult> {
    let check = |id: &str, outcome| CheckResult {
        id: id.to_owned(),
        category: "accounts".to_owned(),
        title: Text::new(format!("check {id}"), format!("检查 {id}")),
        severity: Severity::High,
        standards: words(&["CIS Docker 1.6.0 4.1"]),
        outcome,
    };
    vec![
        check("BASE-0001", Outcome::Fail),
        check("BASE-0002", Outcome::Pass),
        check("BASE-0003", Outcome::NotApplicable),
        check("BASE-0004", Outcome::Unknown),
    ]
}

fn files() -> Files {
    let entry = |path: &str, size, mode: &str| FileEntry {
        path: path.to_owned(),
        size,
        mode: mode.to_owned(),
        uid: 0,
        gid: 0,
        layer: Some(OWN_LAYER.to_owned()),
        from_base: Some(false),
    };
    Files {
        count: 4321,
        directories: 321,
        size: 80_000_000,
        wasted: 1_000_000,
        largest: vec![entry("usr/lib/libbig.so", 9_000_000, "0644"), entry(HOSTILE, 8_000_000, "0644")],
        set_id: vec![entry("usr/bin/sudo", 200_000, "4755")],
        world_writable: vec![entry("tmp/open", 12, "0666")],
    }
}

#[test]
fn has_every_kind_and_every_decision() {
    let report = report();
    for kind in model::FindingKind::ALL {
        assert!(report.findings.iter().any(|finding| finding.kind() == kind), "{kind:?}");
    }
    let statuses: std::collections::BTreeSet<_> =
        report.findings.iter().filter_map(|finding| Some(finding.suppressed.as_ref()?.status)).collect();
    assert_eq!(statuses.len(), 4);
}
