//! A hazard ratio from two published Kaplan-Meier curves, read off at the same times.

use crate::effect::{Effect, EffectError};
use crate::numeric::sum::sum;

/// Both curves at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Time since randomisation; the first is 0.
    pub time: f64,
    /// Share of the experimental arm without the event, from 1 at the start; never rising.
    pub survival_e: f64,
    /// The same of the control arm.
    pub survival_c: f64,
}

/// What is known of the people still followed.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowUp<'a> {
    /// The numbers at risk (experimental, control) at each of the curve's times. Williamson et al. (2002), doi 10.1002/sim.1303.
    AtRisk(&'a [(f64, f64)]),
    /// The numbers randomised (experimental, control) and the shortest and longest follow-up, between which people are
    /// taken to have left evenly. Parmar et al. (1998), Statistics in Medicine 17:2815.
    Uniform {
        /// People randomised to each arm.
        randomised: (f64, f64),
        /// Shortest follow-up of anybody without the event.
        shortest: f64,
        /// Longest follow-up.
        longest: f64,
    },
}

/// What happened in one arm between two neighbouring times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmInterval {
    /// Events.
    pub events: f64,
    /// People censored.
    pub censored: f64,
    /// People at risk, those censored counted by half.
    pub at_risk: f64,
}

/// One interval of both arms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveInterval {
    /// From this time …
    pub from: f64,
    /// … to this.
    pub to: f64,
    /// The experimental arm.
    pub experimental: ArmInterval,
    /// The control arm.
    pub control: ArmInterval,
    /// Log hazard ratio of the interval; `None` where neither arm had an event.
    pub effect: Option<Effect>,
    /// Whether half an event was added to both arms because one had none.
    pub continuity_corrected: bool,
}

/// A hazard ratio read off curves.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardRatioFromCurves {
    /// Log hazard ratio and its variance, the intervals pooled by inverse variance.
    pub effect: Effect,
    /// The intervals.
    pub intervals: Vec<CurveInterval>,
}

/// The log hazard ratio behind two Kaplan-Meier curves.
///
/// In each interval the events and the people at risk are recovered from the fall of the curve; the log ratio of the two risks, with variance
/// 1/D₁ − 1/N₁ + 1/D₂ − 1/N₂, is pooled over the intervals by inverse variance. It assumes proportional hazards and
/// curves read without error; take intervals in which no more than a fifth of the events fall.
///
/// # Errors
///
/// If fewer than two points are given, times do not rise from 0, a curve rises or leaves 0 to 1, the numbers at risk do not match, or
/// no interval has an event.
pub fn hazard_ratio_from_curves(
    points: &[CurvePoint],
    follow_up: &FollowUp<'_>,
) -> Result<HazardRatioFromCurves, EffectError> {
    check(points)?;
    let curve =
        |of: fn(&CurvePoint) -> f64| points.iter().map(|p| (p.time, of(p))).collect::<Vec<_>>();
    let (experimental, control) = (curve(|p| p.survival_e), curve(|p| p.survival_c));
    let (experimental, control) = match follow_up {
        FollowUp::AtRisk(at_risk) => {
            if at_risk.len() != points.len() {
                return Err(EffectError::TooFew {
                    quantity: "numbers at risk",
                    found: at_risk.len() as f64,
                    minimum: points.len() as f64,
                });
            }
            let arm = |of: fn(&(f64, f64)) -> f64| at_risk.iter().map(of).collect::<Vec<_>>();
            (with_numbers(&experimental, &arm(|r| r.0))?, with_numbers(&control, &arm(|r| r.1))?)
        }
        FollowUp::Uniform { randomised, shortest, longest } => {
            EffectError::not_negative("shortest follow-up", *shortest)?;
            if shortest > longest {
                return Err(EffectError::NotAscending {
                    quantity: "shortest and longest follow-up",
                    lower: *shortest,
                    upper: *longest,
                });
            }
            let ends = (*shortest, *longest);
            (
                without_numbers(&experimental, randomised.0, ends)?,
                without_numbers(&control, randomised.1, ends)?,
            )
        }
    };
    let intervals: Vec<CurveInterval> = points
        .windows(2)
        .zip(experimental.iter().zip(&control))
        .map(|(ends, (e, c))| interval((ends[0].time, ends[1].time), *e, *c))
        .collect();
    let effects: Vec<Effect> = intervals.iter().filter_map(|it| it.effect).collect();
    if effects.is_empty() {
        return Err(EffectError::NoEvents { measure: "hazard ratio" });
    }
    let weight = sum(effects.iter().map(|it| 1.0 / it.variance));
    let estimate = sum(effects.iter().map(|it| it.estimate / it.variance)) / weight;
    Ok(HazardRatioFromCurves { effect: Effect::checked(estimate, 1.0 / weight)?, intervals })
}

