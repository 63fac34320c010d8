use proptest::prelude::*;

use super::*;

fn package<'a>(sbom: &'a Sbom, name: &str) -> &'a Package {
    sbom.packages.iter().find(|package| package.name == name).unwrap_or_else(|| panic!("{name} {sbom:?}"))
}

fn cyclonedx(components: &str) -> Sbom {
    let text = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{components}]}}"#);
    read(text.as_bytes()).unwrap()
}

fn source(package: &Package) -> (&str, &str) {
    let source = package.source.as_ref().unwrap();
    (&source.name, &source.version)
}

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn reads_names_and_versions_out_of_package_urls() {
    for (url, name, version) in [
        ("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12", "libstdc++6", "12.2.0-14"),
        ("pkg:deb/debian/git@2.39.2-1?epoch=1", "git", "1:2.39.2-1"),
        ("pkg:deb/debian/git@1%3A2.39.2-1?epoch=1", "git", "1:2.39.2-1"),
        ("pkg:apk/alpine/busybox@1.36.1-r15", "busybox", "1.36.1-r15"),
        ("pkg:npm/%40babel/core@7.0.0", "@babel/core", "7.0.0"),
        ("pkg:npm/@babel/core@7.0.0", "@babel/core", "7.0.0"),
        ("pkg:maven/org.a/b@1.0#sub/path", "org.a:b", "1.0"),
        ("pkg:golang/golang.org/x/net@v0.1.0", "golang.org/x/net", "v0.1.0"),
        ("pkg:golang/stdlib@1.22.1", "stdlib", "1.22.1"),
        ("pkg:pypi/Ruamel_yaml..clib@2.0", "ruamel-yaml-clib", "2.0"),
        ("PKG:deb/a@1", "", ""),
        ("pkg:deb", "", ""),
        ("pkg:npm/a%4@1", "", ""),
        ("pkg:npm/a%ff@1", "", ""),
        ("pkg:npm/@1", "", ""),
    ] {
        let read = Purl::parse(url).and_then(|purl| {
            Some((purl.full_name(PackageType::from_word(&purl.kind)?), purl.full_version()))
                .filter(|(_, version)| !version.is_empty())
        });
        let expected = Some((name.to_owned(), version.to_owned())).filter(|(name, _)| !name.is_empty());
        assert_eq!(read, expected, "{url}");
    }
}

#[test]
fn reads_what_syft_writes() {
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {{"component": {{"type": "container", "name": "shop:1", "version": "{DIGEST}"}}}},
        "components": [
          {{"type": "library", "name": "libc6", "version": "2.36-9", "purl": "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36-8",
            "licenses": [{{"license": {{"id": "GPL-2.0-only"}}}}, {{"license": {{"name": "own"}}}}],
            "properties": [{{"name": "syft:location:0:path", "value": "/var/lib/dpkg/status"}}, {{"name": "syft:location:0:layerID", "value": "{DIGEST}"}}]}},
          {{"type": "library", "name": "bash", "purl": "pkg:deb/debian/bash@5.2-1", "properties": [{{"name": "syft:metadata:source", "value": "bash-src"}}]}},
          {{"type": "file", "name": "/etc/passwd"}},
          {{"type": "operating-system", "name": "debian", "version": "12"}}]}}"#
    );
    let sbom = read(text.as_bytes()).unwrap();
    assert_eq!((sbom.name.as_str(), sbom.digest.as_deref()), ("shop:1", Some(DIGEST)));
    let distribution = sbom.distribution.as_ref().unwrap();
    assert_eq!((distribution.id.as_str(), distribution.version.as_deref()), ("debian", Some("12")));
    let libc = package(&sbom, "libc6");
    assert_eq!(source(libc), ("glibc", "2.36-8"));
    assert_eq!((libc.arch.as_deref(), libc.layer.as_deref()), (Some("amd64"), Some(DIGEST)));
    assert_eq!(libc.paths, ["var/lib/dpkg/status"]);
    assert_eq!(libc.licenses, ["GPL-2.0-only", "own"]);
    assert_eq!(source(package(&sbom, "bash")), ("bash-src", "5.2-1"));
    assert_eq!(sbom.gaps, []);
}

