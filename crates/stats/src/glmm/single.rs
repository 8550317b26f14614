//! Models with one count a study: the conditional ones of two groups, and those of one group.

use super::error::GlmmError;
use super::family::Family;
use super::jet::Jet;
use super::marginal::{Arm, log_conditional};
use super::newton::{Maximum, NoMaximum, Point, Problem, Slot, climb, maximise};
use super::observed::Observed;
use super::parts::{Parts, Setting, highest, se_of_square, zeros};
use super::quadrature::OneEffect;
use crate::numeric::matrix::Matrix;

const MODEL: &str = "one-count";

/// Fits the model; `start` is a guess of the design's scaled coefficients.
pub(crate) fn fit(
    counts: &[Family],
    setting: &Setting,
    start: Vec<f64>,
) -> Result<Parts, GlmmError> {
    let constant: f64 = counts.iter().map(Family::log_constant).sum();
    let design = &setting.design.matrix;
    let p = design.ncols();
    let common = highest([common_effect(counts, design, start)], 0..0, MODEL)?;
    let saturated = counts
        .iter()
        .map(|count| count.log_best().ok_or(GlmmError::NotConverged { model: "saturated" }))
        .sum::<Result<f64, _>>()?;
    let mixed = if setting.random { Some(random_effects(counts, setting, &common)?) } else { None };
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
            .and_then(|it| Some(constant + conditional(counts, design, it)?)),
        log_likelihood_common: constant + common.surface.value,
        log_likelihood_saturated: saturated,
        q_wald: observed(counts).regress(design).map_or(0.0, |it| it.q),
        parameters: p + usize::from(setting.random),
        observations: counts.len(),
    })
}

fn common_effect(
    counts: &[Family],
    design: &Matrix,
    start: Vec<f64>,
) -> Result<Maximum, NoMaximum> {
    let problem = |scored: bool| Problem {
        design,
        slots: [Slot::Effect],
        shared: 0,
        study: move |i: usize, [delta]: &[f64; 1]| {
            let jet = counts[i].at(Jet::<1>::variable(*delta, 0), scored);
            jet.value.is_finite().then_some(jet)
        },
    };
    maximise(&problem(false), Point { own: Vec::new(), global: start })?
        .with_information(&problem(true))
}

fn random_effects(
    counts: &[Family],
    setting: &Setting,
    common: &Maximum,
) -> Result<Maximum, GlmmError> {
    let problem = |integral: OneEffect| Problem {
        design: &setting.design.matrix,
        slots: [Slot::Effect, Slot::Spread(0)],
        shared: 1,
        study: move |i: usize, [delta, tau]: &[f64; 2]| {
            let [delta, tau] = [Jet::<2>::variable(*delta, 0), Jet::variable(*tau, 1)];
            integral.log_marginal(&[Arm { family: &counts[i], at: delta, loadings: [tau] }])
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

fn conditional(counts: &[Family], design: &Matrix, mixed: &Maximum) -> Option<f64> {
    let p = design.ncols();
    let global = &mixed.at.global;
    (0..counts.len())
        .map(|i| {
            let delta: f64 = (0..p).map(|j| design[(i, j)] * global[j]).sum();
            log_conditional(&[Arm {
                family: &counts[i],
                at: Jet::constant(delta),
                loadings: [Jet::constant(global[p])],
            }])
        })
        .sum()
}

/// The effects behind counts, each by maximum likelihood.
pub(crate) fn observed(counts: &[Family]) -> Observed {
    let mut observed = Observed::new();
    for count in counts {
        match count.best() {
            Some(best) if !count.is_extreme() => {
                observed.push(best, -1.0 / count.derivatives(best)[2]);
            }
            _ => observed.push(f64::NAN, f64::NAN),
        }
    }
    observed
}
