//! A text as the build history: each step gives one instruction.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::HistoryStep;

fuzz_target!(|data: &str| {
    let steps = data.split('\0').map(|text| HistoryStep { created_by: text.to_owned(), ..HistoryStep::default() });
    let history: Vec<HistoryStep> = steps.collect();
    let instructions = inspect::instruction::read(&history);
    assert_eq!(instructions.len(), history.len());
    for instruction in &instructions {
        std::hint::black_box((instruction.all_commands(), instruction.transfer()));
    }
});
