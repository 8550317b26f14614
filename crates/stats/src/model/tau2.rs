//! Estimators of the between-study variance τ².
//!
//! Reviewed by Veroniki et al. (2016), doi 10.1002/jrsm.1164; standard errors as in Viechtbauer (2005),
//! doi 10.3102/10769986030003261. Iterative estimators are solved to the last digits, whatever the scale of the data,
//! and all estimates below 0 are exactly 0.

use crate::distribution::chi2_quantile;
use crate::model::generalised_q::GeneralisedQ;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::{FixedWeights, Kernel, Moments, Spread};
use crate::model::likelihood::{Likelihood, maximise};
use crate::model::options::Weighting;
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;

/// How the between-study variance is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tau2Method {
    /// DerSimonian & Laird (1986), doi 10.1016/0197-2456(86)90046-2: moments of Cochran's Q.
    DerSimonianLaird,
    /// Restricted maximum likelihood: the global maximum.
    Reml,
    /// Paule & Mandel (1982), doi 10.6028/jres.087.022: the τ² at which the generalised Q equals its df.
    PauleMandel,
    /// Maximum likelihood: the global maximum.
    MaximumLikelihood,
    /// Hunter & Schmidt: (Q − k)/Σw.
    HunterSchmidt,
    /// Hedges (also called Cochran's ANOVA estimator): from the unweighted variance of the estimates.
    Hedges,
    /// Sidik & Jonkman (2005), doi 10.1111/j.1467-9876.2005.00489.x, starting from the raw variance; never 0 unless
    /// all estimates agree.
    SidikJonkman,
    /// Empirical Bayes (Morris 1983), the same root as Paule-Mandel.
    EmpiricalBayes,
    /// Paule-Mandel whose Q equals the median of its distribution, so that the estimate is as often too small as too
    /// large (Viechtbauer 2021, doi 10.1007/978-3-030-70154-4).
    MedianUnbiasedPauleMandel,
    /// Hunter & Schmidt's estimator with Q times k/(k − p), its correction for small samples (Brannick et al. 2019,
    /// doi 10.1002/jrsm.1349).
    HunterSchmidtCorrected,
    /// DerSimonian & Laird's formula with the weights of its own result, (Q(τ²) − (k − p))/tr P(τ²) = τ². metafor has
    /// it; the formula's expectation holds for weights 1/v only, so it underestimates (done right, it is Paule-Mandel).
    IteratedDerSimonianLaird,
    /// Sidik & Jonkman's estimator started from itself until it stands still: the same root as Paule-Mandel.
    IteratedSidikJonkman,
    /// Moments of Q with the weights of the analysis (DerSimonian & Kacker 2007; Jackson 2013,
    /// doi 10.1002/jrsm.1081): DerSimonian-Laird with inverse variances, Hedges without weights.
    GeneralisedQ,
    /// The τ² at which the median of that Q is the one observed, so that the estimate is as often too small as too
    /// large (Viechtbauer 2021, doi 10.1007/978-3-030-70154-4).
    MedianUnbiasedGeneralisedQ,
}

impl Tau2Method {
    /// Every estimator, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::DerSimonianLaird,
        Self::Reml,
        Self::PauleMandel,
        Self::MaximumLikelihood,
        Self::HunterSchmidt,
        Self::Hedges,
        Self::SidikJonkman,
        Self::EmpiricalBayes,
        Self::MedianUnbiasedPauleMandel,
        Self::HunterSchmidtCorrected,
        Self::IteratedDerSimonianLaird,
        Self::IteratedSidikJonkman,
        Self::GeneralisedQ,
        Self::MedianUnbiasedGeneralisedQ,
    ];

    /// The usual abbreviation, as metafor spells it: `"DL"`, `"REML"`, `"PM"`, `"ML"`, `"HS"`, `"HE"`, `"SJ"`, `"EB"`,
    /// `"PMM"`, `"HSk"`, `"DLIT"`, `"SJIT"`, `"GENQ"`, `"GENQM"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DerSimonianLaird => "DL",
            Self::Reml => "REML",
            Self::PauleMandel => "PM",
            Self::MaximumLikelihood => "ML",
            Self::HunterSchmidt => "HS",
            Self::Hedges => "HE",
            Self::SidikJonkman => "SJ",
            Self::EmpiricalBayes => "EB",
            Self::MedianUnbiasedPauleMandel => "PMM",
            Self::HunterSchmidtCorrected => "HSk",
            Self::IteratedDerSimonianLaird => "DLIT",
            Self::IteratedSidikJonkman => "SJIT",
            Self::GeneralisedQ => "GENQ",
            Self::MedianUnbiasedGeneralisedQ => "GENQM",
        }
    }

    /// The name in words, as it would stand in a methods section.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::DerSimonianLaird => "DerSimonian-Laird",
            Self::Reml => "restricted maximum likelihood",
            Self::PauleMandel => "Paule-Mandel",
            Self::MaximumLikelihood => "maximum likelihood",
            Self::HunterSchmidt => "Hunter-Schmidt",
            Self::Hedges => "Hedges",
            Self::SidikJonkman => "Sidik-Jonkman",
            Self::EmpiricalBayes => "empirical Bayes",
            Self::MedianUnbiasedPauleMandel => "median-unbiased Paule-Mandel",
            Self::HunterSchmidtCorrected => "Hunter-Schmidt with small-sample correction",
            Self::IteratedDerSimonianLaird => "iterated DerSimonian-Laird",
            Self::IteratedSidikJonkman => "iterated Sidik-Jonkman",
            Self::GeneralisedQ => "generalised Q statistic",
            Self::MedianUnbiasedGeneralisedQ => "median-unbiased generalised Q statistic",
        }
    }
}

