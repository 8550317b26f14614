//! The unconditional model with a fixed level for each study: two counts a study, their levels free parameters.

use super::error::GlmmError;
use super::family::Family;
use super::jet::Jet;
use super::marginal::{Arm, log_conditional};
use super::newton::{Maximum, Point, Problem, Slot, climb, maximise};
use super::observed::Observed;
use super::parts::{Parts, Setting, highest, se_of_square, zeros};
use super::quadrature::OneEffect;

const MODEL: &str = "fixed study effects";

/// A study's two counts; the effect is what the first's linear predictor has more than the second's.
pub(crate) struct Pair {
    pub(crate) first: Family,
    pub(crate) second: Family,
    /// The linear predictor of both counts if they did not differ, and the start of the study's level.
    pub(crate) level: f64,
}

impl Pair {
    /// Whether the study fits any effect equally well, with its level at ±∞.
    pub(crate) fn is_empty(&self) -> bool {
        self.level.is_infinite()
    }

    pub(crate) fn log_constant(&self) -> f64 {
        self.first.log_constant() + self.second.log_constant()
    }

    /// The counts' log-likelihood if each had a parameter of its own.
    pub(crate) fn log_best(&self) -> Result<f64, GlmmError> {
        self.first
            .log_best()
            .zip(self.second.log_best())
            .map(|(a, b)| a + b)
            .ok_or(GlmmError::NotConverged { model: "saturated" })
    }
}

/// The effects of pairs, each by maximum likelihood.
pub(crate) fn observed(pairs: &[Pair]) -> Observed {
    let mut observed = Observed::new();
    for Pair { first, second, .. } in pairs {
        match (first.best(), second.best()) {
            (Some(a), Some(c)) if !first.is_extreme() && !second.is_extreme() => {
                let variance = |family: &Family, at: f64| -1.0 / family.derivatives(at)[2];
                observed.push(a - c, variance(first, a) + variance(second, c));
            }
            _ => observed.push(f64::NAN, f64::NAN),
        }
    }
    observed
}

/// Fits the model; the random effects of the two counts are `loadings` times that of the study.
pub(crate) fn fit(
    pairs: &[Pair],
    loadings: [f64; 2],
    setting: &Setting,
) -> Result<Parts, GlmmError> {
    let constant: f64 = pairs.iter().map(Pair::log_constant).sum();
    let p = setting.design.p();
    let common = common_effect(pairs, setting)?;
    let saturated = pairs.iter().map(Pair::log_best).sum::<Result<f64, _>>()?;
    let mixed = if setting.random {
        Some(random_effects(pairs, loadings, setting, &common)?)
    } else {
        None
    };
    let best = mixed.as_ref().unwrap_or(&common);
    let tau = if setting.random { best.at.global[p] } else { 0.0 };
    let covariance = best
        .covariance(&zeros(&best.at.global, p..best.at.global.len()))
        .ok_or(GlmmError::NotIdentified { model: MODEL })?;
    let (coefficients, vcov) = setting.design.coefficients(&best.at.global, &covariance);
    Ok(Parts {
        coefficients,
        vcov,
        tau2: tau * tau,
        se_tau2: if setting.random { se_of_square(tau, covariance[(p, p)]) } else { None },
        sigma2: None,
        rho: None,
        log_likelihood: constant + best.surface.value,
        conditional: mixed
            .as_ref()
            .and_then(|it| Some(constant + conditional(pairs, loadings, setting, it)?)),
        log_likelihood_common: constant + common.surface.value,
        log_likelihood_saturated: saturated,
        q_wald: observed(pairs).regress(&setting.design.matrix).map_or(0.0, |it| it.q),
        parameters: pairs.len() + p + usize::from(setting.random),
        observations: 2 * pairs.len(),
    })
}

fn common_effect(pairs: &[Pair], setting: &Setting) -> Result<Maximum, GlmmError> {
    let problem = |scored: bool| Problem {
        design: &setting.design.matrix,
        slots: [Slot::Own, Slot::Effect],
        shared: 0,
        study: move |i: usize, [level, delta]: &[f64; 2]| {
            let Pair { first, second, .. } = &pairs[i];
            if pairs[i].is_empty() {
                return Some(Jet::<2>::constant(0.0));
            }
            let [level, delta] = [Jet::variable(*level, 0), Jet::variable(*delta, 1)];
            let jet = first.at(level + delta, scored) + second.at(level, scored);
            jet.value.is_finite().then_some(jet)
        },
    };
    let own = pairs.iter().map(|pair| if pair.is_empty() { 0.0 } else { pair.level }).collect();
    let start = Point { own, global: vec![0.0; setting.design.p()] };
    let maximum = maximise(&problem(false), start);
    highest([maximum.and_then(|it| it.with_information(&problem(true)))], 0..0, MODEL)
}

fn random_effects(
    pairs: &[Pair],
    loadings: [f64; 2],
    setting: &Setting,
    common: &Maximum,
) -> Result<Maximum, GlmmError> {
    let problem = |integral: OneEffect| Problem {
        design: &setting.design.matrix,
        slots: [Slot::Own, Slot::Effect, Slot::Spread(0)],
        shared: 1,
        study: move |i: usize, &[level, delta, tau]: &[f64; 3]| {
            if pairs[i].is_empty() {
                return Some(Jet::<3>::constant(0.0));
            }
            let [level, delta, tau] =
                [Jet::variable(level, 0), Jet::variable(delta, 1), Jet::variable(tau, 2)];
            integral.log_marginal(&arms(&pairs[i], loadings, [level, delta, tau]))
        },
    };
    let rough = setting.quadrature.rough().map(problem);
    let fine = problem(setting.quadrature.of_one_effect());
    let from = |tau: f64| {
        let mut start = common.at.clone();
        start.global.push(tau);
        climb(rough.as_ref(), &fine, start)
    };
    let p = setting.design.p();
    highest([0.0, setting.tau, 4.0 * setting.tau].map(from), p..p + 1, MODEL)
}

fn arms<const N: usize>(
    pair: &Pair,
    loadings: [f64; 2],
    [level, delta, tau]: [Jet<N>; 3],
) -> [Arm<'_, N, 1>; 2] {
    [
        Arm { family: &pair.first, at: level + delta, loadings: [tau.scale(loadings[0])] },
        Arm { family: &pair.second, at: level, loadings: [tau.scale(loadings[1])] },
    ]
}

fn conditional(
    pairs: &[Pair],
    loadings: [f64; 2],
    setting: &Setting,
    mixed: &Maximum,
) -> Option<f64> {
    let (design, p) = (&setting.design.matrix, setting.design.p());
    let Point { own, global } = &mixed.at;
    (0..pairs.len())
        .filter(|&i| !pairs[i].is_empty())
        .map(|i| {
            let delta = (0..p).map(|j| design[(i, j)] * global[j]).sum();
            let variables = [own[i], delta, global[p]].map(Jet::constant);
            log_conditional(&arms(&pairs[i], loadings, variables))
        })
        .sum()
}
