//! Answers become judgements: which answers hold for which result, and what assessors must agree on.

use consilience_review::risk_of_bias::{RobAssessment, assessment_for};

use crate::made::{Made, review};

/// Answers that make every domain of RoB 2 low.
const LOW: [(&str, &str); 14] = [
    ("1.1", "Y"),
    ("1.2", "Y"),
    ("1.3", "N"),
    ("2.1", "N"),
    ("2.2", "N"),
    ("2.6", "Y"),
    ("3.1", "Y"),
    ("4.1", "N"),
    ("4.2", "N"),
    ("4.3", "N"),
    ("5.1", "Y"),
    ("5.2", "N"),
    ("5.3", "N"),
    ("2.7", "NA"),
];

fn study() -> Made {
    review("measure = \"MD\"").study("A")
}

fn answer(made: Made, cells: &str) -> Made {
    made.row("risk_of_bias.csv", &format!("study=A; {cells}"))
}

/// All domains low, but for the questions that are left to the test.
fn low_but(open: &[&str]) -> Made {
    LOW.iter().filter(|it| !open.contains(&it.0)).fold(study(), |made, (question, value)| {
        answer(made, &format!("question={question}; answer={value}; assessor=ann"))
    })
}

#[track_caller]
fn assessments(made: &Made) -> Vec<RobAssessment> {
    made.evaluation().risk_of_bias
}

#[test]
fn complete_answers_give_every_domain_and_the_whole_a_judgement() {
    let all = assessments(&low_but(&[]));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].refused, None);
    assert_eq!(all[0].overall_words().as_deref(), Some("Low"));
    assert_eq!(
        (all[0].proposed.as_ref().map(|it| it.name.as_str()), all[0].domains.len()),
        (Some("Low"), 5)
    );
}

#[test]
fn a_missing_answer_leaves_its_domain_and_the_whole_open() {
    let all = assessments(&low_but(&["3.1"]));
    let domain = all[0].domains.iter().find(|it| it.domain.id == "3").unwrap();
    assert_eq!(
        (domain.words(), domain.proposal.missing.as_slice()),
        (None, ["3.1".to_owned()].as_slice())
    );
    assert_eq!(all[0].overall(), None);
}

#[test]
fn a_persons_judgement_comes_before_the_proposal_and_the_worst_domain_decides() {
    let made = answer(low_but(&[]), "question=domain 4; answer=High; support=rated by the surgeon");
    let all = assessments(&made);
    let domain = all[0].domains.iter().find(|it| it.domain.id == "4").unwrap();
    assert_eq!(domain.proposed.as_ref().map(|it| it.name.as_str()), Some("Low"));
    assert_eq!(domain.decided.as_ref().unwrap().1, "rated by the surgeon");
    assert_eq!(all[0].overall_words().as_deref(), Some("High"));
    let made = answer(made, "question=overall; answer=Some concerns; support=of little weight");
    assert_eq!(assessments(&made)[0].overall_words().as_deref(), Some("Some concerns"));
}

#[test]
fn answers_for_the_whole_study_hold_for_an_outcome_that_has_none_of_its_own() {
    let made = answer(low_but(&[]), "question=4.1; answer=Y; outcome=y; assessor=ann");
    let all = assessments(&made);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].overall_words().as_deref(), Some("Low"), "the study as a whole is as it was");
    let of_outcome = assessment_for(&all, "A", "y").unwrap();
    assert_eq!(of_outcome.outcome.as_deref(), Some("y"));
    assert_eq!(of_outcome.overall_words().as_deref(), Some("High"));
    assert_eq!(of_outcome.entries.len(), LOW.len(), "the other answers are the study's");
    assert_eq!(assessment_for(&all, "A", "another").unwrap().outcome, None);
    assert!(assessment_for(&all, "B", "y").is_none());
}

#[test]
fn assessors_who_disagree_leave_the_question_open_until_consensus() {
    let made = answer(low_but(&[]), "question=3.1; answer=N; assessor=bob");
    let all = assessments(&made);
    assert_eq!(all[0].disagreements, ["3.1"]);
    assert_eq!(all[0].overall(), None);
    let made = answer(made, "question=3.1; answer=Y; assessor=consensus");
    let all = assessments(&made);
    assert!(all[0].disagreements.is_empty());
    assert_eq!(all[0].overall_words().as_deref(), Some("Low"));
    let agreed = answer(low_but(&[]), "question=3.1; answer=Y; assessor=bob");
    assert_eq!(assessments(&agreed)[0].overall_words().as_deref(), Some("Low"));
}

#[test]
fn two_assessors_of_certainty_rate_down_once() {
    let rate = |made: Made, rating: &str, who: &str| {
        made.row(
            "certainty.csv",
            &format!(
                "comparison=ec; outcome=y; domain=imprecision; rating={rating}; reason=few; assessor={who}"
            ),
        )
    };
    let made = rate(rate(study(), "serious", "ann"), "serious", "bob");
    let decision = |made: &Made| made.evaluation().certainty.remove(0).decision.unwrap();
    let decided = decision(&made);
    assert_eq!((decided.certainty.name(), decided.entries.len()), ("Moderate", 1));
    let split = rate(made, "very serious", "cy");
    let decided = decision(&split);
    assert_eq!((decided.certainty.name(), decided.disagreements.len()), ("Low", 1));
    let settled = decision(&rate(split, "serious", "consensus"));
    assert_eq!((settled.certainty.name(), settled.disagreements.len()), ("Moderate", 0));
}

/// A tool of one question.
const OWN: &str = "name = \"Recall\"
answers = [{ code = \"Y\", name = \"Yes\" }, { code = \"N\", name = \"No\" }]
levels = [{ name = \"Fine\", light = \"low\" }, { name = \"Poor\", light = \"high\" }]

[[domains]]
id = \"1\"
name = \"Recall\"

[[domains.questions]]
number = \"1.1\"
text = \"Recalled?\"

[[domains.rows]]
when = \"1.1 = N\"
judgement = \"Fine\"

[[domains.rows]]
when = \"1.1 = Y\"
judgement = \"Poor\"
";

#[test]
fn a_teams_own_tool_stands_in_the_package_and_judges() {
    let mut package = answer(study(), "tool=Recall; question=1.1; answer=Y").package();
    package.files.insert("tools/recall.toml".to_owned(), OWN.as_bytes().to_vec());
    let reading = package.to_log();
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    let judged = consilience_review::risk_of_bias::assessments(&reading.state);
    assert_eq!(judged[0].overall_words().as_deref(), Some("Poor"));
    let again = consilience_review::Package::from_state(&reading.state, &package.blobs());
    assert_eq!(again.to_log().state, reading.state);
    package.files.remove("tools/recall.toml");
    let found = package.to_log().diagnostics;
    assert!(found.iter().any(|it| it.found == "`Recall`"), "{found:?}");
}

#[test]
fn directions_and_preliminaries_are_kept() {
    let made = answer(low_but(&[]), "question=direction 2; answer=favours experimental");
    let made = answer(made, "question=direction overall; answer=Unpredictable");
    let made = answer(made, "question=sources; answer=article, registry");
    let all = assessments(&made);
    let direction = all[0].domains[1].direction.map(consilience_review::Keyword::name);
    assert_eq!(direction, Some("Favours experimental"));
    assert!(all[0].direction.is_some() && all[0].overall_words().as_deref() == Some("Low"));
}
