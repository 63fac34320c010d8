use super::*;
use crate::baseline::{Baseline, Options};

fn keep(path: &str, text: &str) -> Kept {
    Baseline::new(&Options::default()).unwrap().keep(path.as_bytes(), text.as_bytes()).unwrap()
}

#[test]
fn what_is_kept_tells_no_password_and_no_hash() {
    let hash = "$1$abcdefgh$CZqvQrJV.Jjl5Q6MAmhV81";
    for (path, text, secret) in [
        ("etc/shadow", format!("root:{hash}:1::::::\napp:!{hash}:1::::::\n"), hash),
        ("etc/passwd", format!("root:{hash}:0:0::/:/bin/sh\nlast:{hash}"), hash),
        ("etc/gshadow", format!("wheel:{hash}::\n"), hash),
        ("etc/nginx/.htpasswd", format!("kim:{hash}\n"), hash),
        ("etc/redis/redis.conf", "requirepass Zu7kq0\nmasterauth \"Zu7kq0\"\n".to_owned(), "Zu7kq0"),
        ("etc/redis/users.acl", "user app on >Zu7kq0 ~*\n".to_owned(), "Zu7kq0"),
        ("root/.my.cnf", "[client]\npassword = Zu7kq0\n".to_owned(), "Zu7kq0"),
        ("root/.pgpass", "h:1:d:u:Zu7kq0\n".to_owned(), "Zu7kq0"),
        ("etc/pam.d/system-auth", "auth required pam_mysql.so passwd=Zu7kq0 db=x\n".to_owned(), "Zu7kq0"),
        ("etc/mongod.conf", "x:\n  clientSecret: 'Zu7kq0'\n".to_owned(), "Zu7kq0"),
        ("opt/tomcat-users.xml", "<user name=\"a\" password=\"Zu7kq0\"/>".to_owned(), "Zu7kq0"),
    ] {
        let kept = keep(path, &text);
        assert!(!kept.text.contains(secret), "{path}: {}", kept.text);
        assert!(!kept.text.is_empty(), "{path}");
    }
}

#[test]
fn keeps_what_is_no_password() {
    for (path, text) in [
        ("etc/sudoers", "app ALL=(ALL) NOPASSWD: ALL\nDefaults passwd_tries=3\n"),
        ("etc/ssh/sshd_config", "PasswordAuthentication no\n"),
        ("etc/pam.d/common-password", "password requisite pam_pwquality.so retry=3\n"),
        ("etc/shadow", "root:*:19000:0:99999:7:::\nbin:!!:19000::::::\n"),
        ("root/.jupyter/jupyter_server_config.py", "c.ServerApp.token = ''\n"),
    ] {
        assert_eq!(keep(path, text).text, text, "{path}");
    }
}

#[test]
fn finds_weak_passwords_of_services_with_their_users() {
    let kept =
        keep("etc/redis/users.acl", "user app on >123456 ~*\nuser ops on >Zu7-kq0-verylong >ops123 ~*\n");
    let told: Vec<(&str, &str, &str)> = kept
        .weak
        .iter()
        .map(|weak| (weak.service.as_str(), weak.user.as_str(), weak.masked.as_str()))
        .collect();
    assert_eq!(told, [("redis", "app", "1****6")]);
}

#[test]
fn a_word_of_the_user_changes_the_version_and_the_verdict() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("words");
    std::fs::write(&file, "kumquat-7\n").unwrap();
    let own = Baseline::new(&Options { dictionary: vec![file], ..Options::default() }).unwrap();
    let kept = own.keep(b"etc/redis.conf", b"requirepass kumquat-7\n").unwrap();
    assert_eq!(kept.weak.len(), 1);
    assert!(keep("etc/redis.conf", "requirepass kumquat-7\n").weak.is_empty());
    assert_ne!(own.version(), Baseline::new(&Options::default()).unwrap().version());
}

#[test]
fn a_dictionary_that_is_not_there_is_an_error() {
    let options = Options { dictionary: vec!["/nonexistent/words".into()], ..Options::default() };
    assert!(Baseline::new(&options).unwrap_err().to_string().contains("/nonexistent/words"));
}
