/// How a server wants to be told who asks: one entry of `WWW-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A user and a password.
    Basic,
    /// A token that `realm` gives out.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

/// Reads the value of `WWW-Authenticate`, which may hold several challenges; unknown ones are left out.
///
/// Source: RFC 9110, section 11.
pub(super) fn challenges(header: &str) -> Vec<Challenge> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = header;
    while let Some((word, after)) = token(rest) {
        if let Some(value) = after.trim_start().strip_prefix('=') {
            let (value, after) = value_of(value.trim_start());
            if let Some((_, parameters)) = found.last_mut() {
                parameters.push((word.to_ascii_lowercase(), value));
            }
            rest = after;
        } else {
            found.push((word.to_ascii_lowercase(), Vec::new()));
            rest = after;
        }
    }
    found.into_iter().filter_map(|(scheme, parameters)| challenge(&scheme, parameters)).collect()
}

fn challenge(scheme: &str, parameters: Vec<(String, String)>) -> Option<Challenge> {
    let mut parameters: std::collections::HashMap<String, String> = parameters.into_iter().collect();
    match scheme {
        "basic" => Some(Challenge::Basic),
        "bearer" => Some(Challenge::Bearer {
            realm: parameters.remove("realm")?,
            service: parameters.remove("service"),
            scope: parameters.remove("scope"),
        }),
        _ => None,
    }
}

/// The next word and what follows it; separators before it are passed over.
fn token(text: &str) -> Option<(&str, &str)> {
    let word = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/:".contains(c);
    let text = text.get(text.find(word)?..)?;
    let end = text.find(|c| !word(c)).unwrap_or(text.len());
    text.split_at_checked(end)
}

/// A word or a quoted string, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return (word.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next()),
            other => value.push(other),
        }
    }
    (value, chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn reads_what_registries_send() {
        let docker = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull,push""#;
        let expected = bearer(
            "https://auth.docker.io/token",
            Some("registry.docker.io"),
            Some("repository:library/debian:pull,push"),
        );
        assert_eq!(challenges(docker), [expected]);
        assert_eq!(challenges("Basic realm=\"Registry Realm\""), [Challenge::Basic]);
        assert_eq!(challenges("basic"), [Challenge::Basic]);
        let both =
            r#"Negotiate, BEARER realm = "https://a/\"b" , error=invalid_token, Basic realm="x, Bearer""#;
        assert_eq!(challenges(both), [bearer("https://a/\"b", None, None), Challenge::Basic]);
    }

    #[test]
    fn survives_what_nobody_should_send() {
        for text in
            ["", ",,,", "=", "Bearer", "Bearer realm", "Bearer realm=\"", "\"", "Bearer =x, é=1", "a=b=c"]
        {
            assert!(
                challenges(text)
                    .iter()
                    .all(|it| matches!(it, Challenge::Bearer { realm, .. } if realm.is_empty())),
                "{text}"
            );
        }
    }
}
