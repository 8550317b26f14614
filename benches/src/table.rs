//! The table of times and ratios, and the check that the answers agree.

use std::fmt::Write as _;

use crate::cases::CASES;
use crate::peers::Report;

/// A Markdown table: one row a case.
pub(crate) fn text(ours: &Report, metafor: &Report, python: &Report) -> String {
    let mut text = String::new();
    for report in [ours, metafor, python] {
        let _ = writeln!(text, "{}", report.versions.join(", "));
        for remark in &report.remarks {
            let _ = writeln!(text, "{remark}");
        }
    }
    text += "\n| what | ours | metafor | ratio | to reach | PyMARE | pimeta |\n";
    text += "| --- | --- | --- | --- | --- | --- | --- |\n";
    for case in CASES {
        let Some(&own) = ours.seconds.get(case.name) else { continue };
        let peer = metafor.seconds.get(case.name).copied();
        let of = |name: &str| python.seconds.get(&format!("{name}:{}", case.name)).copied();
        let beside = |seconds: Option<f64>| {
            seconds.map_or_else(String::new, |it| format!("{} ({}x)", time(it), ratio(it / own)))
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            case.unit,
            time(own),
            peer.map_or_else(String::new, time),
            peer.map_or_else(String::new, |it| format!("{}x", ratio(it / own))),
            case.target_ratio.map_or_else(String::new, |it| format!("{}x", ratio(it))),
            beside(of("pymare")),
            beside(of("pimeta")),
        );
    }
    text
}

/// Every answer of a peer that differs from ours by more than the case allows, or that we do not have.
pub(crate) fn disagreements(ours: &Report, peer: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for ((case, item), &theirs) in &peer.answers {
        let Some(known) = CASES.iter().find(|it| it.name == case) else { continue };
        let Some(&own) = ours.answers.get(&(case.clone(), item.clone())) else {
            lines.push(format!("{case}: no {item}, which the peer gives as {theirs}"));
            continue;
        };
        let difference = (own - theirs).abs() / theirs.abs().max(1.0);
        if difference.is_nan() || difference > known.tolerance {
            lines.push(format!("{case}: {item} is {own}, the peer's {theirs}"));
        }
    }
    lines
}

/// Seconds in the unit that fits.
fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s if s >= 1e-6 => format!("{:.2} µs", s * 1e6),
        s => format!("{:.0} ns", s * 1e9),
    }
}

/// Two significant digits, with thousands apart.
fn ratio(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.1}");
    }
    let unit = libm::pow(10.0, libm::floor(libm::log10(value)) - 1.0);
    let digits = format!("{:.0}", (value / unit).round() * unit);
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
