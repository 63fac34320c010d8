//! Names of packages, in the form their ecosystem has settled on.

use model::PackageType;

/// The longest name that is taken for one.
const LONGEST: usize = 512;

/// The name as its ecosystem writes it; nothing when the ecosystem would not take it.
pub(crate) fn canonical(kind: PackageType, name: &str) -> Option<String> {
    let name = name.trim();
    match kind {
        PackageType::Npm => is_npm(name).then(|| name.to_owned()),
        PackageType::Pypi => pypi(name),
        PackageType::Composer => composer(name),
        PackageType::Maven => {
            let (group, artifact) = name.split_once(':')?;
            (is_plain(group) && is_plain(artifact)).then(|| name.to_owned())
        }
        PackageType::Golang => name.split('/').all(is_path_part).then(|| name.to_owned()),
        PackageType::Swift => name.split('/').all(is_plain).then(|| name.to_owned()),
        _ => is_plain(name).then(|| name.to_owned()),
    }
}

/// Whether npm would take the name, with the letters that old packages may have.
pub(crate) fn is_npm(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '_'])
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!'()*".contains(&byte))
    };
    let bare = match name.strip_prefix('@').map(|scoped| scoped.split_once('/')) {
        Some(Some((scope, bare))) => is_part(scope).then_some(bare),
        Some(None) => None,
        None => Some(name),
    };
    name.len() <= 214 && bare.is_some_and(is_part)
}

/// The name in lower case, each run of `-`, `_` and `.` as one dash; nothing when it is no name.
pub(crate) fn pypi(name: &str) -> Option<String> {
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    if name.len() > LONGEST || !is_end(name.bytes().next()) || !is_end(name.bytes().last()) {
        return None;
    }
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter if letter.is_ascii_alphanumeric() => normal.push(letter.to_ascii_lowercase()),
            _ => return None,
        }
    }
    Some(normal)
}

/// `vendor/package` in lower case.
fn composer(name: &str) -> Option<String> {
    let (vendor, package) = name.split_once('/')?;
    (is_plain(vendor) && is_plain(package)).then(|| name.to_ascii_lowercase())
}

/// A part of the path of a Go module.
fn is_path_part(part: &str) -> bool {
    is_plain(&part.replace('~', "-"))
}

/// Letters, digits and the few marks that names of gems and Conda packages are made of.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_python_names() {
        for (name, expected) in [
            ("Flask", Some("flask")),
            ("zope.interface", Some("zope-interface")),
            ("a-_.B", Some("a-b")),
            ("", None),
            ("-a", None),
            ("a b", None),
            ("é", None),
        ] {
            assert_eq!(pypi(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn knows_a_javascript_name() {
        for (name, expected) in [
            ("a", true),
            ("@s/a-b", true),
            ("JSONStream", true),
            ("", false),
            ("a b", false),
            ("@s", false),
            ("a/b", false),
        ] {
            assert_eq!(is_npm(name), expected, "{name}");
        }
    }

    #[test]
    fn writes_composer_names_in_lower_case_with_their_vendor() {
        let composer = |name| canonical(PackageType::Composer, name);
        assert_eq!(composer("Symfony/Http-Kernel").as_deref(), Some("symfony/http-kernel"));
        assert_eq!(composer("symfony"), None);
        assert_eq!(composer("a/b/c"), None);
        assert_eq!(canonical(PackageType::Gem, "no gem"), None);
    }

    #[test]
    fn knows_the_names_of_maven_and_go() {
        for (kind, name, expected) in [
            (PackageType::Maven, "org.a:b_2.13", true),
            (PackageType::Maven, "b", false),
            (PackageType::Maven, "a:b:c", false),
            (PackageType::Golang, "gopkg.in/yaml.v3", true),
            (PackageType::Golang, "git.sr.ht/~user/module", true),
            (PackageType::Golang, "a//b", false),
            (PackageType::Golang, "a b", false),
        ] {
            assert_eq!(canonical(kind, name).is_some(), expected, "{name}");
        }
    }
}
