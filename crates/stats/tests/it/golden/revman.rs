//! Review Manager 5's published algorithms, and the options that later versions added.

use consilience_stats::{
    DichotomousMethod, Effect, Interval, MeanMeasure, MhMeasure, MhModel, ObservedMinusExpected,
    PredictionMethod, RdStandardError, RevManAnalysis, RevManInterval, RevManModel, RevManOptions,
    RevManResult, RevManRules, RevManSynthesis, RevManTau2, TwoByTwo, TwoMeans, review_manager,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, label, not_yet};
use super::escalc::means;

/// The collection follows the algorithms document to the letter: tables with nothing but events have no risk ratio.
fn published() -> RevManOptions {
    RevManOptions { rules: RevManRules::PUBLISHED, ..RevManOptions::default() }
}

/// The studies of a case.
enum Data {
    Tables(Vec<TwoByTwo>),
    Means(Vec<TwoMeans>),
    Estimates(Vec<Effect>),
    Differences(Vec<ObservedMinusExpected>),
}

pub(crate) fn revman5(case: &Case) -> Outcome {
    let Some(data) = Data::of(case) else { return not_yet("these columns") };
    let model = match case.text("model") {
        Some("random") => RevManModel::Random(RevManTau2::DerSimonianLaird),
        _ => RevManModel::Fixed,
    };
    let Some(analysis) = data.analysis(case, model) else {
        return not_yet(format!("{:?} by {:?}", case.text("measure"), case.text("method")));
    };
    let groups = subgroups(case);
    let result = review_manager(&analysis, groups.as_deref(), &published()).unwrap();
    let mut compare = case.compare();
    // Generic estimates do not say whether they are logs; the collection's displayed effect does.
    let shown = &case.expect()["overall"];
    let ratio = shown["effect"] != shown["theta"];
    compare.within(&compare.expect["studies"], |compare| studies(compare, &result, ratio));
    match &result.overall {
        Ok(overall) => {
            compare.within(&compare.expect["overall"], |compare| {
                synthesis(compare, overall, model, ratio);
            });
            compare.within(&compare.expect["totals"], |compare| totals(compare, overall));
        }
        Err(_) if shown["theta"].is_null() => {}
        Err(error) => compare.fail(error.to_string()),
    }
    if let Data::Tables(tables) = &data
        && !compare.expect["O_minus_E"].is_null()
    {
        observed_minus_expected(&mut compare, tables);
    }
    if let Data::Differences(given) = &data {
        for (name, value) in [
            ("O_minus_E", (|it| it.difference) as fn(&ObservedMinusExpected) -> f64),
            ("V", |it| it.variance),
        ] {
            if !compare.expect[name].is_null() {
                compare.numbers(name, &given.iter().map(value).collect::<Vec<_>>());
            }
        }
    }
    if let Some(expected) = compare.expect["subgroups"]["results"].as_array() {
        compare.touch("levels");
        for (level, expected) in expected.iter().enumerate() {
            let subgroup = result.subgroups.iter().find(|it| it.label == level).unwrap();
            match &subgroup.synthesis {
                Ok(got) => {
                    compare.within(expected, |compare| synthesis(compare, got, model, ratio));
                }
                Err(_) if expected["theta"].is_null() => {}
                Err(error) => compare.fail(format!("subgroup {level}: {error}")),
            }
        }
        if let Some(test) = result.subgroup_test {
            compare.within(&case.expect()["subgroup_test"], |compare| {
                compare.number("Q", test.q);
                compare.number("df", test.df);
                compare.p_value("p", test.p_value, test.q);
                compare.number("I2", test.i2);
            });
        }
    }
    compare.done()
}

/// Each row's position among the collection's levels.
fn subgroups(case: &Case) -> Option<Vec<usize>> {
    let levels = case.expect()["subgroups"]["levels"].as_array()?;
    let position = |name: &String| levels.iter().position(|level| label(level) == *name).unwrap();
    Some(case.labels("subgroup").iter().map(position).collect())
}

fn studies(compare: &mut Comparison, result: &RevManResult, ratio: bool) {
    let weights: Vec<Option<f64>> =
        result.studies.iter().map(|it| it.effect.ok().map(|_| it.weight)).collect();
    compare.array("weight_pct", &weights);
    if let Some(expected) = compare.expect["estimable"].as_array() {
        compare.touch("estimable");
        let estimable: Vec<Value> =
            result.studies.iter().map(|it| it.effect.is_ok().into()).collect();
        if &estimable != expected {
            compare.fail(format!("estimable {estimable:?}"));
        }
    }
    if compare.expect["theta"].is_null() {
        return;
    }
    let effect = |value: fn(Effect) -> f64| -> Vec<Option<f64>> {
        result.studies.iter().map(|it| it.effect.ok().map(value)).collect()
    };
    let limit = |value: fn(Interval) -> f64| -> Vec<Option<f64>> {
        result.studies.iter().map(|it| it.interval.map(value)).collect()
    };
    compare.array("theta", &effect(|it| it.estimate));
    compare.array("se", &effect(|it| it.se()));
    compare.array("theta_ci_lb", &limit(|it| it.lower));
    compare.array("theta_ci_ub", &limit(|it| it.upper));
    compare.array(
        "effect",
        &effect(if ratio { |it| libm::exp(it.estimate) } else { |it| it.estimate }),
    );
}

