//! The words of reports in both languages.

use model::{
    BaseEvidence, BaseImage, Detail, Finding, FindingKind, FixStatus, Forbidden, Language, MalwareClass,
    Outcome, Severity, SuppressionStatus,
};

/// A severity.
#[must_use]
pub fn severity(language: Language, severity: Severity) -> &'static str {
    match (language, severity) {
        (Language::English, severity) => severity.word(),
        (Language::Chinese, Severity::Critical) => "严重",
        (Language::Chinese, Severity::High) => "高危",
        (Language::Chinese, Severity::Medium) => "中危",
        (Language::Chinese, Severity::Low) => "低危",
        (Language::Chinese, Severity::Negligible) => "可忽略",
        (Language::Chinese, Severity::Unknown) => "未知",
    }
}

/// What stands in the column of the fix when there is no version to name.
pub(crate) fn no_version(language: Language, status: FixStatus) -> &'static str {
    match status {
        FixStatus::Fixed => language.pick("fixed", "已修复"),
        FixStatus::Affected => language.pick("no fix yet", "暂无修复"),
        FixStatus::WillNotFix => language.pick("will not be fixed", "不予修复"),
        FixStatus::FixDeferred => language.pick("fix deferred", "推迟修复"),
        FixStatus::EndOfLife => language.pick("end of life", "已停止维护"),
        FixStatus::UnderInvestigation => language.pick("under investigation", "调查中"),
        FixStatus::NotAffected => language.pick("not affected", "不受影响"),
    }
}

/// A kind of findings.
pub(crate) fn kind(language: Language, kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerabilities => language.pick("Vulnerabilities", "漏洞"),
        FindingKind::Malware => language.pick("Malware", "恶意文件"),
        FindingKind::Secrets => language.pick("Secrets", "敏感信息"),
        FindingKind::Baseline => language.pick("Baseline", "基线检查"),
        FindingKind::Compliance => language.pick("Compliance", "软件合规"),
        FindingKind::BaseImage => language.pick("Base image", "基础镜像"),
    }
}

/// A check, by its id; an id that is not known stands for itself.
pub(crate) fn check(language: Language, id: &str) -> &str {
    match id {
        "software" => language.pick("Software", "软件信息"),
        "files" => language.pick("Files", "文件信息"),
        _ => FindingKind::ALL
            .into_iter()
            .find(|known| known.word() == id)
            .map_or(id, |known| kind(language, known)),
    }
}

/// What came of a check of the baseline.
pub(crate) fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => language.pick("pass", "通过"),
        Outcome::Fail => language.pick("fail", "不通过"),
        Outcome::NotApplicable => language.pick("not applicable", "不适用"),
        Outcome::Unknown => language.pick("undecided", "无法判断"),
    }
}

/// A family of checks of the baseline; one that is not known stands for itself.
pub(crate) fn category(language: Language, category: &str) -> &str {
    match category {
        "accounts" => language.pick("accounts", "账号安全"),
        "passwords" => language.pick("password policy", "密码策略"),
        "ssh" => language.pick("SSH", "SSH 配置"),
        "weak-passwords" => language.pick("weak passwords", "弱口令"),
        "image" => language.pick("image configuration", "镜像配置"),
        "instructions" => language.pick("build instructions", "构建指令"),
        "files" => language.pick("file permissions", "文件权限"),
        other => other,
    }
}

/// What a malicious file is.
#[must_use]
pub fn malware_class(language: Language, class: MalwareClass) -> &'static str {
    match class {
        MalwareClass::Trojan => language.pick("trojan", "木马"),
        MalwareClass::Worm => language.pick("worm", "蠕虫"),
        MalwareClass::Virus => language.pick("virus", "感染型病毒"),
        MalwareClass::Miner => language.pick("crypto miner", "挖矿程序"),
        MalwareClass::WebShell => language.pick("web shell", "WebShell"),
        MalwareClass::Backdoor => language.pick("back door", "后门"),
        MalwareClass::HackTool => language.pick("hack tool", "黑客工具"),
        MalwareClass::Ransomware => language.pick("ransomware", "勒索软件"),
        MalwareClass::Adware => language.pick("adware", "广告软件"),
        MalwareClass::Test => language.pick("test file", "测试文件"),
        MalwareClass::Unknown => language.pick("unknown", "未知"),
    }
}

/// What a rule of compliance forbids.
#[must_use]
pub fn forbidden(language: Language, forbidden: Forbidden) -> &'static str {
    match forbidden {
        Forbidden::Software => language.pick("forbidden software", "禁用软件"),
        Forbidden::License => language.pick("forbidden licence", "禁用许可证"),
        Forbidden::EndOfLife => language.pick("end of life", "停止维护"),
    }
}

/// Why a finding does not count.
pub(crate) fn suppression(language: Language, status: SuppressionStatus) -> &'static str {
    match status {
        SuppressionStatus::Accepted => language.pick("accepted", "已接受风险"),
        SuppressionStatus::NotAffected => language.pick("not affected", "不受影响"),
        SuppressionStatus::Fixed => language.pick("fixed", "已修复"),
        SuppressionStatus::FalsePositive => language.pick("false positive", "误报"),
    }
}

/// Whether the base image or the image itself brought something; empty when no base image is known.
#[must_use]
pub fn origin(language: Language, from_base: Option<bool>) -> &'static str {
    match from_base {
        Some(true) => language.pick("base", "基础镜像"),
        Some(false) => language.pick("own", "自身"),
        None => "",
    }
}

/// Whether a file is still there when all layers are applied.
pub(crate) fn visibility(language: Language, visible: bool) -> &'static str {
    if visible {
        language.pick("visible", "可见")
    } else {
        language.pick("history only", "仅存在于历史层")
    }
}

/// A base image: its name, how many layers are its own, and whether it is but a guess.
pub(crate) fn base_image(language: Language, base: &BaseImage) -> String {
    let layers = match (language, base.layers) {
        (Language::English, 1) => "the lowest layer".to_owned(),
        (Language::English, count) => format!("the lowest {count} layers"),
        (Language::Chinese, count) => format!("底部 {count} 层"),
    };
    let evidence = match base.evidence {
        BaseEvidence::Approved => language.pick("approved", "已批准"),
        BaseEvidence::History => language.pick("a guess from the build history", "根据构建历史推测"),
    };
    let name =
        base.name.as_deref().map(|name| format!("{name}{}", language.pick(", ", "，"))).unwrap_or_default();
    match language {
        Language::English => format!("{name}{layers} ({evidence})"),
        Language::Chinese => format!("{name}{layers}（{evidence}）"),
    }
}

/// How a finding stands: whether it has a fix, can still be seen, or what is forbidden about it.
pub(crate) fn status(language: Language, finding: &Finding) -> &'static str {
    match &finding.detail {
        Detail::Vulnerability(found) => match found.status {
            FixStatus::Fixed => language.pick("fix available", "有修复版本"),
            other => no_version(language, other),
        },
        Detail::Malware(found) => visibility(language, found.visible),
        Detail::Secret(found) => visibility(language, found.visible),
        Detail::Baseline(_) => outcome(language, Outcome::Fail),
        Detail::Compliance(found) => forbidden(language, found.forbidden),
        Detail::BaseImage(_) => language.pick("not approved", "未批准"),
    }
}

/// A size for people, in binary units.
pub(crate) fn bytes(size: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => {
            let tenths = u128::from(size) * 10 / u128::from(*unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{size} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!([bytes(0), bytes(1536), bytes(5 << 30)], ["0 B", "1.5 KiB", "5.0 GiB"]);
    }
}
