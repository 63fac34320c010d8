//! Which lock files are a project's own, and which lie in a package that was installed with its sources.

/// Folders into which package managers put what they install.
const INSTALLED: &[&str] = &[
    "__pypackages__",
    "bower_components",
    "conda-meta",
    "dist-packages",
    "node_modules",
    "site-packages",
    "vendor",
];

/// Whether the file at `path` can be a project's own: what a package brings along from its authors' repository says
/// what they build it with, not what is there.
pub(crate) fn is_own(path: &str) -> bool {
    let mut inner = "";
    for folder in path.rsplit('/').skip(1) {
        if INSTALLED.contains(&folder) || folder == "gems" && is_versioned(inner) {
            return false;
        }
        inner = folder;
    }
    true
}

/// `rake-13.0.6`: the folder of an installed gem, where a repository of several would have `rake`.
fn is_versioned(folder: &str) -> bool {
    folder.split('-').skip(1).any(|part| part.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_what_lies_in_an_installed_package() {
        for (path, expected) in [
            ("package-lock.json", true),
            ("srv/app/package-lock.json", true),
            ("srv/vendors/Gemfile.lock", true),
            ("app/node_modules/x/package-lock.json", false),
            ("usr/lib/python3/site-packages/x/requirements.txt", false),
            ("usr/local/bundle/gems/rake-13.0.6/Gemfile.lock", false),
            ("srv/gems/rake/Gemfile.lock", true),
            ("usr/local/bundle/gems/nokogiri-1.13.0-x86_64-linux/ext/Gemfile.lock", false),
            ("app/vendor/symfony/yaml/composer.lock", false),
        ] {
            assert_eq!(is_own(path), expected, "{path}");
        }
    }
}
