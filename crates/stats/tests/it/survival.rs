//! Time to event: worked examples, curves of known hazards, and people put back behind their curve.

use consilience_stats::{
    CurvePoint, EffectError, Follow, FollowUp, Person, RiskTableEntry, cox_two_groups,
    hazard_ratio_from_curves, log_rank_from_ci, log_rank_from_p, reconstruct_arm,
    variance_from_events, variance_from_total_events,
};

use crate::data::assert_close;

fn event(time: f64) -> Person {
    Person { time, follow: Follow::Event }
}

fn censored(time: f64) -> Person {
    Person { time, follow: Follow::Censored }
}

#[test]
fn a_printed_hazard_ratio_has_an_o_minus_e() {
    // Tierney et al. (2007), their methods 3 and 7 to 9; the same cases as in the catalogue of conversions.
    let from_ci = log_rank_from_ci(0.76, 0.62, 0.94, 0.95).unwrap();
    assert_close(from_ci.variance, 88.722684647419, 1e-12);
    assert_close(from_ci.o_minus_e, -24.34877371683, 1e-12);
    let from_p = log_rank_from_p(0.03, variance_from_events(55.0, 70.0).unwrap(), true).unwrap();
    assert_close(from_p.o_minus_e, -12.043512826583, 1e-11);
    assert_close(libm::exp(from_p.log_hazard_ratio().unwrap().estimate), 0.6763645022673, 1e-11);
    assert_close(variance_from_total_events(125.0, 1.0, 1.0).unwrap(), 31.25, 1e-15);
    assert_close(variance_from_total_events(125.0, 2.0, 1.0).unwrap(), 27.777777777778, 1e-12);
    assert!(log_rank_from_p(0.03, 31.25, false).unwrap().o_minus_e > 0.0);
}

// R: survival::coxph(Surv(time, status) ~ group, ties = "efron") on the remission times of Freireich et al. (1963), as in Cox
// (1972): 6-mercaptopurine against placebo.
#[test]
fn cox_s_own_example_comes_out_as_in_r() {
    let events = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0].map(event);
    let still =
        [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0].map(censored);
    let treated: Vec<_> = events.into_iter().chain(still).collect();
    let placebo = [
        1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0, 12.0,
        15.0, 17.0, 22.0, 23.0,
    ]
    .map(event);
    let fit = cox_two_groups(&treated, &placebo).unwrap();
    assert_eq!(fit.events, (9, 21));
    assert_close(fit.effect.estimate, -1.572_125, 1e-6);
    assert_close(fit.effect.se(), 0.412_396_7, 1e-6);
}

/// Exponential curves with hazards 0.1 and 0.15 read every half year for ten, nobody censored.
fn exponential() -> Vec<CurvePoint> {
    (0..=20)
        .map(|i| 0.5 * f64::from(i))
        .map(|time| CurvePoint {
            time,
            survival_e: libm::exp(-0.1 * time),
            survival_c: libm::exp(-0.15 * time),
        })
        .collect()
}

#[test]
fn curves_of_proportional_hazards_give_their_ratio() {
    let points = exponential();
    let at_risk: Vec<_> =
        points.iter().map(|it| (1000.0 * it.survival_e, 1000.0 * it.survival_c)).collect();
    let with = hazard_ratio_from_curves(&points, &FollowUp::AtRisk(&at_risk)).unwrap();
    // Risks of half a year instead of hazards: (1 − e^(−0.05)) / (1 − e^(−0.075)).
    let expected = libm::log(libm::expm1(-0.05) / libm::expm1(-0.075));
    assert_close(with.effect.estimate, expected, 1e-10);
    assert!((libm::exp(with.effect.estimate) - 2.0 / 3.0).abs() < 0.01);
    let events: f64 = with.intervals.iter().map(|it| it.experimental.events).sum();
    assert_close(events, 1000.0 * (1.0 - libm::exp(-1.0)), 1e-10);
    let everybody =
        FollowUp::Uniform { randomised: (1000.0, 1000.0), shortest: 10.0, longest: 10.0 };
    let without = hazard_ratio_from_curves(&points, &everybody).unwrap();
    assert_close(without.effect.estimate, with.effect.estimate, 1e-10);
    assert_close(without.effect.variance, with.effect.variance, 1e-10);
}

#[test]
fn early_leavers_cost_precision_not_truth() {
    let points = exponential();
    let full = FollowUp::Uniform { randomised: (200.0, 200.0), shortest: 10.0, longest: 10.0 };
    let leaving = FollowUp::Uniform { randomised: (200.0, 200.0), shortest: 2.0, longest: 12.0 };
    let (full, leaving) = (
        hazard_ratio_from_curves(&points, &full).unwrap().effect,
        hazard_ratio_from_curves(&points, &leaving).unwrap().effect,
    );
    assert_close(leaving.estimate, full.estimate, 1e-9);
    assert!(leaving.variance > 1.1 * full.variance);
}

