//! An image with something wrong of every kind, in every position that layers allow.
//!
//! What is planted is made to match rules and is good for nothing else. Nothing of it stands here in one piece, so that
//! no scanner finds it in this repository.

use super::debian;
use crate::{Image, Layer, zip};

/// A secret in parts that are of no use alone.
fn joined(parts: &[&str]) -> String {
    parts.concat()
}

/// A text that is kept backwards.
fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// An access key of Amazon's form.
pub fn aws_key() -> String {
    joined(&["AK", "IA", "ZQ3DTPVN", "7KLMWX5R"])
}

/// A personal access token of GitHub's form.
pub fn github_token() -> String {
    joined(&["gh", "p_", "x7Qm2Vb9Lk4Tz8Rw", "1Hs6Dy3Nc5Pf0JgUaEoK"])
}

/// A token of GitLab's form.
pub fn gitlab_token() -> String {
    joined(&["gl", "pat-", "Xw9zQ2bN", "7vK4mT8pRs3L"])
}

/// A key of Stripe's form.
pub fn stripe_key() -> String {
    joined(&["sk_", "live_", "9fT2kLmQ8xVbN4zR", "7wYcH3sD"])
}

/// A private key that no one has: its bytes are a pattern.
pub fn private_key() -> String {
    let kind = joined(&["RSA PRI", "VATE KEY"]);
    let mut body = String::new();
    let mut state = 0x2545_f491_u32;
    for line in 0..12 {
        body.push_str(if line == 0 { "MIIEpAIBAAKCAQEA" } else { "" });
        for _ in 0..(if line == 0 { 48 } else { 64 }) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            body.push(char::from(*alphabet.get((state >> 26) as usize).unwrap()));
        }
        body.push('\n');
    }
    format!("-----BEGIN {kind}-----\n{body}-----END {kind}-----\n")
}

/// The file that scanners are tested with.
pub fn eicar() -> String {
    reversed("*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X")
}

/// A page that runs what its visitor sends.
pub fn web_shell() -> String {
    reversed(";)]'dmc'[TSOP_$(lave@ php?<")
}

/// A script that opens a shell to somebody else.
pub fn reverse_shell() -> String {
    format!("#!/bin/sh\n{}\n", reversed("1&>0 4444/5.2.0.291/pct/ved/ &> i- hsab"))
}

/// `/etc/shadow`: root's password is one of the worst there are.
pub fn shadow() -> String {
    // sha512-crypt of 123456.
    let hash = reversed(
        "/gRKJ2dXSCCn9gXRkMvMblhEl7i3auzbB/ZMd1AOWHHYFG0/sjCc9viVIIQ2\
         Ywkxg3MjYytJq2hQSCVzqmBj9i$0terazal$6$",
    );
    format!("root:{hash}:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\n")
}

/// The image, `planted:1.0`.
///
/// | layer | brings | what becomes of it |
/// |---|---|---|
/// | 0 | a Debian base with accounts | the base image's |
/// | 1 | an `.env`, a private key, a web shell, EICAR below `opt/old`, a token in a file, a service with its set-uid bit | |
/// | 2 | removes the key, replaces the web shell, hides `opt/old` behind an opaque directory | history only |
/// | 3 | the key again, a hard link to a token's file, an archive with EICAR in it | there again |
/// | 4 | removes the token's file, but not the hard link; a reverse shell among the temporary files | |
pub fn image() -> Image {
    let image = Image::new("planted:1.0")
        .env("AWS_ACCESS_KEY_ID", &aws_key())
        .label("maintainer-token", &gitlab_token());
    let mut layers = layers().into_iter();
    let image = layers.next().into_iter().fold(image, Image::layer).instruction("CMD [\"bash\"]");
    layers.fold(image, Image::layer)
}

/// Its layers, the lowest first.
pub fn layers() -> Vec<Layer> {
    let token = format!("token: {}\n", github_token());
    let base = debian::layer()
        .file(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
        )
        .file("etc/group", "root:x:0:\ndaemon:x:1:\nshadow:x:42:\n")
        .file_mode("etc/shadow", shadow(), 0o640);
    let work = Layer::new()
        .file("srv/app/.env", format!("PORT=8080\nSTRIPE_KEY={}\n", stripe_key()))
        .file_mode("root/.ssh/id_rsa", private_key(), 0o600)
        .file("var/www/html/up.php", web_shell())
        .file("opt/old/test.com", eicar())
        .file("srv/app/deploy.yml", &token)
        .file_mode("usr/local/bin/helper", "#!/bin/sh\nexit 0\n", 0o4755)
        .file_mode("srv/app/shared.conf", "open=yes\n", 0o666)
        .created_by("COPY work / # buildkit");
    let clean = Layer::new()
        .whiteout("root/.ssh/id_rsa")
        .file("var/www/html/up.php", "<?php echo 'hello';\n")
        .dir("opt/old")
        .opaque("opt/old")
        .created_by("RUN /bin/sh -c rm -r /opt/old/* /root/.ssh/id_rsa # buildkit");
    let again = Layer::new()
        .file_mode("root/.ssh/id_rsa", private_key(), 0o600)
        .file("srv/app/tools.zip", zip(&[("bin/test.com", eicar().as_bytes())]))
        .file("srv/app/current.yml", &token)
        .hardlink("srv/app/linked.yml", "srv/app/current.yml")
        .created_by("COPY again / # buildkit");
    let last = Layer::new()
        .whiteout("srv/app/current.yml")
        .file_mode("tmp/.x/run.sh", reverse_shell(), 0o755)
        .created_by(&format!("RUN |1 TOKEN={} /bin/sh -c apt-get update # buildkit", gitlab_token()));
    vec![base, work, clean, again, last]
}
