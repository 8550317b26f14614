//! Certainty: the numbers that ratings rest on, the program's proposals, the panel's decision, and whether it is stale.

use consilience_appraisal::grade::Domain;
use consilience_review::Keyword;
use consilience_review::certainty::{BodyOfEvidence, Evidence, Freshness};

use crate::made::{Made, assert_close, review};

/// Two trials of events: 20% of the comparator arms, and a risk ratio of 0.75 in both.
fn trials() -> Made {
    review("measure = \"RR\"\nmodel = \"common\"")
        .events("A", (150.0, 1000.0), (200.0, 1000.0))
        .events("B", (30.0, 200.0), (40.0, 200.0))
}

#[track_caller]
fn body(made: &Made) -> BodyOfEvidence {
    made.evaluation().certainty.remove(0)
}

#[track_caller]
fn evidence(made: &Made) -> Evidence {
    body(made).evidence.unwrap()
}

/// What is proposed, or why nothing is.
fn proposed(made: &Made, domain: Domain) -> String {
    match body(made).proposals.of(domain) {
        Ok(it) => format!("{}: {}", it.rating, it.reasons.join("; ")),
        Err(why) => format!("none: {why}"),
    }
}

fn name(made: &Made, domain: Domain) -> &'static str {
    body(made).proposals.of(domain).map_or("none", |it| it.rating.name())
}

fn freshness(made: &Made) -> Freshness {
    body(made).decision.unwrap().freshness()
}

#[test]
fn without_a_stated_risk_the_median_of_the_comparator_arms_is_taken() {
    let absolute = evidence(&trials()).absolute.unwrap();
    let row = &absolute.rows[0];
    assert_eq!(row.basis, "median of the comparator risks of 2 studies");
    let risk = row.intervention.unwrap();
    assert_close([row.comparator.unwrap(), risk.estimate], [200.0, 150.0], 1e-9);
    assert_close([row.difference.estimate], [-50.0], 1e-9);
}

#[test]
fn stated_risks_come_in_their_order_with_their_sources() {
    let made = trials()
        .baseline("label = \"Low risk\"\nper_1000 = 10\nsource = \"Register\"")
        .baseline("label = \"All\"\nbasis = \"pooled\"");
    let rows = evidence(&made).absolute.unwrap().rows;
    let found: Vec<_> = rows.iter().map(|it| (it.label.as_deref(), it.basis.as_str())).collect();
    assert_eq!(
        found,
        [
            (Some("Low risk"), "Register"),
            (Some("All"), "all people in the comparator arms of 2 studies")
        ]
    );
    assert_close([rows[0].difference.estimate, rows[1].difference.estimate], [-2.5, -50.0], 1e-9);
}

#[test]
fn a_mean_cannot_be_the_risk_of_an_event() {
    let made = trials().baseline("label = \"X\"\nmean = 10\nsource = \"Register\"");
    assert_eq!(
        evidence(&made).absolute.unwrap_err(),
        "X: a mean of 10 is stated for an outcome whose effect is one of events"
    );
}

#[test]
fn a_hazard_ratio_needs_a_stated_risk() {
    let made = review("measure = \"GEN\"\neffect_name = \"Hazard ratio\"\nratio = true")
        .study("A")
        .result("A", "arm=e; versus=c; effect=0.75; effect_measure=Hazard ratio; ci_lower=0.6; ci_upper=0.94; n=400");
    let why = evidence(&made).absolute.unwrap_err();
    assert!(why.contains("state a `[[baseline_risk]]`"), "{why}");
    let made = made.baseline("per_1000 = 200\nsource = \"Register\"");
    let risk = evidence(&made).absolute.unwrap().rows[0].intervention.unwrap();
    // 1 - 0.8^HR; the printed limits are rounded, so the pool's differ a little.
    assert_close([risk.estimate, risk.lower, risk.upper], [154.1, 125.3, 189.2], 0.3);
}

