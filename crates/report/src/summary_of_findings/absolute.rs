//! Absolute effects as a summary of findings prints them: `150 per 1000 (120 to 188)`, `50 fewer per 1000 (80 fewer to 12
//! fewer)`, `6 days lower`, numbers needed to treat.

use consilience_appraisal::grade::{Interval, number_needed_to_treat};
use consilience_review::certainty::{Absolute, AbsoluteRow, AbsoluteScale};
use consilience_review::vocabulary::protocol::Better;

use crate::number::{self, Decimals};

/// The absolute effect at one baseline risk, in words.
#[derive(Debug, Clone)]
pub(crate) struct RiskText {
    /// Of whom.
    pub(crate) label: Option<String>,
    /// Without the intervention.
    pub(crate) comparator: String,
    /// Whether there is a number without the intervention.
    pub(crate) comparator_is_known: bool,
    /// With it.
    pub(crate) intervention: String,
    /// The difference.
    pub(crate) difference: String,
    /// Where the number without the intervention comes from.
    pub(crate) basis: String,
    /// The number needed to treat; of means there is none.
    pub(crate) nnt: Option<String>,
    /// Whether a risk beyond certainty was set to it.
    pub(crate) capped: bool,
}

/// What stands for a number that there is none of.
pub(crate) const NONE: &str = "–";

impl RiskText {
    pub(crate) fn new(absolute: &Absolute, row: &AbsoluteRow, better: Option<Better>) -> Self {
        let (comparator, intervention, difference) = match &absolute.scale {
            AbsoluteScale::Risk => of_events(row, ""),
            AbsoluteScale::Rate => of_events(row, " person-time"),
            AbsoluteScale::Mean(unit) => of_means(row, unit.as_deref().unwrap_or_default(), ""),
            AbsoluteScale::Familiar(scale) => {
                of_means(row, "points", &format!(" on {}", scale.name))
            }
            AbsoluteScale::StandardDeviations => of_means(row, "SD", ""),
        };
        let nnt = (absolute.scale == AbsoluteScale::Risk).then(|| nnt(row.difference, better));
        Self {
            label: row.label.clone(),
            comparator,
            comparator_is_known: row.comparator.is_some(),
            intervention,
            difference,
            basis: row.basis.clone(),
            nnt: nnt.flatten(),
            capped: row.capped,
        }
    }
}

/// Of how many people to count events, so that the smallest number that matters is at least one.
fn denominator(row: &AbsoluteRow) -> f64 {
    let Interval { estimate, lower, upper } = row.difference;
    let others = [estimate.abs(), lower.abs().max(upper.abs())];
    let numbers = row.comparator.into_iter().chain(others);
    let Some(smallest) = numbers.into_iter().find(|it| *it > 0.0) else { return 1e3 };
    let counts = |per: &f64| smallest * per / 1000.0 >= 1.0;
    [1e3, 1e4, 1e5].into_iter().find(counts).unwrap_or(1e5)
}

fn of_events(row: &AbsoluteRow, what: &str) -> (String, String, String) {
    let per = denominator(row);
    let words = format!("per {}{what}", number::count(per));
    let show = |it: f64| number::count((it * per / 1000.0).round());
    let comparator =
        row.comparator.map_or_else(|| NONE.to_owned(), |it| format!("{} {words}", show(it)));
    let intervention = row.intervention.map_or_else(
        || NONE.to_owned(),
        |it| format!("{} {words} ({} to {})", show(it.estimate), show(it.lower), show(it.upper)),
    );
    let change = |it: f64| {
        let text = show(it.abs());
        match it {
            _ if text == "0" => text,
            it if it < 0.0 => format!("{text} fewer"),
            _ => format!("{text} more"),
        }
    };
    let Interval { estimate, lower, upper } = row.difference;
    let difference =
        format!("{} {words} ({} to {})", change(estimate), change(lower), change(upper));
    (comparator, intervention, difference)
}

fn of_means(row: &AbsoluteRow, unit: &str, scale: &str) -> (String, String, String) {
    let Interval { estimate, lower, upper } = row.difference;
    let decimals = Decimals::for_estimate(estimate, lower, upper);
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let change = |it: f64| {
        let text = decimals.show(it.abs());
        match it {
            0.0 => text,
            it if it < 0.0 => format!("{text} lower"),
            _ => format!("{text} higher"),
        }
    };
    let with_unit = |it: f64| {
        let way = match it {
            0.0 => "",
            it if it < 0.0 => " lower",
            _ => " higher",
        };
        format!("{}{unit}{way}", decimals.show(it.abs()))
    };
    let difference =
        format!("{}{scale} ({} to {})", with_unit(estimate), change(lower), change(upper));
    let mean = |it: f64| Decimals::for_estimate(it, it, it).show(it);
    let comparator =
        row.comparator.map_or_else(|| NONE.to_owned(), |it| format!("mean {}{unit}", mean(it)));
    let intervention = row.intervention.map_or_else(
        || NONE.to_owned(),
        |it| format!("mean {}{unit} ({} to {})", mean(it.estimate), mean(it.lower), mean(it.upper)),
    );
    (comparator, intervention, difference)
}

