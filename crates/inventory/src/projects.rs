//! Which lock files are a project's own, and which lie in a package that was installed with its sources.

/// Folders into which package managers put what they install.
const INSTALLED: &[&str] = &[
    "__pypackages__",
    "bower_components",
    "conda-meta",
    "dist-packages",
    "gems",
    "node_modules",
    "pkgs",
    "site-packages",
    "vendor",
];

/// Whether the file at `path` can be a project's own: what a package brings along from its authors' repository says
/// what they build it with, not what is there.
pub(crate) fn is_own(path: &str) -> bool {
    path.rsplit('/').skip(1).all(|folder| !INSTALLED.contains(&folder))
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
            ("app/vendor/symfony/yaml/composer.lock", false),
        ] {
            assert_eq!(is_own(path), expected, "{path}");
        }
    }
}
