use model::Language;
use serde_json::Value;

use super::{Template, TemplateError, render_template};
use crate::{Style, rich};

const SUMMARY: &str = include_str!("../../../../docs/templates/summary.md.j2");
const GITLAB: &str = include_str!("../../../../docs/templates/gitlab-container-scanning.json.j2");

fn render(name: &str, text: &str, language: Language) -> Result<String, TemplateError> {
    let template = Template::new(name, text)?;
    let mut out = Vec::new();
    let style = Style { language, ..Style::default() };
    render_template(&[rich::report()], &template, style, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn english(name: &str, text: &str) -> String {
    render(name, text, Language::English).unwrap()
}

#[test]
fn sees_reports_and_speaks_the_readers_language() {
    let text = "{{ report.image.name }} {{ reports|length }} {{ 'high'|severity }} {{ language }}\
                {% for finding in report.findings if finding.kind == 'baseline' %} {{ finding.title|tr }}{% endfor %}";
    assert_eq!(english("a.txt", text), "registry.example/shop/web:1.2 1 high en the image runs as root");
    assert_eq!(
        render("a.txt", text, Language::Chinese).unwrap(),
        "registry.example/shop/web:1.2 1 高危 zh 镜像以 root 用户运行"
    );
}

#[test]
fn errors_name_their_line() {
    let syntax = Template::new("a.txt", "one\n{% for x in %}").unwrap_err();
    assert!(matches!(syntax, TemplateError::Syntax { line: 2, .. }), "{syntax}");
    assert!(syntax.to_string().starts_with("cannot read template `a.txt` at line 2: "), "{syntax}");
    for (text, expected) in [
        ("\n\n{{ report.nothing }}", 3),
        ("\n{{ report.image.nothing.more }}", 2),
        ("{{ 'awful'|severity }}", 1),
        ("\n\n\n{% include 'other' %}", 4),
    ] {
        let error = render("a.txt", text, Language::English).unwrap_err();
        assert!(matches!(error, TemplateError::Fill { line, .. } if line == expected), "{text}: {error}");
    }
    assert!(matches!(
        Template::new("a", "{{ 1|nofilter }}")
            .and_then(|template| { render_template(&[], &template, Style::default(), &mut Vec::new()) }),
        Err(TemplateError::Syntax { .. } | TemplateError::Fill { .. })
    ));
}

#[test]
fn an_error_drives_no_terminal() {
    let error = render("a.txt", "{{ report.gaps[1].where|severity }}", Language::English).unwrap_err();
    assert!(error.to_string().contains("<script>"), "it quotes the value: {error}");
    assert!(!error.to_string().contains(char::is_control), "{error}");
}

#[test]
fn a_template_that_does_not_end_is_ended() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}\
                   {% set x = a %}{% endfor %}{% endfor %}{% endfor %}";
    let error = render("a.txt", endless, Language::English).unwrap_err();
    assert!(error.to_string().contains("fuel"), "{error}");
}

#[test]
fn values_are_escaped_by_the_end_of_the_name() {
    let text = "{{ report.gaps[1].where }}";
    let html = english("a.html.j2", text);
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    let json: Value = serde_json::from_str(&english("a.json", text)).unwrap();
    assert_eq!(json, rich::HOSTILE);
    assert_eq!(english("a.md", text), rich::HOSTILE);
    assert_eq!(english("a.md", "{{ report.findings[0].suppressed }}"), "", "what is not known is nothing");
}

#[test]
fn json_can_stand_in_a_page() {
    let written = english("a.html", "<script>{{ report.gaps[1].where|json }}</script>");
    let inner = written.strip_prefix("<script>").unwrap().strip_suffix("</script>").unwrap();
    assert!(!inner.contains(['<', '>', '&', '\'', '\u{202e}', '\u{1b}']), "{inner}");
    assert_eq!(serde_json::from_str::<String>(inner).unwrap(), rich::HOSTILE);
    let pretty = english("a.txt", "{{ report.gaps|json(true) }}");
    assert!(pretty.starts_with("[\n  {\n"), "{pretty}");
}

#[test]
fn the_summary_is_a_table_of_markdown() {
    let written = english("summary.md.j2", SUMMARY);
    assert!(!written.contains("<script>") && !written.contains("](javascript"), "{written}");
    assert!(!written.contains(|c: char| c.is_control() && c != '\n'), "{written}");
    for line in written.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(bars == 3 || bars == 6, "{line}");
    }
    insta::assert_snapshot!(written.replace(['\u{fffe}', '\u{fffd}'], "?"));
    assert!(render("summary.md.j2", SUMMARY, Language::Chinese).unwrap().contains("高危"));
}

#[test]
fn the_gitlab_report_has_what_gitlab_asks_for() {
    let document: Value = serde_json::from_str(&english("gitlab.json.j2", GITLAB)).unwrap();
    assert_eq!(document["scan"]["type"], "container_scanning");
    for field in ["start_time", "end_time", "status", "scanner", "analyzer"] {
        assert!(!document["scan"][field].is_null(), "{field}");
    }
    assert_eq!(document["scan"]["start_time"], "2026-11-01T08:00:00");
    let found = document["vulnerabilities"].as_array().unwrap();
    // Those that are suppressed are left out.
    assert_eq!(found.len(), 4);
    let mut ids = std::collections::HashSet::new();
    for vulnerability in found {
        assert!(ids.insert(vulnerability["id"].as_str().unwrap()));
        assert!(!vulnerability["identifiers"][0]["value"].as_str().unwrap().is_empty());
        let severities = ["Critical", "High", "Medium", "Low", "Info", "Unknown"];
        assert!(severities.contains(&vulnerability["severity"].as_str().unwrap()));
        for field in ["image", "operating_system", "dependency"] {
            assert!(!vulnerability["location"][field].is_null(), "{field}");
        }
        assert!(!vulnerability["location"]["dependency"]["package"]["name"].is_null());
        for link in vulnerability["links"].as_array().unwrap() {
            assert!(link["url"].as_str().unwrap().starts_with("https://"), "{link}");
        }
    }
    let none = Template::new("gitlab.json.j2", GITLAB).unwrap();
    let mut bare = rich::report();
    bare.findings.clear();
    bare.image = model::ImageSummary::default();
    bare.distribution = None;
    let mut out = Vec::new();
    render_template(&[bare], &none, Style::default(), &mut out).unwrap();
    assert!(serde_json::from_slice::<Value>(&out).is_ok());
}