/// An estimate of τ² and its standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tau2 {
    pub(crate) estimate: f64,
    /// `None` when τ² was given.
    pub(crate) se: Option<f64>,
}

/// What an estimator of τ² may need beside the kernel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extra<'a> {
    /// The studies' estimates.
    pub(crate) estimates: &'a [f64],
    /// The weights for [`Tau2Method::GeneralisedQ`] and its kin; inverse variances if `None`.
    pub(crate) weights: Option<&'a [f64]>,
    /// The basis of the design; that of the plain mean if `None`.
    pub(crate) basis: Option<&'a Basis>,
}

/// τ² by `method`, of more studies than coefficients; `fixed` are the kernel's moments at τ² = 0.
pub(crate) fn estimate(
    kernel: &mut impl Kernel,
    fixed: &Moments,
    extra: Extra,
    method: Tau2Method,
) -> Result<Tau2, PoolError> {
    let df = kernel.df();
    match method {
        Tau2Method::DerSimonianLaird => Ok(dersimonian_laird(fixed, df)),
        Tau2Method::HunterSchmidt => Ok(hunter_schmidt(fixed, (kernel.k() as f64, df), 1.0)),
        Tau2Method::HunterSchmidtCorrected => {
            let k = kernel.k() as f64;
            Ok(hunter_schmidt(fixed, (k, df), k / df))
        }
        Tau2Method::Hedges => Ok(by_moments(&kernel.spread(FixedWeights::Equal))),
        Tau2Method::GeneralisedQ => Ok(match extra.weights {
            None => dersimonian_laird(fixed, df),
            Some(weights) => by_moments(&kernel.spread(FixedWeights::Given(weights))),
        }),
        Tau2Method::MedianUnbiasedGeneralisedQ => generalised_q_median(kernel, extra, method),
        Tau2Method::SidikJonkman => Ok(sidik_jonkman(kernel, raw_variance(extra.estimates))),
        Tau2Method::PauleMandel | Tau2Method::EmpiricalBayes | Tau2Method::IteratedSidikJonkman => {
            paule_mandel(kernel, df, method)
        }
        Tau2Method::MedianUnbiasedPauleMandel => {
            let median = chi2_quantile(0.5, df);
            paule_mandel(kernel, median, method)
        }
        Tau2Method::IteratedDerSimonianLaird => iterated_dersimonian_laird(kernel, method),
        Tau2Method::Reml => {
            let tau2 = maximise(kernel, fixed, Likelihood::Restricted)?;
            let information = kernel.moments(tau2).trace_pp / 2.0;
            Ok(Tau2 { estimate: tau2, se: Some(1.0 / information.sqrt()) })
        }
        Tau2Method::MaximumLikelihood => {
            let tau2 = maximise(kernel, fixed, Likelihood::Full)?;
            let information = kernel.moments(tau2).sum_w2 / 2.0;
            Ok(Tau2 { estimate: tau2, se: Some(1.0 / information.sqrt()) })
        }
    }
}

/// The τ² ≥ 0 at which the generalised Q equals `target` > 0; 0 when Q is below it already at τ² = 0.
///
/// 1/Q rises with τ² and is concave (by Cauchy and Schwarz, since (y′PPy)² ≤ y′Py·y′PPPy), so Newton's method started
/// at 0 climbs to the root without ever passing it; it ends with the step that changes τ² by less than 10⁻⁸ of it, whose
/// error is the square of that.
pub(crate) fn solve_generalised_q(
    kernel: &mut impl Kernel,
    target: f64,
    method: &'static str,
) -> Result<f64, PoolError> {
    const MOST_STEPS: u32 = 200;
    let (q, slope) = kernel.q_and_slope(0.0);
    if q <= target {
        return Ok(0.0);
    }
    let newton = |q: f64, slope: f64| q * ((q - target) / (target * slope));
    let mut tau2 = newton(q, slope);
    for _ in 0..MOST_STEPS {
        if !tau2.is_finite() {
            return Err(PoolError::Overflow);
        }
        let (q, slope) = kernel.q_and_slope(tau2);
        let step = newton(q, slope);
        tau2 += step;
        // The ratio of Q to its slope is the size of v + τ², whose rounding no step can get below.
        if step.abs() <= 1e-8 * tau2 + 8.0 * f64::EPSILON * (q / slope) {
            return Ok(tau2.max(0.0));
        }
    }
    Err(PoolError::not_converged(method, tau2))
}

