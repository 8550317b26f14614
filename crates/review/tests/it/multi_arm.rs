//! Trials with several arms in one group: nobody counts twice.

use consilience_review::analysis::{StudyData, StudyEffect};

use crate::made::{Made, assert_close, review};

/// Two doses and one control of 40, and a trial of one dose.
fn trial(plan: &str) -> Made {
    review(&format!("measure = \"MD\"\n{plan}"))
        .row("studies.csv", "study=A")
        .row("arms.csv", "study=A; arm=low; group=e; dose=10 mg")
        .row("arms.csv", "study=A; arm=high; group=e; dose=20 mg")
        .row("arms.csv", "study=A; arm=c; group=c; dose=")
        .result("A", "arm=low; n=20; mean=6; sd=2")
        .result("A", "arm=high; n=22; mean=8; sd=2")
        .result("A", "arm=c; n=40; mean=5; sd=2")
        .row("studies.csv", "study=B")
        .row("arms.csv", "study=B; arm=high; group=e; dose=20 mg")
        .row("arms.csv", "study=B; arm=c; group=c; dose=")
        .result("B", "arm=high; n=30; mean=9; sd=2")
        .result("B", "arm=c; n=30; mean=5; sd=2")
}

fn labels(effects: &[StudyEffect]) -> Vec<String> {
    effects.iter().map(StudyEffect::label).collect()
}

fn n_of(effect: &StudyEffect) -> [f64; 2] {
    match effect.data {
        StudyData::Means { experimental, comparator } => [experimental.n, comparator.n],
        StudyData::Events(it) => [it.n_e, it.n_c],
        _ => panic!("{effect:?}"),
    }
}

#[test]
fn arms_of_one_group_are_combined_unless_the_plan_says_otherwise() {
    let synthesis = trial("").synthesis();
    assert_eq!(labels(&synthesis.studies), ["A", "B"]);
    assert_close(n_of(&synthesis.studies[0]), [42.0, 40.0], 0.0);
    assert_eq!(synthesis.studies[0].conversions[0].conversion.name, "combine-groups");
}

#[test]
fn a_shared_control_is_split_among_the_arms_compared_with_it() {
    let synthesis = trial("multi_arm = \"split\"").synthesis();
    assert_eq!(labels(&synthesis.studies), ["A (low)", "A (high)", "B"]);
    assert_close(n_of(&synthesis.studies[0]), [20.0, 20.0], 0.0);
    assert_close(n_of(&synthesis.studies[1]), [22.0, 20.0], 0.0);
    assert_eq!(
        synthesis.studies[0].steps,
        ["c: 40 people divided among 2 comparisons (Handbook 23.3.4)"]
    );
    let people: Option<f64> = synthesis.studies.iter().map(|it| it.participants).sum();
    assert_eq!(people, Some(142.0), "nobody twice");
    let note = "A: the people of c are divided among 2 comparisons";
    assert!(synthesis.notes.iter().any(|it| it == note), "{:?}", synthesis.notes);
}

#[test]
fn events_are_divided_with_their_people() {
    let effects = review("measure = \"RR\"\nmulti_arm = \"split\"")
        .row("studies.csv", "study=A")
        .arm("A", "low", "e")
        .arm("A", "high", "e")
        .arm("A", "c", "c")
        .result("A", "arm=low; events=4; n=20")
        .result("A", "arm=high; events=2; n=20")
        .result("A", "arm=c; events=10; n=50")
        .synthesis()
        .studies;
    let table = effects[0].data.table().unwrap();
    assert_close([table.events_c, table.n_c], [5.0, 25.0], 0.0);
}

#[test]
fn several_controls_split_the_arm_that_is_tried() {
    let effects = review("measure = \"MD\"\nmulti_arm = \"split\"")
        .row("studies.csv", "study=A")
        .arm("A", "e", "e")
        .arm("A", "sham", "c")
        .arm("A", "usual care", "c")
        .result("A", "arm=e; n=30; mean=6; sd=2")
        .result("A", "arm=sham; n=20; mean=5; sd=2")
        .result("A", "arm=usual care; n=20; mean=4; sd=2")
        .synthesis()
        .studies;
    assert_eq!(labels(&effects), ["A (sham)", "A (usual care)"]);
    assert_close(n_of(&effects[0]), [15.0, 20.0], 0.0);
}

