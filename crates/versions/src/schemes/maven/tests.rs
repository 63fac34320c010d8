use super::*;

fn order(a: &str, b: &str) -> Ordering {
    parse(a).unwrap().compare(&parse(b).unwrap())
}

fn assert_ascending(versions: &[&str]) {
    for (i, a) in versions.iter().enumerate() {
        for (j, b) in versions.iter().enumerate() {
            assert_eq!(order(a, b), i.cmp(&j), "{a} {b}");
        }
    }
}

fn assert_equal(versions: &[&str]) {
    for a in versions {
        for b in versions {
            assert_eq!(order(a, b), Ordering::Equal, "{a} {b}");
        }
    }
}

#[test]
fn orders_qualifiers() {
    assert_ascending(&[
        "1-alpha2snapshot",
        "1-alpha2",
        "1-alpha-123",
        "1-beta-2",
        "1-beta123",
        "1-m2",
        "1-m11",
        "1-rc",
        "1-cr2",
        "1-rc123",
        "1-SNAPSHOT",
        "1",
        "1-sp",
        "1-sp2",
        "1-sp123",
        "1-abc",
        "1-def",
        "1-pom-1",
        "1-1-snapshot",
        "1-1",
        "1-2",
        "1-123",
    ]);
}

#[test]
fn orders_numbers() {
    assert_ascending(&[
        "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1",
        "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b", "11c",
        "11m",
    ]);
}

#[test]
fn orders_numbers_beyond_every_machine_word() {
    assert_ascending(&[
        "20190126.230843",
        "99999999999",
        "18446744073709551616",
        "1000000000000000000000000",
    ]);
}

#[test]
fn lets_a_dot_and_a_hyphen_before_a_word_mean_the_same() {
    assert_ascending(&["1.0.RC1", "1.0-RC2", "1.0.RC3", "1.0", "1.0.1"]);
    assert_ascending(&["1.0.0.X1", "1.0.0-X2", "1.0.0.X3", "1.0.0.1"]);
    for word in ["abc", "alpha", "a", "beta", "b", "milestone", "m", "rc", "final", "ga", "sp", "x"] {
        assert_eq!(order(&format!("0.{word}"), &format!("0-{word}")), Ordering::Equal, "{word}");
        assert_ascending(&[&format!("2.0.{word}1"), &format!("2.0-{word}2"), "2.0.1"]);
    }
}

#[test]
fn drops_zeros_and_words_that_are_as_nothing() {
    assert_equal(&[
        "1",
        "1.0",
        "1.0.0",
        "1-0",
        "1.0-0",
        "1.ga",
        "1-ga",
        "1ga",
        "1.0.0-GA",
        "1.final",
        "1.Final",
        "1-RELEASE",
        "01",
        "1.00",
        "1.",
        "1-",
        "1.0-final-0",
        "1.0.0-0.0",
    ]);
    assert_equal(&["2.17", "2.17.0", "2.17-ga", "2.17.0.RELEASE"]);
    assert_equal(&["1-rc1", "1.0-rc1", "1.0.0.RC1", "1-CR-1", "1rc1", "1.0-rc-01"]);
    assert_equal(&["1-a1", "1-alpha-1", "1.0alpha1", "1.0.0.Alpha1", "1.0-0-alpha1"]);
    assert_equal(&["1x", "1.0.0-x", "1.0-x", "1.0.0x", "1.x"]);
    assert_equal(&["1-1", "1.0-1", "1.0.0-1", "1.0-1.0"]);
    assert_equal(&["0-1", "0.0-1", "0.0.0-1"]);
    assert_equal(&["1-0.alpha", "1.alpha"]);
}

#[test]
fn holds_the_lines_of_the_specification() {
    assert_equal(&["1.0.0-foo.0.0", "1-foo"]);
    assert_equal(&["1.0.0-0.0.0", "1"]);
    assert_ascending(&["0", "0-1", "0.0.1", "1", "1-0-1", "1-1"]);
    for (less, more) in [
        ("1", "1.1"),
        ("1-snapshot", "1"),
        ("1", "1-sp"),
        ("1-foo2", "1-foo10"),
        ("1.foo", "1-1"),
        ("1-1", "1.1"),
        ("1-ga", "1-sp"),
        ("1.0.final-redhat-0001", "1.0.sp1-redhat-0001"),
        ("6.1.0rc3", "6.1H.5-beta"),
        ("6.1.0", "6.1H.5-beta"),
        ("1-0.alpha", "1"),
        ("1-a1", "1-b1"),
        ("1.0.0-alpha.1", "1.0.0-alpha.2"),
        ("4.0.0.Beta3", "4.0.0.Final"),
        ("3.0.0-M1", "3.0.0-M10"),
        ("31.1-android", "31.1-jre"),
        ("2.9.10.8", "2.9.10.8.jre8"),
        ("1.2.17.redhat-00001", "1.2.17.redhat-00002"),
        ("2.0.0.v20131230", "2.0.0.v20140101"),
        ("42.2.5.jre6", "42.2.5.jre7"),
        ("1.0-20240101.120000-1", "1.0-20240101.120000-2"),
    ] {
        assert_eq!(order(less, more), Ordering::Less, "{less} {more}");
        assert_eq!(order(more, less), Ordering::Greater, "{more} {less}");
    }
}

#[test]
fn is_transitive_where_a_list_meets_a_word() {
    assert_ascending(&["1-alpha", "1.alpha.1", "1.x.1"]);
    assert_ascending(&["1", "1-ga1", "1-ga2", "1-sp"]);
}

#[test]
fn refuses_spaces_and_unresolved_properties() {
    for text in ["1 2", "${revision}", "1.0-${changelist}"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
