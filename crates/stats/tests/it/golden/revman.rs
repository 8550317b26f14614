//! Review Manager 5's published algorithms, and the options that later versions added.

use consilience_stats::distribution::normal_two_sided_p;
use consilience_stats::{
    CiMethod, Effect, Interval, MhFit, MhMeasure, MhModel, Model, PoolOptions, Pooled,
    PredictionMethod, Tau2Method, TwoByTwo, mantel_haenszel, mean_difference, peto_odds_ratio,
    pool, revman_smd, tau2_interval_q_profile, test_for_subgroup_differences,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, label, not_yet};
use super::escalc::means;

/// What a case pools: tables by Mantel-Haenszel, or effects by inverse variance.
enum Input {
    Tables(Vec<TwoByTwo>, MhMeasure),
    Effects(Vec<Option<Effect>>),
}

struct Answer {
    pooled: Pooled,
    studies: Vec<Option<Effect>>,
    weights: Vec<f64>,
}

pub(crate) fn revman5(case: &Case) -> Outcome {
    let Some(input) = input(case) else {
        return not_yet(format!("{:?} by {:?}", case.text("measure"), case.text("method")));
    };
    let random = case.text("model") == Some("random");
    // Generic estimates do not say whether they are logs; the collection's displayed effect does.
    let shown = &case.expect()["overall"];
    let ratio = shown["effect"] != shown["theta"];
    let mut compare = case.compare();
    let all: Vec<usize> = (0..input.len()).collect();
    let answer = match input.answer(&all, random) {
        Ok(answer) => answer,
        Err(error) => {
            compare.fail(error);
            return compare.done();
        }
    };
    compare.within(&compare.expect["studies"], |compare| studies(compare, &answer, ratio));
    compare.within(&compare.expect["overall"], |compare| {
        overall(compare, &answer.pooled, random, ratio);
    });
    if let Some(levels) = compare.expect["subgroups"]["levels"].as_array() {
        subgroups(case, &mut compare, levels, &input, random, ratio);
    }
    compare.done()
}

fn subgroups<'a>(
    case: &Case<'a>,
    compare: &mut Comparison<'a>,
    levels: &[Value],
    input: &Input,
    random: bool,
    ratio: bool,
) {
    let labels = case.labels("subgroup");
    let results = case.expect()["subgroups"]["results"].as_array().unwrap();
    let mut between = Vec::new();
    for (level, expect) in levels.iter().zip(results) {
        let rows: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == label(level)).collect();
        match input.answer(&rows, random) {
            Ok(answer) => {
                compare.within(expect, |compare| overall(compare, &answer.pooled, random, ratio));
                let se = answer.pooled.se;
                between.push(Effect { estimate: answer.pooled.estimate, variance: se * se });
            }
            Err(error) => compare.fail(error),
        }
    }
    let test = test_for_subgroup_differences(&between).unwrap();
    compare.within(&case.expect()["subgroup_test"], |compare| {
        compare.number("Q", test.q);
        compare.number("df", test.df);
        compare.p_value("p", test.p_value, test.q);
        compare.number("I2", test.i2);
    });
}

fn studies(compare: &mut Comparison, answer: &Answer, ratio: bool) {
    compare.array("weight_pct", &answer.estimable_weights());
    if compare.expect["theta"].is_null() {
        return;
    }
    let column = |value: fn(&Effect) -> f64| -> Vec<Option<f64>> {
        answer.studies.iter().map(|effect| effect.as_ref().map(value)).collect()
    };
    compare.array("theta", &column(|effect| effect.estimate));
    compare.array("se", &column(Effect::se));
    compare.array("theta_ci_lb", &column(|effect| effect.interval(0.95).lower));
    compare.array("theta_ci_ub", &column(|effect| effect.interval(0.95).upper));
    let shown = if ratio { libm::exp } else { |x| x };
    let effects: Vec<Option<f64>> =
        answer.studies.iter().map(|effect| effect.map(|effect| shown(effect.estimate))).collect();
    compare.array("effect", &effects);
}

impl Answer {
    /// Weights, missing where a study is not estimable, as the collection writes them.
    fn estimable_weights(&self) -> Vec<Option<f64>> {
        self.studies.iter().zip(&self.weights).map(|(effect, w)| effect.map(|_| *w)).collect()
    }
}