#[test]
fn each_relative_effect_leads_to_its_risk() {
    // 0.75 with the same limits as each measure, on 200 per 1000: p0·RR; OR·p0/(1 − p0 + OR·p0); 1 − (1 − p0)^HR; and for a
    // rate of 200 per 1000 person-years the rate ratio's product. By hand.
    for (name, expected) in [
        ("Risk ratio", [150.0, 120.0, 188.0]),
        ("Odds ratio", [157.895, 130.435, 190.283]),
        ("HR", [154.103, 125.307, 189.240]),
        ("Rate ratio", [150.0, 120.0, 188.0]),
    ] {
        let made = review(&format!("measure = \"GEN\"\neffect_name = \"{name}\"\nratio = true"))
            .study("A")
            .result(
                "A",
                &format!("arm=e; versus=c; effect=0.75; effect_measure={name}; se=0.114538; n=400"),
            )
            .baseline("per_1000 = 200\nsource = \"Register\"");
        let row = evidence(&made).absolute.unwrap().rows.remove(0);
        let risk = row.intervention.unwrap();
        // The interval of a standard error is symmetric on the log scale, that of 0.60 to 0.94 nearly so.
        assert_close([risk.estimate, risk.lower, risk.upper], expected, 1.0);
        assert_close([risk.estimate], [expected[0]], 5e-4);
    }
    let difference =
        review("measure = \"GEN\"\neffect_name = \"Risk difference\"").study("A").result(
            "A",
            "arm=e; versus=c; effect=-0.05; effect_measure=Risk difference; se=0.01; n=400",
        );
    let row = evidence(&difference).absolute.unwrap().rows.remove(0);
    assert_eq!((row.comparator, row.intervention), (None, None), "the difference needs no risk");
    assert_close([row.difference.estimate, row.difference.lower], [-50.0, -69.6], 1e-2);
    let unknown = review("measure = \"GEN\"\neffect_name = \"Slope\"")
        .study("A")
        .result("A", "arm=e; versus=c; effect=-0.05; effect_measure=Slope; se=0.01; n=400");
    assert!(evidence(&unknown).absolute.unwrap_err().contains("name it in `effect_name`"));
}

#[test]
fn a_risk_beyond_certainty_is_set_to_it_and_marked() {
    let made = review("measure = \"RR\"")
        .events("A", (90.0, 100.0), (45.0, 100.0))
        .baseline("per_1000 = 700\nsource = \"Register\"");
    let row = evidence(&made).absolute.unwrap().rows.remove(0);
    assert!(row.capped);
    assert_close([row.intervention.unwrap().estimate], [1000.0], 1e-9);
}

#[test]
fn a_body_that_was_not_pooled_counts_the_studies_that_say_something() {
    let made = review("measure = \"MD\"")
        .study_with("A", "study_type=randomised")
        .result("A", "arm=e; versus=c; favours=e; n=30")
        .study_with("B", "study_type=randomised")
        .result("B", "arm=e; missing=not reported");
    let body = body(&made);
    let evidence = body.evidence.unwrap();
    assert_eq!((evidence.studies, evidence.participants.known()), (1, Some(30.0)));
    assert_eq!(body.proposals.start.unwrap().0.name(), "randomised");
    assert!(body.levels.is_ok());
    assert_eq!(evidence.absolute.unwrap_err(), "no effect was pooled");
}

#[test]
fn means_and_standardised_differences_have_absolute_effects_of_their_own() {
    let means = |measure: &str| {
        review(&format!("measure = \"{measure}\"\nmodel = \"common\""))
            .means("A", (50.0, 20.0, 10.0), (50.0, 25.0, 10.0))
            .means("B", (50.0, 24.0, 10.0), (50.0, 31.0, 10.0))
    };
    let of = |made: &Made| evidence(made).absolute.unwrap();
    let absolute = of(&means("MD").outcome("unit = \"days\""));
    assert_eq!(absolute.scale.unit(), "days");
    let row = &absolute.rows[0];
    assert_close([row.comparator.unwrap(), row.difference.estimate], [28.0, -6.0], 1e-9);
    let smd = of(&means("SMD"));
    assert_eq!((smd.scale.unit().as_str(), smd.rows[0].comparator), ("standard deviations", None));
    let familiar = "familiar_scale = \"Itch scale, 0 to 100\"\nfamiliar_sd = 20\nfamiliar_sd_source = \"Trial A\"";
    let on_scale = of(&means("SMD").outcome(familiar));
    assert_eq!(on_scale.scale.unit(), "on Itch scale, 0 to 100");
    let (sds, points) = (smd.rows[0].difference.estimate, on_scale.rows[0].difference.estimate);
    assert_close([points], [20.0 * sds], 1e-12);
}

