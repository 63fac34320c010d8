//! What rows of exports hold: the columns of each subject, and what stands in them.

use api::ExportSubject;
use model::{Detail, FileEntry, Finding, Language};
use store::assets::Asset;
use store::decisions::{Action, Decision};
use store::exports::Software;
use store::findings::Row;

use super::sheet::Cell;
use crate::selection::severity;

/// What one row is about.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) language: Language,
    pub(super) image: &'a Asset,
    pub(super) finding: Option<Found<'a>>,
    pub(super) software: Option<&'a Software>,
    /// A file, and why it is told.
    pub(super) file: Option<(&'a FileEntry, &'a str)>,
}

/// A finding, with what was decided about it.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) row: &'a Row,
    /// As it was found; not kept of a vulnerability.
    pub(super) detail: Option<&'a Finding>,
    pub(super) decision: Option<&'a Decision>,
}

/// A column.
pub(super) struct Column {
    pub(super) id: &'static str,
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
    /// Its width in characters.
    pub(super) width: u16,
    pub(super) value: fn(&Line<'_>) -> Cell,
}

const fn column(
    id: &'static str,
    english: &'static str,
    chinese: &'static str,
    width: u16,
    value: fn(&Line<'_>) -> Cell,
) -> Column {
    Column { id, english, chinese, width, value }
}

/// The columns of a subject; a list of packages has none.
pub(super) fn of(subject: ExportSubject) -> Vec<&'static Column> {
    let own = match subject {
        ExportSubject::Images => return IMAGE.iter().chain(IMAGE_ONLY).collect(),
        ExportSubject::Vulnerabilities => VULNERABILITY,
        ExportSubject::Baseline => BASELINE,
        ExportSubject::Malware => MALWARE,
        ExportSubject::Secrets => SECRET,
        ExportSubject::Compliance => COMPLIANCE,
        ExportSubject::Software => return IMAGE.iter().chain(SOFTWARE).collect(),
        ExportSubject::Files => return IMAGE.iter().chain(FILE).collect(),
        ExportSubject::Sbom => return Vec::new(),
    };
    IMAGE.iter().chain(FINDING).chain(own).chain(DECISION).collect()
}

const IMAGE: &[Column] = &[
    column("image", "Image", "镜像", 36, |line| Cell::text(&line.image.name)),
    column("image_id", "Image ID", "镜像 ID", 24, |line| Cell::some(line.image.image_id.as_deref())),
    column("digest", "Digest", "镜像摘要", 24, |line| Cell::some(line.image.manifest_digest.as_deref())),
    column("source", "Source", "来源", 10, |line| {
        Cell::text(match line.image.kind.as_str() {
            "local" => line.language.pick("local", "本地"),
            "registry" => line.language.pick("registry", "仓库"),
            "ci" => line.language.pick("pipeline", "流水线"),
            "archive" => line.language.pick("archive", "归档文件"),
            other => other,
        })
    }),
];

const IMAGE_ONLY: &[Column] = &[
    column("repository", "Repository", "仓库名称", 32, |line| Cell::text(&line.image.repository)),
    column("tag", "Tag", "标签", 14, |line| Cell::some(line.image.tag.as_deref())),
    column("os", "Operating system", "操作系统", 24, |line| Cell::some(line.image.os_name.as_deref())),
    column("platform", "Platform", "平台", 14, |line| Cell::some(line.image.platform.as_deref())),
    column("size", "Size in bytes", "大小（字节）", 14, |line| Cell::count(line.image.size)),
    column("layers", "Layers", "层数", 8, |line| line.image.layers.map_or(Cell::Empty, Cell::count)),
    column("built", "Built", "构建时间", 20, |line| Cell::time(line.image.built)),
    column("first_seen", "First seen", "首次发现", 20, |line| Cell::time(Some(line.image.first_seen))),
    column("last_seen", "Last seen", "最近发现", 20, |line| Cell::time(Some(line.image.last_seen))),
    column("status", "Scan status", "扫描状态", 12, |line| {
        Cell::text(match line.image.status.as_str() {
            "unscanned" => line.language.pick("unscanned", "未扫描"),
            "waiting" => line.language.pick("waiting", "等待扫描"),
            "scanning" => line.language.pick("scanning", "扫描中"),
            "scanned" => line.language.pick("scanned", "已扫描"),
            "failed" => line.language.pick("failed", "扫描失败"),
            "cancelled" => line.language.pick("cancelled", "已取消"),
            other => other,
        })
    }),
    column("scanned", "Last scan", "最近扫描时间", 20, |line| Cell::time(line.image.scanned)),
    column("risk", "Risk", "风险级别", 11, |line| match line.image.risk {
        None => Cell::Empty,
        Some(-1) => Cell::text(line.language.pick("none", "无风险")),
        Some(number) => Cell::text(report::severity_word(line.language, severity(number))),
    }),
    column("critical", "Critical", "严重", 9, |line| Cell::count(line.image.critical)),
    column("high", "High", "高危", 9, |line| Cell::count(line.image.high)),
    column("medium", "Medium", "中危", 9, |line| Cell::count(line.image.medium)),
    column("low", "Low", "低危", 9, |line| Cell::count(line.image.low)),
    column("vulnerabilities", "Vulnerabilities", "漏洞", 12, |line| {
        Cell::count(line.image.vulnerabilities)
    }),
    column("fixable", "Fixable", "可修复漏洞", 10, |line| Cell::count(line.image.fixable)),
    column("exploited", "Known exploited", "已被利用漏洞", 10, |line| {
        Cell::count(line.image.exploited)
    }),
    column("malware", "Malware", "恶意文件", 10, |line| Cell::count(line.image.malware)),
    column("secrets", "Secrets", "敏感信息", 10, |line| Cell::count(line.image.secrets)),
    column("baseline", "Baseline", "基线", 10, |line| Cell::count(line.image.baseline)),
    column("compliance", "Compliance", "合规", 10, |line| Cell::count(line.image.compliance)),
    column("ignored", "Handled", "已处理", 10, |line| Cell::count(line.image.ignored)),
    column("components", "Packages", "软件包数", 10, |line| Cell::count(line.image.components)),
    column("hosts", "Hosts", "主机数", 8, |line| Cell::count(line.image.hosts)),
    column("containers", "Containers", "容器数", 10, |line| Cell::count(line.image.containers)),
    column("running", "Running containers", "运行中容器数", 10, |line| Cell::count(line.image.running)),
];

const FINDING: &[Column] = &[
    column("id", "ID", "编号", 22, |line| finding(line, |found| Cell::text(&found.row.rule))),
    column("severity", "Severity", "级别", 11, |line| {
        finding(line, |found| Cell::text(report::severity_word(line.language, severity(found.row.severity))))
    }),
    column("title", "Title", "标题", 48, |line| {
        finding(line, |found| {
            let chinese = line.language == Language::Chinese && !found.row.title_zh.is_empty();
            Cell::text(if chinese { &found.row.title_zh } else { &found.row.title_en })
        })
    }),
    column("path", "Path", "路径", 40, |line| {
        finding(line, |found| match found.detail.map(|detail| &detail.detail) {
            Some(Detail::Secret(secret)) if secret.path.is_none() => Cell::text(&secret.place),
            _ => Cell::text(&found.row.path),
        })
    }),
    column("layer", "Layer", "镜像层", 8, |line| {
        finding(line, |found| found.row.layer.map_or(Cell::Empty, |layer| Cell::count(layer + 1)))
    }),
    column("origin", "Base or own", "归属", 11, |line| {
        finding(line, |found| Cell::text(report::origin_word(line.language, found.row.from_base)))
    }),
    column("first_seen", "First seen", "首次发现", 20, |line| {
        finding(line, |found| Cell::time(Some(found.row.first_seen)))
    }),
];

const VULNERABILITY: &[Column] = &[
    column("package", "Package", "软件包", 26, |line| {
        finding(line, |found| Cell::text(&found.row.package))
    }),
    column("version", "Installed version", "当前版本", 20, |line| {
        finding(line, |found| Cell::text(&found.row.version))
    }),
    column("fixed_version", "Fixed version", "修复版本", 20, |line| {
        finding(line, |found| Cell::some(found.row.fixed_version.as_deref()))
    }),
    column("type", "Package type", "软件包类型", 11, |line| {
        finding(line, |found| Cell::text(&found.row.package_type))
    }),
    column("purl", "Package URL", "包 URL", 40, |line| finding(line, |found| Cell::text(&found.row.purl))),
    column("cvss", "CVSS", "CVSS 评分", 8, |line| finding(line, |found| Cell::real(found.row.cvss))),
    column("epss", "EPSS", "EPSS", 9, |line| finding(line, |found| Cell::real(found.row.epss))),
    column("exploited", "Known exploited", "已被利用", 11, |line| {
        finding(line, |found| {
            Cell::text(if found.row.exploited {
                line.language.pick("yes", "是")
            } else {
                line.language.pick("no", "否")
            })
        })
    }),
    column("risk", "Risk", "风险值", 8, |line| finding(line, |found| Cell::real(Some(found.row.risk)))),
    column("published", "Published", "披露时间", 20, |line| {
        finding(line, |found| Cell::some(found.row.published.as_deref()))
    }),
    column("aliases", "Other IDs", "其他编号", 24, |line| {
        finding(line, |found| Cell::text(&found.row.aliases.join("\n")))
    }),
];

const BASELINE: &[Column] = &[
    column("category", "Category", "类别", 16, |line| {
        detail(line, |detail| match detail {
            Detail::Baseline(baseline) => Cell::text(&baseline.category),
            _ => Cell::Empty,
        })
    }),
    column("expected", "Expected", "期望值", 32, |line| {
        detail(line, |detail| match detail {
            Detail::Baseline(baseline) => Cell::text(baseline.expected.of(line.language)),
            _ => Cell::Empty,
        })
    }),
    column("actual", "Found", "实际值", 32, |line| {
        detail(line, |detail| match detail {
            Detail::Baseline(baseline) => Cell::text(baseline.actual.of(line.language)),
            _ => Cell::Empty,
        })
    }),
    column("standards", "Standards", "依据标准", 20, |line| {
        detail(line, |detail| match detail {
            Detail::Baseline(baseline) => Cell::text(&baseline.standards.join("\n")),
            _ => Cell::Empty,
        })
    }),
    ADVICE,
];

const MALWARE: &[Column] = &[
    column("class", "Class", "类型", 14, |line| {
        detail(line, |detail| match detail {
            Detail::Malware(malware) => Cell::text(report::malware_class_word(line.language, malware.class)),
            _ => Cell::Empty,
        })
    }),
    column("family", "Family", "家族", 16, |line| {
        detail(line, |detail| match detail {
            Detail::Malware(malware) => Cell::text(&malware.family),
            _ => Cell::Empty,
        })
    }),
    column("size", "Size in bytes", "大小（字节）", 12, |line| {
        detail(line, |detail| match detail {
            Detail::Malware(malware) => Cell::size(malware.size),
            _ => Cell::Empty,
        })
    }),
    column("md5", "MD5", "MD5", 34, |line| {
        detail(line, |detail| match detail {
            Detail::Malware(malware) => Cell::text(&malware.md5),
            _ => Cell::Empty,
        })
    }),
    column("sha256", "SHA-256", "SHA-256", 40, |line| {
        detail(line, |detail| match detail {
            Detail::Malware(malware) => Cell::text(&malware.sha256),
            _ => Cell::Empty,
        })
    }),
    ADVICE,
];

const SECRET: &[Column] = &[
    column("line", "Line", "行号", 8, |line| {
        detail(line, |detail| match detail {
            Detail::Secret(secret) => {
                secret.line.map_or(Cell::Empty, |number| Cell::count(i64::from(number)))
            }
            _ => Cell::Empty,
        })
    }),
    column("masked", "Masked", "脱敏内容", 40, |line| {
        detail(line, |detail| match detail {
            Detail::Secret(secret) => Cell::text(&secret.masked),
            _ => Cell::Empty,
        })
    }),
    column("visible", "In the running image", "运行时可见", 12, |line| {
        detail(line, |detail| match detail {
            Detail::Secret(secret) if secret.visible => Cell::text(line.language.pick("yes", "是")),
            Detail::Secret(_) => Cell::text(line.language.pick("history only", "仅历史层")),
            _ => Cell::Empty,
        })
    }),
    ADVICE,
];

const COMPLIANCE: &[Column] = &[
    column("forbidden", "What is forbidden", "违规类型", 18, |line| {
        detail(line, |detail| match detail {
            Detail::Compliance(found) => Cell::text(report::forbidden_word(line.language, found.forbidden)),
            _ => Cell::Empty,
        })
    }),
    column("package", "Package", "软件包", 26, |line| {
        finding(line, |found| Cell::text(&found.row.package))
    }),
    column("version", "Installed version", "当前版本", 20, |line| {
        finding(line, |found| Cell::text(&found.row.version))
    }),
    column("license", "Licence", "许可证", 24, |line| {
        detail(line, |detail| match detail {
            Detail::Compliance(found) => Cell::some(found.license.as_deref()),
            _ => Cell::Empty,
        })
    }),
    ADVICE,
];

const ADVICE: Column = column("advice", "Advice", "处理建议", 48, |line| {
    finding(line, |found| found.detail.map_or(Cell::Empty, |detail| Cell::text(detail.advice(line.language))))
});

const DECISION: &[Column] = &[
    column("status", "Status", "处理状态", 14, |line| {
        finding(line, |found| {
            let word = match (found.decision.map(|decision| decision.action), &found.row.suppressed) {
                (Some(Action::FalsePositive), _) => line.language.pick("false positive", "误报"),
                (Some(Action::Whitelist), _) => line.language.pick("whitelisted", "已加白"),
                (Some(Action::Ignore), _) => line.language.pick("ignored", "已忽略"),
                (Some(Action::Deferral), _) => line.language.pick("deferred", "已延期"),
                (None, Some(_)) => line.language.pick("not affected", "不受影响"),
                (None, None) => line.language.pick("open", "未处理"),
            };
            Cell::text(word)
        })
    }),
    column("remark", "Remark", "备注", 32, |line| {
        finding(line, |found| found.decision.map_or(Cell::Empty, |decision| Cell::text(&decision.remark)))
    }),
    column("until", "Until", "有效期至", 20, |line| {
        finding(line, |found| found.decision.map_or(Cell::Empty, |decision| Cell::time(decision.until)))
    }),
    column("fingerprint", "Fingerprint", "指纹", 24, |line| {
        finding(line, |found| Cell::text(&found.row.fingerprint))
    }),
];

const SOFTWARE: &[Column] = &[
    column("package", "Package", "软件包", 28, |line| software(line, |package| Cell::text(&package.name))),
    column("version", "Version", "版本", 22, |line| software(line, |package| Cell::text(&package.version))),
    column("type", "Type", "类型", 11, |line| software(line, |package| Cell::text(&package.kind))),
    column("purl", "Package URL", "包 URL", 44, |line| software(line, |package| Cell::text(&package.purl))),
    column("licenses", "Licences", "许可证", 24, |line| {
        software(line, |package| Cell::text(&package.licenses))
    }),
    column("path", "Path", "路径", 40, |line| software(line, |package| Cell::text(&package.path))),
    column("layer", "Layer", "镜像层", 8, |line| {
        software(line, |package| package.layer.map_or(Cell::Empty, |layer| Cell::count(layer + 1)))
    }),
    column("origin", "Base or own", "归属", 11, |line| {
        software(line, |package| Cell::text(report::origin_word(line.language, package.from_base)))
    }),
];

const FILE: &[Column] = &[
    column("why", "Why", "原因", 18, |line| {
        line.file.map_or(Cell::Empty, |(_, why)| {
            Cell::text(match why {
                "largest" => line.language.pick("large", "大文件"),
                "set-id" => line.language.pick("set-uid or set-gid", "特权位（SUID/SGID）"),
                _ => line.language.pick("everybody may write", "所有人可写"),
            })
        })
    }),
    column("path", "Path", "路径", 48, |line| {
        line.file.map_or(Cell::Empty, |(file, _)| Cell::text(&file.path))
    }),
    column("size", "Size in bytes", "大小（字节）", 14, |line| {
        line.file.map_or(Cell::Empty, |(file, _)| Cell::size(file.size))
    }),
    column("mode", "Mode", "权限", 8, |line| {
        line.file.map_or(Cell::Empty, |(file, _)| Cell::text(&file.mode))
    }),
    column("uid", "User", "用户 ID", 8, |line| {
        line.file.map_or(Cell::Empty, |(file, _)| Cell::size(file.uid))
    }),
    column("gid", "Group", "组 ID", 8, |line| {
        line.file.map_or(Cell::Empty, |(file, _)| Cell::size(file.gid))
    }),
    column("origin", "Base or own", "归属", 11, |line| {
        line.file
            .map_or(Cell::Empty, |(file, _)| Cell::text(report::origin_word(line.language, file.from_base)))
    }),
];

fn finding(line: &Line<'_>, value: impl Fn(&Found<'_>) -> Cell) -> Cell {
    line.finding.as_ref().map_or(Cell::Empty, value)
}

fn detail(line: &Line<'_>, value: impl Fn(&Detail) -> Cell) -> Cell {
    finding(line, |found| found.detail.map_or(Cell::Empty, |finding| value(&finding.detail)))
}

fn software(line: &Line<'_>, value: impl Fn(&Software) -> Cell) -> Cell {
    line.software.map_or(Cell::Empty, value)
}
