//! The files by which distributions named themselves before os-release, and some still do beside it.

use model::Distribution;

use super::unquote;
use crate::Error;

/// How lines such as `CentOS release 6.10 (Final)` begin, and the `ID` that os-release has for it.
const NAMES: &[(&str, &str)] = &[
    ("Alibaba Cloud Linux", "alinux"),
    ("Aliyun Linux", "alinux"),
    ("AlmaLinux", "almalinux"),
    ("Amazon Linux", "amzn"),
    ("Anolis OS", "anolis"),
    ("BigCloud Enterprise Linux", "bclinux"),
    ("CentOS", "centos"),
    ("CloudLinux", "cloudlinux"),
    ("CTyunOS", "ctyunos"),
    ("Enterprise Linux Enterprise Linux", "ol"),
    ("EulerOS", "euleros"),
    ("Fedora", "fedora"),
    ("Huawei Cloud EulerOS", "hce"),
    ("Kylin", "kylin"),
    ("Mageia", "mageia"),
    ("openEuler", "openeuler"),
    ("OpenCloudOS", "opencloudos"),
    ("openSUSE", "opensuse"),
    ("Oracle Linux", "ol"),
    ("Red Hat Enterprise Linux", "rhel"),
    ("Rocky Linux", "rocky"),
    ("Scientific Linux", "scientific"),
    ("SUSE Linux Enterprise Desktop", "sled"),
    ("SUSE Linux Enterprise Server", "sles"),
    ("Tencent", "tencentos"),
    ("UnionTech OS", "uos"),
    ("UOS", "uos"),
    ("VMware Photon", "photon"),
];

/// What such a file tells; nothing where it is about something else, as `lsb-release` may be.
pub(super) fn read(path: &str, text: &str) -> Result<Option<Distribution>, Error> {
    match path.rsplit('/').next().unwrap_or(path) {
        "lsb-release" | "openwrt_release" => Ok(assignments(text)),
        "alpine-release" => Ok(Some(version_only("alpine", "Alpine Linux", first(text)?))),
        "debian_version" => Ok(Some(version_only("debian", "Debian GNU/Linux", first(text)?))),
        // It is empty.
        "arch-release" => Ok(Some(version_only("arch", "Arch Linux", ""))),
        "os-version" => uniontech(text).map(Some),
        "SuSE-release" => suse(text).map(Some),
        ".productinfo" => {
            let lines: Vec<&str> =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).collect();
            let line = lines.join(" ");
            // What follows is the build.
            Ok(Some(sentence(line.split(" /").next().unwrap_or(&line))?))
        }
        _ => Ok(Some(sentence(first(text)?)?)),
    }
}

fn wrong(why: impl Into<String>) -> Error {
    Error::Format { format: "release file", why: why.into() }
}

/// The first line that says something.
fn first(text: &str) -> Result<&str, Error> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| !line.is_empty()).ok_or_else(|| wrong("it is empty"))
}

/// A file that holds a version and nothing else. Of Debian before its release it holds code names, which are no version.
fn version_only(id: &str, name: &str, version: &str) -> Distribution {
    let version = Some(version).filter(|version| version.starts_with(|first: char| first.is_ascii_digit()));
    Distribution {
        id: id.to_owned(),
        name: Some(version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))),
        version: version.map(str::to_owned),
        ..Distribution::default()
    }
}

/// `NAME release VERSION (CODE NAME)`, or the same without the word.
fn sentence(line: &str) -> Result<Distribution, Error> {
    let (name, version) = match line.split_once("release ") {
        Some((name, rest)) => (name.trim(), rest.split_whitespace().next()),
        None => {
            let is_number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
            let version = line.split_whitespace().find(is_number);
            let name = version.and_then(|version| line.split_once(version)).map_or(line, |(name, _)| name);
            (name.trim(), version)
        }
    };
    if !name.chars().any(char::is_alphabetic) {
        return Err(wrong(format!("it names no distribution: `{}`", line.escape_debug())));
    }
    let known = NAMES.iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, id)| (*id).to_owned());
    Ok(Distribution {
        // One that is not known keeps its name, so that it is told as not known.
        id: known.unwrap_or_else(|| name.to_lowercase().replace(' ', "-")),
        version: version.map(str::to_owned),
        name: Some(line.to_owned()),
        ..Distribution::default()
    })
}

/// `DISTRIB_ID=Ubuntu` and so on.
fn assignments(text: &str) -> Option<Distribution> {
    let value = |wanted: &str| {
        let lines = text.lines().filter_map(|line| line.trim().split_once('='));
        let mut values = lines.filter(|(key, _)| *key == wanted).map(|(_, value)| unquote(value));
        values.rfind(|value| !value.is_empty())
    };
    Some(Distribution {
        id: value("DISTRIB_ID")?.to_lowercase(),
        version: value("DISTRIB_RELEASE"),
        name: value("DISTRIB_DESCRIPTION"),
        codename: value("DISTRIB_CODENAME"),
        ..Distribution::default()
    })
}

