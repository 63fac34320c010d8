//! Findings that are true of a version and mean nothing: they stay in the report, out of the count.

use model::{Package, Suppression, SuppressionStatus};

/// Who decides it.
const SOURCE: &str = "lazaret";

/// How the names of packages with nothing but the kernel's headers begin. The kernel that runs is the host's.
const KERNEL_HEADERS: [&str; 6] = [
    "linux-libc-dev",
    "linux-headers",
    "linux-api-headers",
    "kernel-headers",
    "kernel-devel",
    "kernel-uek-devel",
];
/// The sources that kernels are built from.
const KERNEL_SOURCES: [&str; 4] = ["linux", "kernel", "kernel-uek", "linux-signed"];

/// The decision about a package of kernel headers.
pub(super) fn headers(package: &Package) -> Option<Suppression> {
    let is_headers =
        package.kind.is_system() && KERNEL_HEADERS.iter().any(|name| package.name.starts_with(name));
    let source = package.source.as_ref().map(|source| source.name.as_str());
    let is_kernel = source.is_none_or(|source| {
        KERNEL_SOURCES.iter().any(|kernel| {
            source.strip_prefix(kernel).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    });
    (is_headers && is_kernel).then(|| decision(
        "vulnerable_code_not_present: the package holds headers of the kernel, no code of it; the kernel that runs is the host's",
    ))
}

/// The decision about a vulnerability that is none.
pub(super) fn rejected(id: &str) -> Suppression {
    decision(&format!("{id} was rejected by the authority that gave it out"))
}

fn decision(reason: &str) -> Suppression {
    Suppression {
        status: SuppressionStatus::NotAffected,
        source: SOURCE.to_owned(),
        reason: reason.to_owned(),
        until: None,
    }
}

#[cfg(test)]
mod tests {
    use model::{PackageType, SourcePackage};

    use super::*;

    #[test]
    fn only_headers_of_the_kernel_are_noise() {
        let of = |name: &str, source: &str| {
            let mut package = Package::new(PackageType::Deb, name, "6.1.1-1");
            package.source = Some(SourcePackage { name: source.to_owned(), version: "6.1.1-1".to_owned() });
            headers(&package).is_some()
        };
        assert!(of("linux-libc-dev", "linux") && of("linux-headers-6.1.0-1-amd64", "linux-signed-amd64"));
        assert!(!of("linux-image-6.1.0-1-amd64", "linux") && !of("linuxptp", "linuxptp"));
        assert!(!of("linux-headers-tool", "linuxtools") && !of("libc6-dev", "glibc"));
    }
}
