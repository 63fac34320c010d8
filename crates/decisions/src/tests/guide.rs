use super::TODAY;
use crate::{Decisions, Policy};

#[test]
fn the_examples_of_the_guide_are_understood() {
    let guide = include_str!("../../../../docs/suppressing.md");
    let mut examples = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    Decisions::default().ignore_file("guide", examples.next().unwrap(), TODAY).unwrap();
    Policy::parse("guide", examples.next().unwrap()).unwrap();
    assert_eq!(examples.next(), None);
}