#[test]
fn impossible_curves_are_refused() {
    let point = |time, survival_e, survival_c| CurvePoint { time, survival_e, survival_c };
    let all = FollowUp::Uniform { randomised: (10.0, 10.0), shortest: 1.0, longest: 2.0 };
    let refused = |points: &[CurvePoint]| hazard_ratio_from_curves(points, &all).unwrap_err();
    assert!(matches!(refused(&[]), EffectError::TooFew { .. }));
    assert!(matches!(
        refused(&[point(1.0, 1.0, 1.0), point(2.0, 0.9, 0.9)]),
        EffectError::OutOfRange { .. }
    ));
    assert!(matches!(
        refused(&[point(0.0, 1.0, 1.0), point(1.0, 0.5, 0.9), point(2.0, 0.6, 0.8)]),
        EffectError::NotAscending { .. }
    ));
    assert!(matches!(
        refused(&[point(0.0, 1.0, 1.0), point(1.0, 1.0, 1.0)]),
        EffectError::NoEvents { .. }
    ));
    assert!(matches!(
        refused(&[point(0.0, 1.0, 1.0), point(1.0, 98.0, 97.0)]),
        EffectError::OutOfRange { .. }
    ));
}

/// The Kaplan-Meier curve of people, and the numbers at risk at some times.
fn drawn(people: &[Person], times: &[f64]) -> (Vec<(f64, f64)>, Vec<RiskTableEntry>) {
    let mut sorted = people.to_vec();
    sorted.sort_by(|a, b| {
        a.time
            .total_cmp(&b.time)
            .then((a.follow == Follow::Censored).cmp(&(b.follow == Follow::Censored)))
    });
    let (mut at_risk, mut survival) = (sorted.len() as f64, 1.0);
    let mut curve = Vec::new();
    for person in &sorted {
        if person.follow == Follow::Event {
            survival *= 1.0 - 1.0 / at_risk;
            curve.push((person.time, survival));
        }
        at_risk -= 1.0;
    }
    let last = sorted.last().map_or(0.0, |it| it.time);
    curve.push((last, survival));
    let table = times.iter().map(|&time| RiskTableEntry {
        time,
        at_risk: people.iter().filter(|it| it.time >= time).count() as f64,
    });
    (curve, table.collect())
}

/// People with exponential times to the event, followed for two to eight years: quantiles, so no chance in it.
fn arm(n: u32, hazard: f64) -> Vec<Person> {
    (0..n)
        .map(|i| {
            let u = (f64::from(i) + 0.5) / f64::from(n);
            // A permutation of the people spreads follow-up independently of the event.
            let v = (f64::from((i * 37) % n) + 0.5) / f64::from(n);
            let (time, end) = (-libm::log1p(-u) / hazard, 2.0 + 6.0 * v);
            if time <= end { event(time) } else { censored(end) }
        })
        .collect()
}

#[test]
fn people_put_back_behind_their_curve_have_its_hazard_ratio() {
    let (treated, control) = (arm(199, 0.10), arm(199, 0.16));
    let original = cox_two_groups(&treated, &control).unwrap();
    let again = |people: &[Person], events: Option<f64>| {
        let (curve, table) = drawn(people, &[0.0, 2.0, 4.0, 6.0]);
        reconstruct_arm(&curve, &table, events).unwrap()
    };
    let (e, c) = (again(&treated, None), again(&control, None));
    assert_eq!((e.people.len(), c.people.len()), (199, 199));
    assert!(
        e.largest_error < 0.01 && c.largest_error < 0.01,
        "{} {}",
        e.largest_error,
        c.largest_error
    );
    let fit = cox_two_groups(&e.people, &c.people).unwrap();
    assert!((fit.effect.estimate - original.effect.estimate).abs() < 0.02, "{fit:?} {original:?}");
    assert_close(fit.effect.se(), original.effect.se(), 0.02);
    // With the number of events printed, it is met.
    let n_events = original.events.0 as f64;
    assert!((again(&treated, Some(n_events)).events as f64 - n_events).abs() <= 1.0);
}

#[test]
fn impossible_arms_are_refused_and_small_ones_survive() {
    let entry = |time, at_risk| RiskTableEntry { time, at_risk };
    let curve = [(0.0, 1.0), (1.0, 0.8), (2.0, 0.5)];
    let refused = |table: &[RiskTableEntry]| reconstruct_arm(&curve, table, None).unwrap_err();
    assert!(matches!(refused(&[]), EffectError::Nothing { .. }));
    assert!(matches!(refused(&[entry(1.0, 10.0)]), EffectError::OutOfRange { .. }));
    assert!(matches!(
        refused(&[entry(0.0, 10.0), entry(1.0, 12.0)]),
        EffectError::NotAscending { .. }
    ));
    let arm = reconstruct_arm(&curve, &[entry(0.0, 10.0)], None).unwrap();
    assert_eq!((arm.people.len(), arm.events), (10, 5));
    let one = reconstruct_arm(&[(1.0, 0.0)], &[entry(0.0, 1.0)], None).unwrap();
    assert_eq!((one.people.len(), one.events), (1, 1));
}
