//! The checks of configuration, build instructions and files, from outside.
#![expect(clippy::unwrap_used, reason = "helper functions of tests")]

use image::walk::{Entry, EntryKind};
use inspect::baseline::{Baseline, Options, Verdict};
use inspect::{Evidence, Noted, Placed};
use model::{Detail, HistoryStep, ImageConfig};

fn judge(history: &[HistoryStep], noted: &[Noted]) -> Verdict {
    let evidence = Evidence {
        config: &ImageConfig::default(),
        history,
        name: "shop:1.0",
        distribution: None,
        packages: &[],
        kept: &[],
        noted,
        is_directory: false,
        today: "2026-11-21",
    };
    Baseline::new(&Options::default()).unwrap().judge(&evidence)
}

fn found<'a>(verdict: &'a Verdict, id: &str) -> &'a Placed {
    verdict.findings.iter().find(|placed| placed.finding.id == id).unwrap()
}

fn step(created_by: &str, empty_layer: bool) -> HistoryStep {
    HistoryStep { created_by: created_by.to_owned(), empty_layer, ..HistoryStep::default() }
}

fn noted(path: String, mode: u32) -> Noted {
    let (kind, link) = (EntryKind::File, Vec::new());
    Noted { path: path.into_bytes(), kind, mode, uid: 0, gid: 0, size: 1, link, layer: 3 }
}

#[test]
fn a_step_is_named_with_its_layer_and_without_its_values() {
    let password = ["hunter", "2"].concat();
    let history = [
        step("ADD rootfs.tar / # buildkit", false),
        step("ENV A=b", true),
        step("RUN /bin/sh -c make # buildkit", false),
        step(&format!("RUN /bin/sh -c echo root:{password} | sudo chpasswd # buildkit"), false),
    ];
    let verdict = judge(&history, &[]);
    let placed = found(&verdict, "INS-0013");
    assert_eq!(placed.layer, Some(2));
    let Detail::Baseline(baseline) = &placed.finding.detail else { panic!("another kind") };
    assert_eq!(baseline.actual.en, "step 4, RUN: sudo chpasswd");
    assert!(!format!("{verdict:?}").contains(&password));
}

#[test]
fn many_files_are_one_finding_with_a_hundred_paths_and_the_count() {
    let files: Vec<Noted> = (0..250).map(|place| noted(format!("opt/{place:03}"), 0o4755)).collect();
    let verdict = judge(&[], &files);
    let placed = found(&verdict, "FIL-0001");
    let Detail::Baseline(baseline) = &placed.finding.detail else { panic!("another kind") };
    assert_eq!((baseline.paths.len(), baseline.actual.en.as_str()), (100, "250 found"));
    assert_eq!(placed.layer, Some(3));
}

#[test]
fn notes_what_is_judged_by_its_mode_and_little_else() {
    let baseline = Baseline::new(&Options::default()).unwrap();
    let notes = |path: &str, kind, mode| {
        let entry = Entry { path: path.as_bytes(), kind, mode, uid: 0, gid: 0, size: 1, link: b"" };
        baseline.notes(&entry)
    };
    assert!(notes("opt/x", EntryKind::File, 0o4755));
    assert!(notes("opt/x", EntryKind::File, 0o666));
    assert!(notes("opt/x", EntryKind::Special, 0o600));
    assert!(notes("app/.git", EntryKind::Directory, 0o755));
    assert!(!notes("opt/x", EntryKind::File, 0o644));
    assert!(!notes("tmp", EntryKind::Directory, 0o1777));
    assert!(!notes("opt/x", EntryKind::SymbolicLink, 0o777));
}

#[test]
fn a_pipeline_without_end_is_judged_in_one_go() {
    let verdict = judge(&[step(&format!("RUN {}", "sh|".repeat(50_000)), false)], &[]);
    assert!(verdict.findings.iter().all(|placed| placed.finding.id != "INS-0008"));
}

#[test]
fn a_history_that_cannot_be_read_whole_is_not_clean() {
    let verdict = judge(&[step(&format!("RUN {}", "$(".repeat(100_000)), false)], &[]);
    let gap = verdict.gaps.first().unwrap();
    assert_eq!((gap.what.as_str(), gap.place.as_str()), ("instruction", "history step 1"));
    let result = verdict.results.iter().find(|result| result.id == "INS-0008").unwrap();
    assert_eq!(result.outcome, model::Outcome::Unknown);
}
