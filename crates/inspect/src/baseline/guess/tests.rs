use super::*;

/// Hashes of `a123456`, made with libxcrypt.
const HASHES: [&str; 6] = [
    "$1$abcdefgh$CZqvQrJV.Jjl5Q6MAmhV81",
    "$5$abcdefgh$vcORCNp4/7iju5elHG0fX8uykhnwXVsayq5woOq1EnD",
    "$6$rounds=1000$abcdefgh$vTit8ojewZRxE8YU0BbCpDUtoXUhJxAEK88g9vo/4SysJXdx1TAYsonZjy94yuKzruuGUGXCcc9djGYLlL9cX1",
    "$2b$05$abcdefghijklmnopqrstuut92nTQ17mNvqiHe012g2bbHRi4DFjH6",
    "$y$j9T$abcdefgh$9L0M8jPrKUSK.aDItg9BEw9jorvgdtGiIBGdp4IIOR4",
    // Made with `openssl passwd -apr1 -salt abcdefgh`.
    "$apr1$abcdefgh$aYU9vXIIyOMcviGjS72Ep1",
];

fn hash(hash: &str) -> Hash<'_> {
    Hash { service: "system", user: "kim", hash }
}

fn weak(text: &str) -> (Vec<WeakPassword>, Vec<Gap>) {
    Guesser::new(&[]).hashes("etc/shadow", &[hash(text)])
}

#[test]
fn computes_every_scheme_as_the_system_does() {
    for text in HASHES {
        let trial = trial(text).unwrap();
        assert_eq!((trial.verify)(b"a123456", text), Some(true), "{text}");
        assert_eq!((trial.verify)(b"a123457", text), Some(false), "{text}");
    }
}

#[test]
fn finds_a_word_of_the_dictionary_behind_every_cheap_hash() {
    for text in &HASHES[..4] {
        let (found, gaps) = weak(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].user.as_str(), found[0].masked.as_str()), ("kim", "a*****6"));
        assert!(gaps.is_empty());
    }
}

#[test]
fn finds_the_empty_password_and_those_made_from_the_name() {
    // `crypt("", …)`, and `crypt("root123", …)` for the user root.
    let empty =
        "$6$abcdefgh$v7sYNA18/BerGOYQLppYLyjH4yJilp8kqe/ef3KYMK9hOIdzH1yzcmP74Ay.m51y1jP3QqxM7Jl75S4CxDhBq.";
    let root =
        "$6$abcdefgh$pMJPzyRL5ZCTC.y2BMIXkHDv4SNKsLWmJ.GlW/cxkv6obsyZ7kyvXYlJYaqUP02NnksB93Ng8Id60lIixdYIs0";
    let hashes = [hash(empty), Hash { user: "root", ..hash(root) }];
    let (found, gaps) = Guesser::new(&[]).hashes("etc/shadow", &hashes);
    let masked: Vec<&str> = found.iter().map(|weak| weak.masked.as_str()).collect();
    assert_eq!(masked, ["(empty)", "r*****3"]);
    assert!(gaps.is_empty());
}

#[test]
fn takes_words_of_the_user() {
    let own = Guesser::new(&["kumquat-7\r\n\n".to_owned()]);
    assert!(own.plain("redis", "default", "kumquat-7").is_some());
    assert!(Guesser::new(&[]).plain("redis", "default", "kumquat-7").is_none());
}

#[test]
fn never_computes_what_is_too_costly_or_not_known() {
    for text in [
        "$6$rounds=999999999$salt$h",
        "$5$rounds=99999999999999999999$salt$h",
        "$6$rounds=1$salt$h",
        "$2b$31$abcdefghijklmnopqrstuut92nTQ17mNvqiHe012g2bbHRi4DFjH6",
        "$2b$99$abcdefghijklmnopqrstuut92nTQ17mNvqiHe012g2bbHRi4DFjH6",
        "$2b$",
        "$y$jzT$abcdefgh$h",
        "$y$jKi$abcdefgh$h",
        "$y$j9T./$abcdefgh$h",
        "$y$j.T$abcdefgh$h",
        "$y$",
        "$gy$j9T$a$b",
        "$7$CU..../....a$b",
        "$sm3$a$b",
        "$unknown$a",
        "abJgU/rCBy8g6",
    ] {
        let (found, gaps) = weak(text);
        assert_eq!((found.len(), gaps.len()), (0, 1), "{text}: {gaps:?}");
        assert!(!gaps[0].why.contains(text), "a gap must not tell the hash");
    }
}

#[test]
fn a_damaged_hash_is_a_gap() {
    for text in
        ["$1$", "$1$a$b", "$6$", "$6$a$b", "$5$$", "$2b$05$short", "$y$j9T$a", "$y$j9T$\u{e4}$b", "{SHA}!"]
    {
        let (found, gaps) = weak(text);
        assert_eq!((found.len(), gaps.len()), (0, 1), "{text}: {gaps:?}");
    }
}

#[test]
fn work_ends_and_says_so() {
    let many: Vec<Hash<'_>> = (0..20_000).map(|_| hash("$1$abcdefgh$xxxxxxxxxxxxxxxxxxxxxx")).collect();
    let (found, gaps) = Guesser::new(&[]).hashes("etc/shadow", &many);
    assert!(found.is_empty());
    assert!(gaps[0].why.contains("words 0 were tried"), "{gaps:?}");
}

#[test]
fn the_dictionary_has_no_word_twice() {
    let lines: Vec<&str> = BUILT_IN.lines().filter(|line| !line.starts_with("# ")).collect();
    assert_eq!(Guesser::new(&[]).words().len(), lines.len());
    assert!(lines.len() > 200);
}

#[test]
fn masks_the_middle() {
    for (password, expected) in
        [("", "(empty)"), ("a", "***"), ("abc", "***"), ("abcd", "a**d"), ("密码密码", "密**码")]
    {
        assert_eq!(masked(password), expected);
    }
}
