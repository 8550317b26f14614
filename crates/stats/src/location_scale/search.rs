//! The scale coefficients of greatest likelihood.

use super::error::LocationScaleError;
use super::likelihood::{ScaleLikelihood, ScaleLink, Studies};
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// A maximum: the coefficients and minus the Hessian there.
pub(crate) struct Peak {
    pub(crate) alpha: Vec<f64>,
    pub(crate) information: Matrix,
    /// Whether it is on the edge of the range of the coefficients.
    pub(crate) at_boundary: bool,
    value: f64,
}

enum Failure {
    /// Some τᵢ² went to 0 on the log scale, and the likelihood to this height.
    Vanishing(f64),
    Unsettled,
}

const MOST_STEPS: u32 = 200;

/// The highest of the local maxima reached from several variances, the same for all studies or rising or falling along a
/// column of the design.
pub(crate) fn search(
    studies: &Studies,
    likelihood: ScaleLikelihood,
    tau2: f64,
) -> Result<Peak, LocationScaleError> {
    let smallest = studies.variances.iter().copied().fold(f64::INFINITY, f64::min);
    let centre = tau2.max(0.1 * smallest);
    let mut best: Option<Peak> = None;
    let mut vanishing = f64::NEG_INFINITY;
    for start in starts(studies, centre) {
        let found = match studies.link {
            ScaleLink::Log => newton(studies, likelihood, &start, 0.0),
            ScaleLink::Identity => along_barrier(studies, likelihood, start),
        };
        match found {
            Ok(peak) => {
                if best.as_ref().is_none_or(|best| peak.value > best.value + 1e-10) {
                    best = Some(peak);
                }
            }
            Err(Failure::Vanishing(height)) => vanishing = vanishing.max(height),
            Err(Failure::Unsettled) => {}
        }
    }
    match best {
        Some(best) if best.value >= vanishing - 1e-8 => Ok(best),
        _ if vanishing.is_finite() => Err(LocationScaleError::VanishingScale),
        _ => Err(LocationScaleError::NotConverged),
    }
}

/// Coefficients to start from; `centre` is a typical between-study variance.
fn starts(studies: &Studies, centre: f64) -> Vec<Vec<f64>> {
    let link = |value: f64| match studies.link {
        ScaleLink::Log => libm::log(value),
        ScaleLink::Identity => value,
    };
    let mut starts: Vec<Vec<f64>> =
        [1.0, 10.0, 0.1].map(|factor| constant(studies, link(factor * centre))).to_vec();
    for (j, column) in studies.scale.column_iter().enumerate() {
        let mean = column.mean();
        let widest = column.iter().fold(0.0, |widest: f64, x| widest.max((x - mean).abs()));
        if widest < 1e-9 {
            continue;
        }
        // On the identity link nearly to the edge of the range; on the log link by a factor of e at the farthest study, and
        // steeply, about the mean or about the farthest study: such maxima are where few studies have all the heterogeneity.
        let farthest =
            |sign: f64| column.iter().map(|x| sign * x).fold(f64::NEG_INFINITY, f64::max) * sign;
        for sign in [1.0, -1.0] {
            let tilts: &[(f64, f64)] = match studies.link {
                ScaleLink::Log => {
                    let far = farthest(sign);
                    &[(1.0, mean), (8.0, mean), (3.0, far), (8.0, far), (30.0, far)]
                }
                ScaleLink::Identity => &[(0.95 * centre, mean)],
            };
            for (steepness, about) in tilts {
                let tilt = steepness / widest;
                let mut start = constant(studies, link(centre) - sign * tilt * about);
                start[j] += sign * tilt;
                starts.push(start);
            }
        }
    }
    starts
}

/// The coefficients whose linear predictor is nearest to `value` for all studies: columns are orthogonal with mean square 1.
fn constant(studies: &Studies, value: f64) -> Vec<f64> {
    let k = studies.scale.nrows() as f64;
    (0..studies.scale.ncols()).map(|j| value * studies.scale.column(j).sum() / k).collect()
}

/// Maxima under ever weaker logarithmic barriers that keep all τᵢ² above 0 (Nocedal & Wright 2006, section 19.6), finished
/// without one where the maximum is inside.
fn along_barrier(
    studies: &Studies,
    likelihood: ScaleLikelihood,
    start: Vec<f64>,
) -> Result<Peak, Failure> {
    let mut alpha = start;
    let mut last = None;
    // The likelihood itself takes away ½ of each ln τᵢ² where that is large, so the barrier must stay well below.
    for exponent in 2..=13 {
        let peak = newton(studies, likelihood, &alpha, libm::pow(10.0, -f64::from(exponent)))?;
        alpha.clone_from(&peak.alpha);
        last = Some(peak);
    }
    match newton(studies, likelihood, &alpha, 0.0) {
        Ok(inside) => Ok(inside),
        Err(_) => last.ok_or(Failure::Unsettled),
    }
}

