use std::fmt::Write as _;

use super::{FILLER, FILLER_MD5, add_file};
use crate::Layer;

const OS_RELEASE: &str = "\
PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"
NAME=\"Debian GNU/Linux\"
VERSION_ID=\"12\"
VERSION=\"12 (bookworm)\"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL=\"https://www.debian.org/\"
SUPPORT_URL=\"https://www.debian.org/support\"
BUG_REPORT_URL=\"https://bugs.debian.org/\"
";

/// A package as it stood in the first release of Debian 12.
struct Package {
    name: &'static str,
    version: &'static str,
    /// The `Source` field as dpkg writes it; empty where source and package have one name and version.
    source: &'static str,
    /// The file besides the copyright that the package brings.
    file: &'static str,
}

const fn package(
    name: &'static str,
    version: &'static str,
    source: &'static str,
    file: &'static str,
) -> Package {
    Package { name, version, source, file }
}

const LIB: &str = "usr/lib/x86_64-linux-gnu/";

#[rustfmt::skip]
const PACKAGES: &[Package] = &[
    package("apt", "2.6.1", "", "usr/bin/apt"),
    package("base-files", "12.4", "", "usr/share/base-files/motd"),
    package("bash", "5.2.15-2+b2", "bash (5.2.15-2)", "usr/bin/bash"),
    package("ca-certificates", "20230311", "", "usr/sbin/update-ca-certificates"),
    package("coreutils", "9.1-1", "", "usr/bin/ls"),
    package("curl", "7.88.1-10", "", "usr/bin/curl"),
    package("dpkg", "1.21.22", "", "usr/bin/dpkg"),
    package("gpgv", "2.2.40-1.1", "gnupg2", "usr/bin/gpgv"),
    package("libc-bin", "2.36-9", "glibc", "usr/bin/ldd"),
    package("libc6", "2.36-9", "glibc", "libc.so.6"),
    package("libcurl4", "7.88.1-10", "curl", "libcurl.so.4.8.0"),
    package("libexpat1", "2.5.0-1", "expat", "libexpat.so.1.8.10"),
    package("libgcc-s1", "12.2.0-14", "gcc-12", "libgcc_s.so.1"),
    package("libgnutls30", "3.7.9-2", "gnutls28", "libgnutls.so.30.34.3"),
    package("libkrb5-3", "1.20.1-2", "krb5", "libkrb5.so.3.3"),
    package("liblzma5", "5.4.1-0.2", "xz-utils", "liblzma.so.5.4.1"),
    package("libnghttp2-14", "1.52.0-1", "nghttp2", "libnghttp2.so.14.24.1"),
    package("libsqlite3-0", "3.40.1-2", "sqlite3", "libsqlite3.so.0.8.6"),
    package("libssl3", "3.0.9-1", "openssl", "libssl.so.3"),
    package("libsystemd0", "252.6-1", "systemd", "libsystemd.so.0.35.0"),
    package("libtinfo6", "6.4-4", "ncurses", "libtinfo.so.6.4"),
    package("libwebp7", "1.2.4-0.2", "libwebp", "libwebp.so.7.1.5"),
    package("login", "1:4.13+dfsg1-1+b1", "shadow (1:4.13+dfsg1-1)", "usr/bin/login"),
    package("openssl", "3.0.9-1", "", "usr/bin/openssl"),
    package("perl-base", "5.36.0-7", "perl", "usr/bin/perl"),
    package("sudo", "1.9.13p3-1", "", "usr/bin/sudo"),
    package("tar", "1.34+dfsg-1.2", "", "usr/bin/tar"),
    package("util-linux", "2.38.1-5+b1", "util-linux (2.38.1-5)", "usr/bin/lsblk"),
    package("xz-utils", "5.4.1-0.2", "", "usr/bin/xz"),
    package("zlib1g", "1:1.2.13.dfsg-1", "zlib", "libz.so.1.2.13"),
];

impl Package {
    /// Libraries may be installed for several architectures side by side.
    fn is_library(&self) -> bool {
        !self.file.contains('/')
    }

    fn path(&self) -> String {
        let folder = if self.is_library() { LIB } else { "" };
        format!("{folder}{}", self.file)
    }

    fn copyright(&self) -> String {
        format!("usr/share/doc/{}/copyright", self.name)
    }

    fn status(&self) -> String {
        let Self { name, version, source, .. } = self;
        let section = if self.is_library() { "libs" } else { "utils" };
        let mut text = format!(
            "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: {section}\n\
             Installed-Size: 100\nMaintainer: Debian maintainers <packages@example.org>\n\
             Architecture: amd64\n"
        );
        if self.is_library() {
            text.push_str("Multi-Arch: same\n");
        }
        if !source.is_empty() {
            writeln!(text, "Source: {source}").unwrap();
        }
        writeln!(text, "Version: {version}\nDescription: {name} of the sample image").unwrap();
        text.push_str(" Written for the sample;\n .\n it holds no program.\n\n");
        text
    }

    fn info(&self, suffix: &str) -> String {
        let architecture = if self.is_library() { ":amd64" } else { "" };
        format!("var/lib/dpkg/info/{}{architecture}.{suffix}", self.name)
    }

    fn list(&self) -> String {
        let mut list = String::from("/.\n");
        for path in [self.path(), self.copyright()] {
            for (end, _) in path.match_indices('/') {
                writeln!(list, "/{}", path.get(..end).unwrap()).unwrap();
            }
            writeln!(list, "/{path}").unwrap();
        }
        list
    }

    fn md5sums(&self) -> String {
        format!("{FILLER_MD5}  {}\n{FILLER_MD5}  {}\n", self.path(), self.copyright())
    }
}

pub(super) fn layer() -> Layer {
    layer_of(&|_name| true)
}

/// The layer with those of its packages that are wanted.
pub(crate) fn layer_of(wanted: &dyn Fn(&str) -> bool) -> Layer {
    let packages = || PACKAGES.iter().filter(|package| wanted(package.name));
    let mut dirs = ["bin", "lib", "sbin"].map(str::to_owned).to_vec();
    let mut layer = Layer::new()
        .created_by("/bin/sh -c #(nop) ADD file:debian-bookworm-slim.tar in / ")
        .symlink("bin", "usr/bin")
        .symlink("lib", "usr/lib")
        .symlink("sbin", "usr/sbin");
    layer = add_file(layer, &mut dirs, "etc/debian_version", "12.0\n");
    layer = layer.symlink("etc/os-release", "../usr/lib/os-release");
    layer = add_file(layer, &mut dirs, "usr/lib/os-release", OS_RELEASE);
    let mut status: String = packages().map(Package::status).collect();
    // Removed but for its settings: not a package of this image any more.
    status.push_str(
        "Package: wget\nStatus: deinstall ok config-files\nPriority: optional\nSection: web\n\
         Maintainer: Debian maintainers <packages@example.org>\nArchitecture: amd64\nVersion: 1.21.3-1+b2\nDescription: removed from the sample image\n\n",
    );
    layer = add_file(layer, &mut dirs, "var/lib/dpkg/status", status);
    for package in packages() {
        layer = add_file(layer, &mut dirs, &package.info("list"), package.list());
        layer = add_file(layer, &mut dirs, &package.info("md5sums"), package.md5sums());
        layer = add_file(layer, &mut dirs, &package.path(), FILLER);
        layer = add_file(layer, &mut dirs, &package.copyright(), FILLER);
    }
    layer
}
