//! Conversions whose input is a published Kaplan-Meier curve.

use std::path::Path;

use consilience_stats::{
    CurvePoint, Follow, FollowUp, RiskTableEntry, hazard_ratio_from_curves, reconstruct_arm,
};
use serde_json::json;

use super::rows::Rows;
use super::{Arguments, significant};
use crate::{Failed, printer};

/// A conversion of a table of curves.
pub(super) struct OfCurves {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    takes: &'static str,
    compute: fn(&Arguments, &Path, &Rows) -> Result<(), Failed>,
}

pub(super) const ALL: [OfCurves; 2] = [
    OfCurves {
        name: "hr-from-curves",
        title: "Hazard ratio from two Kaplan-Meier curves, with or without numbers at risk",
        takes: "--file CURVES.csv with columns time (from 0), survival_e, survival_c (shares, from 1), and at_risk_e, at_risk_c; without \
                numbers at risk give n_e=, n_c=, shortest= and longest= (follow-up, between which people are taken to leave evenly)",
        compute: hazard_ratio,
    },
    OfCurves {
        name: "people-from-curve",
        title: "Individual people behind one arm's Kaplan-Meier curve (Guyot 2012)",
        takes: "--file CURVE.csv with columns time and survival, --at-risk TABLE.csv with columns time and at_risk, and events= if printed",
        compute: people,
    },
];

pub(super) fn named(name: &str) -> Option<&'static OfCurves> {
    ALL.iter().find(|it| it.name == name)
}

impl OfCurves {
    pub(super) fn run(&self, arguments: &Arguments) -> Result<(), Failed> {
        let Some(file) = &arguments.file else {
            return printer::result(format!(
                "{}: {}\n\ntakes  {}",
                self.name, self.title, self.takes
            ));
        };
        (self.compute)(arguments, file, &Rows::read(file)?)
    }
}

fn column(rows: &Rows, file: &Path, name: &str) -> Result<Vec<f64>, Failed> {
    rows.numbers(file, name)?.ok_or_else(|| {
        let found = rows.header.join(", ");
        printer::failure(format!(
            "{}: found the columns {found}; expected one named {name}",
            file.display()
        ))
    })
}

fn number(arguments: &Arguments, name: &str) -> Result<Option<f64>, Failed> {
    let Some((_, text)) = arguments.inputs.iter().find(|it| it.0 == name) else { return Ok(None) };
    let value = text.parse().ok().filter(|it: &f64| it.is_finite());
    value.map(Some).ok_or_else(|| {
        printer::failure(format!("`{name}` is `{text}`; expected a number such as 12.5"))
    })
}

fn needed(arguments: &Arguments, name: &str) -> Result<f64, Failed> {
    number(arguments, name)?.ok_or_else(|| {
        printer::failure(format!(
            "no numbers at risk (columns at_risk_e and at_risk_c); expected {name}= instead, beside the others of n_e=, n_c=, shortest=, longest="
        ))
    })
}

fn hazard_ratio(arguments: &Arguments, file: &Path, rows: &Rows) -> Result<(), Failed> {
    let (time, e, c) = (
        column(rows, file, "time")?,
        column(rows, file, "survival_e")?,
        column(rows, file, "survival_c")?,
    );
    let points: Vec<CurvePoint> = (0..time.len())
        .map(|i| CurvePoint { time: time[i], survival_e: e[i], survival_c: c[i] })
        .collect();
    let at_risk = match (rows.numbers(file, "at_risk_e")?, rows.numbers(file, "at_risk_c")?) {
        (Some(e), Some(c)) => Some(e.into_iter().zip(c).collect::<Vec<_>>()),
        _ => None,
    };
    let (follow_up, method) = match &at_risk {
        Some(at_risk) => (
            FollowUp::AtRisk(at_risk),
            "numbers at risk; Williamson et al. (2002), doi 10.1002/sim.1303",
        ),
        None => (
            FollowUp::Uniform {
                randomised: (needed(arguments, "n_e")?, needed(arguments, "n_c")?),
                shortest: needed(arguments, "shortest")?,
                longest: needed(arguments, "longest")?,
            },
            "even censoring; Parmar et al. (1998)",
        ),
    };
    let found = hazard_ratio_from_curves(&points, &follow_up)
        .map_err(|error| printer::failure(format!("{}: {error}", file.display())))?;
    let effect = found.effect;
    let interval = effect.interval(0.95);
    if arguments.json {
        let intervals: Vec<_> = found.intervals.iter().map(|it| json!({
            "from": it.from, "to": it.to,
            "events_e": it.experimental.events, "at_risk_e": it.experimental.at_risk,
            "events_c": it.control.events, "at_risk_c": it.control.at_risk,
            "estimate": it.effect.map(|it| it.estimate), "variance": it.effect.map(|it| it.variance),
            "continuity_corrected": it.continuity_corrected,
        })).collect();
        return printer::result(json!({
            "conversion": "hr-from-curves",
            "outputs": {"estimate": effect.estimate, "variance": effect.variance, "se": effect.se(), "hr": libm::exp(effect.estimate)},
            "intervals": intervals, "method": method, "estimated": true,
        }));
    }
    let corrected = found.intervals.iter().filter(|it| it.continuity_corrected).count();
    let exp = |x: f64| significant(libm::exp(x));
    printer::result(format!(
        "estimate  {}  log hazard ratio\nse        {}  its standard error\nhr        {} ({} to {})\n\nmethod    {method}\n\
         assumes   proportional hazards, and curves read without error\nnote      {} intervals, of which {corrected} with half an event added",
        significant(effect.estimate),
        significant(effect.se()),
        exp(effect.estimate),
        exp(interval.lower),
        exp(interval.upper),
        found.intervals.len(),
    ))
}

fn people(arguments: &Arguments, file: &Path, rows: &Rows) -> Result<(), Failed> {
    let curve: Vec<(f64, f64)> =
        column(rows, file, "time")?.into_iter().zip(column(rows, file, "survival")?).collect();
    let Some(table) = &arguments.at_risk else {
        return Err(printer::failure(
            "no numbers at risk; expected --at-risk TABLE.csv with columns time and at_risk (one row, time 0, will do)",
        ));
    };
    let entries = Rows::read(table)?;
    let entries: Vec<RiskTableEntry> = column(&entries, table, "time")?
        .into_iter()
        .zip(column(&entries, table, "at_risk")?)
        .map(|(time, at_risk)| RiskTableEntry { time, at_risk })
        .collect();
    let arm = reconstruct_arm(&curve, &entries, number(arguments, "events")?)
        .map_err(|error| printer::failure(format!("{}: {error}", file.display())))?;
    if arguments.json {
        let people: Vec<_> = arm
            .people
            .iter()
            .map(|it| json!([it.time, u8::from(it.follow == Follow::Event)]))
            .collect();
        return printer::result(
            json!({"people": people, "events": arm.events, "largest_error": arm.largest_error, "estimated": true}),
        );
    }
    printer::remark(format!(
        "{} people, {} events; their curve is at most {} from the one given",
        arm.people.len(),
        arm.events,
        significant(arm.largest_error)
    ));
    let lines: Vec<String> = arm
        .people
        .iter()
        .map(|it| format!("{},{}", it.time, u8::from(it.follow == Follow::Event)))
        .collect();
    printer::result(format!("time,event\n{}", lines.join("\n")))
}
