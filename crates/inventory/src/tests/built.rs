//! Files of cases that are no text: they are built here, and only what is expected of them is kept.

use testkit::{assembly, elf_section, go_binary, go_binary_pointers, pe_section, zip, zlib};

use super::File;

const MODULES: &str = "path\texample.com/shop/cmd\nmod\texample.com/shop\t(devel)\t\n\
    dep\tgithub.com/gin-gonic/gin\tv1.6.3\th1:x=\n\
    dep\tgolang.org/x/net\tv0.1.0\th1:y=\n=>\tgithub.com/fork/net\tv0.1.1\th1:z=\n\
    dep\texample.com/local\tv1.0.0\n=>\t../local\t(devel)\t\n\
    build\t-compiler=gc\nbuild\t-ldflags=\"-s -w -X main.version=v1.4.0\"\n\
    build\tvcs.revision=0123456789abcdef0123456789abcdef01234567\nbuild\tvcs.time=2023-01-02T03:04:05Z\n";

/// As cargo-auditable writes them, without the dependencies of each.
const CRATES: &str = r#"{"packages":[
    {"name":"adler","version":"0.2.3","source":"crates.io"},
    {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},
    {"name":"shop","version":"0.1.0","source":"local","dependencies":[0],"root":true}]}"#;

const LIBRARY: [(&str, &str); 5] = [
    ("CompanyName", "Newtonsoft"),
    ("FileVersion", "13.0.1.25517"),
    ("OriginalFilename", "Newtonsoft.Json.dll"),
    ("ProductName", "Json.NET"),
    ("ProductVersion", "13.0.1+ae9fe44e1323e91bcbd185ca1a14099fba7c021f"),
];

/// The built files of a case; none for a case that is all in its folder.
pub(super) fn files(extractor: &str, case: &str) -> Vec<File> {
    let one = |path: &str, bytes: Vec<u8>| vec![(path.to_owned(), bytes)];
    match (extractor, case) {
        ("dotnet/assembly", "library") => one("app/Newtonsoft.Json.dll", assembly(&LIBRARY)),
        ("dotnet/assembly", "runtime") => one(
            "app/System.Text.Json.dll",
            assembly(&[("ProductName", "Microsoft® .NET"), ("OriginalFilename", "System.Text.Json.dll")]),
        ),
        ("dotnet/assembly", "machine-code") => one("app/native.dll", pe_section(".text", b"code")),
        ("dotnet/assembly", "malformed-nameless") => one("app/a.dll", assembly(&[("FileVersion", "1.0")])),
        ("dotnet/assembly", "malformed-cut") => one("app/a.dll", assembly(&LIBRARY)[..600].to_vec()),
        ("rust/binary", "elf") => one("usr/bin/shop", elf_section(".dep-v0", &zlib(CRATES))),
        ("rust/binary", "pe") => one("opt/shop.exe", pe_section(".dep-v0", &zlib(CRATES))),
        ("rust/binary", "not-auditable") => one("usr/bin/shop", elf_section(".text", b"code")),
        ("rust/binary", "malformed") => one("usr/bin/shop", elf_section(".dep-v0", CRATES.as_bytes())),
        ("rust/binary", "malformed-json") => one("usr/bin/shop", elf_section(".dep-v0", &zlib("{}"))),
        ("rust/binary", "malformed-cut") => {
            one("usr/bin/shop", elf_section(".dep-v0", &zlib(CRATES))[..300].to_vec())
        }
        ("golang/binary", "inline") => one("usr/bin/shop", go_binary("go1.19.3 X:boringcrypto", MODULES)),
        ("golang/binary", "pointers") => one("usr/bin/shop", go_binary_pointers("go1.16.5", MODULES)),
        ("golang/binary", "without-sections") => {
            one("usr/bin/shop", without_sections(go_binary("go1.22.1", MODULES)))
        }
        ("golang/binary", "without-modules") => one("usr/bin/tool", go_binary("go1.20", "")),
        ("golang/binary", "not-go") => one("usr/bin/ls", not_go()),
        ("golang/binary", "unreleased") => one("usr/bin/tool", go_binary("devel go1.22-0a1b2c3d", "")),
        ("golang/binary", "malformed-cut") => {
            one("usr/bin/shop", go_binary("go1.19", MODULES)[..600].to_vec())
        }
        ("golang/binary", "malformed-pointer") => one("usr/bin/shop", lost_pointer()),
        ("java/archive", "poms") => one("opt/shaded.jar", shaded()),
        ("java/archive", "manifest") => one("opt/commons-text-1.9.jar", with_manifest()),
        ("java/archive", "file-name") => one("opt/guava-31.1-jre.jar", zip(&[("a/B.class", b"")])),
        ("java/archive", "nested") => one("srv/a.war", nested()),
        ("java/archive", "malformed") => one("opt/a.jar", b"PK\x03\x04 and no directory".to_vec()),
        ("java/archive", "malformed-nested") => {
            one("srv/a-1.0.war", zip(&[("WEB-INF/lib/b-1.0.jar", b"no archive")]))
        }
        ("java/archive", "malformed-nameless") => one("opt/app.jar", zip(&[("a/B.class", b"")])),
        ("os/rpm", case) => super::rpm::files(case),
        ("python/installed", "egg-zip") => {
            let metadata = b"Metadata-Version: 1.1\nName: Genshi\nVersion: 0.7\nLicense: BSD\n";
            let egg = zip(&[("genshi/__init__.py", b""), ("EGG-INFO/PKG-INFO", metadata)]);
            one("opt/eggs/Genshi-0.7-py3.11.egg", egg)
        }
        ("python/installed", "malformed-egg") => one("opt/empty.egg", zip(&[("genshi/__init__.py", b"")])),
        _ => Vec::new(),
    }
}

