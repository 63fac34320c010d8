//! Charts as inline SVG; the numbers they show stand beside them as text, so that they are hidden from readers aloud.

use model::Severity;

use super::markup::Markup;

/// A bar of parts, as long as its total is against the largest.
pub(super) fn stack(page: &mut Markup, counts: &[(Severity, usize)], largest: usize) {
    let width = |count: usize| count as f64 * 100.0 / largest.max(1) as f64;
    page.raw(
        "<svg class=\"stack\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
    );
    page.raw("<rect class=\"rail\" width=\"100\" height=\"10\"/>");
    let mut start = 0.0;
    for (severity, count) in counts.iter().filter(|(_, count)| *count > 0) {
        page.raw("<rect class=\"s-").raw(severity.word()).raw("\" height=\"10\" x=\"").number(start);
        page.raw("\" width=\"").number(width(*count)).raw("\"/>");
        start += width(*count);
    }
    page.raw("</svg>");
}

/// A bar of one part.
pub(super) fn bar(page: &mut Markup, class: &'static str, part: u64, whole: u64) {
    page.raw(
        "<svg class=\"stack\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
    );
    page.raw("<rect class=\"rail\" width=\"100\" height=\"10\"/><rect class=\"").raw(class);
    page.raw("\" height=\"10\" width=\"").number(part as f64 * 100.0 / whole.max(1) as f64).raw("\"/></svg>");
}

/// A ring of parts with their total in its middle.
pub(super) fn ring(page: &mut Markup, counts: &[(Severity, usize)]) {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    page.raw("<svg class=\"ring\" viewBox=\"0 0 42 42\" aria-hidden=\"true\">");
    page.raw("<circle class=\"rail\" cx=\"21\" cy=\"21\" r=\"15.9155\"/>");
    // The radius makes the circumference 100; the ring begins at the top, a quarter before where a circle begins.
    let mut start = 25.0;
    for (severity, count) in counts.iter().filter(|(_, count)| *count > 0) {
        let share = *count as f64 * 100.0 / total.max(1) as f64;
        page.raw("<circle class=\"s-").raw(severity.word());
        page.raw("\" cx=\"21\" cy=\"21\" r=\"15.9155\" stroke-dasharray=\"").number(share).raw(" ");
        page.number(100.0 - share).raw("\" stroke-dashoffset=\"").number(start).raw("\"/>");
        start -= share;
    }
    page.raw("<text x=\"21\" y=\"23.5\">").count(total as u64).raw("</text></svg>");
}
