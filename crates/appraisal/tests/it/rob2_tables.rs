//! The decision tables for risk of bias, a line for each row, and what holds of all of them.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::{
    Aim, Answer, Assessment, Deviation, Judgement, Variant, domains, judge, judge_domain,
    may_raise_to_high, overall, questions,
};
use proptest::prelude::*;

/// Checks lines such as "1.1=Y 1.2=PY 1.3=N: Low".
fn check(assessment: &Assessment, domain: &str, table: &[&str]) {
    for line in table {
        let (answers, expected) = line.split_once(": ").unwrap();
        let judged = judge_domain(assessment, domain, &parse(answers)).unwrap();
        assert_eq!(judged.judgement.map(Judgement::name), Some(expected), "{line}");
        assert!(judged.missing.is_empty(), "{line}: {:?}", judged.missing);
        assert!(judged.ignored.is_empty(), "{line}: {:?}", judged.ignored);
    }
}

fn parse(answers: &str) -> BTreeMap<String, Answer> {
    let pairs = answers.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(question, answer)| (question.to_owned(), answer.parse().unwrap())).collect()
}

fn assignment(variant: Variant) -> Assessment {
    Assessment::assignment(variant)
}

const ALL_DEVIATIONS: [Deviation; 3] = [
    Deviation::NonProtocolInterventions,
    Deviation::ImplementationFailures,
    Deviation::NonAdherence,
];

#[test]
fn domain_1_looks_at_concealment_then_sequence_then_baseline() {
    let table = [
        "1.1=Y 1.2=N 1.3=N: High",
        "1.1=N 1.2=Y 1.3=Y: Some concerns",
        "1.1=N 1.2=PY 1.3=NI: Some concerns",
        "1.1=Y 1.2=Y 1.3=PY: Some concerns",
        "1.1=NI 1.2=Y 1.3=Y: Some concerns",
        "1.1=PY 1.2=PY 1.3=PN: Low",
        "1.1=NI 1.2=Y 1.3=NI: Low",
        "1.1=Y 1.2=NI 1.3=Y: High",
        "1.1=N 1.2=NI 1.3=N: Some concerns",
        "1.1=NI 1.2=NI 1.3=NI: Some concerns",
    ];
    check(&assignment(Variant::Parallel), "1", &table);
    check(&assignment(Variant::Crossover), "1", &table);
    check(
        &assignment(Variant::Cluster),
        "1a",
        &table.map(|line| line.replace("1.", "1a.")).each_ref().map(String::as_str),
    );
}

#[test]
fn domain_1b_looks_at_recruitment_after_randomisation_of_the_cluster() {
    check(
        &assignment(Variant::Cluster),
        "1b",
        &[
            "1b.1=Y 1b.2=NA 1b.3=Y: Low",
            "1b.1=N 1b.2=Y 1b.3=N: High",
            "1b.1=NI 1b.2=N 1b.3=NI: Low",
            "1b.1=PN 1b.2=PN 1b.3=PY: Some concerns",
            "1b.1=N 1b.2=NI 1b.3=N: Some concerns",
            "1b.1=N 1b.2=NI 1b.3=Y: High",
        ],
    );
}

#[test]
fn domain_2_for_assignment_is_the_worse_of_departures_and_analysis() {
    let table = [
        "2.1=N 2.2=PN 2.3=NA 2.4=NA 2.5=NA 2.6=Y 2.7=NA: Low",
        "2.1=Y 2.2=N 2.3=N 2.6=Y: Low",
        "2.1=N 2.2=NI 2.3=NI 2.6=Y: Some concerns",
        "2.1=Y 2.2=Y 2.3=Y 2.4=N 2.6=Y: Some concerns",
        "2.1=Y 2.2=Y 2.3=PY 2.4=NI 2.5=PY 2.6=Y: Some concerns",
        "2.1=Y 2.2=Y 2.3=Y 2.4=Y 2.5=NI 2.6=Y: High",
        "2.1=N 2.2=N 2.6=N 2.7=N: Some concerns",
        "2.1=N 2.2=N 2.6=NI 2.7=NI: High",
        "2.1=Y 2.2=Y 2.3=NI 2.6=NI 2.7=Y: High",
        "2.1=Y 2.2=Y 2.3=Y 2.4=Y 2.5=N 2.6=N 2.7=N: High",
    ];
    check(&assignment(Variant::Parallel), "2", &table);
    check(&assignment(Variant::Crossover), "2", &table);
}