/// `etc/os-version` of `UnionTech` OS and deepin: `Key=value` below `[Version]`.
fn uniontech(text: &str) -> Result<Distribution, Error> {
    let value = |wanted: &str| {
        let mut lines = text.lines().filter_map(|line| line.trim().split_once('='));
        lines.find(|(key, _)| *key == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let system = value("SystemName").ok_or_else(|| wrong("it says no `SystemName`"))?;
    let id = if system.eq_ignore_ascii_case("deepin") { "deepin" } else { "uos" };
    let version = value("MajorVersion");
    // The words are those of its os-release; some editions name the product within the system's name.
    let product = value("ProductType").filter(|product| !system.contains(product.as_str()));
    let words = [Some(system), product, version.clone()];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(Distribution { id: id.to_owned(), version, name: Some(name), ..Distribution::default() })
}

/// `etc/SuSE-release`: a sentence, then `VERSION = 11` and `PATCHLEVEL = 4`.
fn suse(text: &str) -> Result<Distribution, Error> {
    let value = |wanted: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(key, _)| key.trim() == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let mut distribution = sentence(first(text)?)?;
    let version = value("VERSION").or(distribution.version.take());
    distribution.version = match (version, value("PATCHLEVEL").filter(|level| level != "0")) {
        (Some(version), Some(level)) => Some(format!("{version}.{level}")),
        (version, _) => version,
    };
    Ok(distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> String {
        match read(path, text) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(Distribution { id, version, .. })) => {
                format!("{id} {}", version.unwrap_or_default()).trim_end().to_owned()
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_the_sentence_of_every_distribution() {
        for (line, expected) in [
            ("CentOS release 6.10 (Final)", "centos 6.10"),
            ("CentOS Linux release 7.9.2009 (Core)", "centos 7.9.2009"),
            ("CentOS Stream release 8", "centos 8"),
            ("Red Hat Enterprise Linux Server release 6.9 (Santiago)", "rhel 6.9"),
            ("Oracle Linux Server release 6.10", "ol 6.10"),
            ("Amazon Linux AMI release 2018.03", "amzn 2018.03"),
            ("Fedora release 20 (Heisenbug)", "fedora 20"),
            ("EulerOS release 2.0 (SP5)", "euleros 2.0"),
            ("openEuler release 22.03 (LTS-SP1)", "openeuler 22.03"),
            ("Kylin Linux Advanced Server release V10 (Tercel)", "kylin V10"),
            ("Anolis OS release 8.6", "anolis 8.6"),
            ("TencentOS Server release 3.1 (Final)", "tencentos 3.1"),
            ("Tencent tlinux release 2.2 (Final)", "tencentos 2.2"),
            ("VMware Photon Linux 1.0", "photon 1.0"),
            ("Some Linux release 3", "some-linux 3"),
        ] {
            assert_eq!(of("etc/system-release", line), expected);
        }
        for text in ["", "\n", "6.10", "release 7"] {
            assert!(of("etc/system-release", text).starts_with("it is no valid release file"), "{text:?}");
        }
    }

    #[test]
    fn reads_the_files_that_are_written_otherwise() {
        assert_eq!(of("etc/alpine-release", "3.4.6\n"), "alpine 3.4.6");
        assert_eq!(of("etc/debian_version", "7.11\n"), "debian 7.11");
        assert_eq!(of("etc/debian_version", "trixie/sid\n"), "debian");
        assert_eq!(of("etc/arch-release", ""), "arch");
        assert_eq!(of("etc/lsb-release", "LSB_VERSION=base-4.0-amd64\n"), "nothing");
        assert_eq!(
            of("etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n"),
            "ubuntu 10.04"
        );
        assert_eq!(
            of("etc/openwrt_release", "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='19.07.10'\n"),
            "openwrt 19.07.10"
        );
        let suse = "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n";
        assert_eq!(of("etc/SuSE-release", suse), "sles 11.4");
        assert_eq!(of("etc/SuSE-release", "openSUSE 13.2 (x86_64)\nVERSION = 13.2\n"), "opensuse 13.2");
        let kylin = "Kylin Linux Advanced Server\nrelease V10 (SP1) /(Tercel)-x86_64-Build20/20210518\n";
        assert_eq!(of("etc/.productinfo", kylin), "kylin V10");
        let name = read("etc/.productinfo", kylin).unwrap().unwrap().name;
        assert_eq!(name.as_deref(), Some("Kylin Linux Advanced Server release V10 (SP1)"));
        let version = "[Version]\nSystemName=UnionTech OS\nProductType=Server\nMajorVersion=20\n";
        assert_eq!(of("etc/os-version", version), "uos 20");
        let name = read("etc/os-version", version).unwrap().unwrap().name;
        assert_eq!(name.as_deref(), Some("UnionTech OS Server 20"));
        assert_eq!(of("etc/os-version", "[Version]\nSystemName=Deepin\nMajorVersion=23\n"), "deepin 23");
    }
}