#[test]
fn imprecision_is_judged_on_the_absolute_effect_against_the_thresholds() {
    assert_eq!(
        proposed(&trials().outcome("thresholds = 10"), Domain::Imprecision),
        "serious: absolute effect −50 (−74.2 to −21.2) per 1000, thresholds ±10; the confidence interval crosses no threshold of \
         importance; 2400 participants meet the optimal information size of 1812; information size from: risk without the \
         intervention 0.2, relative risk reduction 25%, variance pooled under no effect, two-sided alpha 0.05, power 0.8"
            .replacen("serious", "not serious", 1)
    );
    assert_eq!(name(&trials().outcome("thresholds = 30"), Domain::Imprecision), "serious");
    let wide = review("measure = \"RR\"").events("A", (15.0, 100.0), (20.0, 100.0));
    assert_eq!(name(&wide.outcome("thresholds = 10"), Domain::Imprecision), "very serious");
}

#[test]
fn another_baseline_risk_that_would_be_rated_otherwise_is_named() {
    let made = trials()
        .outcome("thresholds = 10")
        .baseline("label = \"Trials\"\nbasis = \"median\"")
        .baseline("label = \"Low risk\"\nper_1000 = 50\nsource = \"Register\"");
    let words = proposed(&made, Domain::Imprecision);
    assert!(words.ends_with("Low risk: it would be serious"), "{words}");
}

#[test]
fn inconsistency_looks_at_the_thresholds_where_they_are_stated() {
    let apart = review("measure = \"RR\"\ntau2 = \"DL\"")
        .events("A", (100.0, 1000.0), (200.0, 1000.0))
        .events("B", (160.0, 1000.0), (200.0, 1000.0));
    assert_eq!(name(&apart, Domain::Inconsistency), "not serious");
    let same = proposed(&apart.clone().outcome("thresholds = 20"), Domain::Inconsistency);
    assert!(same.starts_with("not serious: I² 9"), "{same}");
    assert!(same.contains("an important decrease in 2, too little to matter in 0"), "{same}");
    assert_eq!(name(&apart.outcome("thresholds = 60"), Domain::Inconsistency), "serious");
}

#[test]
fn risk_of_bias_is_rated_by_weight_and_only_where_most_was_judged() {
    let why = proposed(&trials(), Domain::RiskOfBias);
    assert!(why.starts_with("none: 100% of the weight comes from results without"), "{why}");
    let judged = |a: &str, b: &str| {
        let row = |study: &str, answer: &str| {
            format!("study={study}; question=overall; answer={answer}; support=s; assessor=x")
        };
        trials().row("risk_of_bias.csv", &row("A", a)).row("risk_of_bias.csv", &row("B", b))
    };
    assert_eq!(name(&judged("Low", "Low"), Domain::RiskOfBias), "not serious");
    // B has a sixth of the weight, and A alone says the same.
    assert_eq!(name(&judged("Low", "High"), Domain::RiskOfBias), "not serious");
    assert_eq!(name(&judged("Some concerns", "Low"), Domain::RiskOfBias), "serious");
    let high = proposed(&judged("High", "Low"), Domain::RiskOfBias);
    assert!(
        high.starts_with("very serious: 17% of the weight comes from results at low"),
        "{high}"
    );
    assert!(high.contains("the conclusion changes without the results at high risk"), "{high}");
    assert!(
        high.contains("without results at high risk: 0.75 (0.49 to 1.15), 1 of 2 studies"),
        "{high}"
    );
}

#[test]
fn what_only_a_person_can_judge_is_not_proposed() {
    for domain in [Domain::Indirectness, Domain::DoseResponse, Domain::OpposingConfounding] {
        assert!(proposed(&trials(), domain).contains("a person must"), "{domain}");
    }
    let surrogate = trials().outcome("surrogate_for = \"fracture\"");
    assert_eq!(
        proposed(&surrogate, Domain::Indirectness),
        "serious: the outcome stands for fracture, which was not measured"
    );
}