#[test]
fn split_arms_stand_in_the_subgroup_of_their_own_characteristic() {
    let synthesis = trial("multi_arm = \"split\"\nsubgroup = \"dose\"").synthesis();
    let found: Vec<(String, Vec<usize>)> =
        synthesis.subgroups.iter().map(|it| (it.level.clone(), it.members.clone())).collect();
    assert_eq!(found, [("10 mg".to_owned(), vec![0]), ("20 mg".to_owned(), vec![1, 2])]);
    // Combined arms of two doses have none in common.
    let combined = trial("subgroup = \"dose\"").synthesis();
    let levels: Vec<&str> = combined.subgroups.iter().map(|it| it.level.as_str()).collect();
    assert_eq!(levels, ["not stated", "20 mg"]);
}

#[test]
fn a_study_left_out_is_left_out_with_all_its_arms() {
    let synthesis = trial("multi_arm = \"split\"\nleave_one_out = true").synthesis();
    let without: Vec<(&str, usize)> =
        synthesis.leave_one_out.iter().map(|it| (it.study.as_str(), it.pooled.k)).collect();
    assert_eq!(without, [("A", 1), ("B", 2)]);
}

#[test]
fn the_arm_that_the_plan_selects_is_used_and_the_step_says_so() {
    let synthesis = trial("multi_arm = \"select\"\narms = [\"medium\", \"high\"]").synthesis();
    assert_eq!(labels(&synthesis.studies), ["A", "B"]);
    assert_close(n_of(&synthesis.studies[0]), [22.0, 40.0], 0.0);
    assert_eq!(synthesis.studies[0].steps, ["of the arms of the group e, the plan selects high"]);
    assert!(synthesis.studies[1].steps.is_empty());
}

#[test]
fn a_study_of_which_the_plan_selects_no_arm_is_left_out() {
    let synthesis = trial("multi_arm = \"select\"\narms = [\"medium\"]").synthesis();
    assert_eq!(labels(&synthesis.studies), ["B"]);
    assert_eq!(
        synthesis.excluded[0].reason,
        "2 arms in the group `e` (low; high), of which `arms` selects none"
    );
}

#[test]
fn a_selected_arm_has_its_contrast_where_there_are_several() {
    let made = |plan: &str| {
        review(&format!("measure = \"RR\"\n{plan}"))
            .row("studies.csv", "study=A")
            .arm("A", "low", "e")
            .arm("A", "high", "e")
            .arm("A", "c", "c")
            .result(
                "A",
                "arm=low; versus=c; effect=0.9; effect_measure=RR; ci_lower=0.6; ci_upper=1.35",
            )
            .result(
                "A",
                "arm=high; versus=c; effect=0.5; effect_measure=RR; ci_lower=0.25; ci_upper=1",
            )
    };
    assert!(made("").reason().starts_with("2 effects between arms of the two groups"));
    assert!(made("multi_arm = \"split\"").reason().starts_with("2 effects between arms"));
    let effect = made("multi_arm = \"select\"\narms = [\"high\"]").effect();
    assert_close([effect.effect.estimate], [0.5_f64.ln()], 1e-12);
}

/// A trial of two doses, one of which has this result.
fn with_low(cells: &str) -> Made {
    review("measure = \"RR\"\nmulti_arm = \"split\"")
        .row("studies.csv", "study=A")
        .arm("A", "low", "e")
        .arm("A", "high", "e")
        .arm("A", "c", "c")
        .result("A", &format!("arm=low; {cells}"))
        .result("A", "arm=high; events=2; n=20")
        .result("A", "arm=c; events=10; n=50")
}

#[test]
fn an_arm_without_a_number_shares_nothing() {
    let synthesis = with_low("missing=not reported").synthesis();
    assert_eq!(labels(&synthesis.studies), ["A"]);
    assert_close(n_of(&synthesis.studies[0]), [20.0, 50.0], 0.0);
    assert_eq!(synthesis.studies[0].steps, ["no result of low, so the group is high alone"]);
}

#[test]
fn an_arm_without_an_effect_of_its_own_is_named() {
    let synthesis = with_low("n=0; events=0").synthesis();
    assert_eq!(labels(&synthesis.studies), ["A (high)"]);
    let note = "A: no effect of low: the number of people in the experimental arm is 0; expected a number above 0";
    assert!(synthesis.notes.iter().any(|it| it == note), "{:?}", synthesis.notes);
}

#[test]
fn arms_to_select_and_the_choice_to_select_belong_together() {
    for (plan, expected) in [
        ("multi_arm = \"select\"", "found `select`, expected the arms wanted, most wanted first"),
        ("arms = [\"high\"]", "found `high`, expected `multi_arm = \"select\"` beside `arms`"),
    ] {
        let found = trial(plan).package().to_log().diagnostics;
        assert!(found[0].to_string().contains(expected), "{found:?}");
    }
}
