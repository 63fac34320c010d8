use model::HistoryStep;
use proptest::prelude::*;

use super::*;

fn step(created_by: &str) -> HistoryStep {
    HistoryStep { created_by: created_by.to_owned(), ..HistoryStep::default() }
}

fn one(created_by: &str) -> Instruction {
    read(&[step(created_by)]).remove(0)
}

/// The commands as `program argument …`, in the order they are met.
fn lines(created_by: &str) -> Vec<String> {
    let instruction = one(created_by);
    let line = |command: &&Command| {
        let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    };
    instruction.all_commands().iter().map(line).collect()
}

#[test]
fn reads_a_run_of_every_builder() {
    for said in [
        "/bin/sh -c apt-get update && make",
        "RUN /bin/sh -c apt-get update && make # buildkit",
        "RUN apt-get update && make",
        "RUN --mount=type=cache,target=/x --network=none apt-get update && make",
        "RUN /bin/bash -o pipefail -c apt-get update && make # buildkit",
        "RUN /bin/bash -eo pipefail -c apt-get update && make # buildkit",
        "RUN |2 A=x y B=/z /bin/sh -c apt-get update && make # buildkit",
        "|1 A=b /bin/sh -c apt-get update && make",
        "/bin/ash -eo pipefail -c apt-get update && make",
        "RUN /bin/sh -c \"apt-get update && make\"",
    ] {
        let instruction = one(said);
        assert_eq!(
            (instruction.keyword, lines(said)),
            ("RUN", vec!["apt-get update".into(), "make".into()]),
            "{said}"
        );
    }
    assert_eq!(lines("RUN [\"apt-get\", \"install\", \"a b\"]"), ["apt-get install a b"]);
    assert_eq!(lines("RUN |1 A=b apt-get update # buildkit"), ["apt-get update"]);
    assert_eq!(lines("apt-get update"), ["apt-get update"], "the exec form of the classic builder");
}

#[test]
fn reads_the_other_instructions_of_every_builder() {
    for (said, keyword, text) in [
        ("/bin/sh -c #(nop)  ENV A=b", "ENV", "A=b"),
        ("/bin/sh -c #(nop) ADD file:12 in / ", "ADD", "file:12 in /"),
        ("|1 A=b /bin/sh -c #(nop)  USER app", "USER", "app"),
        ("ENV A=b # buildkit", "ENV", "A=b"),
        ("COPY . /app # buildkit", "COPY", ". /app"),
        ("CMD [\"sh\"]", "CMD", "[\"sh\"]"),
        ("MAINTAINER me", "MAINTAINER", "me"),
    ] {
        let instruction = one(said);
        assert_eq!((instruction.keyword, instruction.text.as_str()), (keyword, text), "{said}");
        assert!(instruction.commands.is_empty());
    }
}

#[test]
fn leaves_builders_without_instructions_alone() {
    for said in [
        "",
        "bazel build //x:y",
        "ko build ko://example.com/x",
        "jib-maven-plugin:3.4.0",
        "apko",
        "umoci config --config.cmd=sudo",
        "buildpacks.io sudo",
        "cmd /S /C #(nop) ENV A=b x",
        "powershell -Command sudo",
    ] {
        let instruction = one(said);
        assert!(instruction.commands.is_empty() && instruction.keyword != "RUN", "{said}: {instruction:?}");
    }
    assert!(lines("# debian.sh --arch 'amd64' out/ 'bookworm'").is_empty());
}

#[test]
fn counts_the_layers_of_steps() {
    let empty = HistoryStep { empty_layer: true, ..step("ENV A=b") };
    let layers: Vec<_> = read(&[step("ADD a /"), empty.clone(), step("RUN x"), empty, step("COPY b /")])
        .iter()
        .map(|instruction| instruction.layer)
        .collect();
    assert_eq!(layers, [Some(0), None, Some(1), None, Some(2)]);
}

#[test]
fn respects_quotes_comments_and_escapes() {
    for (script, expected) in [
        ("echo 'apt-get update; sudo x' && b", vec!["echo apt-get update; sudo x", "b"]),
        ("echo \"a && b\" || c", vec!["echo a && b", "c"]),
        ("echo a\\ b\\;c; d", vec!["echo a b;c", "d"]),
        ("a # sudo b\nc", vec!["a", "c"]),
        ("a#b c", vec!["a#b c"]),
        ("a \\\n  b", vec!["a b"]),
        ("echo $'it\\'s; fine' x", vec!["echo it's; fine x"]),
        ("a ${b:-;} c", vec!["a ${b:-;} c"]),
        ("a 2>/dev/null >&2 b", vec!["a b"]),
        ("a &>/dev/null & b", vec!["a", "b"]),
        ("a 'unclosed && b", vec!["a unclosed && b"]),
    ] {
        assert_eq!(lines(&format!("/bin/sh -c {script}")), expected, "{script}");
    }
}

