//! From printed numbers of arms to a study's effect: every form of results, with its steps and inputs.
//!
//! Reference values: metafor 3.8-1 (`escalc`), or the closed formula beside the test.

use consilience_review::analysis::StudyData;

use crate::made::{assert_close, numbers, review};

const MD: &str = "measure = \"MD\"";
const RR: &str = "measure = \"RR\"";

#[track_caller]
fn mean_and_sd(data: StudyData) -> [f64; 3] {
    match data {
        StudyData::Means { experimental, .. } => {
            [experimental.n, experimental.mean, experimental.sd]
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn table(data: StudyData) -> [f64; 4] {
    match data {
        StudyData::Events(it) => [it.events_e, it.n_e, it.events_c, it.n_c],
        other => panic!("{other:?}"),
    }
}

#[test]
fn means_with_sds_give_differences_and_ratios() {
    for (measure, expected) in [
        ("MD", [1.0, 0.45]),
        ("SMD", [0.428_534_294_874, 0.092_040_462_688]),
        ("ROM", [0.223_143_551_314, 0.023_625]),
    ] {
        let plan = format!("measure = \"{measure}\"");
        let effect = review(&plan).means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5)).effect();
        assert_close(numbers(&effect), expected, 1e-12);
        assert!(effect.steps.is_empty(), "nothing was converted: {:?}", effect.steps);
        let arms: Vec<&str> = effect.inputs.iter().map(|it| it.arm.as_str()).collect();
        assert_eq!(arms, ["e", "c"]);
    }
}

#[test]
fn a_standard_error_becomes_an_sd() {
    let effect = review(MD)
        .study("A")
        .result("A", "arm=e; n=25; mean=5; se=0.4")
        .result("A", "arm=c; n=25; mean=4; sd=2")
        .effect();
    assert_close(mean_and_sd(effect.data), [25.0, 5.0, 2.0], 1e-12);
    assert_eq!(effect.steps, ["e: SD = SE × √n = 0.4 × √25 = 2"]);
}

#[test]
fn a_confidence_interval_of_a_mean_becomes_an_sd_by_t() {
    let effect = review(MD)
        .study("A")
        .result("A", "arm=e; n=25; mean=32.1; ci_lower=30; ci_upper=34.2")
        .result("A", "arm=c; n=25; mean=30; sd=5")
        .effect();
    assert_close(mean_and_sd(effect.data), [25.0, 32.1, 5.087_459_333], 1e-9);
    assert_eq!(
        effect.steps,
        [
            "e: SD = √n × (upper − lower) / (2t) = √25 × (34.2 − 30) / (2t), t with 24 degrees of freedom, = 5.0875"
        ]
    );
}

#[test]
fn medians_become_means_and_sds_and_the_step_names_what_was_used() {
    // Luo, Wan and Shi for n = 20 and 2/4/6/10/14, as metafor's `conv.fivenum` gives them.
    for (cells, expected, used) in [
        ("min=2; max=14", [6.5945, 3.2116], "the range"),
        ("q1=4; q3=10", [6.7195, 4.7871], "its quartiles"),
        ("q1=4; q3=10; min=2; max=14", [6.9388, 3.6794], "its quartiles and the range"),
    ] {
        let effect = review(MD)
            .study("A")
            .result("A", &format!("arm=e; n=20; median=6; {cells}"))
            .result("A", "arm=c; n=20; mean=5; sd=3")
            .effect();
        let [_, mean, sd] = mean_and_sd(effect.data);
        assert_close([mean, sd], expected, 5e-5);
        assert!(
            effect.steps[0].contains(&format!("the median with {used} (")),
            "{:?}",
            effect.steps
        );
    }
}

#[test]
fn grades_are_scores_for_measures_of_means_and_events_for_measures_of_events() {
    let graded = |plan: &str| {
        review(plan)
            .study("A")
            .result("A", "arm=e; grades=1:0 2:17 3:11 4:0")
            .result("A", "arm=c; grades=1:4 2:14 3:10 4:0")
    };
    let scores = graded(MD).effect();
    assert_close(mean_and_sd(scores.data), [28.0, 2.392_857_142_857, 0.497_347_461_393], 1e-11);
    assert!(scores.steps[0].contains("each grade taken as its number"));
    let events = graded("measure = \"RR\"\nevent_from_grade = 3").effect();
    assert_close(table(events.data), [11.0, 28.0, 10.0, 28.0], 0.0);
    assert_eq!(events.steps[0], "e: grades from 3 on counted as events: 11 of 28");
    assert_eq!(
        graded(RR).reason(),
        "e: grades, and `event_from_grade` does not say which are events"
    );
}

#[test]
fn the_number_randomised_stands_in_for_a_number_analysed_that_is_not_printed() {
    let made = review(RR)
        .row("studies.csv", "study=A")
        .row("arms.csv", "study=A; arm=e; group=e; n=123")
        .row("arms.csv", "study=A; arm=c; group=c; n=139")
        .result("A", "arm=e; events=4")
        .result("A", "arm=c; events=11");
    let effect = made.effect();
    assert_close(table(effect.data), [4.0, 123.0, 11.0, 139.0], 0.0);
    assert_eq!(effect.steps[0], "e: number analysed not printed, so the number randomised, 123");
    assert_eq!(
        review(RR)
            .study("A")
            .result("A", "arm=e; events=4")
            .result("A", "arm=c; events=1; n=9")
            .reason(),
        "e: the number of people is not known"
    );
}

#[test]
fn arms_of_one_group_are_combined_never_counted_as_two_studies() {
    let means = review(MD)
        .study("A")
        .arm("A", "e2", "e")
        .result("A", "arm=e; n=40; mean=12.3; sd=4.1")
        .result("A", "arm=e2; n=35; mean=15.8; sd=5.2")
        .result("A", "arm=c; n=20; mean=10; sd=3")
        .effect();
    // Handbook table 6.5.a.
    assert_close(mean_and_sd(means.data), [75.0, 13.933_333_333, 4.936_92], 5e-6);
    assert!(means.steps[0].starts_with("2 arms combined into one group"));
    assert_eq!(means.inputs.len(), 3);
    let events = review(RR)
        .study("A")
        .arm("A", "e2", "e")
        .both_events("A", (4.0, 20.0), (9.0, 25.0))
        .result("A", "arm=e2; events=3; n=22")
        .effect();
    assert_close(table(events.data), [7.0, 42.0, 9.0, 25.0], 0.0);
    assert_eq!(events.steps, ["2 arms added up into one group"]);
}

#[test]
fn an_arm_of_a_group_without_a_result_is_named() {
    let effect = review(RR)
        .study("A")
        .arm("A", "e2", "e")
        .both_events("A", (4.0, 20.0), (9.0, 25.0))
        .effect();
    assert_eq!(effect.steps, ["no result of e2, so the group is e alone"]);
}

#[test]
fn a_cluster_trial_is_divided_by_its_design_effect() {
    // Handbook 23.1.5: 63/295 and 84/330 become 40.0/187.2 and 53.3/209.4.
    let clustered = |cells: &str| {
        review(RR).study_with("A", cells).both_events("A", (63.0, 295.0), (84.0, 330.0))
    };
    let effect = clustered("design=cluster; icc=0.02; cluster_size=29.8").effect();
    assert_close(table(effect.data), [39.975, 187.183, 53.299, 209.391], 5e-4);
    assert_close(numbers(&effect), [-0.175_564_774_331, 0.033_659_647_321], 1e-12);
    assert!(effect.steps[0].contains("(29.8 − 1) × 0.02 = 1.576"));
    assert!(clustered("design=cluster").reason().contains("do not allow for clustering"));
    let means = review(MD)
        .study_with("A", "design=cluster; icc=0.05; cluster_size=10")
        .both_means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .effect();
    assert_close(numbers(&means), [1.0, 0.6525], 1e-12);
}

#[test]
fn a_cluster_trials_own_adjusted_effect_comes_first() {
    let effect = review(RR)
        .study_with("A", "design=cluster; icc=0.02; cluster_size=29.8")
        .both_events("A", (63.0, 295.0), (84.0, 330.0))
        .result("A", "arm=e; versus=c; effect=0.8; effect_measure=RR; se=0.2")
        .effect();
    assert_close(numbers(&effect), [0.8_f64.ln(), 0.04], 1e-12);
}

#[test]
fn a_zero_cell_is_corrected_as_the_measure_has_it() {
    let zero = |measure: &str| {
        review(&format!("measure = \"{measure}\"")).events("A", (0.0, 20.0), (5.0, 22.0)).effect()
    };
    assert_close(numbers(&zero("RR")), [-2.306_923_494_593, 2.090_720_873_330], 1e-12);
    assert_close(numbers(&zero("OR")), [-2.556_119_278_013, 2.287_741_526_766], 1e-12);
    assert_close(numbers(&zero("RD")), [-0.215_320_910_973, 0.009_017_534_095], 1e-12);
    let half = "an empty cell: one half added to each of the four";
    assert_eq!(zero("RR").steps, [half]);
    // (O − E)/V with E = 20·5/42 and V = 20·22·5·37/(42²·41).
    let peto = zero("PETO");
    assert_close(numbers(&peto), [-2.115_479_115_479, 0.888_501_228_501], 1e-12);
    assert!(peto.steps.is_empty(), "Peto's method needs no correction: {:?}", peto.steps);
}

#[test]
fn mantel_haenszel_takes_a_risk_difference_from_the_raw_cells() {
    let plan = "measure = \"RD\"\nmethod = \"Mantel-Haenszel\"";
    let effect = review(plan).events("A", (0.0, 20.0), (5.0, 22.0)).effect();
    // Review Manager 5: the difference is 0/20 − 5/22; only its standard error has the halves.
    assert_close(numbers(&effect), [-5.0 / 22.0, 0.009_017_534_095], 1e-12);
    assert_eq!(
        effect.steps,
        ["an empty cell: one half added to each of the four, for the standard error"]
    );
}

#[test]
fn a_study_without_any_event_says_nothing_of_a_ratio_but_something_of_a_difference() {
    for measure in ["RR", "OR", "PETO", "RR\"\nmethod = \"Mantel-Haenszel"] {
        let plan = format!("measure = \"{measure}\"");
        let reason = review(&plan).events("A", (0.0, 15.0), (0.0, 16.0)).reason();
        assert!(reason.starts_with("no events in either arm"), "{reason}");
    }
    let everybody = review("measure = \"OR\"").events("A", (15.0, 15.0), (16.0, 16.0)).reason();
    assert!(everybody.starts_with("everybody in both arms had the event"), "{everybody}");
    let effect = review("measure = \"RD\"").events("A", (0.0, 15.0), (0.0, 16.0)).effect();
    assert_close(numbers(&effect), [0.001_838_235_294, 0.003_571_308_244], 1e-12);
}

#[test]
fn why_numbers_cannot_be_used_is_said_of_the_arm_that_has_them() {
    let reason = |plan: &str, e: &str, c: &str| {
        review(plan)
            .study("A")
            .result("A", &format!("arm=e; {e}"))
            .result("A", &format!("arm=c; {c}"))
            .reason()
    };
    insta::assert_snapshot!(
        [
            reason(MD, "n=20; mean=5", "n=20; mean=4; sd=1"),
            reason(MD, "n=20; median=5", "n=20; mean=4; sd=1"),
            reason(MD, "n=20; median=5; q1=4; q3=7", "n=4; median=5; q1=4; q3=7"),
            reason(MD, "n=20; mean=5; sd=0", "n=20; mean=4; sd=0"),
            reason(MD, "n=1; mean=5; sd=2", "n=20; mean=4; sd=1"),
            reason(MD, "n=20; events=5", "n=20; events=4"),
            reason(RR, "n=20; mean=5; sd=1", "n=20; mean=4; sd=1"),
            reason(RR, "n=20; events=5; person_time=100", "n=20; events=4; person_time=90"),
            reason(RR, "n=0; events=0", "n=20; events=4"),
            reason(RR, "missing=not reported", "n=20; events=4"),
            reason("measure = \"ROM\"", "n=20; mean=-5; sd=1", "n=20; mean=4; sd=1"),
            review(MD).study("A").result("A", "arm=e; n=20; mean=5; sd=1").reason(),
            review(MD).study("A").result("A", "arm=e; missing=in a figure only").reason(),
            review(MD).study("A").reason(),
            review("measure = \"MD\"\ntime = [\"4 weeks\"]")
                .study("A")
                .result("A", "arm=e; n=20; mean=5; sd=1; time=1 week; instrument=VAS")
                .reason(),
        ]
        .join("\n"),
        @r#"
    e: a mean without SD, SE or confidence interval
    e: a median without quartiles or range
    c: the number of people is 4; expected at least 5
    the data show no variation, so the sampling variance would be 0; expected at least one standard deviation above 0
    the number of people in the experimental arm is 1; expected at least 2
    e: events are reported, not a mean
    e: means are reported, not events
    e: events with person-time are a rate, not a risk
    the number of people in the experimental arm is 0; expected a number above 0
    e: not reported
    the mean of the experimental arm is -5; expected a number above 0
    results of only one of the two arms
    in a figure only
    no result for this outcome
    only results that the plan does not ask for: VAS, 1 week (the time is not “4 weeks”)
    "#
    );
}

#[test]
fn a_study_without_arms_in_both_groups_is_none_of_the_comparison() {
    let synthesis = review(MD)
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .row("studies.csv", "study=B")
        .arm("B", "e", "e")
        .result("B", "arm=e; n=20; mean=5; sd=1")
        .synthesis();
    assert_eq!((synthesis.studies.len(), synthesis.excluded.len()), (1, 0));
}

#[test]
fn the_most_wanted_time_and_instrument_are_used_and_the_choice_is_told() {
    let plan =
        "measure = \"MD\"\ntime = [\"12 weeks\", \"4 weeks\"]\ninstrument = [\"VAS\", \"NRS\"]";
    let mut made = review(plan).study("A");
    for (time, instrument, mean) in [
        ("4 weeks", "VAS", 1.0),
        ("12 weeks", "NRS", 2.0),
        ("12 weeks", "VAS", 3.0),
        ("1 year", "VAS", 4.0),
    ] {
        for (arm, mean) in [("e", mean), ("c", 0.0)] {
            made = made.result(
                "A",
                &format!(
                    "arm={arm}; n=20; mean={mean}; sd=1; time={time}; instrument={instrument}"
                ),
            );
        }
    }
    let effect = made.effect();
    assert_close([effect.effect.estimate], [3.0], 1e-12);
    let choice = effect.choice.unwrap();
    assert_eq!((choice.used.as_str(), choice.by_name), ("VAS, 12 weeks (final)", false));
    assert_eq!(choice.rule, "the plan wants “VAS” first");
    let others: Vec<String> =
        choice.others.iter().map(|it| format!("{}: {}", it.result, it.reason)).collect();
    assert_eq!(
        others,
        [
            "NRS, 12 weeks (final): wanted less: instrument",
            "VAS, 4 weeks (final): wanted less: time",
            "VAS, 1 year (final): not asked for: the time is not “12 weeks; 4 weeks”",
        ]
    );
}

#[test]
fn the_next_wanted_result_is_used_where_the_most_wanted_gives_no_number() {
    let effect = review("measure = \"MD\"\ntime = [\"12 weeks\", \"4 weeks\"]")
        .study("A")
        .result("A", "arm=e; time=12 weeks; missing=not reported")
        .result("A", "arm=c; time=12 weeks; missing=not reported")
        .result("A", "arm=e; time=4 weeks; n=20; mean=5; sd=1")
        .result("A", "arm=c; time=4 weeks; n=20; mean=4; sd=1")
        .effect();
    assert_close([effect.effect.estimate], [1.0], 1e-12);
}

#[test]
fn what_the_plan_leaves_open_does_not_hang_on_the_order_of_rows() {
    let rows = [
        "score=change; n=20; mean=1; sd=1",
        "n=20; mean=5; sd=1; time=b",
        "n=20; mean=6; sd=1; time=a",
    ];
    let estimate = |order: [usize; 3]| {
        let mut made = review(MD).study("A");
        for i in order {
            made = made
                .result("A", &format!("arm=e; {}", rows[i]))
                .result("A", &format!("arm=c; {}", rows[i].replace("mean=", "mean=0.")));
        }
        made.effect().effect.estimate
    };
    // Final values before changes, then by name: 6 − 0.6.
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        assert_close([estimate(order)], [5.4], 1e-12);
    }
}

