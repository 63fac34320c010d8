//! The ways in which settings are written.

use serde::Deserialize;

/// A level of indentation deeper than this is not followed.
const MAX_DEPTH: usize = 32;

/// A way in which settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// `name value`, and also `name = value`: `login.defs`, `sshd_config`, `redis.conf`.
    Words,
    /// `name = value` below `[section]`; a name is written `section.name`, or only `name` outside of sections.
    Ini,
    /// `name: value` with indentation; a name is written with dots, however deep it lies.
    Yaml,
}

impl Format {
    /// The values of a name, in the order of the file. Names are compared without case.
    pub(crate) fn values(self, text: &str, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        self.each(text, |found, value| {
            if found.eq_ignore_ascii_case(name) {
                values.push(value.to_owned());
            }
        });
        values
    }

    /// Calls for each name and value, in the order of the file.
    pub(crate) fn each(self, text: &str, mut call: impl FnMut(&str, &str)) {
        match self {
            Self::Words => {
                for line in lines(text, &['#']) {
                    let (name, value) = word_and_rest(line);
                    call(name, unquoted(value));
                }
            }
            Self::Ini => each_of_ini(text, &mut call),
            Self::Yaml => each_of_yaml(text, &mut call),
        }
    }
}

/// The first word of a line, and what follows it or its equals sign.
pub(crate) fn word_and_rest(line: &str) -> (&str, &str) {
    let (name, rest) = line
        .split_once(|character: char| character.is_whitespace() || character == '=')
        .unwrap_or((line, ""));
    let rest = rest.trim_start();
    (name, rest.strip_prefix('=').unwrap_or(rest).trim())
}

/// A value without its quotes.
pub(crate) fn unquoted(value: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

/// The lines that say something, trimmed.
fn lines<'a>(text: &'a str, comments: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.lines().map(str::trim).filter(move |line| !line.is_empty() && !line.starts_with(comments))
}

fn each_of_ini(text: &str, call: &mut impl FnMut(&str, &str)) {
    let mut section = String::new();
    for line in lines(text, &['#', ';']) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.trim().clone_into(&mut section);
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let value = unquoted(value.trim());
        if section.is_empty() {
            call(name.trim(), value);
        } else {
            call(&format!("{section}.{}", name.trim()), value);
        }
    }
}

fn each_of_yaml(text: &str, call: &mut impl FnMut(&str, &str)) {
    let mut path: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', '-']) {
            continue;
        }
        let Some((name, value)) = trimmed.split_once(':') else { continue };
        let indent = line.len() - line.trim_start().len();
        while path.last().is_some_and(|(depth, _)| *depth >= indent) {
            path.pop();
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        let name = unquoted(name.trim());
        let full = match path.last() {
            Some((_, parent)) => format!("{parent}.{name}"),
            None => name.to_owned(),
        };
        if value.is_empty() && path.len() < MAX_DEPTH && full.len() < 512 {
            path.push((indent, full));
        } else {
            call(&full, unquoted(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_format() {
        let words = "# a 1\n a\t2\nA = \"3\"\nb=4\n";
        assert_eq!(Format::Words.values(words, "a"), ["2", "3"]);
        assert_eq!(Format::Words.values(words, "b"), ["4"]);
        let ini = "; x\nplain = 1\n[client]\nhost\npassword = 'p=q'\n[other]\npassword=z\n";
        assert_eq!(Format::Ini.values(ini, "plain"), ["1"]);
        assert_eq!(Format::Ini.values(ini, "client.password"), ["p=q"]);
        let yaml = "a.b: true # yes\nsecurity:\n  # x\n  authorization: \"disabled\"\nnet:\n  tls:\n    mode: off\n  bind: 0\n";
        for (name, value) in [
            ("a.b", "true"),
            ("security.authorization", "disabled"),
            ("net.tls.mode", "off"),
            ("net.bind", "0"),
        ] {
            assert_eq!(Format::Yaml.values(yaml, name), [value], "{name}");
        }
    }
}