fn without_sections(mut elf: Vec<u8>) -> Vec<u8> {
    // e_shoff, e_shnum and e_shstrndx.
    elf[40..48].fill(0);
    elf[60..64].fill(0);
    elf
}

/// A program whose section has another name.
fn not_go() -> Vec<u8> {
    let mut elf = go_binary("go1.19", MODULES);
    let at = memchr::memmem::find(&elf, b".go.buildinfo\0").unwrap();
    elf[at + 1] = b'n';
    elf
}

fn lost_pointer() -> Vec<u8> {
    let mut elf = go_binary_pointers("go1.16.5", MODULES);
    elf[0x210..0x218].fill(0x7f);
    elf
}

fn pom(group: &str, artifact: &str, version: &str) -> File {
    let path = format!("META-INF/maven/{group}/{artifact}/pom.properties");
    (
        path,
        format!("#Created by Maven\r\ngroupId={group}\r\nartifactId={artifact}\r\nversion={version}\r\n")
            .into(),
    )
}

fn shaded() -> Vec<u8> {
    let files = [
        pom("com.example", "app", "2.0.0"),
        pom("org.yaml", "snakeyaml", "1.29"),
        ("META-INF/maven/a.group/by-path/pom.properties".to_owned(), b"version = 3\n".to_vec()),
        (
            "META-INF/maven/org.yaml/snakeyaml/pom.xml".to_owned(),
            b"<project><licenses><license><name>Apache License, Version 2.0</name></license></licenses></project>"
                .to_vec(),
        ),
        (
            "META-INF/maven/com.example/only-project/pom.xml".to_owned(),
            b"<project><parent><groupId>com.example</groupId><version>4.1</version></parent>\
              <artifactId>only-project</artifactId></project>"
                .to_vec(),
        ),
        pom("com.example", "unresolved", "${project.version}"),
    ];
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    zip(&files)
}

fn with_manifest() -> Vec<u8> {
    let manifest = b"Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.com\r\n mons.commons-text;singleton:=true\r\n\
        Implementation-Title: Apache Commons Text\r\nImplementation-Version: 1.9\r\n\
        Bundle-License: Apache-2.0\r\n\r\nName: x\r\nImplementation-Version: 7\r\n";
    zip(&[("META-INF/MANIFEST.MF", manifest), ("a/B.class", b"")])
}

fn nested() -> Vec<u8> {
    let inner = zip(&[("lib/c-3.0.jar", &zip(&[("x.class", b"")]))]);
    zip(&[("WEB-INF/lib/b-2.0.jar", &inner), ("WEB-INF/lib/commons-text-1.9.jar", &with_manifest())])
}
