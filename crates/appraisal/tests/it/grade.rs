//! GRADE: the arithmetic of certainty, absolute effects, and information sizes.

use consilience_appraisal::grade::{
    Certainty, Domain, EffectMeasure, GradeError, Interval, Rating, StartingPoint, VarianceForm,
    absolute_effect, certainty, number_needed_to_treat, ois_continuous, ois_dichotomous,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::shared::{cases, number, text};

fn rated(start: StartingPoint, ratings: &[(&str, &str)]) -> Certainty {
    let parsed = ratings.iter().map(|(domain, rating)| {
        let domain = Domain::parse(domain).unwrap();
        (domain, Rating::parse(domain, rating).unwrap())
    });
    certainty(start, &parsed.collect::<Vec<_>>())
}

fn interval(estimate: f64, lower: f64, upper: f64) -> Interval {
    Interval { estimate, lower, upper }
}

/// Within the six decimals the reference cases are given to.
fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-6
}

#[test]
fn certainty_starts_at_the_level_of_the_design() {
    assert_eq!(rated(StartingPoint::Randomised, &[]), Certainty::High);
    assert_eq!(rated(StartingPoint::NonRandomisedRobinsI, &[]), Certainty::High);
    assert_eq!(rated(StartingPoint::NonRandomised, &[]), Certainty::Low);
}

#[test]
fn concerns_lower_and_strengths_raise_the_certainty() {
    let start = StartingPoint::Randomised;
    assert_eq!(rated(start, &[("risk_of_bias", "serious")]), Certainty::Moderate);
    assert_eq!(
        rated(start, &[("inconsistency", "serious"), ("publication_bias", "strongly suspected")]),
        Certainty::Low
    );
    assert_eq!(rated(start, &[("imprecision", "extremely serious")]), Certainty::VeryLow);
    let start = StartingPoint::NonRandomised;
    assert_eq!(rated(start, &[("large_effect", "very large")]), Certainty::High);
    assert_eq!(
        rated(start, &[("dose_response", "present"), ("indirectness", "very serious")]),
        Certainty::VeryLow
    );
}

#[test]
fn certainty_stays_within_its_four_levels() {
    let worst = ["risk_of_bias", "inconsistency", "indirectness", "imprecision"]
        .map(|domain| (domain, "very serious"));
    assert_eq!(rated(StartingPoint::NonRandomised, &worst), Certainty::VeryLow);
    let best = [("large_effect", "very large"), ("opposing_confounding", "present")];
    assert_eq!(rated(StartingPoint::Randomised, &best), Certainty::High);
}

#[test]
fn a_domain_rated_again_counts_once_as_rated_last() {
    let twice = [("imprecision", "very serious"), ("imprecision", "serious")];
    assert_eq!(rated(StartingPoint::Randomised, &twice), Certainty::Moderate);
}

#[test]
fn certainty_is_printed_in_circles_and_words() {
    assert_eq!((Certainty::Low.symbols(), Certainty::Low.name()), ("⊕⊕⊝⊝", "Low"));
    assert_eq!((Certainty::High.symbols(), Certainty::High.name()), ("⊕⊕⊕⊕", "High"));
}

#[test]
fn a_rating_is_refused_with_the_ratings_its_domain_allows() {
    let refused = Rating::parse(Domain::PublicationBias, "serious").unwrap_err();
    assert_eq!(
        refused.to_string(),
        r#""serious" is not a rating of Publication bias; expected one of undetected, strongly suspected"#
    );
    assert!(Rating::parse(Domain::Inconsistency, "extremely serious").is_err());
    assert!(Rating::parse(Domain::LargeEffect, "serious").is_err());
    assert!(Domain::parse("bias").unwrap_err().to_string().contains("risk_of_bias, inconsistency"));
}

#[test]
fn keys_and_ratings_are_read_in_any_case_with_underscores_hyphens_or_spaces() {
    assert_eq!(Domain::parse(" Risk of Bias "), Ok(Domain::RiskOfBias));
    assert_eq!(Domain::parse("dose-response"), Ok(Domain::DoseResponse));
    let rating = Rating::parse(Domain::Imprecision, "Very_Serious").unwrap();
    assert_eq!((rating.name(), rating.steps()), ("very serious", -2));
}

