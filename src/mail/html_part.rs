//! The HTML part of a letter: tables and inline styles, as mail programs need them.

use std::fmt::Write;

use super::blocks::{Block, Run};
use super::letterhead::{LetterError, Letterhead, Links};
use crate::domain::base::visible::visible_line;

const SERIF: &str = "font-family:Georgia,'Times New Roman',serif";
const SANS: &str = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
/// Bytes that the HTML part of most letters fits in.
const USUAL: usize = 12 * 1024;
const TABLE: &str = r#"border="0" cellpadding="0" cellspacing="0""#;

/// The HTML part: tables and inline styles, 600 pixels, no images, light colors only. What cannot be seen is written out.
pub(super) fn html(
    blocks: &[Block],
    (letterhead, subject): (&Letterhead, &str),
    links: &Links<'_>,
) -> Result<String, LetterError> {
    let mut body = String::with_capacity(USUAL);
    let mut why = String::new();
    for block in blocks {
        match block {
            Block::Reason(text) => why = escape(text),
            Block::Button { label, target } => html_button(&mut body, label, &escape(&links.target(target)?)),
            other => html_block(&mut body, other),
        }
    }
    Ok(page(&body, &why, letterhead, subject))
}

fn page(body: &str, why: &str, letterhead: &Letterhead, subject: &str) -> String {
    let Letterhead { host, legal_name, address, email, phone } = letterhead;
    let (host, legal, address) = (escape(host), escape(legal_name), escape(address));
    let (email, phone, title) = (escape(email), escape(phone), escape(subject));
    let small = format!("{SANS};font-size:13px;line-height:1.5;color:#435150;");
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background-color:#f5f7f6;">
<div role="main" lang="en">
<table role="presentation" {TABLE} width="100%" bgcolor="#f5f7f6"><tbody><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" {TABLE} width="100%" bgcolor="#ffffff" style="max-width:600px;table-layout:fixed;overflow-wrap:anywhere;background-color:#ffffff;border:1px solid #d3dbd9;"><tbody><tr><td align="left" style="padding:18px 28px 14px;border-bottom:4px double #74827f;">
<p style="margin:0;{SERIF};font-size:18px;line-height:1.3;font-weight:bold;color:#14201f;">{host}</p>
<p style="margin:0;{SANS};font-size:13px;line-height:1.4;color:#435150;">Copyright notices</p>
</td></tr>
<tr><td align="left" style="padding:24px 28px 12px;">
{body}</td></tr>
<tr><td align="left" style="padding:16px 28px 22px;border-top:1px solid #d3dbd9;">
<p style="margin:0 0 8px;{small}">{why}</p>
<p style="margin:0;{small}">{legal}, Copyright Agent<br>{address}<br><a href="mailto:{email}" style="color:#0b5563;">{email}</a>, {phone}</p>
</td></tr>
</tbody></table>
</td></tr>
</tbody></table>
</div>
</body>
</html>
"##
    )
}

