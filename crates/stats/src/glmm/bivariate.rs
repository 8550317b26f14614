//! The bivariate binomial-normal model: two proportions a study, such as sensitivity and specificity, whose logits are
//! jointly normal between studies.

use super::error::GlmmError;
use super::family::{Family, Link};
use super::fit::{GlmmOptions, coefficient};
use super::jet::Jet;
use super::marginal::{Arm, Grid, log_marginal};
use super::newton::{Maximum, NoMaximum, Point, Problem, Slot, maximise};
use super::parts::{highest, zeros};
use crate::Matrix;
use crate::effect_size::proportion::Proportion;
use crate::model::fit_statistics::LikelihoodFit;
use crate::model::regress::Coefficient;

/// Two mean logits and how they vary between studies.
#[derive(Debug, Clone, PartialEq)]
pub struct BivariateGlmm {
    /// Number of studies.
    pub k: usize,
    /// The mean logits, first and second.
    pub means: [Coefficient; 2],
    /// Their covariance matrix, from the observed information of all parameters.
    pub vcov: Matrix,
    /// Between-study variances of the logits.
    pub tau2: [f64; 2],
    /// Between-study correlation of the logits; `None` where a variance is 0.
    pub rho: Option<f64>,
    /// Log-likelihood with all constants, deviance from a parameter for each count, and information criteria (five
    /// parameters, two observations a study).
    pub fit: LikelihoodFit,
}

const MODEL: &str = "bivariate binomial-normal";

/// Fits the model to pairs of proportions; of the options, `quadrature` and `level` count.
///
/// Chu & Cole (2006), doi 10.1016/j.jclinepi.2006.06.011; Reitsma et al. (2005), doi 10.1016/j.jclinepi.2005.02.022, for the
/// normal approximation of it; Handbook for diagnostic test accuracy reviews, chapter 10.
pub fn glmm_bivariate(
    first: &[Proportion],
    second: &[Proportion],
    options: &GlmmOptions,
) -> Result<BivariateGlmm, GlmmError> {
    options.check()?;
    if first.len() != second.len() {
        return Err(GlmmError::UnequalLengths { experimental: first.len(), control: second.len() });
    }
    if first.is_empty() {
        return Err(GlmmError::NoStudies);
    }
    let counts = first
        .iter()
        .zip(second)
        .enumerate()
        .map(|(study, (a, b))| Ok::<_, GlmmError>([count(a, study)?, count(b, study)?]))
        .collect::<Result<Vec<_>, _>>()?;
    let starts = [0, 1].map(|side| pooled_logit(counts.iter().map(|pair| &pair[side])));
    if starts.iter().any(|start| start.is_infinite()) {
        return Err(GlmmError::Separated);
    }
    let maximum = search(&counts, starts, &options.quadrature.of_two_effects())?;
    answer(&counts, &maximum, options.level)
}

fn count(group: &Proportion, study: usize) -> Result<Family, GlmmError> {
    let group = group.checked().map_err(|reason| GlmmError::Study { study, reason })?;
    Ok(Family::Binomial {
        events: group.events,
        others: group.n - group.events,
        link: Link::Logit,
        offset: 0.0,
    })
}

fn pooled_logit<'a>(counts: impl Iterator<Item = &'a Family>) -> f64 {
    let (mut x, mut m) = (0.0, 0.0);
    for count in counts {
        if let Family::Binomial { events, others, .. } = count {
            x += events;
            m += others;
        }
    }
    libm::log(x / m)
}

/// Loadings of the logits on two standard normal effects: first = `l11`·z₁, second = `l21`·z₁ + `l22`·z₂.
fn arms<const N: usize>(
    pair: &[Family; 2],
    [first, second, l11, l22, l21]: [Jet<N>; 5],
) -> [Arm<'_, N, 2>; 2] {
    [
        Arm { family: &pair[0], at: first, loadings: [l11, Jet::constant(0.0)] },
        Arm { family: &pair[1], at: second, loadings: [l21, l22] },
    ]
}

/// The highest maximum, with or without correlation: at a variance of 0 there is none.
fn search(counts: &[[Family; 2]], starts: [f64; 2], grid: &Grid<2>) -> Result<Maximum, GlmmError> {
    let design = Matrix::zeros(counts.len(), 0);
    let independent = Problem {
        design: &design,
        slots: [Slot::Shared(0), Slot::Shared(1), Slot::Spread(2), Slot::Spread(3)],
        shared: 4,
        study: |i: usize, values: &[f64; 4]| {
            let [a, b, c, d] = core::array::from_fn(|at| Jet::variable(values[at], at));
            log_marginal(&arms(&counts[i], [a, b, c, d, Jet::constant(0.0)]), grid)
        },
    };
    let correlated = Problem {
        design: &design,
        slots: [
            Slot::Shared(0),
            Slot::Shared(1),
            Slot::Spread(2),
            Slot::Spread(3),
            Slot::Shared(4),
        ],
        shared: 5,
        study: |i: usize, values: &[f64; 5]| {
            let jets = core::array::from_fn(|at| Jet::variable(values[at], at));
            log_marginal(&arms(&counts[i], jets), grid)
        },
    };
    let point = |global: &[f64]| Point { own: Vec::new(), global: global.to_vec() };
    let [a, b] = starts;
    let spreads = [[0.0, 0.0], [0.6, 0.0], [0.0, 0.6], [0.6, 0.6]];
    let plain =
        highest(spreads.map(|[c, d]| maximise(&independent, point(&[a, b, c, d]))), 2..4, MODEL)?;
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| plain.at.global[at]);
    let (c, d) = (c.abs().max(0.2), d.abs().max(0.2));
    let tries = [[d, 0.0], [0.0, d], [0.0, -d]]
        .map(|[l22, l21]| maximise(&correlated, point(&[a, b, c, l22, l21])));
    highest(core::iter::once(Ok::<_, NoMaximum>(plain)).chain(tries), 2..4, MODEL)
}

fn answer(
    counts: &[[Family; 2]],
    maximum: &Maximum,
    level: f64,
) -> Result<BivariateGlmm, GlmmError> {
    let global = &maximum.at.global;
    let covariance = maximum
        .covariance(&zeros(global, 2..global.len()))
        .ok_or(GlmmError::NotIdentified { model: MODEL })?;
    let mean =
        |at: usize, name| coefficient(name, global[at], covariance[(at, at)].sqrt(), None, level);
    let (l11, l22) = (global[2], global[3]);
    let l21 = global.get(4).copied().unwrap_or(0.0);
    let tau2 = [l11 * l11, l22 * l22 + l21 * l21];
    let rho = (tau2[0] > 0.0 && tau2[1] > 0.0).then(|| l21 * l11.signum() / tau2[1].sqrt());
    let each = || counts.iter().flatten();
    let log_likelihood = maximum.surface.value + each().map(Family::log_constant).sum::<f64>();
    let saturated: f64 = each().filter_map(Family::log_best).sum();
    let deviance = 2.0 * (saturated - log_likelihood);
    Ok(BivariateGlmm {
        k: counts.len(),
        means: [mean(0, "first"), mean(1, "second")],
        vcov: covariance.view((0, 0), (2, 2)).into_owned(),
        tau2,
        rho,
        fit: LikelihoodFit::new(log_likelihood, deviance, 5.0, 2.0 * counts.len() as f64),
    })
}
