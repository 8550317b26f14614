//! The unconditional model with random study levels: two counts a study, level and effect both normally distributed.

use super::error::GlmmError;
use super::fixed_studies::{Pair, observed};
use super::jet::Jet;
use super::marginal::{Arm, log_conditional, log_marginal};
use super::newton::{Maximum, NoMaximum, Point, Problem, Slot, maximise};
use super::observed::wald_heterogeneity;
use super::parts::{Parts, Setting, highest, zeros};
use crate::numeric::matrix::Matrix;

const MODEL: &str = "random study effects";

/// Where the search for the standard deviation of the level starts.
const SIGMA: f64 = 0.5;

/// Positions among the shared parameters.
const LEVEL: usize = 0;
const SIGMA_AT: usize = 1;
const TAU_AT: usize = 2;
const MIXED_AT: usize = 3;

/// Fits the model.
///
/// The random effects of the two counts are `loadings` times that of the study's effect, plus that of its level;
/// `correlated` says whether the two may be.
pub(crate) fn fit(
    pairs: &[Pair],
    (loadings, correlated): ([f64; 2], bool),
    setting: &Setting,
) -> Result<Parts, GlmmError> {
    let constant: f64 = pairs.iter().map(Pair::log_constant).sum();
    let p = setting.design.p();
    let common = common_effect(pairs, setting)?;
    let saturated = saturated(pairs, setting, &common)?;
    let estimates = &saturated.at.own;
    let q_wald = wald_heterogeneity(&setting.design.matrix, estimates, |v| {
        saturated.surface.own_precision(v)
    })?;
    let mixed = if setting.random {
        Some(random_effects(pairs, (loadings, correlated), setting, &common)?)
    } else {
        None
    };
    let best = mixed.as_ref().unwrap_or(&common);
    let global = &best.at.global;
    let covariance = best
        .covariance(&zeros(global, (p + SIGMA_AT)..global.len()))
        .ok_or(GlmmError::NotIdentified { model: MODEL })?;
    let (coefficients, vcov) = setting.design.coefficients(global, &covariance);
    let shared = |at: usize| global.get(p + at).copied().unwrap_or(0.0);
    let (tau, mixed_part) = (shared(TAU_AT), shared(MIXED_AT));
    let tau2 = tau * tau + mixed_part * mixed_part;
    let rho = (setting.random && correlated && tau2 > 0.0)
        .then(|| mixed_part * shared(SIGMA_AT).signum() / tau2.sqrt());
    let conditional = if setting.random { None } else { conditional(pairs, setting, &common) };
    Ok(Parts {
        coefficients,
        vcov,
        tau2,
        se_tau2: None,
        sigma2: Some(shared(SIGMA_AT) * shared(SIGMA_AT)),
        rho,
        log_likelihood: constant + best.surface.value,
        conditional: conditional.map(|it| constant + it),
        log_likelihood_common: constant + common.surface.value,
        log_likelihood_saturated: constant + saturated.surface.value,
        q_wald,
        parameters: global.len(),
        observations: 2 * pairs.len(),
    })
}

/// The level of all studies together, from their counts if they had no effect.
fn level(pairs: &[Pair]) -> f64 {
    let known: Vec<f64> =
        pairs.iter().filter(|pair| !pair.is_empty()).map(|pair| pair.level).collect();
    known.iter().sum::<f64>() / known.len() as f64
}

fn common_effect(pairs: &[Pair], setting: &Setting) -> Result<Maximum, GlmmError> {
    let integral = setting.quadrature.of_one_effect();
    let problem = Problem {
        design: &setting.design.matrix,
        slots: [Slot::Effect, Slot::Shared(LEVEL), Slot::Spread(SIGMA_AT)],
        shared: 2,
        study: |i: usize, values: &[f64; 3]| {
            let [delta, level, sigma] = variables(values);
            integral.log_marginal(&arms(&pairs[i], [delta, level, sigma]))
        },
    };
    let start = |sigma: f64| {
        let mut global = vec![0.0; setting.design.p()];
        global.extend([level(pairs), sigma]);
        maximise(&problem, Point { own: Vec::new(), global })
    };
    let sigma = setting.design.p() + SIGMA_AT;
    highest([0.0, SIGMA].map(start), sigma..sigma + 1, MODEL)
}

/// All variables of a study as jets.
fn variables<const N: usize>(values: &[f64; N]) -> [Jet<N>; N] {
    core::array::from_fn(|at| Jet::variable(values[at], at))
}

fn arms<const N: usize>(pair: &Pair, [delta, level, sigma]: [Jet<N>; 3]) -> [Arm<'_, N, 1>; 2] {
    [
        Arm { family: &pair.first, at: level + delta, loadings: [sigma] },
        Arm { family: &pair.second, at: level, loadings: [sigma] },
    ]
}

