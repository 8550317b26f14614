//! Review Manager 5's own files: every statistic of every dichotomous outcome and subgroup, at full precision.

use consilience_stats::{
    DichotomousMethod, MhMeasure, MhModel, RevManAnalysis, RevManOptions, RevManResult,
    RevManSynthesis, Totals, TwoByTwo, review_manager,
};

use super::formats;

#[test]
fn every_statistic_of_review_manager_files_is_reproduced() {
    let mut outcomes = 0;
    for name in ["antibiotics-for-sore-throat.rm5", "Fleiss1993.rm5"] {
        let path = formats().join("rm5").join(name);
        if !path.exists() {
            eprintln!("skipped: no {name} (set CONSILIENCE_FORMATS to its folder)");
            return;
        }
        for outcome in read(&path) {
            outcome.check();
            outcomes += 1;
        }
    }
    println!("{outcomes} outcomes of Review Manager files reproduced");
    assert!(outcomes > 0, "no outcome was read");
}

/// One outcome with its rows in order, each in the subgroup before it, if any.
struct Outcome {
    tag: Tag,
    subgroups: Vec<Tag>,
    rows: Vec<(usize, Tag)>,
}

/// An element's attributes as they stand.
#[derive(Clone)]
struct Tag(String);

impl Tag {
    fn text(&self, name: &str) -> &str {
        let start = self.0.find(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name}"));
        let value = &self.0[start + name.len() + 3..];
        &value[..value.find('"').unwrap()]
    }

    fn number(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap()
    }

    fn is_estimable(&self) -> bool {
        self.text("ESTIMABLE") == "YES"
    }

    #[track_caller]
    fn close(&self, name: &str, got: f64, tolerance: f64) {
        let expected = self.number(name);
        assert!(
            (got - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{name} is {expected} in {}, got {got}",
            self.0
        );
    }
}

fn read(path: &std::path::Path) -> Vec<Outcome> {
    #[expect(clippy::disallowed_methods, reason = "a test's panic names the path itself")]
    let bytes = std::fs::read(path).unwrap();
    // ISO 8859-1: each byte is its character.
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for part in text.split('<') {
        let Some((name, _)) = part.split_once(' ') else { continue };
        let tag = Tag(part.to_owned());
        match (name, outcomes.last_mut()) {
            ("DICH_OUTCOME", _) => {
                outcomes.push(Outcome { tag, subgroups: Vec::new(), rows: Vec::new() });
            }
            ("DICH_SUBGROUP", Some(outcome)) => outcome.subgroups.push(tag),
            ("DICH_DATA", Some(outcome)) => outcome.rows.push((outcome.subgroups.len(), tag)),
            _ => {}
        }
    }
    outcomes
}

/// Review Manager computes in double precision, as does the engine.
const EXACT: f64 = 1e-11;

/// Its p values come from approximations of the distributions.
const P_VALUE: f64 = 2e-6;

impl Outcome {
    fn check(&self) {
        let measure = match self.tag.text("EFFECT_MEASURE") {
            "RR" => MhMeasure::RiskRatio,
            "OR" => MhMeasure::OddsRatio,
            other => panic!("measure {other}"),
        };
        assert_eq!((self.tag.text("METHOD"), self.tag.text("SWAP_EVENTS")), ("MH", "NO"));
        let model = match self.tag.text("RANDOM") {
            "YES" => MhModel::RandomEffects,
            _ => MhModel::CommonEffect,
        };
        let tables: Vec<TwoByTwo> = self.rows.iter().map(|(_, tag)| table(tag)).collect();
        let labels: Vec<usize> = self.rows.iter().map(|(subgroup, _)| *subgroup).collect();
        let method = DichotomousMethod::MantelHaenszel(model);
        let analysis = RevManAnalysis::Dichotomous { tables: &tables, measure, method };
        let grouped = !self.subgroups.is_empty();
        let options = RevManOptions::default();
        let result = review_manager(&analysis, grouped.then_some(&labels[..]), &options).unwrap();
        self.check_studies(&result);
        check_total(&self.tag, result.overall.as_ref().ok(), model);
        for subgroup in &result.subgroups {
            let tag = &self.subgroups[subgroup.label - 1];
            check_total(tag, subgroup.synthesis.as_ref().ok(), model);
        }
        if let Some(test) = result.subgroup_test {
            self.tag.close("Q", test.q, 1e-9);
            self.tag.close("P_Q", test.p_value, P_VALUE);
            self.tag.close("I2_Q", test.i2, 1e-9);
        }
    }

    fn check_studies(&self, result: &RevManResult) {
        for ((_, tag), study) in self.rows.iter().zip(&result.studies) {
            assert_eq!(tag.is_estimable(), study.effect.is_ok(), "{}", tag.0);
            tag.close("WEIGHT", study.weight, EXACT);
            let (Ok(effect), Some(interval)) = (study.effect, study.interval) else { continue };
            tag.close("EFFECT_SIZE", libm::exp(effect.estimate), EXACT);
            tag.close("CI_START", libm::exp(interval.lower), EXACT);
            tag.close("CI_END", libm::exp(interval.upper), EXACT);
            tag.close("SE", effect.se(), EXACT);
        }
    }
}

fn table(tag: &Tag) -> TwoByTwo {
    TwoByTwo {
        events_e: tag.number("EVENTS_1"),
        n_e: tag.number("TOTAL_1"),
        events_c: tag.number("EVENTS_2"),
        n_c: tag.number("TOTAL_2"),
    }
}

/// The total of an outcome or subgroup; events and people are those of all its studies, estimable or not.
fn check_total(tag: &Tag, synthesis: Option<&RevManSynthesis>, model: MhModel) {
    assert_eq!(tag.is_estimable(), synthesis.is_some(), "{}", tag.0);
    let Some(RevManSynthesis { pooled, i2_from_q, totals, .. }) = synthesis else { return };
    tag.close("EFFECT_SIZE", libm::exp(pooled.estimate), EXACT);
    tag.close("CI_START", libm::exp(pooled.ci.lower), EXACT);
    tag.close("CI_END", libm::exp(pooled.ci.upper), EXACT);
    tag.close("Z", pooled.statistic.abs(), EXACT);
    tag.close("P_Z", pooled.p_value, P_VALUE);
    tag.close("CHI2", pooled.q, EXACT);
    tag.close("DF", pooled.q_df, 0.0);
    if pooled.k > 1 {
        tag.close("P_CHI2", pooled.q_p_value, P_VALUE);
    }
    tag.close("I2", *i2_from_q, EXACT);
    if model == MhModel::RandomEffects {
        tag.close("TAU2", pooled.tau2, EXACT);
    }
    let Totals { events_e, n_e, events_c, n_c, .. } = *totals;
    tag.close("EVENTS_1", events_e, 0.0);
    tag.close("TOTAL_1", n_e, 0.0);
    tag.close("EVENTS_2", events_c, 0.0);
    tag.close("TOTAL_2", n_c, 0.0);
}