#[test]
fn upgrades_are_the_last_three_domains() {
    let upgrades: Vec<_> = Domain::ALL.into_iter().filter(|d| d.is_upgrade()).collect();
    assert_eq!(upgrades, &Domain::ALL[5..]);
    for domain in Domain::ALL {
        let sign = if domain.is_upgrade() { 1 } else { -1 };
        assert!(domain.ratings().iter().all(|rating| rating.steps() * sign >= 0), "{domain}");
    }
}

#[test]
fn absolute_effects_agree_with_the_reference() {
    let Some(cases) = cases("grade_cases.json", Some("absolute")) else { return };
    for case in &cases {
        let measure: EffectMeasure = text(case, "measure").parse().unwrap();
        let effect = interval(number(case, "effect"), number(case, "lo"), number(case, "hi"));
        let found = absolute_effect(measure, number(case, "baseline_risk"), effect).unwrap();
        assert!(same(found.risk_per_1000(), &case["risk_per_1000"]), "{case}\n{found:?}");
        assert!(same(found.difference_per_1000(), &case["difference_per_1000"]), "{case}");
        assert_eq!(found.capped, case["capped"], "{case}");
    }
}

fn same(found: Interval, expected: &Value) -> bool {
    let found = [found.estimate, found.lower, found.upper];
    found.iter().enumerate().all(|(i, found)| close(*found, expected[i].as_f64().unwrap()))
}

#[test]
fn absolute_effects_follow_the_formula_of_their_measure() {
    let per_1000 = |measure: &str| {
        let effect = interval(0.75, 0.60, 0.94);
        let risk = absolute_effect(measure.parse().unwrap(), 0.2, effect).unwrap().risk_per_1000();
        format!("{:.1} ({:.1} to {:.1})", risk.estimate, risk.lower, risk.upper)
    };
    assert_eq!(per_1000("RR"), "150.0 (120.0 to 188.0)");
    assert_eq!(per_1000("or"), "157.9 (130.4 to 190.3)");
    assert_eq!(per_1000("HR"), "154.1 (125.3 to 189.2)");
}

#[test]
fn a_risk_beyond_certainty_is_capped_and_flagged() {
    let effect = absolute_effect(EffectMeasure::RiskRatio, 0.6, interval(1.4, 1.05, 1.87)).unwrap();
    assert!(effect.capped);
    assert!(close(effect.risk.upper, 1.0) && close(effect.difference.upper, 0.4));
}

#[test]
fn absolute_effects_refuse_what_cannot_be() {
    let rr = |p0, effect| absolute_effect(EffectMeasure::RiskRatio, p0, effect).unwrap_err();
    let one = interval(1.0, 0.5, 2.0);
    assert_eq!(rr(1.2, one).to_string(), "the baseline risk is 1.2; expected a number from 0 to 1");
    assert!(rr(f64::NAN, one).to_string().contains("baseline risk is NaN"));
    assert!(rr(0.1, interval(0.0, 0.0, 2.0)).to_string().contains("a number above 0"));
    assert!(rr(0.1, interval(1.0, 0.5, f64::INFINITY)).to_string().contains("is inf"));
    let crossed = GradeError::NotAnInterval { estimate: 1.0, lower: 2.0, upper: 0.5 };
    assert_eq!(rr(0.1, interval(1.0, 2.0, 0.5)), crossed);
    assert!("SMD".parse::<EffectMeasure>().is_err());
}

proptest! {
    #[test]
    fn risks_stay_risks_and_keep_the_order_of_the_effects(
        p0 in 0.0..=1.0_f64,
        mut ratios in proptest::array::uniform3(1e-6..1e6_f64),
    ) {
        ratios.sort_by(f64::total_cmp);
        let effect = interval(ratios[1], ratios[0], ratios[2]);
        for measure in ["RR", "OR", "HR"] {
            let found = absolute_effect(measure.parse().unwrap(), p0, effect).unwrap();
            let Interval { estimate, lower, upper } = found.risk;
            prop_assert!(0.0 <= lower && upper <= 1.0);
            prop_assert!(lower <= estimate + 1e-12 && estimate <= upper + 1e-12);
        }
    }
}

#[test]
fn numbers_needed_to_treat_agree_with_the_reference() {
    let Some(cases) = cases("grade_cases.json", Some("nnt")) else { return };
    for case in &cases {
        let rd = interval(number(case, "rd"), number(case, "lo"), number(case, "hi"));
        let found = number_needed_to_treat(rd).unwrap();
        assert_eq!(found.nnt, case["nnt"], "{case}");
        assert_eq!(found.through_infinity, case["through_infinity"], "{case}");
        assert!(close(found.limits.0.unwrap(), case["ci"][0].as_f64().unwrap()), "{case}");
        assert!(close(found.limits.1.unwrap(), case["ci"][1].as_f64().unwrap()), "{case}");
    }
}