#[test]
fn domain_2_of_cluster_trials_first_asks_whether_participants_knew_of_the_trial() {
    check(
        &assignment(Variant::Cluster),
        "2",
        &[
            "2.1a=N 2.1b=NA 2.2=N 2.6=Y: Low",
            "2.1a=Y 2.1b=N 2.2=N 2.6=Y: Low",
            "2.1a=N 2.2=Y 2.3=N 2.6=Y: Low",
            "2.1a=Y 2.1b=Y 2.2=N 2.3=NI 2.6=Y: Some concerns",
            "2.1a=NI 2.1b=NI 2.2=N 2.3=Y 2.4=Y 2.5=N 2.6=Y: High",
        ],
    );
}

#[test]
fn domain_2_for_adhering_asks_for_a_correcting_analysis_once_something_deviated() {
    let assessment = Assessment::adhering(Variant::Parallel, ALL_DEVIATIONS);
    let table = [
        "2.1=N 2.2=N 2.3=NA 2.4=N 2.5=PN 2.6=NA: Low",
        "2.1=Y 2.2=N 2.3=Y 2.4=N 2.5=N: Low",
        "2.1=Y 2.2=Y 2.3=NI 2.4=N 2.5=N 2.6=PY: Some concerns",
        "2.1=N 2.2=N 2.4=NI 2.5=N 2.6=Y: Some concerns",
        "2.1=N 2.2=N 2.4=N 2.5=Y 2.6=N: High",
        "2.1=Y 2.2=Y 2.3=PN 2.4=N 2.5=N 2.6=NI: High",
    ];
    check(&assessment, "2", &table);
    check(&Assessment { variant: Variant::Cluster, ..assessment }, "2", &table);
}

#[test]
fn domain_2_for_adhering_asks_only_about_the_deviations_addressed() {
    let only = |deviation| Assessment::adhering(Variant::Parallel, [deviation]);
    check(&only(Deviation::NonAdherence), "2", &["2.1=Y 2.2=Y 2.3=NA 2.4=NA 2.5=N: Low"]);
    check(&only(Deviation::ImplementationFailures), "2", &["2.1=Y 2.2=Y 2.4=Y 2.6=N: High"]);
    check(&only(Deviation::NonProtocolInterventions), "2", &["2.1=N 2.2=N 2.3=NA: Low"]);
}

#[test]
fn domain_3_asks_why_data_are_missing() {
    let table = [
        "3.1=Y 3.2=NA 3.3=NA 3.4=NA: Low",
        "3.1=NI 3.2=Y: Low",
        "3.1=N 3.2=N 3.3=N: Low",
        "3.1=N 3.2=PN 3.3=NI 3.4=N: Some concerns",
        "3.1=N 3.2=N 3.3=Y 3.4=NI: High",
    ];
    check(&assignment(Variant::Parallel), "3", &table);
    check(&assignment(Variant::Crossover), "3", &table);
    check(
        &assignment(Variant::Cluster),
        "3",
        &[
            "3.1a=Y 3.1b=PY: Low",
            "3.1a=N 3.1b=Y 3.2=Y: Low",
            "3.1a=Y 3.1b=NI 3.2=N 3.3=Y 3.4=Y: High",
        ],
    );
}

