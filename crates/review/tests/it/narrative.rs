//! What is said where effects cannot be pooled: P values with their direction, and a vote by direction.

use consilience_review::analysis::{Favoured, Narrative, NarrativeP, NarrativeRow};

use crate::made::{Made, assert_close, review};

const MD: &str = "measure = \"MD\"";

/// A study that says only this of `e` against `c`.
fn says(made: Made, study: &str, cells: &str) -> Made {
    made.study(study).result(study, &format!("arm=e; versus=c; {cells}"))
}

#[track_caller]
fn narrative(made: &Made) -> Narrative {
    made.synthesis().narrative.unwrap()
}

#[track_caller]
fn row(cells: &str) -> NarrativeRow {
    narrative(&says(review(MD), "A", cells)).rows.remove(0)
}

#[test]
fn a_p_value_counts_one_sided_towards_the_experimental_arm() {
    for (cells, expected) in [
        ("p_value=<0.05; favours=e", Some(0.025)),
        ("p_value==0.2; favours=c", Some(0.9)),
        ("p_value=0.000; favours=e", Some(0.000_25)),
        ("p_value=>0.05; favours=e", None),
        ("p_value=NS; favours=e", None),
        ("p_value==0.03; favours=neither", None),
        ("p_value==0.03; favours=unclear", None),
        ("p_value==0.03", None),
        ("favours=e", None),
    ] {
        let found = row(cells).one_sided;
        assert_eq!(found.is_some(), expected.is_some(), "{cells}");
        assert_close([found.unwrap_or(0.0)], [expected.unwrap_or(0.0)], 1e-15);
    }
}

#[test]
fn a_direction_is_read_from_words_or_from_a_printed_effect_either_way_round() {
    use Favoured::{Comparator, Experimental, Neither, Unclear};
    for (cells, expected) in [
        ("favours=e", Some(Experimental)),
        ("favours=c", Some(Comparator)),
        ("favours=neither", Some(Neither)),
        ("favours=unclear", Some(Unclear)),
        ("effect=2; effect_measure=MD", Some(Experimental)),
        ("effect=-2; effect_measure=MD", Some(Comparator)),
        ("effect=0.8; effect_measure=OR", Some(Comparator)),
        ("effect=1.2; effect_measure=rate ratio", Some(Experimental)),
        ("p_value==0.04", None),
    ] {
        assert_eq!(row(cells).favours, expected, "{cells}");
    }
    let reversed = |cells: &str| {
        let made = review(MD).study("A").result("A", &format!("arm=c; versus=e; {cells}"));
        narrative(&made).rows[0].favours
    };
    assert_eq!(reversed("effect=2; effect_measure=MD"), Some(Comparator));
    assert_eq!(reversed("favours=e; p_value==0.01"), Some(Experimental));
}

#[test]
fn a_ratio_of_the_plans_own_name_is_compared_with_one() {
    let plan = "measure = \"GEN\"\neffect_name = \"Incidence rate\"\nratio = true";
    let made = says(review(plan), "A", "effect=0.7; effect_measure=Incidence rate");
    assert_eq!(narrative(&made).rows[0].favours, Some(Favoured::Comparator));
}

#[test]
fn without_a_better_direction_an_effect_favours_nobody() {
    let made =
        says(review(MD).without_direction(), "A", "effect=2; effect_measure=MD; p_value=<0.01");
    let rows = narrative(&made).rows;
    assert_eq!((rows[0].favours, rows[0].one_sided), (None, None));
}

#[test]
fn p_values_are_combined_from_two_studies_on() {
    let mut made = says(review(MD), "A", "p_value=<0.05; favours=e");
    let alone = narrative(&made);
    assert!(alone.fisher.is_none() && alone.stouffer.is_none());
    made = says(made, "B", "p_value==0.2; favours=c");
    made = says(made, "C", "p_value==0.02; favours=e");
    made = says(made, "D", "favours=neither");
    let all = narrative(&made);
    // By hand from 0.025, 0.9 and 0.01: χ² with six degrees of freedom, and Σz/√3.
    assert_close([all.fisher.unwrap().p_value], [0.010_051_752_519], 1e-12);
    assert_close([all.stouffer.unwrap().p_value], [0.041_388_192_163], 1e-12);
    let vote = all.vote.unwrap();
    assert_eq!((vote.positive, vote.total), (2, 3));
}

#[test]
fn pooled_studies_vote_by_their_effect() {
    let made = says(review(MD), "A", "p_value==0.2; favours=c").means(
        "B",
        (20.0, 5.0, 2.0),
        (25.0, 4.0, 2.5),
    );
    let rows = narrative(&made).rows;
    assert_eq!(rows[1].favours, Some(Favoured::Experimental));
    let Some(NarrativeP::Computed(p)) = rows[1].p_value else { panic!("{:?}", rows[1]) };
    // z = 1/√0.45.
    assert_close([p, rows[1].one_sided.unwrap()], [0.136_037_128, 0.068_018_564], 1e-9);
}

#[test]
fn an_effect_counts_before_words_that_mean_significance() {
    let with = |cells: &str| {
        let made = says(review(MD), "A", "p_value==0.2; favours=c")
            .means("B", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
            .result("B", &format!("arm=e; versus=c; {cells}"));
        narrative(&made).rows.remove(1)
    };
    let no_difference = with("p_value=NS; favours=neither");
    assert_eq!(no_difference.favours, Some(Favoured::Experimental));
    assert!(matches!(no_difference.p_value, Some(NarrativeP::Printed(_))), "as printed");
    assert_close([no_difference.one_sided.unwrap()], [0.068_018_564], 1e-9);
    assert_eq!(no_difference.remark, None);
    let contradiction = with("p_value==0.1; favours=c");
    assert_eq!(contradiction.favours, Some(Favoured::Experimental));
    assert_close([contradiction.one_sided.unwrap()], [0.05], 1e-12);
    assert_eq!(
        contradiction.remark.as_deref(),
        Some("the text favours the other arm than the numbers do; the numbers count here")
    );
}

#[test]
fn the_number_analysed_is_of_all_arms_and_of_each_person_once() {
    let n = |made: Made| narrative(&says(made, "Z", "favours=e")).rows[0].n;
    let both = ((20.0, 5.0, 2.0), (20.0, 4.0, 2.5));
    assert_eq!(n(review(MD).means("A", both.0, both.1)), Some(40.0));
    let paired = review(MD).study_with("A", "design=crossover").both_means("A", both.0, both.1);
    assert_eq!(n(paired), Some(20.0));
    assert_eq!(row("favours=e; n=31").n, Some(31.0));
    assert_eq!(row("favours=e").n, None);
}

#[test]
fn a_result_that_the_plan_does_not_ask_for_has_no_vote() {
    let plan = "measure = \"MD\"\ntime = [\"12 weeks\"]";
    let made = says(review(plan), "A", "time=4 weeks; p_value==0.01; favours=e");
    assert!(made.synthesis().narrative.is_none());
    let made = made.result("A", "arm=e; versus=c; time=12 weeks; p_value==0.3; favours=c");
    assert_eq!(narrative(&made).rows[0].favours, Some(Favoured::Comparator));
}

#[test]
fn where_everything_was_pooled_nothing_needs_telling() {
    let pooled = review(MD).means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5));
    assert!(pooled.synthesis().narrative.is_none());
    let silent = pooled.study("B").result("B", "arm=e; missing=not reported");
    assert!(silent.synthesis().narrative.is_none());
}
