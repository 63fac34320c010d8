//! What breaks the parts of a policy.

use model::{BaseEvidence, FindingKind, Report, Text};

use super::rule::Rule;
use super::{Gaps, Violation};
use crate::day;

pub(super) fn rule(rule: &Rule, report: &Report, today: Option<i64>) -> Option<Violation> {
    let missing = rule.kinds.iter().find(|kind| rule.demands_checks && !is_checked(report, **kind));
    let violation = |findings: Vec<String>, why: Text| {
        Some(Violation {
            rule: rule.name.clone(),
            count: findings.len(),
            findings,
            why: described(rule, &why),
        })
    };
    let findings: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| rule.counts(finding, today))
        .map(model::Finding::key)
        .collect();
    if findings.len() > rule.max {
        let (count, max) = (findings.len(), rule.max);
        let why = Text::new(
            format!("{count} findings, and at most {max} are allowed"),
            format!("发现 {count} 项，最多允许 {max} 项"),
        );
        return violation(findings, why);
    }
    let word = missing?.word();
    let why = Text::new(
        format!("the check `{word}` was not made: add it to `--checks`"),
        format!("未执行检查项 `{word}`：请在 `--checks` 中加入该项"),
    );
    violation(Vec::new(), why)
}

fn is_checked(report: &Report, kind: FindingKind) -> bool {
    report.checks.iter().any(|check| check == kind.word())
}

/// Why, with the words of who wrote the rule before it.
fn described(rule: &Rule, why: &Text) -> Text {
    if rule.description.is_empty() {
        return why.clone();
    }
    Text::new(format!("{}: {}", rule.description, why.en), format!("{}：{}", rule.description, why.zh))
}

pub(super) fn gaps(gaps: &Gaps, report: &Report) -> Option<Violation> {
    let counts = |what: &String| gaps.what.is_empty() || gaps.what.contains(what);
    let count = report.gaps.iter().filter(|gap| counts(&gap.what)).count();
    let max = gaps.max;
    let why = Text::new(
        format!("{count} things could not be read or decided, and at most {max} are allowed"),
        format!("有 {count} 项内容无法读取或判定，最多允许 {max} 项"),
    );
    (count > max).then(|| whole("gaps", count, why))
}

pub(super) fn base_image(report: &Report) -> Option<Violation> {
    let why = match &report.base_image {
        Some(base) if base.evidence == BaseEvidence::Approved => return None,
        None if !is_checked(report, FindingKind::BaseImage) => Text::new(
            "the check `base-image` was not made: add it to `--checks`",
            "未执行检查项 `base-image`：请在 `--checks` 中加入该项",
        ),
        _ => Text::new(
            "the image is not built from an approved base image",
            "该镜像不是基于已批准的基础镜像构建的",
        ),
    };
    Some(whole("base_image", 1, why))
}

pub(super) fn database(days: i64, report: &Report, today: Option<i64>) -> Option<Violation> {
    let Some(database) = &report.database else {
        let why = Text::new(
            "no advisories were used: add `vulnerabilities` to `--checks`",
            "未使用漏洞库：请在 `--checks` 中加入 `vulnerabilities`",
        );
        return Some(whole("database", 1, why));
    };
    let updated = database.updated.get(..10).and_then(day::number);
    let why = match today.zip(updated) {
        Some((today, updated)) if today - updated <= days => return None,
        Some((today, updated)) => {
            let age = today - updated;
            Text::new(
                format!("the advisories are {age} days old, and at most {days} are allowed: update them"),
                format!("漏洞库已有 {age} 天未更新，最多允许 {days} 天：请更新漏洞库"),
            )
        }
        None => Text::new(
            "it is not known how old the advisories are: update them",
            "无法得知漏洞库的更新时间：请更新漏洞库",
        ),
    };
    Some(whole("database", 1, why))
}

fn whole(rule: &str, count: usize, why: Text) -> Violation {
    Violation { rule: rule.to_owned(), findings: Vec::new(), count, why }
}
