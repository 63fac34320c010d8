//! The module information: lines of tab-separated fields, as `runtime/debug.ParseBuildInfo` reads them.

use crate::Error;

/// A module and what replaces it.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    name: &'a str,
    version: &'a str,
    replacement: Option<(&'a str, &'a str)>,
}

/// What a program was built from.
#[derive(Debug, Default)]
pub(super) struct Modules<'a> {
    main: Option<Module<'a>>,
    pub(super) dependencies: Vec<Module<'a>>,
    settings: Vec<(&'a str, String)>,
}

impl<'a> Module<'a> {
    /// The name of what was really built; a local copy keeps the name of what it copies.
    pub(super) fn name(&self) -> &'a str {
        self.replacement.filter(|replacement| !replacement.1.is_empty()).map_or(self.name, |(name, _)| name)
    }

    /// The version, where it is known.
    pub(super) fn version(&self) -> Option<&'a str> {
        let version = self.replacement.map_or(self.version, |(_, version)| version);
        Some(version).filter(|version| !version.is_empty() && *version != DEVELOPMENT)
    }

    fn read(fields: &str) -> Option<Module<'_>> {
        let mut fields = fields.split('\t');
        let name = fields.next().filter(|name| !name.is_empty())?;
        Some(Module { name, version: fields.next().unwrap_or_default(), replacement: None })
    }
}

/// What Go writes where it knows no version.
const DEVELOPMENT: &str = "(devel)";

impl<'a> Modules<'a> {
    /// Reads the lines; a line of an unknown kind is passed over, as Go does.
    ///
    /// # Errors
    /// When a line that names a module names none.
    pub(super) fn parse(text: &'a str) -> Result<Self, Error> {
        let mut modules = Self::default();
        let mut last_is_main = false;
        for line in text.lines() {
            let (kind, fields) = line.split_once('\t').unwrap_or((line, ""));
            let module = || {
                let why = format!("a line names no module: `{line}`");
                Module::read(fields).ok_or(Error::Format { format: "Go build information", why })
            };
            match kind {
                "mod" => modules.main = Some(module()?),
                "dep" => modules.dependencies.push(module()?),
                "=>" => {
                    let target =
                        if last_is_main { modules.main.as_mut() } else { modules.dependencies.last_mut() };
                    let by = module()?;
                    if let Some(target) = target {
                        target.replacement = Some((by.name, if by.is_local() { "" } else { by.version }));
                    }
                }
                "build" => modules.settings.extend(setting(fields)),
                _ => {}
            }
            last_is_main = kind == "mod";
        }
        Ok(modules)
    }

    /// The main module's name and version: as stated, else as the linker was told.
    ///
    /// Else it stays `(devel)`, which is no version: what advisories say of the module is then unknown. A version made from
    /// the commit alone, as Go 1.24 writes where it finds no tag (`v0.0.0-2024…`), would sort below every fix, and the
    /// program would have all vulnerabilities it ever had. That of a changed tree (`+dirty`) is the version it came from.
    pub(super) fn main(&self) -> Option<(&'a str, String)> {
        let main = self.main.as_ref()?;
        let tagged = main.version().filter(|version| *version != "v0.0.0" && !version.starts_with("v0.0.0-"));
        let version = tagged.map(|version| version.strip_suffix("+dirty").unwrap_or(version).to_owned());
        let version = version.or_else(|| self.linked(main.name)).unwrap_or_else(|| DEVELOPMENT.to_owned());
        Some((main.name(), version))
    }

    fn setting(&self, wanted: &str) -> Option<&str> {
        self.settings.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.as_str())
    }

    /// The version that `-ldflags "-X main.version=1.2.3"` sets in the program's own packages.
    fn linked(&self, main: &str) -> Option<String> {
        let mut words = words(self.setting("-ldflags")?).into_iter();
        let mut found: Option<String> = None;
        while let Some(word) = words.next() {
            let Some(rest) = word.strip_prefix("-X").or_else(|| word.strip_prefix("--X")) else { continue };
            let rest = rest.strip_prefix('=').unwrap_or(rest);
            let assignment = if rest.is_empty() { words.next()? } else { rest.to_owned() };
            let Some((variable, value)) = assignment.split_once('=') else { continue };
            if let Some(version) = stated(main, variable, value) {
                // `main.version` holds before any other.
                if variable.eq_ignore_ascii_case("main.version") {
                    return Some(version);
                }
                found = found.or(Some(version));
            }
        }
        found
    }
}