fn check(points: &[CurvePoint]) -> Result<(), EffectError> {
    if points.len() < 2 {
        return Err(EffectError::TooFew {
            quantity: "points of the curves",
            found: points.len() as f64,
            minimum: 2.0,
        });
    }
    EffectError::within((0.0, 0.0), "first time of the curves", points[0].time)?;
    for point in points {
        EffectError::finite("time of the curves", point.time)?;
        EffectError::within((0.0, 1.0), "share without the event", point.survival_e)?;
        EffectError::within((0.0, 1.0), "share without the event", point.survival_c)?;
    }
    for pair in points.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let falls = [
            ("times of the curves", before.time, after.time),
            (
                "shares without the event, from the end backwards,",
                after.survival_e,
                before.survival_e,
            ),
            (
                "shares without the event, from the end backwards,",
                after.survival_c,
                before.survival_c,
            ),
        ];
        for (i, (quantity, lower, upper)) in falls.into_iter().enumerate() {
            if lower > upper || (i == 0 && lower >= upper) {
                return Err(EffectError::NotAscending { quantity, lower, upper });
            }
        }
    }
    Ok(())
}

/// With numbers at risk R: D = (Rₛ + Rₑ)(Sₛ − Sₑ)/(Sₛ + Sₑ), C = 2(RₛSₑ − RₑSₛ)/(Sₛ + Sₑ), N = Rₛ − C/2.
fn with_numbers(curve: &[(f64, f64)], at_risk: &[f64]) -> Result<Vec<ArmInterval>, EffectError> {
    for &number in at_risk {
        EffectError::not_negative("number at risk", number)?;
    }
    let intervals = curve.windows(2).zip(at_risk.windows(2)).map(|(ends, at_risk)| {
        let (start, end) = (ends[0].1, ends[1].1);
        let (from, to) = (at_risk[0], at_risk[1]);
        if to > from {
            return Err(EffectError::NotAscending {
                quantity: "numbers at risk, from the end backwards,",
                lower: to,
                upper: from,
            });
        }
        if start + end <= 0.0 {
            return Ok(ArmInterval { events: 0.0, censored: from - to, at_risk: from });
        }
        let events = (from + to) * (start - end) / (start + end);
        // Curves read off a page can lose a person or two more than the numbers at risk allow.
        let censored = (2.0 * (from * end - to * start) / (start + end)).max(0.0);
        Ok(ArmInterval { events, censored, at_risk: from - 0.5 * censored })
    });
    intervals.collect()
}

/// Without numbers at risk: none leave before the shortest follow-up, then evenly up to the longest.
fn without_numbers(
    curve: &[(f64, f64)],
    randomised: f64,
    (shortest, longest): (f64, f64),
) -> Result<Vec<ArmInterval>, EffectError> {
    let mut at_risk = EffectError::positive("number randomised", randomised)?;
    let mut intervals = Vec::with_capacity(curve.len());
    for ends in curve.windows(2) {
        let ((from, start), (to, end)) = (ends[0], ends[1]);
        let first_to_leave = from.max(shortest);
        let censored = if to <= shortest {
            0.0
        } else if longest > first_to_leave {
            at_risk * ((to - first_to_leave) / (longest - first_to_leave)).min(1.0)
        } else {
            at_risk
        };
        let effective = at_risk - 0.5 * censored;
        let events = if start > 0.0 { effective * (start - end) / start } else { 0.0 };
        intervals.push(ArmInterval { events, censored, at_risk: effective });
        at_risk = (at_risk - censored - events).max(0.0);
    }
    Ok(intervals)
}

fn interval(
    (from, to): (f64, f64),
    experimental: ArmInterval,
    control: ArmInterval,
) -> CurveInterval {
    let has_none = |arm: &ArmInterval| arm.events <= 0.0;
    let nobody = experimental.at_risk <= 0.0 || control.at_risk <= 0.0;
    let (no_e, no_c) = (has_none(&experimental), has_none(&control));
    let continuity_corrected = (no_e != no_c) && !nobody;
    let added = if continuity_corrected { 0.5 } else { 0.0 };
    let is_informative = !nobody && (!no_e || !no_c);
    let effect = is_informative.then(|| {
        let part = |arm: &ArmInterval| {
            let (events, people) = (arm.events + added, arm.at_risk + added);
            (libm::log(events / people), 1.0 / events - 1.0 / people)
        };
        let ((log_e, v_e), (log_c, v_c)) = (part(&experimental), part(&control));
        Effect::checked(log_e - log_c, v_e + v_c).ok()
    });
    CurveInterval {
        from,
        to,
        experimental,
        control,
        effect: effect.flatten(),
        continuity_corrected,
    }
}