#[test]
fn a_number_needed_to_treat_is_rounded_up_but_not_by_rounding_error() {
    let nnt = |rd: f64| number_needed_to_treat(interval(rd, -1.0, 1.0)).unwrap().nnt;
    assert_eq!(nnt(-0.05), 20);
    assert_eq!(nnt(0.06), 17);
    assert_eq!(nnt(0.15 - 0.2), 20);
    assert_eq!(nnt(0.3 - 0.1 - 0.1), 10);
    assert_eq!(nnt(1.0), 1);
}

#[test]
fn an_interval_through_zero_runs_through_infinity() {
    let through = number_needed_to_treat(interval(-0.02, -0.06, 0.02)).unwrap();
    assert!(through.through_infinity);
    let touching = number_needed_to_treat(interval(-0.02, -0.05, 0.0)).unwrap();
    assert!(touching.through_infinity);
    assert_eq!(touching.limits, (Some(20.0), None));
    let none = number_needed_to_treat(interval(0.0, -0.1, 0.1));
    assert_eq!(none, Err(GradeError::NoDifference));
    assert!(number_needed_to_treat(interval(1.5, 1.0, 2.0)).is_err());
}

#[test]
fn information_sizes_agree_with_the_reference() {
    let Some(dichotomous) = cases("grade_cases.json", Some("ois_dichotomous")) else { return };
    for case in &dichotomous {
        let size = |form| {
            let (p0, rrr) = (number(case, "baseline_risk"), number(case, "rrr"));
            let power = 1.0 - number(case, "beta");
            ois_dichotomous(p0, rrr, number(case, "alpha"), power, form).unwrap()
        };
        let (pooled, unpooled) = (size(VarianceForm::Pooled), size(VarianceForm::Unpooled));
        assert!(close(pooled.per_group, number(case, "n_per_group")), "{case}\n{pooled:?}");
        assert_eq!(pooled.total, case["ois_total"]);
        assert!(close(unpooled.per_group, number(case, "n_per_group_unpooled_formula")), "{case}");
        assert_eq!(unpooled.total, case["ois_total_unpooled"]);
    }
    for case in &cases("grade_cases.json", Some("ois_continuous")).unwrap() {
        let (delta, sd) = (number(case, "delta"), number(case, "sd"));
        let power = 1.0 - number(case, "beta");
        let size = ois_continuous(delta, sd, number(case, "alpha"), power).unwrap();
        assert!(close(size.per_group, number(case, "n_per_group")), "{case}\n{size:?}");
        assert_eq!(size.total, case["ois_total"]);
    }
}

#[test]
fn information_sizes_of_the_textbook() {
    let dichotomous =
        |p0| ois_dichotomous(p0, 0.25, 0.05, 0.80, VarianceForm::Pooled).unwrap().total;
    assert_eq!((dichotomous(0.20), dichotomous(0.10)), (1812, 4010));
    let continuous = |delta| ois_continuous(delta, 1.0, 0.05, 0.80).unwrap().total;
    assert_eq!((continuous(0.2), continuous(0.5)), (786, 126));
}

#[test]
fn information_sizes_refuse_what_cannot_be() {
    let pooled = VarianceForm::Pooled;
    assert!(ois_dichotomous(0.0, 0.25, 0.05, 0.8, pooled).is_err());
    assert!(ois_dichotomous(0.2, 0.0, 0.05, 0.8, pooled).is_err());
    let error = ois_dichotomous(0.6, -1.0, 0.05, 0.8, pooled).unwrap_err().to_string();
    assert_eq!(error, "the reduced risk is 1.2; expected a number from 0 to 1");
    assert!(ois_dichotomous(0.2, 0.25, 0.05, 0.02, pooled).is_err());
    assert!(ois_dichotomous(0.2, 1e-9, 0.05, 0.8, pooled).is_err());
    assert!(ois_continuous(0.0, 1.0, 0.05, 0.8).is_err());
    assert!(ois_continuous(0.2, f64::NAN, 0.05, 0.8).is_err());
    assert!(ois_continuous(0.2, 1.0, 1.0, 0.8).is_err());
}