#[test]
fn final_values_and_changes_mix_in_mean_differences_only() {
    let mixed = |measure: &str| {
        let mut made = review(&format!("measure = \"{measure}\"")).study("A").study("B").study("C");
        for (study, score) in [("A", "change"), ("B", "final"), ("C", "percent change")] {
            for (arm, mean) in [("e", 5), ("c", 4)] {
                let cells = format!("arm={arm}; score={score}; n=20; mean={mean}; sd=1");
                made = made.result(study, &cells);
            }
        }
        made.synthesis()
    };
    let names = |it: &consilience_review::analysis::Synthesis| -> Vec<String> {
        it.studies.iter().map(|it| it.study.clone()).collect()
    };
    let difference = mixed("MD");
    assert_eq!(names(&difference), ["A", "B"]);
    assert!(difference.notes.iter().any(|it| it.starts_with("final values and changes")));
    assert_eq!(
        difference.excluded[0].reason,
        "a percent change score, which this measure cannot pool with the final scores of other studies; `score` \
         chooses"
    );
    for measure in ["SMD", "ROM"] {
        let standardised = mixed(measure);
        assert_eq!(names(&standardised), ["B"]);
        let excluded: Vec<&str> =
            standardised.excluded.iter().map(|it| it.study.as_str()).collect();
        assert_eq!(excluded, ["A", "C"], "in the order of studies.csv");
        assert!(!standardised.notes.iter().any(|it| it.starts_with("final values")));
    }
}