/// `NNTB 20 (13 to 84)`; an interval that includes no difference goes through infinity, and is never printed as a range.
fn nnt(difference: Interval, better: Option<Better>) -> Option<String> {
    let found = number_needed_to_treat(difference.map(|it| it / 1000.0)).ok()?;
    let name = |difference: f64| match (better, difference < 0.0) {
        (None, _) => "NNT",
        (Some(Better::Lower), true) | (Some(Better::Higher), false) => "NNTB",
        _ => "NNTH",
    };
    let limit = |it: Option<f64>| it.map_or_else(|| "∞".to_owned(), |it| number::count(it.ceil()));
    let own = format!("{} {}", name(difference.estimate), number::count(found.nnt as f64));
    let (lower, upper) = found.limits;
    Some(if found.through_infinity {
        let (low, high) = (name(difference.lower.min(-0.0)), name(difference.upper));
        let low = if difference.lower < 0.0 { low } else { name(-1.0) };
        // The side of the estimate comes first.
        let (a, b) = ((low, lower), (high, upper));
        let (first, last) = if difference.estimate < 0.0 { (a, b) } else { (b, a) };
        let side = |(name, it): (&str, Option<f64>)| format!("{name} {}", limit(it));
        format!("{own} ({} to ∞ to {})", side(first), side(last))
    } else {
        let (a, b) = (lower.unwrap_or(f64::INFINITY), upper.unwrap_or(f64::INFINITY));
        format!("{own} ({} to {})", limit(Some(a.min(b))), limit(Some(a.max(b))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(comparator: f64, ratio: [f64; 3]) -> AbsoluteRow {
        let [estimate, lower, upper] = ratio.map(|it| comparator * it);
        let risk = Interval { estimate, lower, upper };
        AbsoluteRow {
            label: None,
            basis: "Register".to_owned(),
            comparator: Some(comparator),
            intervention: Some(risk),
            difference: risk.map(|it| it - comparator),
            capped: false,
        }
    }

    fn shown(row: &AbsoluteRow) -> [String; 4] {
        let absolute =
            Absolute { scale: AbsoluteScale::Risk, rows: Vec::new(), refused: Vec::new() };
        let text = RiskText::new(&absolute, row, Some(Better::Lower));
        [text.comparator, text.intervention, text.difference, text.nnt.unwrap_or_default()]
    }

    #[test]
    fn risks_are_printed_as_the_handbook_does() {
        // Stockings on long flights, Cochrane Handbook 14.1.5: RR 0.10 (0.04 to 0.26).
        let stockings = [0.10, 0.04, 0.26];
        assert_eq!(shown(&row(10.0, stockings))[..2], ["10 per 1000", "1 per 1000 (0 to 3)"]);
        assert_eq!(shown(&row(30.0, stockings))[..2], ["30 per 1000", "3 per 1000 (1 to 8)"]);
        assert_eq!(
            shown(&row(200.0, [0.75, 0.60, 0.94])),
            [
                "200 per 1000",
                "150 per 1000 (120 to 188)",
                "50 fewer per 1000 (80 fewer to 12 fewer)",
                "NNTB 20 (13 to 84)"
            ]
        );
    }

    #[test]
    fn rare_events_are_counted_among_more_people() {
        assert_eq!(shown(&row(0.4, [0.5, 0.2, 1.5]))[0], "4 per 10\u{a0}000");
        assert_eq!(shown(&row(0.02, [0.5, 0.2, 1.5]))[0], "2 per 100\u{a0}000");
        let none = AbsoluteRow {
            difference: Interval { estimate: 0.0, lower: 0.0, upper: 44.7 },
            ..row(0.0, [1.0, 1.0, 1.0])
        };
        assert_eq!(shown(&none)[2], "0 per 1000 (0 to 45 more)", "no events are not rare ones");
    }

    #[test]
    fn a_number_needed_to_treat_goes_through_infinity_and_is_no_range() {
        let [.., difference, nnt] = shown(&row(100.0, [0.8, 0.4, 1.2]));
        assert_eq!(difference, "20 fewer per 1000 (60 fewer to 20 more)");
        assert_eq!(nnt, "NNTB 50 (NNTB 17 to ∞ to NNTH 50)");
        let [.., nnt] = shown(&row(100.0, [1.1, 0.9, 1.5]));
        assert_eq!(nnt, "NNTH 100 (NNTH 20 to ∞ to NNTB 100)");
        assert_eq!(shown(&row(100.0, [1.0, 0.9, 1.5]))[3], "");
    }
}
