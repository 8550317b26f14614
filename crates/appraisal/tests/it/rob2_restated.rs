//! RoB 2 said a second time, as branches instead of tables, and compared with the tables over every set of answers.
//!
//! The branches follow the algorithms of the guidance (22 August 2019; cluster and crossover: 18 March 2021) and share no
//! code with the tables.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::{
    Aim, Answer, Assessment, Deviation, Judgement, Variant, questions, tool,
};

use Judgement::{High, Low, SomeConcerns};

/// The answers of one domain: `y`, `n` and `i` ask for yes, no and no information.
struct Given<'a>(&'a BTreeMap<String, Answer>);

impl Given<'_> {
    fn y(&self, question: &str) -> bool {
        matches!(self.0.get(question), Some(Answer::Yes | Answer::ProbablyYes))
    }
    fn n(&self, question: &str) -> bool {
        matches!(self.0.get(question), Some(Answer::No | Answer::ProbablyNo))
    }
    fn i(&self, question: &str) -> bool {
        self.0.get(question) == Some(&Answer::NoInformation)
    }
}

fn randomisation(a: &Given, prefix: &str) -> Judgement {
    let [sequence, concealed, baseline] = ["1", "2", "3"].map(|it| format!("{prefix}.{it}"));
    if a.n(&concealed) {
        High
    } else if a.y(&concealed) {
        if a.n(&sequence) || a.y(&baseline) { SomeConcerns } else { Low }
    } else if a.y(&baseline) {
        High
    } else {
        SomeConcerns
    }
}

fn recruitment(a: &Given) -> Judgement {
    if a.y("1b.1") {
        return Low;
    }
    match (a.y("1b.2"), a.n("1b.2"), a.y("1b.3")) {
        (true, ..) | (_, false, true) => High,
        (_, true, false) => Low,
        (_, true, true) | (_, false, false) => SomeConcerns,
    }
}

fn assignment(a: &Given, variant: Variant) -> Judgement {
    let participants_aware =
        if variant == Variant::Cluster { !a.n("2.1a") && !a.n("2.1b") } else { !a.n("2.1") };
    let departures = if !participants_aware && a.n("2.2") || a.n("2.3") {
        Low
    } else if a.i("2.3") || a.n("2.4") || a.y("2.5") {
        SomeConcerns
    } else {
        High
    };
    let analysis = if a.y("2.6") {
        Low
    } else if a.n("2.7") {
        SomeConcerns
    } else {
        High
    };
    departures.max(analysis)
}

/// In the order of the flow chart: those who were unaware go straight to 2.4 and 2.5.
fn adhering(a: &Given, addressed: &[Deviation]) -> Judgement {
    let aware = !a.n("2.1") || !a.n("2.2");
    let unbalanced =
        aware && addressed.contains(&Deviation::NonProtocolInterventions) && !a.y("2.3");
    let failed = addressed.contains(&Deviation::ImplementationFailures) && !a.n("2.4");
    let strayed = addressed.contains(&Deviation::NonAdherence) && !a.n("2.5");
    if !(unbalanced || failed || strayed) {
        Low
    } else if a.y("2.6") {
        SomeConcerns
    } else {
        High
    }
}

fn missing_data(a: &Given, variant: Variant) -> Judgement {
    let complete = match variant {
        Variant::Cluster => a.y("3.1a") && a.y("3.1b"),
        _ => a.y("3.1"),
    };
    if complete || a.y("3.2") || a.n("3.3") {
        Low
    } else if a.n("3.4") {
        SomeConcerns
    } else {
        High
    }
}

fn measurement(a: &Given, variant: Variant) -> Judgement {
    if a.y("4.1") || a.y("4.2") {
        return High;
    }
    let floor = if a.i("4.2") { SomeConcerns } else { Low };
    let unaware = match variant {
        Variant::Cluster => a.n("4.3a") || a.n("4.3b"),
        _ => a.n("4.3"),
    };
    if unaware || a.n("4.4") {
        floor
    } else if a.n("4.5") {
        SomeConcerns
    } else {
        High
    }
}

fn selection(a: &Given, variant: Variant) -> Judgement {
    let mut selected = vec!["5.2", "5.3"];
    if variant == Variant::Crossover {
        selected.push("5.4");
    }
    if selected.iter().any(|it| a.y(it)) {
        High
    } else if selected.iter().all(|it| a.n(it)) && a.y("5.1") {
        Low
    } else {
        SomeConcerns
    }
}

fn period(a: &Given) -> Judgement {
    if a.n("S.3") {
        High
    } else if a.y("S.3") && (a.y("S.1") || a.y("S.2")) {
        Low
    } else {
        SomeConcerns
    }
}

fn restated(assessment: &Assessment, domain: &str, a: &Given) -> Judgement {
    let variant = assessment.variant;
    let addressed: Vec<_> = assessment.deviations_addressed.iter().copied().collect();
    match domain {
        "1" | "1a" => randomisation(a, domain),
        "1b" => recruitment(a),
        "S" => period(a),
        "2" if assessment.aim == Aim::Adhering => adhering(a, &addressed),
        "2" => assignment(a, variant),
        "3" => missing_data(a, variant),
        "4" => measurement(a, variant),
        _ => selection(a, variant),
    }
}

/// Every way to answer some questions with yes, no or (where offered) no information, all questions answered whether
/// they apply or not. That "probably" counts as certainly is a property tested elsewhere.
fn every_set(questions: &[(&'static str, bool)]) -> Vec<BTreeMap<String, Answer>> {
    let mut sets = vec![BTreeMap::new()];
    for &(number, offers_no_information) in questions {
        let mut answers = vec![Answer::Yes, Answer::No];
        answers.extend(offers_no_information.then_some(Answer::NoInformation));
        sets = sets
            .iter()
            .flat_map(|set| {
                answers.iter().map(move |answer| {
                    let mut set: BTreeMap<String, Answer> = set.clone();
                    set.insert(number.to_owned(), *answer);
                    set
                })
            })
            .collect();
    }
    sets
}

fn compare(assessment: &Assessment) -> usize {
    let tool = tool(assessment);
    let all = questions(assessment.variant, assessment.aim);
    let mut compared = 0;
    for domain in &tool.domains {
        let asked: Vec<_> = all
            .iter()
            .filter(|it| it.domain == domain.id)
            .map(|it| (it.number, it.offered.contains(&Answer::NoInformation)))
            .collect();
        for answers in every_set(&asked) {
            let codes = answers.iter().map(|(q, a)| (q.clone(), a.code().to_owned())).collect();
            let judged = tool.judge_domain(domain, &codes);
            // The branches do not know which questions apply.
            let mut meant = answers;
            meant.retain(|question, _| judged.ignored.iter().all(|it| it.0 != *question));
            let expected = restated(assessment, &domain.id, &Given(&meant));
            assert_eq!(
                judged.judgement.as_deref(),
                Some(expected.name()),
                "{assessment:?} {meant:?}"
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn the_tables_say_what_the_branches_say_for_every_set_of_answers() {
    let deviations = [
        Deviation::NonProtocolInterventions,
        Deviation::ImplementationFailures,
        Deviation::NonAdherence,
    ];
    let mut compared = 0;
    for variant in [Variant::Parallel, Variant::Cluster, Variant::Crossover] {
        compared += compare(&Assessment::assignment(variant));
        for chosen in 1..8_usize {
            let chosen = deviations.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1);
            compared += compare(&Assessment::adhering(variant, chosen.map(|it| *it.1)));
        }
    }
    assert!(compared > 30_000, "{compared}");
}
