//! The engines of the checks, with the rules the user asked for.

use std::path::Path;

use anyhow::{Context, Result};
use inspect::base::Bases;
use inspect::baseline::{self, Baseline};
use inspect::compliance::{self, Compliance};
use inspect::malware::{self, Malware};
use inspect::secrets::{self, Secrets};
use scan::{Check, Inspectors};

use crate::cli::RuleArguments;
use crate::{keys, settings};

/// The largest rule file.
const RULE_BYTES: u64 = 16 << 20;

/// The engines that `checks` need. Secrets are always there: they mask what the report shows of the configuration.
pub(crate) fn build(checks: &[Check], arguments: &RuleArguments) -> Result<Inspectors> {
    let key = key(arguments)?;
    let made = |check: Check| checks.contains(&check);
    // Each reads rules of its own, which takes longer than all else of a scan whose layers are known.
    std::thread::scope(|scope| {
        let baseline = scope.spawn(|| {
            made(Check::Baseline).then(|| Baseline::new(&baseline_options(arguments, key))).transpose()
        });
        let malware = made(Check::Malware).then(|| Malware::new(&malware_options(arguments))).transpose()?;
        let compliance = made(Check::Compliance).then(|| Compliance::new(&compliance_options(arguments)));
        let secrets = Secrets::new(&secrets_options(arguments, key)?)?;
        let (compliance, bases) = (compliance.transpose()?, bases(arguments)?);
        let died = |_| anyhow::anyhow!("a thread that read rules died; please report this");
        let baseline = baseline.join().map_err(died)??;
        Ok(Inspectors { secrets: Some(secrets), malware, baseline, compliance, bases })
    })
}

/// The approved base images; none where nobody keeps a list.
fn bases(arguments: &RuleArguments) -> Result<Bases> {
    let asked = arguments.bases.bases.as_ref();
    let file = settings::bases(asked).ok().filter(|file| asked.is_some() || file.exists());
    Ok(file.map(|file| Bases::open(&file)).transpose()?.unwrap_or_default())
}

fn secrets_options(arguments: &RuleArguments, key: [u8; 32]) -> Result<secrets::Options> {
    let mut gitleaks = Vec::new();
    for file in &arguments.secret_rules {
        gitleaks.push((file.display().to_string(), text(file)?));
    }
    Ok(secrets::Options {
        key,
        gitleaks,
        without_exclusions: arguments.without_exclusions.clone(),
        without: Vec::new(),
        exclude: arguments.exclude_secrets.clone(),
    })
}

fn malware_options(arguments: &RuleArguments) -> malware::Options {
    malware::Options {
        rules: arguments.malware_rules.clone(),
        hashes: arguments.malware_hashes.clone(),
        allow: arguments.malware_allow.clone(),
        clamd: arguments.clamd.clone(),
        ..malware::Options::default()
    }
}

fn baseline_options(arguments: &RuleArguments, key: [u8; 32]) -> baseline::Options {
    baseline::Options {
        key,
        checks: arguments.baseline_rules.clone(),
        without: arguments.without.clone(),
        dictionary: arguments.weak_passwords.clone(),
        ..baseline::Options::default()
    }
}

fn compliance_options(arguments: &RuleArguments) -> compliance::Options {
    compliance::Options {
        rules: arguments.compliance_rules.clone(),
        without: arguments.without.clone(),
        ..compliance::Options::default()
    }
}

/// A rule file as text.
pub(crate) fn text(file: &Path) -> Result<String> {
    let bytes = bounded::read_file(file, RULE_BYTES)?;
    String::from_utf8(bytes).with_context(|| format!("cannot read `{}` as text", file.display()))
}

/// The key of the hashes that stand for secrets: the one asked for, or this user's, which is made when it is first
/// needed.
fn key(arguments: &RuleArguments) -> Result<[u8; 32]> {
    if let Some(file) = &arguments.key_file {
        return keys::parse(&text(file)?).with_context(|| {
            format!("cannot use `{}` as a key: it should hold 64 hexadecimal digits", file.display())
        });
    }
    match settings::key().and_then(|file| keys::kept(&file)) {
        Ok(key) => Ok(key),
        // A user without a directory to keep it in still gets a report.
        Err(error) if error.is::<keys::Unusable>() => Err(error),
        Err(_) => Ok(keys::random()?),
    }
}