#[test]
fn domain_4_asks_how_then_by_whom_the_outcome_was_measured() {
    let table = [
        "4.1=Y 4.2=N 4.3=NA 4.4=NA 4.5=NA: High",
        "4.1=N 4.2=Y: High",
        "4.1=N 4.2=N 4.3=N: Low",
        "4.1=NI 4.2=N 4.3=Y 4.4=N: Low",
        "4.1=N 4.2=N 4.3=NI 4.4=Y 4.5=N: Some concerns",
        "4.1=N 4.2=N 4.3=Y 4.4=NI 4.5=NI: High",
        "4.1=N 4.2=NI 4.3=N: Some concerns",
        "4.1=N 4.2=NI 4.3=Y 4.4=N: Some concerns",
        "4.1=N 4.2=NI 4.3=Y 4.4=Y 4.5=PN: Some concerns",
        "4.1=N 4.2=NI 4.3=Y 4.4=Y 4.5=Y: High",
    ];
    check(&assignment(Variant::Parallel), "4", &table);
    check(&assignment(Variant::Crossover), "4", &table);
    check(
        &assignment(Variant::Cluster),
        "4",
        &[
            "4.1=N 4.2=N 4.3a=N 4.3b=NA: Low",
            "4.1=N 4.2=N 4.3a=NI 4.3b=N: Low",
            "4.1=N 4.2=NI 4.3a=Y 4.3b=N: Some concerns",
            "4.1=N 4.2=N 4.3a=Y 4.3b=NI 4.4=Y 4.5=Y: High",
        ],
    );
}

#[test]
fn domain_5_looks_at_selection_before_the_plan() {
    let table = [
        "5.1=Y 5.2=Y 5.3=N: High",
        "5.1=Y 5.2=NI 5.3=PY: High",
        "5.1=Y 5.2=NI 5.3=N: Some concerns",
        "5.1=Y 5.2=N 5.3=NI: Some concerns",
        "5.1=PY 5.2=N 5.3=PN: Low",
        "5.1=NI 5.2=N 5.3=N: Some concerns",
    ];
    check(&assignment(Variant::Parallel), "5", &table);
    check(&assignment(Variant::Cluster), "5", &table);
    check(
        &assignment(Variant::Crossover),
        "5",
        &[
            "5.1=Y 5.2=N 5.3=N 5.4=Y: High",
            "5.1=Y 5.2=N 5.3=N 5.4=NI: Some concerns",
            "5.1=Y 5.2=N 5.3=N 5.4=N: Low",
            "5.1=N 5.2=N 5.3=N 5.4=N: Some concerns",
        ],
    );
}

#[test]
fn domain_s_is_a_reconstruction_and_says_so() {
    check(
        &assignment(Variant::Crossover),
        "S",
        &[
            "S.1=Y S.2=NA S.3=N: High",
            "S.1=N S.2=Y S.3=Y: Low",
            "S.1=Y S.3=Y: Low",
            "S.1=Y S.3=NI: Some concerns",
            "S.1=N S.2=NI S.3=Y: Some concerns",
        ],
    );
    let note = domains(Variant::Crossover)[1].note;
    assert!(note.is_some_and(|note| note.contains("could not be verified")));
}

#[test]
fn overall_is_the_worst_domain_and_raising_it_is_left_to_the_rater() {
    use Judgement::{High, Low, SomeConcerns};
    let rule = |domains: &[Judgement]| {
        let domains: Vec<_> = domains.iter().copied().map(Some).collect();
        (overall(&domains), may_raise_to_high(&domains))
    };
    assert_eq!(rule(&[Low, Low, Low, Low, Low]), (Some(Low), false));
    assert_eq!(rule(&[Low, SomeConcerns, Low, Low, Low]), (Some(SomeConcerns), false));
    assert_eq!(rule(&[SomeConcerns; 5]), (Some(SomeConcerns), true));
    assert_eq!(rule(&[SomeConcerns, SomeConcerns, High, Low, Low]), (Some(High), false));
    assert_eq!(overall(&[Some(High), None]), None);
    assert_eq!(overall(&[]), None);
}