fn html_block(out: &mut String, block: &Block) {
    let text = format!("margin:0 0 16px;{SANS};font-size:16px;line-height:1.5;color:#14201f;");
    let _ = match block {
        Block::Heading(title) => {
            writeln!(
                out,
                r#"<h1 style="margin:0 0 16px;{SERIF};font-size:25px;line-height:1.25;color:#14201f;">{}</h1>"#,
                escape(title)
            )
        }
        Block::Section(title) => {
            writeln!(
                out,
                r#"<h2 style="margin:24px 0 8px;{SERIF};font-size:19px;line-height:1.3;color:#14201f;">{}</h2>"#,
                escape(title)
            )
        }
        Block::Paragraph(runs) => {
            let runs: String = runs.iter().map(html_run).collect();
            writeln!(out, r#"<p style="{text}">{runs}</p>"#)
        }
        Block::Deadline { label, time, zone } => html_deadline(out, label, time, zone),
        Block::Facts(rows) => html_facts(out, rows),
        Block::Steps(items) => {
            let items = html_items(items);
            writeln!(out, r#"<ol style="padding:0 0 0 22px;{text}">{items}</ol>"#)
        }
        Block::List(items) => {
            let items = html_items(items);
            writeln!(out, r#"<ul style="padding:0 0 0 22px;{text}">{items}</ul>"#)
        }
        Block::Addresses(items) => {
            let lines: Vec<String> = items.iter().zip(1..).map(|(i, n)| format!("{n}. {}", escape(i))).collect();
            writeln!(
                out,
                r#"<p style="margin:0 0 16px;font-family:Consolas,Menlo,monospace;font-size:13px;line-height:1.6;color:#14201f;word-break:break-all;">{}</p>"#,
                lines.join("<br>")
            )
        }
        Block::Verbatim(lines) => {
            let lines: Vec<String> = lines.iter().map(|l| escape(l)).collect();
            writeln!(
                out,
                r#"<p style="margin:0 0 16px;padding:8px 10px;background-color:#f5f7f6;font-family:Consolas,Menlo,monospace;font-size:13px;line-height:1.5;color:#14201f;overflow-wrap:anywhere;">{}</p>"#,
                lines.join("<br>")
            )
        }
        Block::Quote(lines) => {
            let lines: Vec<String> = lines.iter().map(|l| escape(l)).collect();
            writeln!(
                out,
                r#"<blockquote style="padding:0 0 0 14px;border-left:3px solid #d3dbd9;{text}">{}</blockquote>"#,
                lines.join("<br>")
            )
        }
        Block::Button { .. } | Block::Reason(_) => Ok(()),
    };
}

fn html_items(items: &[String]) -> String {
    items.iter().map(|item| format!(r#"<li style="margin:0 0 6px;">{}</li>"#, escape(item))).collect()
}

fn html_deadline(out: &mut String, label: &str, time: &str, zone: &str) -> std::fmt::Result {
    let small = format!("{SANS};font-size:14px;line-height:1.4;color:#14201f;");
    let zone =
        if zone.is_empty() { String::new() } else { format!(r#"<p style="margin:0;{small}">{}</p>"#, escape(zone)) };
    writeln!(
        out,
        r##"<table role="presentation" {TABLE} width="100%" style="margin:0 0 16px;table-layout:fixed;"><tbody><tr><td bgcolor="#fcf2dc" style="padding:14px 18px;border-left:4px solid #744400;background-color:#fcf2dc;"><p style="margin:0;{small}">{}</p><p style="margin:2px 0;{SERIF};font-size:22px;line-height:1.3;font-weight:bold;color:#14201f;">{}</p>{zone}</td></tr></tbody></table>"##,
        escape(label),
        escape(time)
    )
}

/// `address` is escaped already.
fn html_button(out: &mut String, label: &str, address: &str) {
    let _ = writeln!(
        out,
        r##"<table role="presentation" {TABLE} style="margin:0 0 8px;"><tbody><tr><td bgcolor="#0b5563" style="background-color:#0b5563;border-radius:3px;"><a href="{address}" style="display:inline-block;padding:13px 24px;{SANS};font-size:16px;line-height:1.25;font-weight:bold;color:#ffffff;text-decoration:none;">{}</a></td></tr></tbody></table>
<p style="margin:0 0 20px;{SANS};font-size:14px;line-height:1.5;color:#435150;">Or copy this link into your browser:<br><a href="{address}" style="color:#0b5563;word-break:break-all;">{address}</a></p>"##,
        escape(label)
    );
}

fn html_facts(out: &mut String, rows: &[(String, String)]) -> std::fmt::Result {
    let cell = format!("border-top:1px solid #d3dbd9;{SANS};font-size:14px;line-height:1.4;");
    let mut merged: Vec<(&str, Vec<String>)> = Vec::new();
    for (label, value) in rows {
        match merged.last_mut() {
            Some((last, values)) if last == label => values.push(escape(value)),
            _ => merged.push((label, vec![escape(value)])),
        }
    }
    let rows: String = merged
        .iter()
        .map(|(label, values)| {
            format!(
                r#"<tr><th scope="row" align="left" valign="top" width="34%" style="padding:7px 12px 7px 0;{cell}font-weight:normal;color:#435150;">{}</th><td valign="top" style="padding:7px 0;{cell}color:#14201f;overflow-wrap:anywhere;">{}</td></tr>"#,
                escape(label),
                values.join("<br>")
            )
        })
        .collect();
    writeln!(
        out,
        r#"<table {TABLE} width="100%" style="margin:0 0 16px;table-layout:fixed;border-collapse:collapse;"><tbody>{rows}</tbody></table>"#
    )
}

fn html_run(run: &Run) -> String {
    match run {
        Run::Plain(text) => escape(text),
        Run::Strong(text) => format!("<strong>{}</strong>", escape(text)),
    }
}

fn escape(text: &str) -> String {
    let text = visible_line(text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest: &str = &text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out
}