fn generalised_q_median(
    kernel: &mut impl Kernel,
    extra: Extra,
    method: Tau2Method,
) -> Result<Tau2, PoolError> {
    let mean;
    let basis = if let Some(basis) = extra.basis {
        basis
    } else {
        mean = Basis::of_mean(kernel.variances());
        &mean
    };
    let weights = match extra.weights {
        Some(weights) => weights.to_vec(),
        None => Weighting::InverseVariance.fixed(kernel.variances()),
    };
    let q = GeneralisedQ::new(basis, extra.estimates, kernel.variances(), &weights);
    let tau2 = q.tau2_at(0.5, method.long_name())?;
    let spread = kernel.spread(FixedWeights::Given(&weights));
    Ok(Tau2 { estimate: tau2, se: Some(spread.variance(tau2).sqrt() / spread.trace) })
}

/// Mean square of the estimates about their plain mean, over k: where Sidik and Jonkman start.
fn raw_variance(estimates: &[f64]) -> f64 {
    let k = estimates.len() as f64;
    let reference = estimates.first().copied().unwrap_or(0.0);
    let shift = sum(estimates.iter().map(|y| y - reference)) / k;
    sum(estimates.iter().map(|y| ((y - reference) - shift) * ((y - reference) - shift))) / k
}

fn dersimonian_laird(at: &Moments, df: f64) -> Tau2 {
    let estimate = ((at.q - df) / at.trace).max(0.0);
    let variance = 2.0 * df + 4.0 * estimate * at.trace + 2.0 * estimate * estimate * at.trace_pp;
    Tau2 { estimate, se: Some(variance.sqrt() / at.trace) }
}

fn hunter_schmidt(at: &Moments, (k, df): (f64, f64), factor: f64) -> Tau2 {
    let estimate = ((factor * at.q - k) / at.sum_w).max(0.0);
    let variance = 2.0 * df + 4.0 * estimate * at.trace + 2.0 * estimate * estimate * at.trace_pp;
    Tau2 { estimate, se: Some(factor * variance.sqrt() / at.sum_w) }
}

fn by_moments(spread: &Spread) -> Tau2 {
    let estimate = spread.moment_estimate().max(0.0);
    Tau2 { estimate, se: Some(spread.variance(estimate).sqrt() / spread.trace) }
}

/// Sidik and Jonkman's estimate from weights at τ² = `start`.
fn sidik_jonkman(kernel: &mut impl Kernel, start: f64) -> Tau2 {
    let spread = kernel.spread(FixedWeights::At(start));
    let df = kernel.df();
    let estimate = start * spread.rss / df;
    Tau2 { estimate, se: Some(start * spread.variance(estimate).sqrt() / df) }
}

/// The τ² that DerSimonian and Laird's formula gives back when its weights are 1/(v + τ²).
///
/// Q(τ²) − (k − p) − τ²·tr P(τ²) falls and is convex, so Newton's method started at 0 climbs to its only zero.
fn iterated_dersimonian_laird(
    kernel: &mut impl Kernel,
    method: Tau2Method,
) -> Result<Tau2, PoolError> {
    const MOST_STEPS: u32 = 200;
    let df = kernel.df();
    let mut tau2 = 0.0;
    for _ in 0..MOST_STEPS {
        let at = kernel.moments(tau2);
        let gap = at.q - df - tau2 * at.trace;
        let step = gap / (at.pp + at.trace - tau2 * at.trace_pp);
        if !step.is_finite() && gap > 0.0 {
            return Err(PoolError::Overflow);
        }
        let settled = step.abs() <= 1e-8 * tau2 + 8.0 * f64::EPSILON * (at.q / at.pp);
        if gap <= 0.0 && tau2 == 0.0 || settled {
            let tau2 = if gap <= 0.0 && tau2 == 0.0 { 0.0 } else { (tau2 + step).max(0.0) };
            let variance = 2.0 * df + 4.0 * tau2 * at.trace + 2.0 * tau2 * tau2 * at.trace_pp;
            return Ok(Tau2 { estimate: tau2, se: Some(variance.sqrt() / at.trace) });
        }
        tau2 += step;
    }
    Err(PoolError::not_converged(method.long_name(), tau2))
}

fn paule_mandel(
    kernel: &mut impl Kernel,
    target: f64,
    method: Tau2Method,
) -> Result<Tau2, PoolError> {
    let tau2 = solve_generalised_q(kernel, target, method.long_name())?;
    let total = kernel.moments(tau2).sum_w;
    let se = kernel.k() as f64 * (2.0 / kernel.df()).sqrt() / total;
    Ok(Tau2 { estimate: tau2, se: Some(se) })
}