fn conditional(pairs: &[Pair], setting: &Setting, common: &Maximum) -> Option<f64> {
    let (design, p) = (&setting.design.matrix, setting.design.p());
    let global = &common.at.global;
    (0..pairs.len())
        .map(|i| {
            let delta = (0..p).map(|j| design[(i, j)] * global[j]).sum();
            let values = [delta, global[p + LEVEL], global[p + SIGMA_AT]];
            log_conditional(&arms(&pairs[i], values.map(Jet::constant)))
        })
        .sum()
}

/// Every study with an effect of its own. One whose first count is extreme has it at ±∞, where that count is certain.
fn saturated(pairs: &[Pair], setting: &Setting, common: &Maximum) -> Result<Maximum, GlmmError> {
    let integral = setting.quadrature.of_one_effect();
    let none = Matrix::zeros(pairs.len(), 0);
    let problem = Problem {
        design: &none,
        slots: [Slot::Own, Slot::Shared(LEVEL), Slot::Spread(SIGMA_AT)],
        shared: 2,
        study: |i: usize, values: &[f64; 3]| {
            let [first, second] = arms(&pairs[i], variables(values));
            if pairs[i].first.is_extreme() {
                integral.log_marginal(&[second])
            } else {
                integral.log_marginal(&[first, second])
            }
        },
    };
    let (p, global) = (setting.design.p(), &common.at.global);
    let own = observed(pairs).estimates;
    let sigma = SIGMA.max(global[p + SIGMA_AT].abs());
    let start = Point { own, global: vec![global[p + LEVEL], sigma] };
    highest([maximise(&problem, start)], SIGMA_AT..SIGMA_AT + 1, "saturated")
}

fn random_effects(
    pairs: &[Pair],
    (loadings, correlated): ([f64; 2], bool),
    setting: &Setting,
    common: &Maximum,
) -> Result<Maximum, GlmmError> {
    let grid = setting.quadrature.of_two_effects();
    let p = setting.design.p();
    // Without heterogeneity the common-effect fit is the answer, so the first search ends where it starts.
    let sigma = common.at.global[p + SIGMA_AT];
    let starts = [[sigma, 0.0], [sigma.abs().max(0.1), setting.tau]];
    let start = |spread: [f64; 2], more: &[f64]| {
        let mut global = common.at.global[..=p].to_vec();
        global.extend(spread);
        global.extend(more);
        Point { own: Vec::new(), global }
    };
    let slots = [Slot::Effect, Slot::Shared(LEVEL), Slot::Spread(SIGMA_AT), Slot::Spread(TAU_AT)];
    let uncorrelated = Problem {
        design: &setting.design.matrix,
        slots,
        shared: 3,
        study: |i: usize, values: &[f64; 4]| {
            let [delta, level, sigma, tau] = variables(values);
            let zero = Jet::constant(0.0);
            log_marginal(&two_effects(&pairs[i], loadings, [delta, level, sigma, tau, zero]), &grid)
        },
    };
    let plain = highest(
        starts.map(|at| maximise(&uncorrelated, start(at, &[]))),
        p + SIGMA_AT..p + MIXED_AT,
        MODEL,
    )?;
    if !correlated {
        return Ok(plain);
    }
    let [effect, level, sigma, tau] = slots;
    let problem = Problem {
        design: &setting.design.matrix,
        slots: [effect, level, sigma, tau, Slot::Shared(MIXED_AT)],
        shared: 4,
        study: |i: usize, values: &[f64; 5]| {
            log_marginal(&two_effects(&pairs[i], loadings, variables(values)), &grid)
        },
    };
    let found = &plain.at.global;
    let (sigma, tau) = (found[p + SIGMA_AT], found[p + TAU_AT]);
    let from = |[sigma, tau, mixed]: [f64; 3]| -> Result<Maximum, NoMaximum> {
        maximise(&problem, start([sigma, tau], &[mixed]))
    };
    let (wide, effect) = (sigma.abs().max(0.1), tau.abs().max(0.1));
    highest(
        [[wide, 0.0, effect], [wide, 0.0, -effect], [wide, effect, 0.0]].map(from),
        p + SIGMA_AT..p + MIXED_AT,
        "correlated random study effects",
    )
}

/// Arms whose linear predictors share a random level σ·z₁ and, times the loadings, the effect `mixed`·z₁ + τ·z₂.
fn two_effects<const N: usize>(
    pair: &Pair,
    loadings: [f64; 2],
    [delta, level, sigma, tau, mixed]: [Jet<N>; 5],
) -> [Arm<'_, N, 2>; 2] {
    let arm_loadings = |by: f64| [sigma + mixed.scale(by), tau.scale(by)];
    [
        Arm { family: &pair.first, at: level + delta, loadings: arm_loadings(loadings[0]) },
        Arm { family: &pair.second, at: level, loadings: arm_loadings(loadings[1]) },
    ]
}
