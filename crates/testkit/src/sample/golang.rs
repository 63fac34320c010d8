use std::fmt::Write as _;

use crate::{Layer, go_binary, sha256_hex};

#[rustfmt::skip]
const MODULES: &[(&str, &str)] = &[
    ("github.com/gorilla/mux", "v1.8.0"),
    ("golang.org/x/crypto", "v0.1.0"),
    ("golang.org/x/net", "v0.1.0"),
    ("golang.org/x/sys", "v0.1.0"),
    ("golang.org/x/text", "v0.3.7"),
];

pub(super) fn layer() -> Layer {
    Layer::new()
        .created_by("COPY --from=build /out/payments /usr/local/bin/payments # buildkit")
        .dir("usr/local")
        .dir("usr/local/bin")
        .file_mode("usr/local/bin/payments", go_binary("go1.19", &modules()), 0o755)
}

fn modules() -> String {
    let mut text = String::from(
        "path\tgithub.com/example/payments/cmd/payments\nmod\tgithub.com/example/payments\t(devel)\t\n",
    );
    for (module, version) in MODULES {
        writeln!(text, "dep\t{module}\t{version}\t{}", checksum(module)).unwrap();
    }
    // A module that the build replaced by another: only the other is in the program.
    let other = "github.com/golang-jwt/jwt";
    writeln!(text, "dep\tgithub.com/dgrijalva/jwt-go\tv3.2.0+incompatible").unwrap();
    writeln!(text, "=>\t{other}\tv3.2.1+incompatible\t{}", checksum(other)).unwrap();
    text.push_str("build\t-compiler=gc\nbuild\tCGO_ENABLED=0\nbuild\tGOARCH=amd64\nbuild\tGOOS=linux\n");
    text
}

/// In the form of a Go module checksum; of nothing that exists.
fn checksum(module: &str) -> String {
    format!("h1:{}=", sha256_hex(module).get(..43).unwrap())
}