#[test]
fn mismatches_of_the_studies_count_by_their_weight() {
    let made = |a: &str, b: &str| {
        review("measure = \"RR\"\nmodel = \"common\"")
            .study_with("A", &format!("indirect={a}"))
            .both_events("A", (150.0, 1000.0), (200.0, 1000.0))
            .study_with("B", &format!("indirect={b}"))
            .both_events("B", (30.0, 200.0), (40.0, 200.0))
    };
    assert_eq!(
        proposed(&made("population", "outcome"), Domain::Indirectness),
        "serious: 83% of the weight from another population; 17% of the weight from another outcome"
    );
    assert_eq!(name(&made("population;comparator", ""), Domain::Indirectness), "very serious");
    assert_eq!(name(&made("", "population"), Domain::Indirectness), "not serious");
    let found = made("people", "").package().to_log().diagnostics;
    assert!(found[0].expected.starts_with("`population`"), "{found:?}");
}

#[test]
fn only_non_randomised_studies_are_proposed_for_rating_up() {
    let with =
        |study_type: &str| {
            review("measure = \"RR\"")
                .study_with("A", &format!("study_type={study_type}"))
                .both_events("A", (20.0, 1000.0), (200.0, 1000.0))
        };
    let start = |made: &Made| body(made).proposals.start.map(|it| it.0.name());
    assert_eq!(start(&with("randomised")), Ok("randomised"));
    assert!(proposed(&with("randomised"), Domain::LargeEffect).starts_with("none: GRADE rates up"));
    assert_eq!(start(&with("case-control")), Ok("non-randomised"));
    assert_eq!(name(&with("case-control"), Domain::LargeEffect), "very large");
    assert!(start(&with("")).unwrap_err().contains("`study_type`"));
    let down = with("case-control").rated("risk of bias", "serious", "");
    assert!(proposed(&down, Domain::LargeEffect).starts_with("none: rated down for risk of bias"));
}

#[test]
fn levels_of_evidence_follow_the_lowest_design_included() {
    let with = |a: &str, b: &str| {
        review("measure = \"RR\"")
            .study_with("A", &format!("study_type={a}"))
            .both_events("A", (20.0, 1000.0), (200.0, 1000.0))
            .study_with("B", &format!("study_type={b}"))
            .both_events("B", (20.0, 1000.0), (200.0, 1000.0))
    };
    let levels = |made: &Made| {
        let levels = body(made).levels;
        levels
            .map(|it| it.iter().map(|it| format!("{} {}", it.scale, it.level)).collect::<Vec<_>>())
    };
    assert_eq!(
        levels(&with("randomised", "randomised")).unwrap(),
        ["Oxford CEBM 2011 1", "ASPS therapeutic II"]
    );
    assert_eq!(
        levels(&with("randomised", "retrospective comparative")).unwrap(),
        ["Oxford CEBM 2011 4", "ASPS therapeutic III"]
    );
    assert!(levels(&with("randomised", "")).is_err());
}

const NUMBERS: &str =
    "analysis=a; estimate=0.75; ci_lower=0.63; ci_upper=0.894; studies=2; participants=2400";

#[test]
fn a_rating_without_numbers_is_not_known_on_which_it_was_made() {
    let made = trials().rated("imprecision", "serious", "");
    assert_eq!(freshness(&made), Freshness::Unknown);
    let todos = made.evaluation().todos;
    assert!(
        todos
            .iter()
            .any(|it| it.what == "it is not known on which numbers the certainty of Y was rated")
    );
}

#[test]
fn a_rating_is_current_while_the_numbers_round_to_what_was_written() {
    let made = trials().rated("imprecision", "serious", NUMBERS);
    assert_eq!(freshness(&made), Freshness::Current);
}

#[test]
fn a_rating_is_stale_when_the_analysis_has_changed_and_says_what_changed() {
    let made = trials().rated("imprecision", "serious", NUMBERS).events(
        "C",
        (300.0, 1000.0),
        (200.0, 1000.0),
    );
    let Freshness::Stale(changes) = freshness(&made) else { panic!("{:?}", freshness(&made)) };
    assert_eq!(changes.len(), 5, "{changes:?}");
    assert!(changes[0].starts_with("the estimate was 0.75 and is 1.1"), "{changes:?}");
    assert_eq!(changes[3], "the number of studies was 2 and is 3");
    assert_eq!(changes[4], "the number of participants was 2400 and is 4400");
    let todos = made.evaluation().todos;
    assert!(
        todos.iter().any(|it| it.what.starts_with("the certainty of Y was rated on other numbers"))
    );
}