fn overall(compare: &mut Comparison, pooled: &Pooled, random: bool, ratio: bool) {
    compare.number("k", pooled.k as f64);
    compare.number("theta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("theta_ci_lb", pooled.ci.lower);
    compare.number("theta_ci_ub", pooled.ci.upper);
    let shown = |x: f64| if ratio { libm::exp(x) } else { x };
    compare.number("effect", shown(pooled.estimate));
    compare.number("effect_lb", shown(pooled.ci.lower));
    compare.number("effect_ub", shown(pooled.ci.upper));
    compare.number("z", pooled.statistic);
    compare.p_value("p", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("Q", pooled.q);
    compare.number("Q_df", pooled.q_df);
    compare.p_value("Q_p", pooled.q_p_value, pooled.q);
    compare.number("I2", pooled.i2);
    let tau2 = compare.expect["tau2"].as_f64();
    compare.value("tau2", random.then_some(pooled.tau2), tau2);
}

pub(crate) fn revman_new(case: &Case) -> Outcome {
    let Some(effects) = study_effects(case) else {
        return not_yet(format!("effects of {:?}", case.text("measure")));
    };
    let effects: Vec<Effect> = effects.into_iter().flatten().collect();
    let tau2 = match case.text("tau2_method") {
        Some("DL") => Tau2Method::DerSimonianLaird,
        Some("REML") => Tau2Method::Reml,
        other => return not_yet(format!("tau2 by {other:?}")),
    };
    let ci = match case.text("ci") {
        Some("HKSJ" | "hksj" | "knha") => CiMethod::HartungKnapp,
        Some("wald") => CiMethod::Wald,
        other => return not_yet(format!("interval {other:?}")),
    };
    let options =
        PoolOptions { model: Model::RandomEffects(tau2), ci, level: 0.95, prediction: None };
    let mut compare = case.compare();
    let pooled = pool(&effects, &options).unwrap();
    compare.number("k", pooled.k as f64);
    compare.number("theta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("ci_lb", pooled.ci.lower);
    compare.number("ci_ub", pooled.ci.upper);
    compare.number("stat", pooled.statistic);
    compare.p_value("p", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("tau2", pooled.tau2);
    compare.number("I2_from_tau2", pooled.i2);
    compare.number("Q", pooled.q);
    compare.p_value("Q_p", pooled.q_p_value, pooled.q);
    let common =
        pool(&effects, &PoolOptions { model: Model::CommonEffect, ci: CiMethod::Wald, ..options });
    compare.number("I2_from_Q", common.unwrap().i2);
    let profile = tau2_interval_q_profile(&effects, 0.95).unwrap();
    compare.number("tau2_ci_lb", profile.lower);
    compare.number("tau2_ci_ub", profile.upper);
    for (name, method) in [
        ("pi_t_km1", PredictionMethod::PartlettRiley),
        ("pi_t_km2", PredictionMethod::HigginsThompsonSpiegelhalter),
        ("pi_z", PredictionMethod::Normal),
    ] {
        let interval = method.interval(pooled.estimate, pooled.se, pooled.tau2, pooled.k, 0.95);
        let Interval { lower, upper } = interval.unwrap();
        compare.number(&format!("{name}_lb"), lower);
        compare.number(&format!("{name}_ub"), upper);
    }
    compare.done()
}

fn input(case: &Case) -> Option<Input> {
    match case.text("method")? {
        "MH" => Some(Input::Tables(tables(case)?, mh_measure(case)?)),
        "Peto" if case.text("measure") == Some("OR") => {
            let effects = tables(case)?.iter().map(|table| peto_odds_ratio(table).ok()).collect();
            Some(Input::Effects(effects))
        }
        _ => study_effects(case).map(Input::Effects),
    }
}

/// Study effects as Review Manager computes them; `None` where not estimable.
fn study_effects(case: &Case) -> Option<Vec<Option<Effect>>> {
    let effect = |estimate: f64, variance: f64| Some(Effect { estimate, variance });
    if let (Some(o_minus_e), Some(v)) = (case.column("O_minus_E"), case.column("V")) {
        return Some(o_minus_e.iter().zip(&v).map(|(o, v)| effect(o / v, 1.0 / v)).collect());
    }
    if let (Some(yi), Some(se)) = (case.column("yi"), case.column("sei")) {
        return Some(yi.iter().zip(&se).map(|(y, se)| effect(*y, se * se)).collect());
    }
    match case.text("measure")? {
        "MD" => Some(means(case)?.iter().map(|(e, c)| mean_difference(e, c).ok()).collect()),
        "SMD" => Some(means(case)?.iter().map(|(e, c)| revman_smd(e, c).ok()).collect()),
        _ => {
            let fit =
                mantel_haenszel(&tables(case)?, mh_measure(case)?, MhModel::CommonEffect, 0.95);
            Some(fit.ok()?.studies)
        }
    }
}

fn mh_measure(case: &Case) -> Option<MhMeasure> {
    MhMeasure::ALL.iter().copied().find(|measure| Some(measure.name()) == case.text("measure"))
}

/// The control events are column `ci` even where the argument of that name says how intervals are made.
fn tables(case: &Case) -> Option<Vec<TwoByTwo>> {
    let columns =
        [case.column("ai"), case.column("n1i"), case.named_column("ci"), case.column("n2i")];
    let [Some(a), Some(n1), Some(c), Some(n2)] = columns else { return None };
    let table = |i: usize| TwoByTwo { events_e: a[i], n_e: n1[i], events_c: c[i], n_c: n2[i] };
    Some((0..a.len()).map(table).collect())
}

impl Input {
    fn len(&self) -> usize {
        match self {
            Self::Tables(tables, _) => tables.len(),
            Self::Effects(effects) => effects.len(),
        }
    }

    fn answer(&self, rows: &[usize], random: bool) -> Result<Answer, String> {
        match self {
            Self::Tables(tables, measure) => {
                let model = if random { MhModel::RandomEffects } else { MhModel::CommonEffect };
                let subset: Vec<TwoByTwo> = rows.iter().map(|&row| tables[row]).collect();
                let MhFit { pooled, studies } = mantel_haenszel(&subset, *measure, model, 0.95)
                    .map_err(|error| error.to_string())?;
                assert!((pooled.p_value - normal_two_sided_p(pooled.statistic)).abs() < 1e-15);
                Ok(Answer { weights: pooled.weights.clone(), pooled, studies })
            }
            Self::Effects(effects) => {
                let studies: Vec<Option<Effect>> = rows.iter().map(|&row| effects[row]).collect();
                let estimable: Vec<Effect> = studies.iter().flatten().copied().collect();
                let model = if random {
                    Model::RandomEffects(Tau2Method::DerSimonianLaird)
                } else {
                    Model::CommonEffect
                };
                let options = PoolOptions { model, prediction: None, ..PoolOptions::default() };
                let pooled = pool(&estimable, &options).map_err(|error| error.to_string())?;
                let mut given = pooled.weights.iter().copied();
                let weights = studies
                    .iter()
                    .map(|effect| effect.map_or(0.0, |_| given.next().unwrap()))
                    .collect();
                Ok(Answer { pooled, studies, weights })
            }
        }
    }
}
