use std::path::PathBuf;

use super::*;

fn digest(number: u8) -> Digest {
    Digest::from_bytes([number; 32])
}

fn approved(name: &str, layers: &[u8]) -> Approved {
    Approved {
        name: name.to_owned(),
        digest: Some(digest(layers.iter().fold(100, |sum: u8, layer| sum.wrapping_add(*layer))).to_string()),
        platform: Some("linux/amd64".to_owned()),
        layers: layers.iter().copied().map(digest).collect(),
    }
}

fn bases(entries: &[Approved]) -> Bases {
    let mut bases = Bases::default();
    for entry in entries {
        bases.add(entry.clone());
    }
    bases
}

fn image(layers: &[u8]) -> Vec<Option<Digest>> {
    layers.iter().map(|layer| Some(digest(*layer))).collect()
}

fn step(created: &str, created_by: &str, empty_layer: bool) -> HistoryStep {
    HistoryStep {
        created: Some(created.to_owned()),
        created_by: created_by.to_owned(),
        comment: None,
        empty_layer,
    }
}

/// The layers that the history alone makes the base's.
fn guess(history: &[HistoryStep]) -> Option<usize> {
    let layers = history.iter().filter(|step| !step.empty_layer).count();
    let found = Bases::default().recognise(&vec![None; layers], history)?;
    assert_eq!((found.evidence, found.name), (BaseEvidence::History, None));
    Some(found.layers)
}

const NOON: &str = "2026-03-01T12:00:00Z";

#[test]
fn takes_the_longest_chain_that_the_image_begins_with() {
    let list = bases(&[
        approved("debian:12", &[1]),
        approved("python:3.12", &[1, 2, 3]),
        approved("python:3.13", &[1, 2, 4]),
        approved("tail", &[2, 3]),
    ]);
    let found = list.recognise(&image(&[1, 2, 3, 9]), &[]).unwrap();
    assert_eq!((found.name.as_deref(), found.layers), (Some("python:3.12"), 3));
    assert_eq!(found.evidence, BaseEvidence::Approved);
    let found = list.recognise(&image(&[1, 2]), &[]).unwrap();
    assert_eq!((found.name.as_deref(), found.layers), (Some("debian:12"), 1));
    assert_eq!(list.recognise(&image(&[2, 1]), &[]), None);
}

#[test]
fn an_approved_image_is_its_own_base_with_all_layers() {
    let found = bases(&[approved("debian:12", &[1, 2])]).recognise(&image(&[1, 2]), &[]).unwrap();
    assert_eq!(found.layers, 2);
}

#[test]
fn unknown_layers_match_nothing() {
    assert_eq!(bases(&[approved("debian:12", &[1])]).recognise(&[None], &[]), None);
}

#[test]
fn of_equal_chains_the_first_name_counts() {
    let list = bases(&[approved("z", &[1]), approved("a", &[1])]);
    assert_eq!(list.recognise(&image(&[1, 2]), &[]).unwrap().name.as_deref(), Some("a"));
}

#[test]
fn reports_what_no_approved_base_is_below() {
    assert_eq!(Bases::default().judge(None), None);
    let names: Vec<Approved> = (0..7).map(|number| approved(&format!("base:{number}"), &[number])).collect();
    let list = bases(&names);
    let finding = list.judge(None).unwrap();
    assert_eq!((finding.id.as_str(), finding.severity), ("base-image/unapproved", Severity::Medium));
    let english = finding.description(model::Language::English);
    assert!(english.contains("base:0") && english.contains("base:4 and 2 more"), "{english}");
    assert!(finding.description(model::Language::Chinese).contains("等 7 个"));
    let guess = BaseImage { name: None, digest: None, evidence: BaseEvidence::History, layers: 1 };
    assert_eq!(list.judge(Some(&guess)).unwrap().id, "base-image/unapproved");
    assert_eq!(list.judge(list.recognise(&image(&[3, 9]), &[]).as_ref()), None);
}

#[test]
fn reports_an_older_state_of_an_approved_base() {
    let list = bases(&[approved("debian:12", &[1]), approved("debian:12", &[2]), approved("other", &[3])]);
    let judge = |layers: &[u8]| list.judge(list.recognise(&image(layers), &[]).as_ref());
    let finding = judge(&[1, 9]).unwrap();
    assert_eq!((finding.id.as_str(), finding.severity), ("base-image/outdated", Severity::Low));
    assert_eq!(judge(&[2, 9]), None);
    assert_eq!(judge(&[3]), None);
}

#[test]
fn another_platform_is_not_a_newer_state() {
    let mut arm = approved("debian:12", &[2]);
    arm.platform = Some("linux/arm64".to_owned());
    let mut unknown = approved("debian:12", &[3]);
    unknown.platform = None;
    let list = bases(&[approved("debian:12", &[1]), arm, unknown]);
    for layers in [&[1], &[2], &[3]] {
        assert_eq!(list.judge(list.recognise(&image(layers), &[]).as_ref()), None, "{layers:?}");
    }
}

#[test]
fn removes_by_name_or_by_name_and_digest() {
    let (one, two) = (approved("debian:12", &[1]), approved("debian:12", &[2]));
    let mut list = bases(&[one.clone(), two.clone(), approved("debian:13", &[3])]);
    assert_eq!(list.remove("debian"), 0);
    assert_eq!(list.remove(&format!("debian:12@{}", two.digest.clone().unwrap())), 1);
    assert_eq!(list.list().first(), Some(&one));
    assert_eq!(list.remove("debian:12"), 1);
    assert_eq!(list.list().len(), 1);
}