fn synthesis(compare: &mut Comparison, got: &RevManSynthesis, model: RevManModel, ratio: bool) {
    let pooled = &got.pooled;
    let shown = |x: f64| if ratio { libm::exp(x) } else { x };
    compare.number("k", pooled.k as f64);
    compare.number("theta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("theta_ci_lb", pooled.ci.lower);
    compare.number("theta_ci_ub", pooled.ci.upper);
    compare.number("effect", shown(pooled.estimate));
    compare.number("effect_lb", shown(pooled.ci.lower));
    compare.number("effect_ub", shown(pooled.ci.upper));
    compare.number("z", pooled.statistic);
    compare.p_value("p", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("Q", pooled.q);
    compare.number("Q_df", pooled.q_df);
    compare.p_value("Q_p", pooled.q_p_value, pooled.q);
    compare.number("I2", got.i2_from_q);
    let tau2 = compare.expect["tau2"].as_f64();
    compare.value("tau2", (model != RevManModel::Fixed).then_some(pooled.tau2), tau2);
}

/// The collection counts estimable studies only; Review Manager itself prints the totals of all.
fn totals(compare: &mut Comparison, got: &RevManSynthesis) {
    let totals = &got.estimable_totals;
    for (name, got) in [
        ("events1", totals.events_e),
        ("n1", totals.n_e),
        ("events2", totals.events_c),
        ("n2", totals.n_c),
    ] {
        if !compare.expect[name].is_null() {
            compare.number(name, got);
        }
    }
}

/// Peto's O − E and V of each table, which the engine uses but does not show: (O − E)/V is the effect, 1/V its variance.
fn observed_minus_expected(compare: &mut Comparison, tables: &[TwoByTwo]) {
    let analysis = RevManAnalysis::Peto { tables };
    let result = review_manager(&analysis, None, &published()).unwrap();
    let effect = |value: fn(Effect) -> f64| -> Vec<f64> {
        result.studies.iter().map(|it| it.effect.map_or(0.0, value)).collect()
    };
    compare.numbers("O_minus_E", &effect(|it| it.estimate / it.variance));
    compare.numbers("V", &effect(|it| 1.0 / it.variance));
}

pub(crate) fn rd_alt(case: &Case) -> Outcome {
    let Some(Data::Tables(tables)) = Data::of(case) else { return not_yet("these columns") };
    let rules =
        RevManRules { rd_standard_error: RdStandardError::WhenZero, ..RevManRules::PUBLISHED };
    let options = RevManOptions { rules, ..RevManOptions::default() };
    let answer = |method: DichotomousMethod| {
        let measure = MhMeasure::RiskDifference;
        let analysis = RevManAnalysis::Dichotomous { tables: &tables, measure, method };
        review_manager(&analysis, None, &options).unwrap()
    };
    let mut compare = case.compare();
    let fixed = answer(DichotomousMethod::InverseVariance(RevManModel::Fixed));
    let random = answer(DichotomousMethod::InverseVariance(RevManModel::Random(
        RevManTau2::DerSimonianLaird,
    )));
    let se: Vec<f64> = fixed.studies.iter().map(|it| it.effect.unwrap().se()).collect();
    compare.numbers("study_se", &se);
    for (name, result) in [("iv_fixed", &fixed), ("iv_random", &random)] {
        let pooled = &result.overall.as_ref().unwrap().pooled;
        compare.number(name, pooled.estimate);
        compare.number(&format!("{name}_se"), pooled.se);
    }
    let mantel_haenszel = answer(DichotomousMethod::MantelHaenszel(MhModel::CommonEffect));
    compare.number("mh_fixed", mantel_haenszel.overall.unwrap().pooled.estimate);
    compare.done()
}

pub(crate) fn revman_new(case: &Case) -> Outcome {
    let Some(data) = Data::of(case) else { return not_yet("these columns") };
    let tau2 = match case.text("tau2_method") {
        Some("DL") => RevManTau2::DerSimonianLaird,
        Some("REML") => RevManTau2::Reml,
        other => return not_yet(format!("tau2 by {other:?}")),
    };
    let interval = match case.text("ci") {
        Some("HKSJ" | "hksj" | "knha") => RevManInterval::HartungKnapp,
        Some("wald") => RevManInterval::Wald,
        other => return not_yet(format!("interval {other:?}")),
    };
    let Some(analysis) = data.analysis(case, RevManModel::Random(tau2)) else {
        return not_yet(format!("measure {:?}", case.text("measure")));
    };
    let mut compare = case.compare();
    let options = RevManOptions { interval, ..published() };
    let result = review_manager(&analysis, None, &options).unwrap();
    let synthesis = result.overall.unwrap();
    let pooled = &synthesis.pooled;
    compare.number("k", pooled.k as f64);
    compare.number("theta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("ci_lb", pooled.ci.lower);
    compare.number("ci_ub", pooled.ci.upper);
    compare.number("stat", pooled.statistic);
    compare.p_value("p", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("tau2", pooled.tau2);
    compare.number("I2_from_tau2", pooled.i2);
    compare.number("I2_from_Q", synthesis.i2_from_q);
    compare.number("Q", pooled.q);
    compare.p_value("Q_p", pooled.q_p_value, pooled.q);
    let profile = synthesis.tau2_interval.unwrap();
    compare.number("tau2_ci_lb", profile.lower);
    compare.number("tau2_ci_ub", profile.upper);
    for (name, method) in [
        ("pi_t_km1", PredictionMethod::PartlettRiley),
        ("pi_t_km2", PredictionMethod::HigginsThompsonSpiegelhalter),
        ("pi_z", PredictionMethod::Normal),
    ] {
        let options = RevManOptions { prediction: Some(method), ..options };
        let result = review_manager(&analysis, None, &options).unwrap();
        let Interval { lower, upper } = result.overall.unwrap().pooled.prediction.unwrap();
        compare.number(&format!("{name}_lb"), lower);
        compare.number(&format!("{name}_ub"), upper);
    }
    compare.done()
}

impl Data {
    fn of(case: &Case) -> Option<Self> {
        if let (Some(o_minus_e), Some(v)) = (case.column("O_minus_E"), case.column("V")) {
            let study = |(difference, variance): (&f64, &f64)| ObservedMinusExpected {
                difference: *difference,
                variance: *variance,
            };
            return Some(Self::Differences(o_minus_e.iter().zip(&v).map(study).collect()));
        }
        if let (Some(yi), Some(se)) = (case.column("yi"), case.column("sei")) {
            let effect = |(y, se): (&f64, &f64)| Effect { estimate: *y, variance: se * se };
            return Some(Self::Estimates(yi.iter().zip(&se).map(effect).collect()));
        }
        if let Some(means) = means(case) {
            let arms = |(experimental, control)| TwoMeans { experimental, control };
            return Some(Self::Means(means.into_iter().map(arms).collect()));
        }
        tables(case).map(Self::Tables)
    }

    fn analysis(&self, case: &Case, model: RevManModel) -> Option<RevManAnalysis<'_>> {
        match self {
            Self::Tables(tables) if case.text("method") == Some("Peto") => {
                Some(RevManAnalysis::Peto { tables })
            }
            Self::Tables(tables) => {
                let measure = MhMeasure::ALL
                    .iter()
                    .copied()
                    .find(|measure| Some(measure.name()) == case.text("measure"))?;
                let method = match (case.text("method"), model) {
                    (Some("MH"), RevManModel::Fixed) => {
                        DichotomousMethod::MantelHaenszel(MhModel::CommonEffect)
                    }
                    (Some("MH"), RevManModel::Random(_)) => {
                        DichotomousMethod::MantelHaenszel(MhModel::RandomEffects)
                    }
                    _ => DichotomousMethod::InverseVariance(model),
                };
                Some(RevManAnalysis::Dichotomous { tables, measure, method })
            }
            Self::Means(arms) => {
                let measure = match case.text("measure")? {
                    "MD" => MeanMeasure::MeanDifference,
                    "SMD" => MeanMeasure::StandardizedMeanDifference,
                    _ => return None,
                };
                Some(RevManAnalysis::Continuous { arms, measure, model })
            }
            Self::Estimates(estimates) => Some(RevManAnalysis::Generic { estimates, model }),
            Self::Differences(studies) => {
                Some(RevManAnalysis::ObservedMinusExpected { studies, model })
            }
        }
    }
}

/// The control events are column `ci` even where the argument of that name says how intervals are made.
fn tables(case: &Case) -> Option<Vec<TwoByTwo>> {
    let columns =
        [case.column("ai"), case.column("n1i"), case.named_column("ci"), case.column("n2i")];
    let [Some(a), Some(n1), Some(c), Some(n2)] = columns else { return None };
    let table = |i: usize| TwoByTwo { events_e: a[i], n_e: n1[i], events_c: c[i], n_c: n2[i] };
    Some((0..a.len()).map(table).collect())
}
