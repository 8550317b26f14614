//! The risk-of-bias tool against the reference cases: every path, and input to refuse.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::{
    Aim, Answer, Assessment, Judgement, Variant, judge_domain, may_raise_to_high, overall,
};
use serde_json::Value;

use crate::shared::{cases, text};

#[test]
fn agrees_with_every_confirmed_and_derived_case() {
    let Some(cases) = cases("rob2_cases.json", None) else { return };
    let checked = check(&cases, &["confirmed", "derived"]);
    assert!(checked > 9000, "{checked} cases");
}

/// Kept apart so that a correction of the reference is a change of data.
#[test]
fn agrees_with_the_disputed_and_unverified_cases_as_they_stand() {
    let Some(cases) = cases("rob2_cases.json", None) else { return };
    assert!(check(&cases, &["disputed", "unverified"]) > 100);
}

fn check(cases: &[Value], statuses: &[&str]) -> usize {
    let chosen = cases.iter().filter(|case| statuses.contains(&text(case, "status")));
    chosen
        .map(|case| {
            let expected: Judgement = text(case, "expected").parse().unwrap();
            assert_eq!(proposal(case), Ok(Some(expected)), "{case}");
            if let Some(may) = case.get("rater_may_raise_to_high") {
                assert_eq!(may_raise_to_high(&domain_judgements(case)), *may, "{case}");
            }
        })
        .count()
}

#[test]
fn refuses_or_leaves_open_every_negative_case() {
    let Some(cases) = cases("rob2_negative_cases.json", None) else { return };
    for case in &cases {
        let question = case["question"].as_str();
        match text(case, "error") {
            "answer-not-allowed" | "preliminary-missing" => {
                let reason = proposal(case).expect_err("refused");
                assert!(reason.contains(question.unwrap_or("deviation")), "{reason}");
            }
            "incomplete" | "na-but-applicable" if text(case, "domain") == "overall" => {
                let judged = domain_judgements(case);
                assert_eq!(overall(&judged), None, "{case}");
            }
            "incomplete" | "na-but-applicable" => {
                let judged = judge_case(case).unwrap();
                assert_eq!(judged.judgement, None, "{case}");
                assert!(judged.missing.contains(&question.unwrap()), "{case}");
            }
            "answered-but-not-applicable" => {
                let judged = judge_case(case).unwrap();
                assert_eq!(judged.ignored[0].0, question.unwrap(), "{case}");
                assert!(judged.path.iter().all(|(asked, _)| Some(*asked) != question), "{case}");
            }
            other => panic!("a kind of error this test does not know: {other}"),
        }
    }
}

fn proposal(case: &Value) -> Result<Option<Judgement>, String> {
    if text(case, "domain") == "overall" {
        return Ok(overall(&domain_judgements(case)));
    }
    judge_case(case).map(|judged| judged.judgement)
}

fn judge_case(case: &Value) -> Result<consilience_appraisal::rob2::DomainJudgement, String> {
    let (domain, aim) = match text(case, "domain").split_once('-') {
        Some((domain, aim)) => (domain, aim.parse().unwrap()),
        None => (text(case, "domain"), Aim::Assignment),
    };
    let deviations = case["deviations_addressed"].as_array().into_iter().flatten();
    let assessment = Assessment {
        variant: text(case, "variant").parse().unwrap(),
        aim,
        deviations_addressed: deviations.map(|d| d.as_str().unwrap().parse().unwrap()).collect(),
    };
    let answers = answers(case)?;
    judge_domain(&assessment, domain, &answers).map_err(|error| error.to_string())
}

fn answers(case: &Value) -> Result<BTreeMap<String, Answer>, String> {
    let answers = case["answers"].as_object().unwrap().iter();
    answers
        .map(|(question, answer)| {
            let answer = answer.as_str().unwrap();
            let answer = answer.parse().map_err(|error| format!("{question}: {error}"))?;
            Ok((question.clone(), answer))
        })
        .collect()
}

/// The domains' judgements of a case about the overall judgement, in the tool's order.
fn domain_judgements(case: &Value) -> Vec<Option<Judgement>> {
    let variant: Variant = text(case, "variant").parse().unwrap();
    let ids = consilience_appraisal::rob2::domains(variant).iter().map(|domain| domain.id);
    ids.map(|id| case["answers"][id].as_str().map(|name| name.parse().unwrap())).collect()
}
