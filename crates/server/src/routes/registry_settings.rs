//! What people say of a registry: checked, and as it is sent back.

use model::{Failure, Text};
use registries::{Kind, Need, Selection};
use store::registries::{Options, Registry};

use super::images::failure;
use super::text;
use crate::App;
use crate::problem::Problem;
use crate::registries::Secrets;

/// The longest name of a registry.
const LONGEST_NAME: usize = 128;
/// The longest of the short texts.
const LONGEST: usize = 1024;
/// The longest password.
const LONGEST_SECRET: usize = 65_536;
/// The longest PEM file.
const LONGEST_PEM: usize = 262_144;
/// The most globs.
const MOST_GLOBS: usize = 200;
/// The most images per hour that may be said.
const MOST_PER_HOUR: i64 = 100_000;

/// The fields that needs are about, and whether each must be given.
fn field(need: Need) -> (&'static str, bool) {
    match need {
        Need::Address => ("address", true),
        Need::AddressOptional => ("address", false),
        Need::Credentials => ("credentials", true),
        Need::CredentialsOptional => ("credentials", false),
        Need::Region => ("region", true),
        Need::Instance => ("instance", true),
        Need::InstanceOptional => ("instance", false),
        Need::Namespace => ("namespace", true),
        Need::NamespaceOptional => ("namespace", false),
        Need::Version => ("api_version", false),
        Need::ApiAddressOptional => ("api_address", false),
        Need::Role => ("role", false),
    }
}

/// A kind as it is sent.
pub(super) fn kind(kind: &Kind) -> api::RegistryKind {
    let needs = kind.needs.iter().copied().map(field);
    api::RegistryKind {
        kind: kind.word.to_owned(),
        title: kind.title(),
        needs: needs
            .map(|(field, required)| api::RegistryNeed { field: field.to_owned(), required })
            .collect(),
        sign_in_help: kind.sign_in_help(),
    }
}

/// The kind of a word.
pub(super) fn kind_of(word: &str) -> Result<&'static Kind, Problem> {
    registries::find(word).map_err(|error| Problem::invalid(error.to_string()))
}

/// A name without what surrounds it.
pub(super) fn name(name: &str) -> Result<&str, Problem> {
    text::check("name", name, LONGEST_NAME)?;
    match name.trim() {
        "" => Err(Problem::invalid("`name` is empty")),
        name if name.contains(char::is_control) => {
            Err(Problem::invalid("`name` has a control character: leave it out"))
        }
        name => Ok(name),
    }
}

/// What is secret, if it is not too long.
pub(super) fn secrets(secrets: api::RegistrySecrets) -> Result<Secrets, Problem> {
    let fields = [
        ("password", &secrets.password),
        ("session_token", &secrets.session_token),
        ("proxy", &secrets.proxy),
    ];
    for (name, value) in fields {
        text::check(name, value.as_deref().unwrap_or_default(), LONGEST_SECRET)?;
    }
    Ok(secrets.into())
}

/// What is kept of settings, if they are what the kind needs.
pub(super) fn checked(
    kind: &Kind,
    settings: &api::RegistrySettings,
    has_password: bool,
) -> Result<Options, Problem> {
    let some = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let options = Options {
        username: some(&settings.username),
        region: some(&settings.region),
        instance: some(&settings.instance),
        namespace: some(&settings.namespace),
        role: some(&settings.role),
        external_id: some(&settings.external_id),
        api_version: match settings.api_version {
            api::RegistryVersion::Auto => "auto",
            api::RegistryVersion::V1 => "v1",
            api::RegistryVersion::V2 => "v2",
        }
        .to_owned(),
        api_address: some(&settings.api_address),
        plain_http: settings.plain_http,
        insecure: settings.accept_any_certificate,
        authorities: some(&settings.authorities),
        direct: settings.no_proxy,
        include: settings.include.clone(),
        exclude: settings.exclude.clone(),
        proxy_caches: settings.proxy_caches,
        incremental: settings.incremental,
        scan_new: settings.scan_new,
    };
    lengths(settings)?;
    given(kind, settings, &options, has_password)?;
    let globs = settings.include.iter().chain(&settings.exclude);
    if settings.include.len() > MOST_GLOBS || settings.exclude.len() > MOST_GLOBS {
        return Err(Problem::invalid(format!("`include` or `exclude` has more than {MOST_GLOBS} globs")));
    }
    for glob in globs {
        text::check("include", glob, LONGEST)?;
    }
    Selection::new(&settings.include, &settings.exclude, settings.proxy_caches)
        .map_err(|error| Problem::invalid(error.to_string()))?;
    if settings.images_per_hour.is_some_and(|images| !(1..=MOST_PER_HOUR).contains(&images)) {
        let detail =
            format!("`images_per_hour` is not a number from 1 to {MOST_PER_HOUR}; leave it out for no limit");
        return Err(Problem::invalid(detail));
    }
    if let Some(pem) = &options.authorities {
        net::check_authorities(pem).map_err(|error| Problem::invalid(crate::told(&error)))?;
    }
    Ok(options)
}