/// Any design and aim, with one answer ("not applicable" left out) to each of its questions.
fn complete() -> impl Strategy<Value = (Assessment, BTreeMap<String, Answer>)> {
    let variants = [Variant::Parallel, Variant::Cluster, Variant::Crossover];
    let deviations = proptest::sample::subsequence(ALL_DEVIATIONS.to_vec(), 0..=3);
    (proptest::sample::select(variants.to_vec()), deviations).prop_flat_map(|(variant, chosen)| {
        let assessment = if chosen.is_empty() {
            Assessment::assignment(variant)
        } else {
            Assessment::adhering(variant, chosen)
        };
        let answers: Vec<_> = questions(variant, assessment.aim)
            .iter()
            .map(|question| {
                let meant = question.offered.iter().filter(|a| **a != Answer::NotApplicable);
                let answer = proptest::sample::select(meant.copied().collect::<Vec<_>>());
                (Just(question.number.to_owned()), answer)
            })
            .collect();
        (Just(assessment), answers.prop_map(BTreeMap::from_iter))
    })
}

fn proposals(
    assessment: &Assessment,
    answers: &BTreeMap<String, Answer>,
) -> Vec<Option<Judgement>> {
    let result = judge(assessment, answers).unwrap();
    result.domains.iter().map(|domain| domain.judgement).collect()
}

proptest! {
    #[test]
    fn complete_answers_always_lead_to_a_judgement((assessment, answers) in complete()) {
        let result = judge(&assessment, &answers).unwrap();
        prop_assert!(result.overall.is_some());
        for domain in result.domains {
            prop_assert!(domain.missing.is_empty());
            prop_assert!(!domain.path.is_empty());
        }
    }

    #[test]
    fn an_early_judgement_is_never_revised_by_the_answers_still_to_come(
        (assessment, answers) in complete(),
        kept in proptest::collection::vec(any::<bool>(), 40),
    ) {
        let some: BTreeMap<_, _> =
            answers.iter().zip(kept).filter(|(_, kept)| *kept).map(|((q, a), _)| (q.clone(), *a)).collect();
        let (early, late) = (proposals(&assessment, &some), proposals(&assessment, &answers));
        for (early, late) in early.into_iter().zip(late) {
            prop_assert!(early.is_none() || early == late);
        }
    }

    #[test]
    fn probably_counts_as_certainly((assessment, answers) in complete()) {
        let certain = answers.iter().map(|(question, answer)| {
            let answer = match answer {
                Answer::ProbablyYes => Answer::Yes,
                Answer::ProbablyNo => Answer::No,
                other => *other,
            };
            (question.clone(), answer)
        });
        prop_assert_eq!(proposals(&assessment, &certain.collect()), proposals(&assessment, &answers));
    }

    #[test]
    fn answers_to_questions_that_do_not_apply_change_nothing((assessment, answers) in complete()) {
        let ignored: Vec<_> =
            judge(&assessment, &answers).unwrap().domains.into_iter().flat_map(|d| d.ignored).collect();
        let mut without = answers.clone();
        without.retain(|question, _| ignored.iter().all(|(number, _)| number != question));
        prop_assert_eq!(proposals(&assessment, &without), proposals(&assessment, &answers));
    }
}

#[test]
fn every_question_belongs_to_a_domain_of_its_variant() {
    for variant in [Variant::Parallel, Variant::Cluster, Variant::Crossover] {
        let ids: Vec<_> = domains(variant).iter().map(|domain| domain.id).collect();
        for aim in [Aim::Assignment, Aim::Adhering] {
            for question in questions(variant, aim) {
                assert!(ids.contains(&question.domain), "{}", question.number);
                assert!(question.number.starts_with(question.domain), "{}", question.number);
            }
        }
    }
}
