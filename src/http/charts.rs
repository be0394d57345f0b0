//! Small pictures as SVG, made on the server. Every one has its figures in words or a table beside it.
//! The texts put in are numbers and our own words; what people wrote never goes in here.

use std::fmt::Write;

/// Strikes against the threshold: one cell each, red beyond it.
pub(super) fn meter(active: u32, threshold: u32) -> String {
    let cells = active.max(threshold).clamp(1, 40);
    let width = (72.0 - f64::from(cells - 1) * 2.0) / f64::from(cells);
    let mut out = format!(
        "<span class=\"strikes\"><b>{active} / {threshold}</b><svg viewBox=\"0 0 72 10\" aria-hidden=\"true\" focusable=\"false\">"
    );
    for n in 0..cells {
        let x = f64::from(n) * (width + 2.0);
        let _ = if n >= active {
            write!(
                out,
                "<rect class=\"off\" x=\"{:.1}\" y=\"1.5\" width=\"{:.1}\" height=\"7\"/>",
                x + 0.5,
                (width - 1.0).max(0.2)
            )
        } else {
            let class = if n >= threshold { "over" } else { "on" };
            write!(out, "<rect class=\"{class}\" x=\"{x:.1}\" y=\"1\" width=\"{width:.1}\" height=\"8\"/>")
        };
    }
    out.push_str("</svg></span>");
    out
}

/// A share in percent against a limit: red below it.
pub(super) fn percent_bar(percent: i64, limit: i64) -> String {
    let width = |p: i64| f64::from(i32::try_from(p.clamp(0, 100)).unwrap_or(100)) * 0.6;
    let class = if percent < limit { "over" } else { "on" };
    let (filled, mark) = (width(percent), width(limit));
    format!(
        "<span class=\"strikes\"><b>{percent}%</b><svg viewBox=\"0 0 60 10\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"off\" x=\".5\" y=\"1.5\" width=\"59\" height=\"7\"/><rect class=\"{class}\" x=\"0\" y=\"1\" width=\"{filled:.1}\" height=\"8\"/><line class=\"limit\" x1=\"{mark:.1}\" x2=\"{mark:.1}\" y1=\"0\" y2=\"10\"/></svg></span>"
    )
}

/// Strikes by month, oldest first.
pub(super) fn spark(values: &[u32]) -> String {
    let top = f64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let step = 82.0 / f64::from(u32::try_from(values.len().max(2) - 1).unwrap_or(1));
    let points: Vec<(f64, f64)> = values
        .iter()
        .zip(0_u32..)
        .map(|(v, n)| (2.0 + f64::from(n) * step, 17.0 - f64::from(*v) / top * 14.0))
        .collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let (x, y) = points.last().copied().unwrap_or((84.0, 17.0));
    let words: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 88 20\" role=\"img\" aria-label=\"Strikes by month, last {}: {}\"><line class=\"base\" x1=\"0\" y1=\"18.5\" x2=\"88\" y2=\"18.5\"/><polyline points=\"{}\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.4\"/></svg>",
        values.len(),
        words.join(", "),
        line.join(" ")
    )
}

/// How many accounts have each number of active strikes.
pub(super) fn histogram(rows: &[(u32, i64)]) -> String {
    let total: i64 = rows.iter().map(|(_, n)| n).sum();
    let words: Vec<String> = rows.iter().map(|(strikes, n)| format!("{n} with {strikes}")).collect();
    let mut out = format!(
        "<svg class=\"plot\" viewBox=\"0 0 720 220\" role=\"img\" aria-labelledby=\"h-t h-d\"><title id=\"h-t\">Accounts by number of active strikes</title><desc id=\"h-d\">{total} accounts: {} active strikes.</desc>",
        words.join(", ")
    );
    let top = rows.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    let columns = u32::try_from(rows.len().max(1)).unwrap_or(1);
    let width = (704.0 / f64::from(columns) - 16.0).min(110.0);
    for ((strikes, n), place) in rows.iter().zip(0_u32..) {
        let x = 16.0 + f64::from(place) * (width + 16.0);
        let height = 158.0 * share(*n, top);
        let (middle, y) = (x + width / 2.0, 180.0 - height);
        let _ = write!(
            out,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/><text class=\"strong\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{n}</text><text x=\"{middle:.1}\" y=\"196\" text-anchor=\"middle\">{strikes}</text>",
            y - 6.0
        );
    }
    out.push_str("<text x=\"360\" y=\"214\" text-anchor=\"middle\">active strikes</text></svg>");
    out
}

/// One column of a stacked chart.
pub(super) struct Column {
    pub label: String,
    pub parts: Vec<i64>,
}