#[test]
fn reads_what_trivy_writes() {
    let sbom = cyclonedx(
        r#"{"type": "application", "name": "app/package-lock.json"},
        {"type": "library", "name": "git", "purl": "pkg:deb/ubuntu/git@2.34.1-1ubuntu1?arch=amd64&distro=ubuntu-22.04&epoch=1",
         "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "git-core"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "2.34.1"},
           {"name": "aquasecurity:trivy:SrcRelease", "value": "1ubuntu1"}, {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"}]},
        {"type": "library", "name": "left", "purl": "pkg:npm/left@1.0.0", "licenses": [{"expression": "MIT OR ISC"}],
         "properties": [{"name": "aquasecurity:trivy:FilePath", "value": "app/left/package.json"}]}"#,
    );
    assert_eq!(source(package(&sbom, "git")), ("git-core", "1:2.34.1-1ubuntu1"));
    assert_eq!(package(&sbom, "left").paths, ["app/left/package.json"]);
    assert_eq!(package(&sbom, "left").licenses, ["MIT OR ISC"]);
    let distribution = sbom.distribution.unwrap();
    assert_eq!((distribution.id.as_str(), distribution.version.as_deref()), ("ubuntu", Some("22.04")));
    assert_eq!(sbom.gaps, []);
}

#[test]
fn reads_back_what_lazaret_writes() {
    let sbom = cyclonedx(
        r#"{"type": "library", "name": "musl-utils", "version": "1.2.4-r1", "purl": "pkg:apk/alpine/musl-utils@1.2.4-r1?distro=alpine-3.18.4",
         "evidence": {"occurrences": [{"location": "lib/apk/db/installed"}]},
         "properties": [{"name": "lazaret:sourceName", "value": "musl"}, {"name": "lazaret:sourceVersion", "value": "1.2.4-r1"},
           {"name": "lazaret:createdBy", "value": "ADD x"}, {"name": "lazaret:owner", "value": "o"}]}"#,
    );
    let musl = package(&sbom, "musl-utils");
    assert_eq!(source(musl), ("musl", "1.2.4-r1"));
    assert_eq!(musl.paths, ["lib/apk/db/installed"]);
    assert_eq!((musl.created_by.as_deref(), musl.owner.as_deref()), (Some("ADD x"), Some("o")));
}

#[test]
fn reads_spdx_of_several_hands() {
    let text = format!(
        r#"{{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop", "packages": [
        {{"SPDXID": "SPDXRef-Image", "name": "shop:2", "versionInfo": "{DIGEST}", "primaryPackagePurpose": "CONTAINER"}},
        {{"SPDXID": "SPDXRef-OS", "name": "debian", "versionInfo": "12", "primaryPackagePurpose": "OPERATING_SYSTEM"}},
        {{"SPDXID": "a", "name": "libc6", "versionInfo": "2.36-9", "licenseDeclared": "LicenseRef-1",
          "sourceInfo": "found by os/dpkg in var/lib/dpkg/status, b; built from source package glibc 2.36-9",
          "externalRefs": [{{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:x"}},
                           {{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/libc6@2.36-9"}}]}},
        {{"SPDXID": "b", "name": "bash", "licenseDeclared": "NOASSERTION", "licenseConcluded": "GPL-3.0-or-later", "sourceInfo": "built package from: bash-src 5.2-1",
          "externalRefs": [{{"referenceType": "purl", "referenceLocator": "pkg:deb/debian/bash@5.2-1"}}]}},
        {{"SPDXID": "c", "name": "nameless"}}],
        "hasExtractedLicensingInfos": [{{"licenseId": "LicenseRef-1", "name": "Own"}}]}}"#
    );
    let sbom = read(text.as_bytes()).unwrap();
    assert_eq!((sbom.name.as_str(), sbom.digest.as_deref()), ("shop:2", Some(DIGEST)));
    assert_eq!(sbom.distribution.as_ref().unwrap().version.as_deref(), Some("12"));
    let libc = package(&sbom, "libc6");
    assert_eq!(source(libc), ("glibc", "2.36-9"));
    assert_eq!(libc.paths, ["var/lib/dpkg/status", "b"]);
    assert_eq!(libc.licenses, ["Own"]);
    assert_eq!(source(package(&sbom, "bash")), ("bash-src", "5.2-1"));
    assert_eq!(package(&sbom, "bash").licenses, ["GPL-3.0-or-later"]);
    assert_eq!(sbom.gaps, [Gap::new("component", "nameless", "it has no package URL")]);
}

#[test]
fn what_cannot_be_used_is_a_gap() {
    let sbom = cyclonedx(
        r#"{"type": "library", "name": "a", "purl": "pkg:firmware/a@1"},
        {"type": "library", "name": "b", "purl": "pkg:firmware/b@1", "components": [{"type": "library", "name": "c", "purl": "pkg:npm/c@1"}]},
        {"type": "library", "name": "d", "purl": "pkg:npm/d"},
        {"type": "library", "name": "e"},
        {"type": "library", "name": "f", "purl": "nothing"}"#,
    );
    assert_eq!(sbom.packages.len(), 1);
    let mut whys: Vec<&str> = sbom.gaps.iter().map(|gap| gap.why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys,
        [
            "2 components of type `firmware` are not judged",
            "it has no package URL",
            "it has no version",
            "its package URL is none",
        ]
    );
}

#[test]
fn refuses_what_it_does_not_read() {
    for (text, expected) in [
        ("<bom/>", "XML"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "9.0"}"#, "`9.0`"),
        (r#"{"spdxVersion": "SPDX-1.0"}"#, "`SPDX-1.0`"),
        (r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#, "neither"),
        ("{}", "neither"),
        ("", "line 1, column 0"),
        ("{\n\"bomFormat\": 1}", "line 2"),
        ("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\",\n \"components\": 7}", "line 2"),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn depth_and_number_are_bounded() {
    let open = r#"{"type": "library", "components": ["#.repeat(50_000);
    let text = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{open}"#);
    assert!(matches!(read(text.as_bytes()), Err(Error::Format { .. })));
    let many = vec!["{}"; MAX_COMPONENTS + 1].join(",");
    let text = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{many}]}}"#);
    assert!(matches!(read(text.as_bytes()), Err(Error::TooLarge)));
    let text = format!(r#"{{"spdxVersion": "SPDX-2.3", "packages": [{many}]}}"#);
    assert!(matches!(read(text.as_bytes()), Err(Error::TooLarge)));
}

proptest! {
    #[test]
    fn never_panics_on_package_urls(text in "(pkg:)?(deb|npm|[a-z/]{0,4})/.{0,40}") {
        drop(Purl::parse(&text));
        let encoded = serde_json::to_string(&text).unwrap();
        drop(cyclonedx(&format!(r#"{{"type": "library", "name": "x", "purl": {encoded}}}"#)));
    }
}
