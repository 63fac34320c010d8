//! What the value of a setting should be.

use model::Text;
use serde::Deserialize;

use super::line_match::Expression;

/// What a value should be; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wanted {
    /// It is one of these, in any case of letters.
    one_of: Vec<String>,
    /// It is a number, or a time such as `2m`, and no less.
    at_least: Option<i64>,
    /// It is a number, or a time such as `2m`, and no more.
    at_most: Option<i64>,
    /// It is an octal number that has all bits of this one, as a umask should.
    bits: Option<String>,
    /// None of the items between its commas or blanks looks like this.
    no_item: Option<Expression>,
}

impl Wanted {
    /// Whether a value is as it should be.
    pub(crate) fn holds(&self, value: &str) -> bool {
        let number = || number_of(value);
        let octal = |text: &str| u32::from_str_radix(text, 8).ok();
        (self.one_of.is_empty() || self.one_of.iter().any(|one| one.eq_ignore_ascii_case(value)))
            && self.at_least.is_none_or(|least| number().is_some_and(|number| number >= least))
            && self.at_most.is_none_or(|most| number().is_some_and(|number| number <= most))
            && self.bits.as_deref().is_none_or(|bits| match (octal(bits), octal(value)) {
                (Some(bits), Some(value)) => value & bits == bits,
                _ => false,
            })
            && self.no_item.as_ref().is_none_or(|item| !items(value).any(|one| item.0.is_match(one)))
    }

    /// The same in words, with the name of the setting in front.
    pub(crate) fn told(&self, name: &str) -> Text {
        let mut en = Vec::new();
        let mut zh = Vec::new();
        if !self.one_of.is_empty() {
            en.push(self.one_of.join(" or "));
            zh.push(self.one_of.join(" 或 "));
        }
        if let Some(least) = self.at_least {
            en.push(format!("at least {least}"));
            zh.push(format!("不小于 {least}"));
        }
        if let Some(most) = self.at_most {
            en.push(format!("at most {most}"));
            zh.push(format!("不大于 {most}"));
        }
        if let Some(bits) = &self.bits {
            en.push(format!("{bits} or stricter"));
            zh.push(format!("{bits} 或更严格"));
        }
        if self.no_item.is_some() {
            en.push("nothing weak in the list".to_owned());
            zh.push("列表中不含弱算法".to_owned());
        }
        Text::new(format!("{name}: {}", en.join(", ")), format!("{name}：{}", zh.join("，")))
    }
}

fn items(value: &str) -> impl Iterator<Item = &str> {
    // A leading sign adds to the defaults, and a minus takes away from them: what it names is not used.
    let (value, takes_away) = match value.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (value.trim_start_matches(['+', '^']), false),
    };
    value.split([',', ' ', '\t']).filter(move |item| !takes_away && !item.is_empty())
}

/// A number, or the seconds of a time in the way of OpenSSH.
fn number_of(value: &str) -> Option<i64> {
    if let Ok(number) = value.parse() {
        return Some(number);
    }
    let unit = match value.chars().last()?.to_ascii_lowercase() {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number: i64 = value.get(..value.len().checked_sub(1)?)?.parse().ok()?;
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_times() {
        for (value, expected) in [
            ("120", Some(120)),
            ("2m", Some(120)),
            ("-1", Some(-1)),
            ("", None),
            ("m", None),
            ("9223372036854775807w", None),
            ("秒", None),
        ] {
            assert_eq!(number_of(value), expected, "{value}");
        }
    }

    #[test]
    fn a_list_that_takes_away_uses_nothing_it_names() {
        let wanted = Wanted {
            no_item: Some(Expression::try_from("^aes.*-cbc".to_owned()).unwrap()),
            ..Wanted::default()
        };
        for (value, holds) in [
            ("aes128-ctr,aes128-cbc", false),
            ("+aes128-cbc", false),
            ("-aes128-cbc", true),
            ("aes128-ctr", true),
        ] {
            assert_eq!(wanted.holds(value), holds, "{value}");
        }
    }
}
