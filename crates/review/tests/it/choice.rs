//! Which of a study's results an analysis uses: time windows, populations, scores, each with its reason.

use consilience_review::analysis::{Choice, StudyEffect};

use crate::made::{Made, review};

/// A study with a mean difference of `estimate` for each of these cells.
fn with(plan: &str, results: &[(&str, f64)]) -> Made {
    let mut made = review(&format!("measure = \"MD\"\n{plan}")).study("A");
    for (cells, estimate) in results {
        made = made
            .result("A", &format!("arm=e; n=20; sd=1; mean={estimate}; {cells}"))
            .result("A", &format!("arm=c; n=20; sd=1; mean=0; {cells}"));
    }
    made
}

fn estimate(effect: &StudyEffect) -> String {
    format!("{}", effect.effect.estimate)
}

fn effect(plan: &str, results: &[(&str, f64)]) -> StudyEffect {
    with(plan, results).effect()
}

/// The estimate and the rule.
fn chosen(plan: &str, results: &[(&str, f64)]) -> (String, String) {
    let effect = effect(plan, results);
    (estimate(&effect), effect.choice.map(|it| it.rule).unwrap_or_default())
}

const TIMES: [(&str, f64); 5] = [
    ("time=4 weeks", 1.0),
    ("time=day 70", 2.0),
    ("time=week 13", 3.0),
    ("time=6 months", 4.0),
    ("time=end of treatment", 5.0),
];

#[test]
fn the_time_closest_to_the_target_within_the_window_is_used_whatever_its_unit() {
    let rule = "the plan wants “closest to 12 weeks within 8 to 16 weeks” first";
    let plan = "time = \"closest to 12 weeks within 8 to 16 weeks\"";
    assert_eq!(chosen(plan, &TIMES), ("3".to_owned(), rule.to_owned()));
    assert_eq!(chosen("time = \"latest\"", &TIMES).0, "4");
    assert_eq!(chosen("time = \"latest within 1 to 5 months\"", &TIMES).0, "3");
    assert_eq!(chosen("time = \"earliest within 8 to 16 weeks\"", &TIMES).0, "2");
    assert_eq!(chosen("time = [\"1 year\", \"26 weeks\"]", &TIMES).0, "4");
    assert_eq!(chosen("time = [\"end of treatment\", \"latest\"]", &TIMES).0, "5");
}

#[test]
fn what_lies_outside_the_window_is_left_out_with_the_reason() {
    let reason = with("time = \"closest to 1 year within 9 to 15 months\"", &TIMES[..2]).reason();
    assert_eq!(
        reason,
        "only results that the plan does not ask for: 4 weeks (the time is not “closest to 1 year within 9 to 15 \
         months”); day 70 (the time is not “closest to 1 year within 9 to 15 months”)"
    );
}

const POPULATIONS: [(&str, f64); 3] =
    [("population=PP", 1.0), ("population=", 2.0), ("population=mITT", 3.0)];

#[test]
fn the_population_wanted_first_is_used_and_intention_to_treat_where_none_is_named() {
    let plan = "population = [\"intention to treat\", \"per protocol\"]";
    let effect = effect(plan, &POPULATIONS);
    assert_eq!(estimate(&effect), "1");
    let Choice { used, rule, others, .. } = effect.choice.unwrap();
    assert_eq!(
        (used.as_str(), rule.as_str()),
        ("per protocol (final)", "the only one that the plan asks for")
    );
    assert_eq!(
        others[0].reason,
        "not asked for: the population is not “intention to treat; per protocol”"
    );
    let (estimate, rule) = chosen("", &POPULATIONS);
    assert_eq!(
        (estimate.as_str(), rule.as_str()),
        ("3", "modified intention to treat first, since the plan names no population")
    );
    assert_eq!(chosen("population = [\"not stated\"]", &POPULATIONS).0, "2");
}

#[test]
fn scores_are_wanted_in_the_order_of_the_plan() {
    let scores = [("score=final", 1.0), ("score=change", 2.0)];
    assert_eq!(
        chosen("score = [\"change\", \"final\"]", &scores),
        ("2".to_owned(), "the plan wants change values first".to_owned())
    );
    assert_eq!(
        chosen("", &scores),
        ("1".to_owned(), "final values first, since the plan names no score".to_owned())
    );
}

