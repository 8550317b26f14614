//! What the risk-of-bias tool refuses, leaves open, or sets aside, and the words it uses.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::{
    Answer, Assessment, Deviation, DomainJudgement, Judgement, Rob2Error, Variant, judge,
    judge_domain,
};

fn judged(domain: &str, answers: &[(&str, &str)]) -> Result<DomainJudgement, Rob2Error> {
    let assessment = Assessment::assignment(Variant::Parallel);
    judge_domain(&assessment, domain, &parse(answers))
}

fn parse(answers: &[(&str, &str)]) -> BTreeMap<String, Answer> {
    let pairs = answers.iter();
    pairs.map(|(question, answer)| ((*question).to_owned(), answer.parse().unwrap())).collect()
}

fn refusal(result: Result<DomainJudgement, Rob2Error>) -> String {
    result.expect_err("refused").to_string()
}

#[test]
fn answers_are_read_in_any_case_and_trimmed() {
    assert_eq!(" py ".parse(), Ok(Answer::ProbablyYes));
    assert_eq!("na".parse(), Ok(Answer::NotApplicable));
    assert_eq!("some concerns".parse(), Ok(Judgement::SomeConcerns));
    let error = "MAYBE".parse::<Answer>().unwrap_err().to_string();
    assert_eq!(error, r#""MAYBE" is not an answer; expected one of Y, PY, PN, N, NI, NA"#);
}

#[test]
fn no_information_is_refused_where_it_is_not_offered() {
    let reason = refusal(judged("3", &[("3.1", "N"), ("3.2", "NI")]));
    assert_eq!(reason, "question 3.2 does not offer the answer NI; it offers NA, Y, PY, PN, N");
}

#[test]
fn not_applicable_is_refused_where_the_question_always_applies() {
    let reason = refusal(judged("1", &[("1.1", "NA")]));
    assert_eq!(reason, "question 1.1 does not offer the answer NA; it offers Y, PY, PN, N, NI");
}

#[test]
fn questions_and_domains_of_other_variants_or_aims_are_refused() {
    let reason = refusal(judged("2", &[("2.1a", "Y")]));
    assert_eq!(
        reason,
        r#"there is no question "2.1a" for parallel trials and the effect of assignment"#
    );
    let reason = refusal(judged("1b", &[]));
    assert_eq!(reason, r#"parallel trials have no domain "1b"; their domains are 1, 2, 3, 4, 5"#);
}

#[test]
fn adhering_is_refused_without_a_deviation_to_address() {
    let assessment = Assessment::adhering(Variant::Parallel, []);
    assert_eq!(judge(&assessment, &BTreeMap::new()), Err(Rob2Error::DeviationsMissing));
}

#[test]
fn nothing_answered_is_incomplete_and_lists_what_always_applies() {
    let result = judge(&Assessment::assignment(Variant::Parallel), &BTreeMap::new()).unwrap();
    assert_eq!(result.overall, None);
    let missing: Vec<_> = result.domains.iter().flat_map(|d| d.missing.clone()).collect();
    let always =
        ["1.1", "1.2", "1.3", "2.1", "2.2", "2.6", "3.1", "4.1", "4.2", "5.1", "5.2", "5.3"];
    assert_eq!(missing, always);
}

#[test]
fn a_condition_met_early_asks_its_question_early() {
    let open = judged("2", &[("2.2", "Y")]).unwrap();
    assert_eq!(open.missing, ["2.1", "2.3", "2.6"]);
}

#[test]
fn not_applicable_on_a_question_that_applies_is_never_reassuring() {
    let open = judged("3", &[("3.1", "N"), ("3.2", "NA")]).unwrap();
    assert_eq!((open.judgement, open.missing), (None, vec!["3.2"]));
    // Not even where the rest of the answers would settle the judgement.
    let assessment = Assessment::adhering(
        Variant::Parallel,
        [Deviation::ImplementationFailures, Deviation::NonAdherence],
    );
    let answers = [("2.1", "N"), ("2.2", "N"), ("2.4", "Y"), ("2.5", "NA"), ("2.6", "N")];
    let open = judge_domain(&assessment, "2", &parse(&answers)).unwrap();
    assert_eq!((open.judgement, open.path, open.missing), (None, vec![], vec!["2.5"]));
}

#[test]
fn a_judgement_is_proposed_once_settled_and_what_is_missing_still_listed() {
    let high = judged("5", &[("5.1", "Y"), ("5.2", "Y")]).unwrap();
    assert_eq!(high.judgement, Some(Judgement::High));
    assert_eq!(high.missing, ["5.3"]);
    assert_eq!(high.path, [("5.2", Answer::Yes)]);
    assert_eq!(judged("5", &[("5.1", "Y"), ("5.2", "N")]).unwrap().judgement, None);
}

#[test]
fn an_answer_to_a_question_that_does_not_apply_is_set_aside() {
    let answers =
        [("2.1", "N"), ("2.2", "PN"), ("2.3", "Y"), ("2.4", "NA"), ("2.6", "Y"), ("2.7", "NA")];
    let low = judged("2", &answers).unwrap();
    assert_eq!(low.judgement, Some(Judgement::Low));
    assert_eq!(low.ignored, [("2.3", Answer::Yes)]);
}

#[test]
fn the_path_holds_the_answers_that_led_to_the_judgement() {
    let path = |domain, answers: &[(&str, &str)]| {
        let path = judged(domain, answers).unwrap().path;
        path.iter().map(|(question, answer)| format!("{question}={answer}")).collect::<Vec<_>>()
    };
    assert_eq!(path("1", &[("1.1", "Y"), ("1.2", "PN"), ("1.3", "N")]), ["1.2=PN"]);
    assert_eq!(
        path("2", &[("2.1", "N"), ("2.2", "Y"), ("2.3", "PN"), ("2.6", "Y")]),
        ["2.1=N", "2.2=Y", "2.3=PN", "2.6=Y"]
    );
    assert_eq!(
        path("3", &[("3.1", "N"), ("3.2", "N"), ("3.3", "Y"), ("3.4", "N")]),
        ["3.1=N", "3.2=N", "3.3=Y", "3.4=N"]
    );
}

#[test]
fn the_result_is_judged_from_the_answers_of_all_its_domains() {
    let answers = parse(&[
        ("1.1", "Y"),
        ("1.2", "Y"),
        ("1.3", "N"),
        ("2.1", "N"),
        ("2.2", "N"),
        ("2.6", "Y"),
        ("3.1", "Y"),
        ("4.1", "N"),
        ("4.2", "NI"),
        ("4.3", "N"),
        ("5.1", "NI"),
        ("5.2", "N"),
        ("5.3", "N"),
    ]);
    let result = judge(&Assessment::assignment(Variant::Parallel), &answers).unwrap();
    let names: Vec<_> = result.domains.iter().map(|d| d.judgement.unwrap().name()).collect();
    assert_eq!(names, ["Low", "Low", "Low", "Some concerns", "Some concerns"]);
    assert_eq!(result.overall, Some(Judgement::SomeConcerns));
    assert!(result.may_raise_to_high);
}