impl Module<'_> {
    /// Whether it is a folder on the disk of who built it.
    fn is_local(&self) -> bool {
        self.name.starts_with(['.', '/']) || self.version == DEVELOPMENT
    }
}

/// `main` is the program's main module; the value of one of its variables counts when it looks like a version.
fn stated(main: &str, variable: &str, value: &str) -> Option<String> {
    let (package, name) = variable.rsplit_once('.')?;
    let is_own = package == "main" || package.starts_with(main);
    let is_version = ["version", "buildversion", "appversion", "gitversion"]
        .iter()
        .any(|wanted| name.eq_ignore_ascii_case(wanted));
    let number = value.strip_prefix('v').unwrap_or(value);
    let is_number =
        number.split('.').take(2).filter(|part| part.starts_with(|c: char| c.is_ascii_digit())).count() == 2
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
    (is_own && is_version && is_number).then(|| format!("v{number}"))
}

/// A key and its value, either of which may be quoted as in Go.
fn setting(field: &str) -> Option<(&str, String)> {
    let (key, value) = field.split_once('=')?;
    let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(quoted) => unescape(quoted),
        None => value.strip_prefix('`').and_then(|value| value.strip_suffix('`')).unwrap_or(value).to_owned(),
    };
    Some((key, value))
}

/// Undoes the backslashes of a Go string; the forms by number are of no use in a version and stay.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next().map(|next| match next {
                'n' | 't' | 'r' => ' ',
                other => other,
            })),
            other => plain.push(other),
        }
    }
    plain
}

/// The words of a command line: split at white space outside quotes, which are taken off.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for character in text.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ' | '\t' | '\n') => words.push(std::mem::take(&mut word)),
            _ => word.push(character),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn main_of(settings: &str) -> Option<(String, String)> {
        let text = format!("path\texample.com/shop\nmod\texample.com/shop\t(devel)\t\n{settings}");
        Modules::parse(&text).unwrap().main().map(|(name, version)| (name.to_owned(), version))
    }

    #[test]
    fn finds_the_version_of_the_main_module() {
        for (settings, expected) in [
            ("", Some("(devel)")),
            ("build\t-ldflags=\"-s -w -X main.version=1.2.3\"\n", Some("v1.2.3")),
            ("build\t-ldflags=\"-X 'example.com/shop/internal.Version=v2.0.0-rc.1'\"\n", Some("v2.0.0-rc.1")),
            ("build\t-ldflags=\"-X other.org/lib.Version=v9.0.0 -X=main.Version=v1.0.0\"\n", Some("v1.0.0")),
            ("build\t-ldflags=\"-X main.version=main\"\n", Some("(devel)")),
        ] {
            let version = main_of(settings).map(|(_, version)| version);
            assert_eq!(version.as_deref(), expected, "{settings}");
        }
    }

    #[test]
    fn takes_no_version_made_from_the_commit_alone() {
        for (stated, expected) in [
            ("v1.2.3", "v1.2.3"),
            ("v1.2.3+dirty", "v1.2.3"),
            ("v0.0.0", "(devel)"),
            ("v1.2.4-0.20241001120000-0123456789ab", "v1.2.4-0.20241001120000-0123456789ab"),
            ("v0.0.0-20241001120000-0123456789ab+dirty", "(devel)"),
        ] {
            let text = format!("mod\texample.com/shop\t{stated}\t\n");
            let modules = Modules::parse(&text).unwrap();
            assert_eq!(modules.main(), Some(("example.com/shop", expected.to_owned())));
        }
    }

    #[test]
    fn follows_replacements() {
        let text = "dep\ta.org/a\tv1.0.0\th1:x\n=>\tb.org/b\tv2.0.0\th1:y\ndep\tc.org/c\tv3.0.0\n=>\t./c\t(devel)\t\n";
        let modules = Modules::parse(text).unwrap();
        let told: Vec<_> =
            modules.dependencies.iter().map(|module| (module.name(), module.version())).collect();
        assert_eq!(told, [("b.org/b", Some("v2.0.0")), ("c.org/c", None)]);
    }
}