#[test]
fn a_score_that_the_plan_names_is_the_only_one() {
    let made = review("measure = \"SMD\"\nscore = \"change\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .study("B")
        .result("B", "arm=e; score=change; n=20; mean=5; sd=1")
        .result("B", "arm=c; score=change; n=20; mean=4; sd=1");
    let synthesis = made.synthesis();
    assert_eq!(synthesis.studies[0].study, "B");
    assert!(
        synthesis.excluded[0].reason.starts_with("only results that the plan does not ask for")
    );
}

/// metafor 3.8-1: `rma(yi, vi, mods = ~ dose, data = …)` on the four mean differences.
#[test]
fn a_plan_with_moderators_has_a_regression_and_says_when_it_tells_little() {
    let made = |plan: &str| {
        let mut made = review(&format!("measure = \"MD\"\n{plan}"));
        for (i, (dose, mean)) in [("1", 5.1), ("2", 5.9), ("4", 7.2), ("8", 8.8)].iter().enumerate()
        {
            let name = format!("S{i}");
            made = made.study_with(&name, &format!("dose={dose}")).both_means(
                &name,
                (20.0, *mean, 2.0),
                (20.0, 5.0, 2.0),
            );
        }
        made
    };
    let synthesis = made("moderators = [\"dose\"]").synthesis();
    let regression = synthesis.regression.unwrap();
    assert_close([regression.fit.coefficients[1].estimate], [0.516_521_739_130], 1e-9);
    assert_close([regression.fit.coefficients[1].se], [0.117_953_564_924], 1e-9);
    assert!(
        synthesis
            .notes
            .iter()
            .any(|it| it.starts_with("meta-regression of 4 studies: fewer than 10"))
    );
    let unknown = made("moderators = [\"doze\"]").package().to_log();
    let messages: Vec<String> = unknown.diagnostics.iter().map(ToString::to_string).collect();
    assert!(messages.join("\n").contains("did you mean `dose`?"), "{messages:?}");
    let wrong = made("moderators = [\"dose)\"]").package().to_log();
    assert!(!wrong.is_sound());
}