#[test]
fn reads_back_what_it_saves_and_leaves_nothing_beside() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("new/bases.json");
    assert_eq!(Bases::open(&file).unwrap(), Bases::default());
    let mut list = bases(&[approved("b", &[1]), approved("a", &[2]), approved("a", &[1])]);
    list.save(&file).unwrap();
    list.add(approved("a", &[2]));
    list.save(&file).unwrap();
    assert_eq!(Bases::open(&file).unwrap(), list);
    assert_eq!(list.list().iter().map(|base| base.name.as_str()).collect::<Vec<_>>(), ["a", "a", "b"]);
    assert_eq!(list.list()[1].layers, [digest(2)]);
    assert_eq!(file.parent().unwrap().read_dir().unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_and_stays_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let taken = directory.path().join("directory");
    std::fs::create_dir_all(taken.join("full")).unwrap();
    assert!(matches!(Bases::default().save(&taken), Err(Error::Write { .. })));
    assert_eq!(directory.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_hostile_list_is_an_error_that_says_where() {
    let directory = tempfile::tempdir().unwrap();
    let file: PathBuf = directory.path().join("bases.json");
    let digest = digest(1);
    for (text, line, why) in [
        (String::new(), 1, "EOF"),
        ("{\n  \"version\": 2, \"bases\": [] }".to_owned(), 2, "version 2"),
        (
            "{ \"version\": 1,\n\"bases\": [{\"name\": \"a\",\n \"layers\": []}] }".to_owned(),
            3,
            "without layers",
        ),
        (
            format!("{{ \"version\": 1, \"bases\": [{{\"name\": \" \", \"layers\": [\"{digest}\"]}}] }}"),
            1,
            "empty",
        ),
        (
            "{ \"version\": 1, \"bases\": [{\"name\": \"a\",\n\n\"layers\": [\"sha256:00\"]}] }".to_owned(),
            3,
            "sha256",
        ),
        ("{ \"version\": 1, \"bases\": [], \"more\": 1 }".to_owned(), 1, "more"),
        ("[".repeat(200_000), 1, ""),
    ] {
        std::fs::write(&file, &text).unwrap();
        match Bases::open(&file) {
            Err(Error::Rules { line: at, column, why: said, .. }) => {
                assert!(at == line && column > 0 && said.contains(why), "{at}:{column} {said}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_run_ends_the_base() {
    let history = [
        step(NOON, "/bin/sh -c #(nop) ADD file:1a2b in / ", false),
        step(NOON, "/bin/sh -c #(nop)  CMD [\"bash\"]", true),
        step(NOON, "RUN /bin/sh -c apt-get install python3 # buildkit", false),
        step(NOON, "CMD [\"python3\"]", true),
        step(NOON, "COPY app /app # buildkit", false),
        step(NOON, "ENTRYPOINT [\"/app\"]", true),
    ];
    assert_eq!(guess(&history), Some(2));
}

#[test]
fn a_pause_tells_the_base_from_an_early_command() {
    let later = "2026-03-20T08:00:00+08:00";
    let history = [
        step(NOON, "ADD rootfs.tar.xz /", false),
        step(NOON, "CMD [\"bash\"]", true),
        step(later, "RUN make", false),
        step(later, "CMD [\"/app\"]", true),
        step(later, "COPY settings /etc", false),
    ];
    assert_eq!(guess(&history), Some(1));
}

#[test]
fn a_long_pause_or_a_root_file_system_is_a_sign() {
    let history = [
        step("0001-01-01T00:00:00Z", "bazel build ...", false),
        step("0001-01-01T00:00:00Z", "bazel build ...", false),
        step("2026-03-01T12:00:00.123456789Z", "COPY app /", false),
        step("2026-03-01T12:09:00Z", "COPY data /", false),
    ];
    assert_eq!(guess(&history), Some(2));
    let mut rootfs = step(NOON, "# debian.sh --arch 'amd64' out/ 'bookworm'", false);
    rootfs.comment = Some("debuerreotype 0.15".to_owned());
    assert_eq!(guess(&[rootfs.clone(), step(NOON, "COPY a /", false)]), Some(1));
    assert_eq!(
        guess(&[step(NOON, "ADD alpine.tar.gz / # buildkit", false), step(NOON, "RUN a", false)]),
        Some(1)
    );
    assert_eq!(guess(&[rootfs]), None);
}

#[test]
fn says_nothing_where_nothing_is_to_be_seen() {
    assert_eq!(guess(&[]), None);
    let scratch = [
        step(NOON, "COPY /out/app /app # buildkit", false),
        step(NOON, "COPY ca.pem /etc/ssl/ # buildkit", false),
        step(NOON, "CMD [\"/app\"]", true),
    ];
    assert_eq!(guess(&scratch), None);
    assert_eq!(guess(&[step("x", "RUN CMD", false), step("", "CMDX", true), step("2026", "", false)]), None);
    // A history that is not about these layers.
    let history = [step(NOON, "a", false), step(NOON, "CMD x", true), step(NOON, "b", false)];
    assert_eq!(Bases::default().recognise(&[None], &history), None);
}

proptest::proptest! {
    #[test]
    fn a_guess_never_takes_in_the_whole_image(
        steps in proptest::collection::vec((".{0,30}|CMD .|2026-0[1-9]-01T..:00:00Z", ".{0,20}|CMD x|ADD file:a in /", proptest::bool::ANY), 0..12),
    ) {
        let history: Vec<HistoryStep> = steps.iter().map(|(created, by, empty)| step(created, by, *empty)).collect();
        let layers = history.iter().filter(|step| !step.empty_layer).count();
        if let Some(guess) = guess(&history) {
            assert!(guess > 0 && guess < layers);
        }
    }
}
