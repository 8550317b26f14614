//! What must not be overlooked stands among the notes of a synthesis, and whose people an effect is of is known.

use consilience_review::analysis::StudyEffect;

use crate::made::{Made, review};

const GEN: &str = "measure = \"GEN\"";

/// The notes, without those on the method.
#[track_caller]
fn notes(made: &Made) -> Vec<String> {
    let mut notes = made.synthesis().notes;
    notes.retain(|it| !it.starts_with("one study: "));
    notes
}

/// A trial's own effect with its interval.
fn effect(made: Made, study: &str, [estimate, lower, upper]: [&str; 3]) -> Made {
    made.study(study).result(
        study,
        &format!(
            "arm=e; versus=c; effect={estimate}; effect_measure=X; ci_lower={lower}; ci_upper={upper}"
        ),
    )
}

fn effects(plan: &str, printed: &[[&str; 3]]) -> Made {
    let numbered = printed.iter().enumerate();
    numbered.fold(review(plan), |made, (i, it)| effect(made, &format!("S{i}"), *it))
}

#[test]
fn an_interval_off_its_estimate_is_noted() {
    let made = review("measure = \"RR\"")
        .study("A")
        .result("A", "arm=e; versus=c; effect=1; effect_measure=RR; ci_lower=0.5; ci_upper=3");
    let doubt = "the estimate is not in the middle of its interval, so the SE may mislead";
    assert_eq!(notes(&made), [format!("A: {doubt}")]);
    assert_eq!(made.effect().steps[0], format!("warning: {doubt}"));
    assert_eq!(made.effect().cautions, [doubt]);
}

#[test]
fn skewed_numbers_are_noted_arm_by_arm() {
    let made = review("measure = \"MD\"")
        .study("A")
        .result("A", "arm=e; n=50; median=2; q1=1; q3=9")
        .result("A", "arm=c; n=50; mean=5; sd=3");
    let doubt = "the numbers of e are skewed (Shi 2023), so mean and SD may mislead";
    assert_eq!(notes(&made), [format!("A: {doubt}")]);
    assert!(made.effect().steps.contains(&format!("warning: {doubt}")));
}

#[test]
fn studies_that_share_a_caution_share_a_note() {
    let made = review("measure = \"RR\"")
        .events("A", (0.0, 40.0), (5.0, 40.0))
        .events("B", (3.0, 40.0), (5.0, 40.0))
        .events("C", (0.0, 30.0), (2.0, 30.0));
    assert_eq!(notes(&made)[0], "A, C: an empty cell: one half added to each of the four");
    let randomised = review("measure = \"RR\"")
        .row("studies.csv", "study=A")
        .row("arms.csv", "study=A; arm=e; group=e; n=40")
        .row("arms.csv", "study=A; arm=c; group=c; n=41")
        .result("A", "arm=e; events=3")
        .result("A", "arm=c; events=5");
    assert_eq!(
        notes(&randomised),
        ["A: the number randomised stands for the number analysed, which is not printed"]
    );
}

#[test]
fn nothing_is_noted_of_plain_numbers() {
    let made = review("measure = \"RR\"").events("A", (4.0, 123.0), (11.0, 139.0));
    assert_eq!((notes(&made), made.effect().cautions), (vec![], vec![]));
}

const RATIOS: &str = "these look like ratios: all are above 0, and in the middle of their intervals as logarithms \
                      only; `--ratio`, or `ratio = true` in review.toml, analyses them as ratios";

fn is_taken_for_ratios(plan: &str, printed: &[[&str; 3]]) -> bool {
    effects(plan, printed).synthesis().notes.contains(&RATIOS.to_owned())
}

#[test]
fn generic_effects_that_look_like_ratios_are_pointed_out() {
    let hazards = [["0.64", "0.33", "1.22"], ["0.80", "0.65", "0.98"], ["1.01", "1.00", "1.02"]];
    assert!(is_taken_for_ratios(GEN, &hazards));
    assert!(is_taken_for_ratios("measure = \"GEN\"\neffect_name = \"X\"", &hazards));
    assert!(!is_taken_for_ratios("measure = \"GEN\"\nratio = true", &hazards));
}

#[test]
fn generic_effects_that_may_be_differences_are_left_alone() {
    // In the middle of their intervals as they are.
    assert!(!is_taken_for_ratios(GEN, &[["3.8", "1.04", "6.56"], ["10", "8", "12"]]));
    // Too few digits to tell.
    assert!(!is_taken_for_ratios(GEN, &[["12", "9", "16"]]));
    assert!(!is_taken_for_ratios(GEN, &[["1.01", "1.00", "1.02"]]));
    // One that is a difference, or cannot be a ratio, speaks for all.
    let hazard = ["0.64", "0.33", "1.22"];
    assert!(!is_taken_for_ratios(GEN, &[hazard, ["10.0", "8.0", "12.0"]]));
    assert!(!is_taken_for_ratios(GEN, &[hazard, ["0.30", "-0.10", "0.70"]]));
    assert!(!is_taken_for_ratios(GEN, &[hazard, ["-0.30", "-0.50", "-0.10"]]));
    // Without an interval nobody knows.
    let with_se = effects(GEN, &[hazard])
        .study("Z")
        .result("Z", "arm=e; versus=c; effect=0.8; effect_measure=X; se=0.1");
    assert!(!with_se.synthesis().notes.contains(&RATIOS.to_owned()));
}

fn participants(made: &Made) -> Option<f64> {
    let effect: StudyEffect = made.effect();
    effect.participants
}

#[test]
fn the_people_of_both_arms_are_added_up() {
    let parallel = review("measure = \"RR\"").events("A", (4.0, 123.0), (11.0, 139.0));
    assert_eq!(participants(&parallel), Some(262.0));
    let three_arms = review("measure = \"MD\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .arm("A", "e2", "e")
        .result("A", "arm=e2; n=30; mean=5; sd=2");
    assert_eq!(participants(&three_arms), Some(75.0));
}

#[test]
fn paired_people_count_once() {
    for design in ["crossover", "within-person"] {
        let study = |plan: &str| review(plan).study_with("A", &format!("design={design}"));
        let means = study("measure = \"MD\"").both_means("A", (10.0, 7.0, 2.0), (10.0, 6.5, 2.0));
        let events = study("measure = \"RR\"").both_events("A", (32.0, 70.0), (25.0, 70.0));
        assert_eq!((participants(&means), participants(&events)), (Some(10.0), Some(70.0)));
    }
}

#[test]
fn people_of_clusters_are_as_printed() {
    let cells = "design=cluster; icc=0.05; cluster_size=21";
    let study = |plan: &str| review(plan).study_with("A", cells);
    let means = study("measure = \"MD\"").both_means("A", (100.0, 7.0, 2.0), (110.0, 6.5, 2.0));
    let events = study("measure = \"RR\"").both_events("A", (32.0, 100.0), (25.0, 110.0));
    assert_eq!((participants(&means), participants(&events)), (Some(210.0), Some(210.0)));
}

#[test]
fn a_trials_own_effect_has_its_own_number_or_none() {
    let contrast = |n: &str| {
        review("measure = \"MD\"")
            .study("A")
            .result("A", &format!("arm=e; versus=c; {n}effect=1; effect_measure=MD; se=1"))
    };
    assert_eq!(participants(&contrast("n=47; ")), Some(47.0));
    assert_eq!(participants(&contrast("")), None);
}
