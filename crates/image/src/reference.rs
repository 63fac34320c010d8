use std::fmt;

use model::Digest;

use crate::Error;

/// The registry a name without one means.
const DEFAULT_REGISTRY: &str = "docker.io";
/// What it is called by its machine.
const DEFAULT_REGISTRY_HOST: &str = "registry-1.docker.io";
/// Where its own images are.
const DEFAULT_NAMESPACE: &str = "library/";
const DEFAULT_TAG: &str = "latest";

/// The name of an image in a registry: `registry.example:5000/team/shop:1.0@sha256:…`.
///
/// Read by Docker's rules (the grammar of `github.com/distribution/reference`): `debian` means
/// `docker.io/library/debian:latest`. Only SHA-256 digests are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// Reads a name.
    ///
    /// # Errors
    /// When it breaks the rules; the message says which.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parts(text).map_err(|why| Error::Name { text: shorten(text), why })
    }

    /// An image of a registry that is known already, whatever that is called; by its tag or digest.
    ///
    /// # Errors
    /// When repository, tag or digest break the rules.
    pub fn within(registry: &str, repository: &str, target: &str) -> Result<Self, Error> {
        let fail = |why| Error::Name { text: shorten(&format!("{registry}/{repository}:{target}")), why };
        check_repository(repository).map_err(fail)?;
        let (tag, digest) = if target.contains(':') {
            (None, Some(target.parse::<Digest>().map_err(|error| fail(error.to_string()))?))
        } else {
            check_tag(target).map_err(fail)?;
            (Some(target.to_owned()), None)
        };
        Ok(Self { registry: registry.to_owned(), repository: repository.to_owned(), tag, digest })
    }

    /// The registry, `docker.io`, `localhost:5000`, `[::1]:5000`.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The machine the registry answers on, with its port when the name has one.
    #[must_use]
    pub fn registry_host(&self) -> &str {
        if self.registry == DEFAULT_REGISTRY { DEFAULT_REGISTRY_HOST } else { &self.registry }
    }

    /// The repository, `library/debian`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; `latest` when the name has neither tag nor digest.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref().or_else(|| self.digest.is_none().then_some(DEFAULT_TAG))
    }

    /// The digest of the manifest or index.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The name as people write it: `debian:12`.
    #[must_use]
    pub fn familiar(&self) -> String {
        let own = self.registry == DEFAULT_REGISTRY;
        let short = self.repository.strip_prefix(DEFAULT_NAMESPACE).filter(|rest| own && !rest.contains('/'));
        let registry = if own { String::new() } else { format!("{}/", self.registry) };
        format!("{registry}{}{}", short.unwrap_or(&self.repository), self.suffix())
    }

    fn suffix(&self) -> String {
        let tag = self.tag().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = self.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
        tag + &digest
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.registry, self.repository, self.suffix())
    }
}

impl std::str::FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

fn parts(text: &str) -> Result<Reference, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Some((_, rest)) = text.split_once("://") {
        return Err(format!("a name has no scheme; write `{}`", shorten(rest)));
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest.parse::<Digest>().map_err(|error| error.to_string())?)),
        None => (text, None),
    };
    let (registry, path) = split_registry(name);
    let slash = path.rfind('/').map_or(0, |place| place + 1);
    let colon = path.rfind(':').filter(|place| *place >= slash);
    let (path, tag) = match colon.and_then(|place| path.split_at_checked(place)) {
        Some((path, tag)) => (path, Some(tag.trim_start_matches(':'))),
        None => (path, None),
    };
    if let Some(tag) = tag {
        check_tag(tag)?;
    }
    if let Some(registry) = registry {
        check_registry(registry)?;
    }
    check_repository(path)?;
    let registry = match registry {
        None | Some("index.docker.io" | DEFAULT_REGISTRY_HOST) => DEFAULT_REGISTRY,
        Some(registry) => registry,
    };
    let own = registry == DEFAULT_REGISTRY && !path.contains('/');
    let repository = if own { format!("{DEFAULT_NAMESPACE}{path}") } else { path.to_owned() };
    Ok(Reference { registry: registry.to_ascii_lowercase(), repository, tag: tag.map(str::to_owned), digest })
}

/// What stands before the first slash is a registry when it cannot be a part of a repository.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, rest)) if first == "localhost" || first.contains(['.', ':', '[']) => (Some(first), rest),
        _ => (None, name),
    }
}