/// Stacked columns with a key.
pub(super) fn stacked(id: &str, title: &str, columns: &[Column], key: &[&str]) -> String {
    let top = columns.iter().map(|c| c.parts.iter().sum::<i64>()).max().unwrap_or(1).max(1);
    let words: Vec<String> = columns.iter().map(|c| format!("{}: {}", c.label, c.parts.iter().sum::<i64>())).collect();
    let mut out = format!(
        "<svg viewBox=\"0 0 720 300\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">Totals by month. {}. The table below has every figure.</desc><line class=\"axis\" x1=\"40\" x2=\"720\" y1=\"240\" y2=\"240\"/><text x=\"32\" y=\"244\" text-anchor=\"end\">0</text><line class=\"grid\" x1=\"40\" x2=\"720\" y1=\"20\" y2=\"20\"/><text x=\"32\" y=\"24\" text-anchor=\"end\">{top}</text>",
        words.join(", ")
    );
    let step = 680.0 / f64::from(u32::try_from(columns.len().max(1)).unwrap_or(1));
    for (column, place) in columns.iter().zip(0_u32..) {
        let x = 40.0 + f64::from(place) * step + step * 0.15;
        let mut y = 240.0;
        for (part, n) in column.parts.iter().zip(1..) {
            let height = 220.0 * share(*part, top);
            y -= height;
            let _ = write!(
                out,
                "<rect class=\"c{n}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                step * 0.7
            );
        }
        let month = column.label.get(5..).unwrap_or(&column.label);
        let _ = write!(out, "<text x=\"{:.1}\" y=\"258\" text-anchor=\"middle\">{month}</text>", x + step * 0.35);
    }
    for (word, n) in key.iter().zip(1_u32..) {
        let x = 40.0 + f64::from(n - 1) * 170.0;
        let _ = write!(
            out,
            "<rect class=\"c{n}\" x=\"{x:.1}\" y=\"276\" width=\"12\" height=\"12\"/><text x=\"{:.1}\" y=\"287\">{word}</text>",
            x + 18.0
        );
    }
    out.push_str("</svg>");
    out
}

/// How long each strike counts, as bars over time.
pub(super) struct StrikeBar {
    /// Start and end as days from the left edge.
    pub from: i64,
    pub until: i64,
    pub status: crate::domain::enforcement::strikes::StrikeStatus,
    /// Our own words: a reference and a date.
    pub label: String,
}

/// Bars of strikes between two edges, with a line for today.
pub(super) fn strike_timeline(bars: &[StrikeBar], days: i64, today: i64, edges: (&str, &str)) -> String {
    use crate::domain::enforcement::strikes::StrikeStatus;
    let rows = i64::try_from(bars.len()).unwrap_or(0);
    let height = 60 + rows * 24;
    let at = |day: i64| 96.0 + 800.0 * share(day.clamp(0, days), days.max(1));
    let mut out = format!(
        "<svg class=\"plot plot--wide\" viewBox=\"0 0 920 {height}\" role=\"img\" aria-labelledby=\"sl-t sl-d\"><title id=\"sl-t\">Strikes on this account and how long each counts</title><desc id=\"sl-d\">{rows} strikes. Each bar runs from the day the notice was received until the strike stops counting. The table below lists them.</desc>"
    );
    for (bar, row) in bars.iter().zip(0_i64..) {
        let (x, y) = (at(bar.from), 24 + row * 24);
        let width = (at(bar.until) - x).max(3.0);
        let class = match bar.status {
            StrikeStatus::Active => "strike-active",
            StrikeStatus::Expired => "strike-expired",
            StrikeStatus::Voided => "strike-void",
        };
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"16\"/><text x=\"0\" y=\"{}\">{}</text>",
            y + 12,
            bar.label
        );
    }
    let (now, bottom) = (at(today), height - 30);
    let _ = write!(
        out,
        "<line class=\"now\" x1=\"{now:.1}\" x2=\"{now:.1}\" y1=\"16\" y2=\"{bottom}\"/><text class=\"now-label\" x=\"{now:.1}\" y=\"12\" text-anchor=\"middle\">today</text><text x=\"96\" y=\"{}\">{}</text><text x=\"896\" y=\"{}\" text-anchor=\"end\">{}</text></svg>",
        height - 10,
        edges.0,
        height - 10,
        edges.1
    );
    out
}

/// The six elements: filled, struck out, or to check.
pub(super) fn six(weights: &[Option<crate::domain::regimes::us_512::finding::Weight>]) -> String {
    use crate::domain::regimes::us_512::finding::Weight;
    let mut out =
        String::from("<span class=\"six\"><svg viewBox=\"0 0 66 12\" aria-hidden=\"true\" focusable=\"false\">");
    let mut present = 0;
    for (weight, n) in weights.iter().zip(0_u32..) {
        let x = f64::from(n) * 11.0;
        let _ = match weight {
            Some(Weight::Missing) => write!(
                out,
                "<rect class=\"n\" x=\"{:.2}\" y=\"1.75\" width=\"7.5\" height=\"8.5\"/><path class=\"x\" d=\"M{} 10.5l7-9\"/>",
                x + 0.75,
                x + 1.0
            ),
            Some(_) => write!(
                out,
                "<rect class=\"q\" x=\"{:.2}\" y=\"1.75\" width=\"7.5\" height=\"8.5\"/><circle class=\"qm\" cx=\"{:.1}\" cy=\"6\" r=\"1.6\"/>",
                x + 0.75,
                x + 4.5
            ),
            None => {
                present += 1;
                write!(out, "<rect class=\"y\" x=\"{x}\" y=\"1\" width=\"9\" height=\"10\"/>")
            }
        };
    }
    let _ = write!(out, "</svg> {present}/6</span>");
    out
}

#[expect(clippy::cast_precision_loss, reason = "a share of a picture's height")]
fn share(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}
