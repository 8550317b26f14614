//! The sentence that states a result.

use consilience_report::statement;
use consilience_review::Package;

use crate::sample::{package, read};

fn stated(package: &Package, analysis: &str) -> String {
    let (_, evaluation) = read(package);
    let found = evaluation.syntheses.iter().find(|it| it.plan.id == analysis);
    statement(found.unwrap()).replace('\u{a0}', " ")
}

fn edited(edits: &[(&str, &str, &str)]) -> Package {
    let mut package = package();
    for (name, old, new) in edits {
        let text = String::from_utf8(package.files[*name].clone()).unwrap();
        assert!(text.contains(old), "{old}");
        package.files.insert((*name).to_owned(), text.replace(old, new).into_bytes());
    }
    package
}

#[test]
fn a_pool_is_stated_with_its_size_precision_direction_and_spread() {
    assert_eq!(
        stated(&package(), "itch"),
        "2 studies (300 participants): risk ratio 0.57 (95% CI 0.33 to 0.96), P = 0.04; the estimate favours \
         Cream; random effects (REML, Wald interval); τ² = 0, I² = 0%."
    );
}

#[test]
fn one_study_is_not_called_a_pool_and_its_pairs_count_once() {
    assert_eq!(
        stated(&package(), "score"),
        "1 study (20 participants): mean difference −1.00 points (95% CI −1.49 to −0.51), P < 0.0001; the \
         estimate favours Cream; one study, so nothing was pooled."
    );
}

#[test]
fn an_interval_that_includes_no_difference_is_said_to() {
    let package =
        edited(&[("results.csv", "Bell 2002,itch,cream,,50,8", "Bell 2002,itch,cream,,50,18")]);
    let text = stated(&package, "itch");
    assert!(text.contains("and the interval includes no difference (1)"), "{text}");
}

#[test]
fn without_a_settled_direction_the_sentence_favours_nobody() {
    let package =
        edited(&[("review.toml", "name = \"Itch\"\ndirection = \"lower\"", "name = \"Itch\"")]);
    let text = stated(&package, "itch");
    assert!(text.contains("the estimate is lower with Cream than with No cream"), "{text}");
}

#[test]
fn mantel_haenszel_and_peto_are_stated_as_they_were_pooled() {
    let random = edited(&[(
        "review.toml",
        "measure = \"RR\"",
        "measure = \"RR\"\nmethod = \"Mantel-Haenszel\"",
    )]);
    assert!(
        stated(&random, "itch").contains("random effects (Mantel-Haenszel, DL, Wald interval)")
    );
    let peto = edited(&[("review.toml", "measure = \"RR\"", "measure = \"PETO\"")]);
    assert!(stated(&peto, "itch").contains("common effect (Peto)"));
}

#[test]
fn where_nothing_was_pooled_the_directions_are_stated() {
    let package = edited(&[
        ("results.csv", "Ames 2001,itch,cream,,100,10", "Ames 2001,score,cream,,100,10"),
        ("results.csv", "Bell 2002,itch,cream,,50,8", "Bell 2002,score,cream,,50,8"),
    ]);
    assert_eq!(
        stated(&package, "itch"),
        "No pooled estimate. The 1 study with a direction of effect favours Cream; 2 studies give no clear direction."
    );
}

#[test]
fn the_people_of_a_cluster_trial_are_those_who_were_there() {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add(
        "review.toml",
        "[review]\ntitle = \"T\"\n[[outcome]]\nid = \"o\"\nname = \"O\"\n[[comparison]]\nid = \"c\"\nname = \"C\"\n\
         experimental = \"e\"\ncomparator = \"c\"\n[[analysis]]\nid = \"a\"\ncomparison = \"c\"\noutcome = \"o\"\nmeasure = \"RR\"\n",
    );
    add("studies.csv", "study,design,icc,cluster_size\nA,cluster,0.02,29.8\n");
    add("arms.csv", "study,arm,group\nA,e,e\nA,c,c\n");
    add("results.csv", "study,outcome,arm,n,events\nA,o,e,295,63\nA,o,c,330,84\n");
    // Divided by the design effect, 1.576, they would be 396.6.
    assert!(stated(&package, "a").contains("(625 participants)"));
}