fn check_registry(registry: &str) -> Result<(), String> {
    let refuse = || Err(format!("`{}` is no host", shorten(registry)));
    let (host, port) = match registry.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return refuse() };
            if address.parse::<std::net::Ipv6Addr>().is_err() || !(port.is_empty() || port.starts_with(':')) {
                return refuse();
            }
            ("", port.strip_prefix(':'))
        }
        None => match registry.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (registry, None),
        },
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return Err(format!("`{}` has no valid port", shorten(registry)));
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !registry.starts_with('[') && !host.split('.').all(label) {
        return refuse();
    }
    Ok(())
}

fn check_repository(path: &str) -> Result<(), String> {
    if path.len() > 255 {
        return Err("the repository is longer than 255 characters".to_owned());
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(format!(
            "a repository is written in lower case; write `{}`",
            shorten(&path.to_ascii_lowercase())
        ));
    }
    match path.split('/').find(|component| !is_component(component)) {
        None => Ok(()),
        Some("") => Err("a part of the repository is empty".to_owned()),
        Some(other) => Err(format!("`{}` cannot be a part of a repository", shorten(other))),
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(component: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    let separators = bytes.split(|byte| word(*byte)).filter(|run| !run.is_empty());
    ends.iter().all(|end| end.is_some_and(|byte| word(*byte)))
        && separators
            .into_iter()
            .all(|run| matches!(run, b"." | b"_" | b"__") || run.iter().all(|byte| *byte == b'-'))
}

/// `[\w][\w.-]{0,127}`
fn check_tag(tag: &str) -> Result<(), String> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let first = tag.bytes().next().is_some_and(word);
    if first && tag.len() <= 128 && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-') {
        return Ok(());
    }
    Err(format!("`{}` is no tag", shorten(tag)))
}

/// Names come from the command line and from engines: what is shown of them is short and plain.
fn shorten(text: &str) -> String {
    text.chars().take(120).map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_by_dockers_rules() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let table: &[(&str, &str, &str)] = &[
            ("debian", "docker.io/library/debian:latest", "debian:latest"),
            ("debian:12", "docker.io/library/debian:12", "debian:12"),
            ("grafana/loki:3", "docker.io/grafana/loki:3", "grafana/loki:3"),
            ("index.docker.io/library/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("docker.io/a/b/c", "docker.io/a/b/c:latest", "a/b/c:latest"),
            ("localhost/a", "localhost/a:latest", "localhost/a:latest"),
            ("localhost:5000/a/b:tag", "localhost:5000/a/b:tag", "localhost:5000/a/b:tag"),
            ("[::1]:5000/a:B_1", "[::1]:5000/a:B_1", "[::1]:5000/a:B_1"),
            ("[fe80::1]/a", "[fe80::1]/a:latest", "[fe80::1]/a:latest"),
            ("Registry.Example/a", "registry.example/a:latest", "registry.example/a:latest"),
            (
                "10.0.0.1:80/a__b/c---d.e",
                "10.0.0.1:80/a__b/c---d.e:latest",
                "10.0.0.1:80/a__b/c---d.e:latest",
            ),
        ];
        for (text, canonical, familiar) in table {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(
                (reference.to_string().as_str(), reference.familiar().as_str()),
                (*canonical, *familiar)
            );
            assert_eq!(Reference::parse(canonical).unwrap().to_string(), *canonical);
        }
        let both = Reference::parse(&format!("localhost:5000/a/b:tag@{digest}")).unwrap();
        assert_eq!(both.to_string(), format!("localhost:5000/a/b:tag@{digest}"));
        let alone = Reference::parse(&format!("debian@{digest}")).unwrap();
        assert_eq!((alone.tag(), alone.familiar()), (None, format!("debian@{digest}")));
        assert_eq!(alone.registry_host(), "registry-1.docker.io");
    }

    #[test]
    fn refuses_what_is_no_name_and_says_why() {
        let table = [
            ("", "empty"),
            ("https://registry.example/a", "no scheme; write `registry.example/a`"),
            ("Debian", "lower case; write `debian`"),
            ("registry.example/Team/a:1", "lower case; write `team/a`"),
            ("a:b:c", "part of a repository"),
            ("a:", "no tag"),
            ("a:-1", "no tag"),
            ("a@sha256:12", "not a sha256 digest"),
            ("a@md5:12", "not a sha256 digest"),
            ("a//b", "empty"),
            ("a/", "empty"),
            ("a/../b", "part of a repository"),
            ("a___b", "part of a repository"),
            ("-a", "part of a repository"),
            ("a b", "part of a repository"),
            ("host.example:99999/a", "no valid port"),
            ("[::1/a", "no host"),
            ("[::g]/a", "no host"),
            ("a..b/c", "no host"),
            ("user:word@host.example/a", "not a sha256 digest"),
        ];
        for (text, why) in table {
            let error = Reference::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        let long = format!("{}/b", "a".repeat(300));
        assert!(Reference::parse(&long).is_err());
    }
}
