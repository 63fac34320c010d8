//! `lazaret registry`.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result};
use image::registry::Registry;
use model::Language;
use registries::{
    Artifact, Catalogue, Item, Kind, Need, Repository, Selection, Settings, StepOutcome, Version,
};
use serde_json::json;

use crate::cli::{
    ApiVersion, ConnectionArguments, ERROR, ListFormat, ListOutput, RegistryCommand,
    RegistryCommandArguments, WARNING,
};
use crate::{Outcome, settings, source};

pub(crate) fn run(arguments: &RegistryCommandArguments) -> Result<Outcome> {
    match &arguments.command {
        RegistryCommand::Kinds { output } => kinds(*output),
        RegistryCommand::Test { connection, output } => test(connection, *output),
        RegistryCommand::List { connection, include, exclude, proxy_caches, since, platforms, output } => {
            let selection = Selection::new(include, exclude, *proxy_caches)?;
            list(connection, &selection, since.as_deref(), *platforms, *output)
        }
    }
}

impl ListOutput {
    fn language(self) -> Language {
        self.lang.unwrap_or_else(settings::language)
    }
}

fn kinds(output: ListOutput) -> Result<Outcome> {
    let language = output.language();
    let mut out = anstream::stdout().lock();
    for kind in registries::all() {
        let needs: Vec<&str> = kind.needs.iter().map(|need| option_of(*need)).collect();
        match output.format {
            ListFormat::Json => {
                let line = json!({ "kind": kind.word, "title": kind.title(), "needs": needs, "sign_in": kind.sign_in_help() });
                writeln!(out, "{line}")?;
            }
            ListFormat::Table => {
                writeln!(out, "{:<16}{}", kind.word, kind.title().of(language))?;
                writeln!(out, "{:<16}{}", "", needs.join("  "))?;
                writeln!(out, "{:<16}{}\n", "", kind.sign_in_help().of(language))?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// How a setting is said on the command line.
fn option_of(need: Need) -> &'static str {
    match need {
        Need::Address => "ADDRESS",
        Need::AddressOptional => "[ADDRESS]",
        Need::Credentials => "--username --password",
        Need::CredentialsOptional => "[--username --password]",
        Need::Region => "--region",
        Need::Instance => "--instance",
        Need::InstanceOptional => "[--instance]",
        Need::Namespace => "--namespace",
        Need::NamespaceOptional => "[--namespace]",
        Need::Version => "[--api-version]",
        Need::ApiAddressOptional => "[--api-address]",
        Need::Role => "[--role]",
    }
}

/// The kind and the settings of the arguments.
fn connection(arguments: &ConnectionArguments) -> Result<(&'static Kind, Settings)> {
    let kind = registries::find(&arguments.kind)?;
    let mut registry = source::registry_options(&arguments.sign_in, &arguments.network)?;
    if let (None, Some(address)) = (&registry.username, &arguments.address)
        && let Some((username, password)) = image::registry::stored_password(address, &registry)?
    {
        (registry.username, registry.password) = (Some(username), Some(password));
    }
    let settings = Settings {
        address: arguments.address.clone().unwrap_or_default(),
        username: registry.username,
        password: registry.password,
        session_token: arguments.session_token.clone(),
        region: arguments.region.clone(),
        instance: arguments.instance.clone(),
        namespace: arguments.namespace.clone(),
        role: arguments.role.clone(),
        external_id: arguments.external_id.clone(),
        version: match arguments.api_version {
            ApiVersion::Auto => Version::Auto,
            ApiVersion::V1 => Version::V1,
            ApiVersion::V2 => Version::V2,
        },
        plain_http: registry.plain_http,
        api_address: arguments.api_address.clone(),
        environment: settings::cloud_environment(),
        net: registry.net,
    };
    Ok((kind, settings))
}

fn test(arguments: &ConnectionArguments, output: ListOutput) -> Result<Outcome> {
    let (kind, settings) = connection(arguments)?;
    let steps = registries::check(kind, &settings);
    let failed = steps.iter().any(|step| step.outcome.is_err());
    let mut out = anstream::stdout().lock();
    for step in &steps {
        match output.format {
            ListFormat::Json => writeln!(out, "{}", step_document(step))?,
            ListFormat::Table => writeln!(out, "{}", step_line(step, output.language()))?,
        }
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

fn step_document(step: &StepOutcome) -> serde_json::Value {
    let (told, error) = match &step.outcome {
        Ok(told) => (Some(told), None),
        Err(error) => (None, Some(crate::told(error))),
    };
    json!({
        "step": step.step.word(),
        "ok": error.is_none(),
        "ms": step.took.as_millis(),
        "told": told,
        "error": error,
        "failure": step.failure(),
        "advice": step.failure().map(model::Failure::advice),
    })
}

fn step_line(step: &StepOutcome, language: Language) -> String {
    let (word, took) = (step.step.word(), step.took.as_millis());
    match &step.outcome {
        Ok(told) => format!("ok      {word:<5}{took:>6} ms  {told}"),
        Err(error) => {
            let failure = step.failure().unwrap_or(model::Failure::Unknown);
            let (start, end) = (ERROR.render(), ERROR.render_reset());
            let (told, advice) = (crate::told(error), failure.advice());
            format!(
                "{start}failed{end}  {word:<5}{took:>6} ms  {failure}: {told}\n                        {}",
                advice.of(language)
            )
        }
    }
}

/// A listing that is printed as it goes.
struct Printed<'a> {
    out: &'a mut dyn Write,
    format: ListFormat,
    /// Where indexes are asked for their images; only when that is wanted.
    registry: Option<Arc<Registry>>,
    catalogue: &'a dyn Catalogue,
    repository: Repository,
    problem: Option<std::io::Error>,
}

fn list(
    arguments: &ConnectionArguments,
    selection: &Selection,
    since: Option<&str>,
    platforms: bool,
    output: ListOutput,
) -> Result<Outcome> {
    let (kind, settings) = connection(arguments)?;
    let catalogue = (kind.connect)(&settings)?;
    let registry = if platforms { Some(catalogue.endpoint()?.connect()?) } else { None };
    let mut out = anstream::stdout().lock();
    let mut printed = Printed {
        out: &mut out,
        format: output.format,
        registry,
        catalogue: &*catalogue,
        repository: Repository::default(),
        problem: None,
    };
    let listing = registries::list(&*catalogue, selection, since, &mut |item| printed.take(item));
    if let Some(problem) = printed.problem {
        return Err(problem).context("cannot write the list");
    }
    let listing = listing.with_context(|| format!("cannot list the {} registry", kind.word))?;
    anstream::eprintln!(
        "{} images in {} repositories; {} repositories left out, {} failed",
        listing.artifacts,
        listing.repositories,
        listing.skipped,
        listing.failed
    );
    Ok(if listing.is_complete() { Outcome::Done } else { Outcome::Failed })
}

impl Printed<'_> {
    /// Prints what was met; says no when nobody listens any more.
    fn take(&mut self, item: Item) -> bool {
        let written = match item {
            Item::Repository(repository) => {
                self.repository = repository;
                Ok(())
            }
            Item::Artifact(artifact) => self.artifact(artifact),
            Item::Failed(error) => {
                self.warn(&crate::told(&error));
                Ok(())
            }
        };
        match written {
            Ok(()) => true,
            Err(problem) => {
                self.problem =
                    Some(problem).filter(|problem| problem.kind() != std::io::ErrorKind::BrokenPipe);
                false
            }
        }
    }

    fn warn(&self, why: &str) {
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        anstream::eprintln!("{start}warning:{end} {}: {why}", self.repository.name);
    }

    fn artifact(&mut self, mut artifact: Artifact) -> std::io::Result<()> {
        if let Some(registry) = &self.registry {
            let name = self.catalogue.pull_name(&self.repository.name);
            if let Err(error) = registries::complete(registry, &name, &mut artifact) {
                self.warn(&crate::told(&error));
            }
        }
        match self.format {
            ListFormat::Json => writeln!(self.out, "{}", document(&self.repository, &artifact)),
            ListFormat::Table => self.lines(&artifact),
        }
    }

    fn lines(&mut self, artifact: &Artifact) -> std::io::Result<()> {
        let digest = artifact.digest.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let pushed = artifact.pushed.as_deref().unwrap_or("-");
        let platform = artifact.platform.as_ref().map(ToString::to_string).unwrap_or_default();
        let name = &self.repository.name;
        let names: Vec<String> = match artifact.tags.as_slice() {
            [] => vec![format!("{name}@{digest}")],
            tags => tags.iter().map(|tag| format!("{name}:{tag}")).collect(),
        };
        for name in names {
            writeln!(self.out, "{name}  {digest}  {pushed}  {platform}")?;
        }
        for child in &artifact.children {
            let platform = child.platform.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            writeln!(self.out, "  {platform}  {}", child.digest)?;
        }
        Ok(())
    }
}

fn document(repository: &Repository, artifact: &Artifact) -> serde_json::Value {
    let children = artifact.children.iter();
    let children: Vec<_> = children
        .map(|child| json!({ "digest": child.digest.to_string(), "platform": child.platform }))
        .collect();
    json!({
        "repository": repository.name,
        "tags": artifact.tags,
        "digest": artifact.digest.as_ref().map(ToString::to_string),
        "media_type": artifact.media_type,
        "size": artifact.size,
        "pushed": artifact.pushed,
        "platform": artifact.platform,
        "children": children,
    })
}