#[test]
fn a_rating_is_stale_when_another_analysis_is_the_main_one_or_the_proposal_has_changed() {
    let numbers = NUMBERS.replace("analysis=a", "analysis=old");
    let made = trials().rated("imprecision", "serious", &numbers);
    assert_eq!(
        freshness(&made),
        Freshness::Stale(vec!["the analysis was old and is a".to_owned()])
    );
    let made = trials().outcome("thresholds = 30").rated(
        "imprecision",
        "not serious",
        &format!("proposed=not serious; {NUMBERS}"),
    );
    let changed = "the program proposed not serious for imprecision and proposes serious now";
    assert_eq!(freshness(&made), Freshness::Stale(vec![changed.to_owned()]));
}

#[test]
fn the_template_is_current_and_holds_what_was_decided() {
    let made = trials().rated("imprecision", "serious", "");
    let rows = body(&made).template();
    assert_eq!(rows.len(), 9);
    let cells: Vec<String> =
        rows[4].iter().map(|(name, cell)| format!("{name}={}", cell.to_text())).collect();
    assert_eq!(
        cells.join("; "),
        "comparison=ec; outcome=y; domain=imprecision; rating=serious; reason=because; proposed=not serious; analysis=a; \
         estimate=0.75; ci_lower=0.62902; ci_upper=0.89425; studies=2; participants=2400"
    );
    let filled = trials().row("certainty.csv", &cells.join("; "));
    assert_eq!(freshness(&filled), Freshness::Current);
}

#[test]
fn the_certainty_follows_from_the_ratings_and_never_from_the_proposals() {
    let made = trials();
    assert_eq!(body(&made).decision, None);
    let made = made.rated("start", "randomised", "").rated("indirectness", "very serious", "");
    let decision = body(&made).decision.unwrap();
    assert_eq!(decision.certainty.name(), "Low");
    assert_eq!(decision.unrated().len(), 4);
}

#[test]
fn the_first_analysis_counts_unless_one_says_that_it_is_the_main_one() {
    let second = "measure = \"RR\"\n[[analysis]]\nid = \"b\"\ncomparison = \"ec\"\noutcome = \"y\"\nmeasure = \"OR\"";
    let analysis =
        |plan: &str| evidence(&review(plan).events("A", (15.0, 100.0), (20.0, 100.0))).analysis;
    assert_eq!(analysis(second), "a");
    assert_eq!(analysis(&format!("{second}\nmain = true")), "b");
    let package = review(&format!("main = true\n{second}\nmain = true")).package();
    let found = package.to_log().diagnostics;
    assert_eq!(found[0].found, "a second main analysis beside `a`");
}

#[test]
fn an_outcome_that_matters_is_there_even_if_nobody_measured_it() {
    let made = review("measure = \"RR\"").outcome("importance = \"critical\"");
    let body = body(&made);
    assert_eq!((body.main, body.evidence.unwrap().studies), (Some(0), 0));
    assert!(body.proposals.start.is_err());
}

#[test]
fn thresholds_and_baseline_risks_that_mean_nothing_are_refused_with_their_places() {
    let found = |made: Made| {
        let diagnostics = made.package().to_log().diagnostics;
        diagnostics
            .first()
            .map(|it| format!("{}: {}", it.place.field.clone().unwrap_or_default(), it.expected))
    };
    let thresholds = |text: &str| found(trials().outcome(&format!("thresholds = {text}")));
    for wrong in ["[3, 2, 1]", "-5", "[1, 2]", "0"] {
        let message = thresholds(wrong).unwrap();
        assert!(message.starts_with("thresholds: one number"), "{wrong}: {message}");
    }
    assert_eq!(thresholds("[1, 2, 3.5]"), None);
    let baseline = |text: &str| found(trials().baseline(text)).unwrap_or_default();
    assert!(baseline("per_1000 = 10").starts_with("source: where the number comes from"));
    assert!(baseline("per_1000 = 10\nbasis = \"median\"").starts_with("basis: one of"));
    assert!(baseline("label = \"x\"").starts_with("per_1000: one of"));
    let twice = "basis = \"median\"";
    assert!(found(trials().baseline(twice).baseline(twice)).is_some());
}
