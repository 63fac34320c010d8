//! Configuration files that are kept and judged, and files of checks.
#![no_main]

use std::sync::LazyLock;

use inspect::{
    Evidence,
    baseline::{Baseline, Kept, Options, count_checks},
};
use libfuzzer_sys::fuzz_target;

static BASELINE: LazyLock<Option<Baseline>> = LazyLock::new(|| Baseline::new(&Options::default()).ok());

const PATHS: [&str; 12] = [
    "etc/passwd",
    "etc/shadow",
    "etc/group",
    "etc/login.defs",
    "etc/pam.d/system-auth",
    "etc/ssh/sshd_config",
    "etc/sudoers",
    "etc/redis/users.acl",
    "etc/mongod.conf",
    "etc/vsftpd.conf",
    "etc/nginx/.htpasswd",
    "opt/tomcat-users.xml",
];

fuzz_target!(|bytes: &[u8]| {
    drop(count_checks("fuzzed", &String::from_utf8_lossy(bytes)));
    let Some(baseline) = BASELINE.as_ref() else { return };
    let kept: Vec<Kept> = PATHS.iter().filter_map(|path| baseline.keep(path.as_bytes(), bytes)).collect();
    let kept: Vec<(usize, &Kept)> = kept.iter().map(|kept| (0, kept)).collect();
    drop(baseline.judge(&Evidence {
        config: &model::ImageConfig::default(),
        history: &[],
        name: "",
        distribution: None,
        packages: &[],
        kept: &kept,
        noted: &[],
        is_directory: false,
        today: "2026-11-21",
    }));
});