/// Newton's method with shorter steps where a whole one would fall, and a ridge where the surface is not concave.
///
/// It has settled when the rise still to be had is below 1e-14 where the surface is concave. `barrier` times the sum of
/// ln τᵢ² is added to the likelihood.
fn newton(
    studies: &Studies,
    likelihood: ScaleLikelihood,
    start: &[f64],
    barrier: f64,
) -> Result<Peak, Failure> {
    let q = start.len();
    let mut alpha = start.to_vec();
    let mut height = value(studies, likelihood, &alpha, barrier).ok_or(Failure::Unsettled)?;
    let mut least_ridge = 0.0;
    for _ in 0..MOST_STEPS {
        let (gradient, information) =
            slopes(studies, likelihood, &alpha, barrier).ok_or(Failure::Unsettled)?;
        let (step, ridge) = step(&gradient, &information, least_ridge).ok_or(Failure::Unsettled)?;
        let rise = step.dot(&gradient);
        if rise <= 1e-14 {
            if ridge > 0.0 {
                return Err(Failure::Unsettled);
            }
            // A likelihood that is flat in some direction has its maximum at τᵢ² = 0, where ln τᵢ² is −∞.
            let flattest = information.symmetric_eigenvalues().min();
            let vanishing = studies.link == ScaleLink::Log && flattest < 1e-8;
            if vanishing {
                return Err(Failure::Vanishing(height));
            }
            return Ok(Peak { alpha, information, at_boundary: barrier > 0.0, value: height });
        }
        let slack = if rise < 1e-8 { 1e-12 * height.abs().max(1.0) } else { 0.0 };
        // On the log scale, e³ is far enough for one step.
        let longest = if studies.link == ScaleLink::Log { step.amax() } else { 0.0 };
        let mut share = if longest > 3.0 { 3.0 / longest } else { 1.0 };
        let moved =
            |share: f64| -> Vec<f64> { (0..q).map(|j| alpha[j] + share * step[j]).collect() };
        let risen = loop {
            let next = moved(share);
            match value(studies, likelihood, &next, barrier) {
                Some(there) if there >= height + 1e-4 * share * rise - slack => {
                    break Some((next, there));
                }
                _ if share < 1e-10 => break None,
                _ => share *= 0.5,
            }
        };
        match risen {
            Some((next, there)) => {
                (alpha, height) = (next, there);
                least_ridge = 0.0;
            }
            None if ridge > 1e8 => return Err(Failure::Unsettled),
            None => least_ridge = (10.0 * ridge).max(1e-3),
        }
        if studies.link == ScaleLink::Log && alpha.iter().any(|a| a.abs() > 200.0) {
            return Err(Failure::Vanishing(height));
        }
    }
    Err(Failure::Unsettled)
}

fn value(
    studies: &Studies,
    likelihood: ScaleLikelihood,
    alpha: &[f64],
    barrier: f64,
) -> Option<f64> {
    let at = studies.at(alpha)?;
    let fence = if barrier > 0.0 {
        barrier * at.tau2.iter().map(|t| libm::log(*t)).sum::<f64>()
    } else {
        0.0
    };
    let value = at.log_likelihood(likelihood) + fence;
    value.is_finite().then_some(value)
}

/// The gradient and minus the Hessian.
fn slopes(
    studies: &Studies,
    likelihood: ScaleLikelihood,
    alpha: &[f64],
    barrier: f64,
) -> Option<(Vector, Matrix)> {
    let at = studies.at(alpha)?;
    let (mut gradient, hessian) = studies.derivatives(&at, likelihood);
    let mut information = -hessian;
    if barrier > 0.0 {
        for (i, tau2) in at.tau2.iter().enumerate() {
            let row = studies.scale.row(i).transpose() / *tau2;
            gradient += &row * barrier;
            information += &row * row.transpose() * barrier;
        }
    }
    Some((gradient, information))
}

/// The Newton step, with the smallest ridge from `least` on that makes the surface concave.
fn step(gradient: &Vector, information: &Matrix, least: f64) -> Option<(Vector, f64)> {
    let mut ridge = least;
    loop {
        let mut raised = information.clone();
        for j in 0..raised.nrows() {
            raised[(j, j)] += ridge * information[(j, j)].abs().max(1e-3);
        }
        if let Some(factor) = Factor::of(raised) {
            return Some((factor.solve_vector(gradient), ridge));
        }
        ridge = if ridge == 0.0 { 1e-4 } else { 4.0 * ridge };
        if ridge > 1e12 {
            return None;
        }
    }
}