fn lengths(settings: &api::RegistrySettings) -> Result<(), Problem> {
    let texts = [
        ("username", &settings.username),
        ("api_address", &settings.api_address),
        ("region", &settings.region),
        ("instance", &settings.instance),
        ("namespace", &settings.namespace),
        ("role", &settings.role),
        ("external_id", &settings.external_id),
    ];
    text::check("address", &settings.address, LONGEST)?;
    for (name, value) in texts {
        text::check(name, value.as_deref().unwrap_or_default(), LONGEST)?;
    }
    text::check("authorities", settings.authorities.as_deref().unwrap_or_default(), LONGEST_PEM)
}

/// Refuses settings that leave out what the kind cannot do without.
fn given(
    kind: &Kind,
    settings: &api::RegistrySettings,
    options: &Options,
    has_password: bool,
) -> Result<(), Problem> {
    for (field, required) in kind.needs.iter().copied().map(field) {
        let is_given = match field {
            "address" => !settings.address.trim().is_empty(),
            "credentials" => options.username.is_some() && has_password,
            "region" => options.region.is_some(),
            "instance" => options.instance.is_some(),
            "namespace" => options.namespace.is_some(),
            _ => true,
        };
        if required && !is_given {
            let detail =
                format!("`{field}` is missing: a registry of kind `{}` cannot do without", kind.word);
            return Err(Problem::invalid(detail));
        }
    }
    Ok(())
}

/// A registry as it is sent.
pub(super) fn registry(app: &App, row: Registry) -> Result<api::Registry, Problem> {
    let options = row.options()?;
    // What cannot be opened is there all the same.
    let kept = Secrets::of(app, &row).ok();
    let has = |part: fn(&Secrets) -> bool| kept.as_ref().map_or(row.sealed.is_some(), part);
    Ok(api::Registry {
        has_password: has(|secrets| secrets.password.is_some()),
        has_proxy: has(|secrets| secrets.proxy.is_some()),
        id: row.id,
        project_id: row.project_id,
        name: row.name,
        kind: row.kind,
        settings: settings(row.address, row.images_per_hour, row.nightly, options),
        has_notices: row.has_hook,
        health: match row.health.as_str() {
            "well" => api::RegistryHealth::Well,
            "failing" => api::RegistryHealth::Failing,
            _ => api::RegistryHealth::Unknown,
        },
        failure: failure(row.failure, row.message),
        checked: row.checked,
        synced: row.synced,
        listed: row.listed,
        created: row.created,
        updated: row.updated,
        images: row.images,
    })
}

fn settings(
    address: String,
    images_per_hour: Option<i64>,
    nightly: bool,
    options: Options,
) -> api::RegistrySettings {
    api::RegistrySettings {
        address,
        username: options.username,
        api_version: match options.api_version.as_str() {
            "v1" => api::RegistryVersion::V1,
            "v2" => api::RegistryVersion::V2,
            _ => api::RegistryVersion::Auto,
        },
        api_address: options.api_address,
        region: options.region,
        instance: options.instance,
        namespace: options.namespace,
        role: options.role,
        external_id: options.external_id,
        plain_http: options.plain_http,
        accept_any_certificate: options.insecure,
        authorities: options.authorities,
        no_proxy: options.direct,
        include: options.include,
        exclude: options.exclude,
        proxy_caches: options.proxy_caches,
        images_per_hour,
        nightly,
        incremental: options.incremental,
        scan_new: options.scan_new,
    }
}

/// A step of a test as it is sent.
pub(super) fn step(step: &registries::StepOutcome) -> api::ConnectionStep {
    let failure: Option<Failure> = step.failure();
    let advice: Option<Text> = failure.map(Failure::advice);
    api::ConnectionStep {
        step: step.step.word().to_owned(),
        ok: step.outcome.is_ok(),
        milliseconds: u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
        told: match &step.outcome {
            Ok(told) => told.clone(),
            Err(error) => crate::told(error),
        },
        failure,
        advice,
    }
}