#[test]
fn takes_off_what_wraps_a_command() {
    for (script, expected) in [
        ("sudo -E -u app apt-get update", vec!["apt-get update"]),
        ("DEBIAN_FRONTEND=noninteractive apt-get update", vec!["apt-get update"]),
        ("env -u X A=b /usr/bin/apt-get update", vec!["/usr/bin/apt-get update"]),
        ("timeout -k 5 30 nice -n 5 x y", vec!["x y"]),
        ("find / | xargs -n 1 rm -f", vec!["find /", "rm -f"]),
        ("if a; then b; else c; fi", vec!["a", "b", "c"]),
        ("! ( a && { b; } )", vec!["a", "b"]),
        ("command -v sudo", vec!["command -v sudo"]),
        ("sh -ec 'a; b'", vec!["sh -ec a; b", "a", "b"]),
        ("su app -c 'a b'", vec!["su app -c a b", "a b"]),
        ("eval a b", vec!["eval a b", "a b"]),
        ("bash <<EOF\na b\nEOF\nc", vec!["bash", "a b", "c"]),
        ("cat <<-'E' > /x\n\tsudo a\n\tE\nc", vec!["cat", "c"]),
    ] {
        assert_eq!(lines(&format!("/bin/sh -c {script}")), expected, "{script}");
    }
    let sudo = one("/bin/sh -c A=1 sudo B=2 x > /etc/y");
    let command = &sudo.commands[0];
    assert_eq!((command.program(), command.wrappers.as_slice()), ("x", ["sudo".to_owned()].as_slice()));
    assert_eq!(command.assignments.len(), 2);
    assert_eq!(command.writes, ["/etc/y"]);
}

#[test]
fn finds_commands_in_substitutions() {
    assert_eq!(lines("/bin/sh -c A=$(curl \"$(x ')')\") b"), ["b", "curl $(x ')')", "x )"]);
    assert_eq!(lines("/bin/sh -c bash <(curl x)"), ["bash <(curl x)", "curl x"]);
    assert_eq!(lines("/bin/sh -c echo `a \\`b\\``"), ["echo `a `b``", "a `b`", "b"]);
    assert_eq!(lines("/bin/sh -c echo \"$(a | b)\" '$(c)'"), ["echo $(a | b) $(c)", "a", "b"]);
}

#[test]
fn knows_what_belongs_to_one_pipeline() {
    let instruction = one("/bin/sh -c a | (b) | c && d; (e | f) | g");
    let pipelines: Vec<_> =
        instruction.commands.iter().map(|command| (command.program(), command.pipeline)).collect();
    assert_eq!(pipelines, [("a", 0), ("b", 0), ("c", 0), ("d", 1), ("e", 2), ("f", 2), ("g", 2)]);
}

#[test]
fn finds_options_among_others() {
    let instruction = one("/bin/sh -c curl -fsSLk --proto=https -o/tmp/kk x");
    let command = &instruction.commands[0];
    assert!(["-k", "-f", "-L", "-o", "--proto"].iter().all(|option| command.has_option(option)));
    assert!(!command.has_option("-t") && !command.has_option("--pro") && !command.has_option("--k"));
}

#[test]
fn reads_what_is_added_and_where_to() {
    let transfer = |said: &str| one(said).transfer().unwrap();
    let classic = transfer("/bin/sh -c #(nop) ADD dir:12 in /app ");
    assert_eq!((classic.sources, classic.destination), (vec!["dir:12".to_owned()], "/app".to_owned()));
    let build_kit = transfer("ADD --chown=a:b x \"y z\" /app/ # buildkit");
    assert_eq!((build_kit.flags, build_kit.sources.len()), (vec!["--chown=a:b".to_owned()], 2));
    assert_eq!(transfer("COPY [\"a b\", \"c\"]").sources, ["a b"]);
    assert_eq!(one("ADD x").transfer(), None);
    assert_eq!(one("RUN a b").transfer(), None);
}

#[test]
fn says_when_a_step_is_not_read_whole() {
    assert!(one(&format!("RUN {}", "a ".repeat(HISTORY_BYTES))).is_cut);
    let deep = format!("RUN {}a{}", "$(".repeat(10_000), ")".repeat(10_000));
    assert!(one(&deep).is_cut);
    assert!(one(&format!("RUN {}", "`".repeat(10_001))).commands.len() < 20_000);
    assert!(one(&format!("RUN {}", "eval ".repeat(1000))).is_cut);
    assert!(!one("RUN sh -c 'sh -c \"a $(b)\"'").is_cut);
}

proptest! {
    #[test]
    fn returns_on_any_history(said in ".{0,300}") {
        prop_assert_eq!(read(&[step(&said)]).len(), 1);
    }

    #[test]
    fn returns_on_anything_that_looks_like_a_script(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "a", " ", "'", "\"", "$(", ")", "(", "`", "${", "}", "\\", "\n", "|", "&", ";", "<<E", "<<-", "<<<", "<(", ">", "2>",
            "sh -c ", "eval ", "sudo ", "env ", "-u ", "A=b ", "if ", "#", "\t", "é", "E\n", "timeout ",
        ]), 0..60),
    ) {
        prop_assert_eq!(read(&[step(&format!("RUN {}", parts.concat()))]).len(), 1);
    }

    #[test]
    fn gives_quoted_words_back(words in proptest::collection::vec("[^'\0]{1,12}", 1..6)) {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let instruction = one(&format!("/bin/sh -c echo {}", quoted.join(" ")));
        let got: Vec<&str> = instruction.commands[0].arguments().collect();
        prop_assert_eq!(got, words);
    }
}