#[test]
fn a_choice_by_name_alone_is_noted() {
    let made = with("", &[("instrument=VAS", 1.0), ("instrument=NRS", 2.0)]);
    let effect = made.effect();
    assert_eq!(estimate(&effect), "2");
    assert!(effect.choice.is_some_and(|it| it.by_name));
    let note = "A: the plan does not say which of several results it wants, so their names decided";
    assert!(made.synthesis().notes.iter().any(|it| it == note));
}

#[test]
fn a_result_without_an_effect_is_passed_over_with_its_reason() {
    let made = review("measure = \"MD\"\ntime = [\"12 weeks\", \"4 weeks\"]")
        .study("A")
        .result("A", "arm=e; time=12 weeks; missing=not reported")
        .result("A", "arm=c; time=12 weeks; missing=not reported")
        .result("A", "arm=e; time=4 weeks; n=20; mean=5; sd=1")
        .result("A", "arm=c; time=4 weeks; n=20; mean=4; sd=1");
    let choice = made.effect().choice.unwrap();
    assert_eq!(choice.rule, "the only one that gives an effect");
    assert_eq!(choice.others[0].reason, "no effect: e: not reported");
}

#[test]
fn a_rule_that_is_none_is_refused_where_it_stands() {
    for (plan, expected) in [
        (
            "time = \"closest to noon\"",
            "`closest to` a length of time such as `12 weeks`, not `noon`",
        ),
        ("time = [\"latest within 8 weeks\"]", "a window such as `8 to 16 weeks`, not `8 weeks`"),
        ("population = [\"everybody\"]", "`not stated`"),
        ("score = [\"endpoint\"]", "one of `final`, `change`, `percent change`"),
        ("median_method = \"lou\"", "one of `luo`, `wan`"),
    ] {
        let found = review(&format!("measure = \"MD\"\n{plan}")).package().to_log().diagnostics;
        assert_eq!(found.len(), 1, "{plan}");
        assert!(found[0].to_string().contains(expected), "{}", found[0]);
    }
}

#[test]
fn the_method_for_medians_is_the_plans_and_the_step_names_it() {
    let estimate = |method: &str| {
        let effect = review(&format!("measure = \"MD\"\nmedian_method = \"{method}\""))
            .study("A")
            .result("A", "arm=e; n=85; median=25; q1=12; q3=60")
            .result("A", "arm=c; n=85; mean=25; sd=20")
            .effect();
        let [conversion] = effect.conversions.as_slice() else {
            panic!("{:?}", effect.conversions)
        };
        assert_eq!(conversion.conversion.name, "mean-sd-from-five-number");
        assert_eq!(conversion.assumes.len(), 1, "of the method used alone");
        (effect.effect.estimate, effect.steps[conversion.step].clone())
    };
    // McGrath (2020), quantile estimation: a log-normal distribution with mean 56.2; see `FiveNumberMethod::estimate`.
    let (by_quantiles, step) = estimate("qe");
    assert!((by_quantiles - 31.2).abs() < 0.1, "{by_quantiles}");
    assert!(
        step.ends_with("(quantile estimation, McGrath 2020, fitted by a log-normal distribution)"),
        "{step}"
    );
    let (by_luo, step) = estimate("luo");
    assert!((by_luo - 7.6).abs() < 0.5, "{by_luo}");
    assert!(step.ends_with("(Luo 2018; Wan 2014 or Shi 2020)"), "{step}");
}

#[test]
fn the_answer_without_estimated_numbers_stands_beside_the_answer() {
    let made = review("measure = \"MD\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .means("B", (20.0, 6.0, 2.0), (25.0, 4.0, 2.5))
        .study("C")
        .result("C", "arm=e; n=20; median=6; q1=4; q3=8")
        .result("C", "arm=c; n=20; mean=5; sd=3");
    let without = made.synthesis().without_estimates.unwrap();
    assert_eq!(without.left_out, ["C"]);
    assert_eq!(without.pooled.map(|it| it.k), Some(2));
    let exact = review("measure = \"MD\"").means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5));
    assert_eq!(exact.synthesis().without_estimates, None);
}
