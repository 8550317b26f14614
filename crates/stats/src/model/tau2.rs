//! Estimators of the between-study variance τ².
//!
//! Reviewed by Veroniki et al. (2016), doi 10.1002/jrsm.1164; standard errors as in Viechtbauer (2005),
//! doi 10.3102/10769986030003261. Iterative estimators are solved to the last digits, whatever the scale of the data,
//! and all estimates below 0 are exactly 0.

use crate::model::likelihood::{Likelihood, maximise};
use crate::model::pool_error::PoolError;
use crate::model::weighted::Studies;
use crate::numeric::root::bracketed_root;

/// How the between-study variance is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tau2Method {
    /// DerSimonian & Laird (1986), doi 10.1016/0197-2456(86)90046-2: moments of Cochran's Q.
    DerSimonianLaird,
    /// Restricted maximum likelihood: the global maximum.
    Reml,
    /// Paule & Mandel (1982), doi 10.6028/jres.087.022: the τ² at which the generalised Q equals k − 1.
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
    ];

    /// The usual abbreviation, as metafor spells it: `"DL"`, `"REML"`, `"PM"`, `"ML"`, `"HS"`, `"HE"`, `"SJ"`, `"EB"`.
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
        }
    }
}

/// An estimate of τ² and its standard error.
pub(crate) struct Tau2 {
    pub(crate) estimate: f64,
    pub(crate) se: f64,
}

/// τ² of at least two studies by `method`.
pub(crate) fn estimate(studies: &Studies, method: Tau2Method) -> Result<Tau2, PoolError> {
    match method {
        Tau2Method::DerSimonianLaird => Ok(dersimonian_laird(studies)),
        Tau2Method::HunterSchmidt => Ok(hunter_schmidt(studies)),
        Tau2Method::Hedges => Ok(hedges(studies)),
        Tau2Method::SidikJonkman => Ok(sidik_jonkman(studies)),
        Tau2Method::PauleMandel | Tau2Method::EmpiricalBayes => paule_mandel(studies, method),
        Tau2Method::Reml => {
            let tau2 = maximise(studies, Likelihood::Restricted)?;
            let ones = vec![1.0; studies.k()];
            let information = studies.at(tau2).quadratic_p(&ones, &ones) / 2.0;
            Ok(Tau2 { estimate: tau2, se: 1.0 / information.sqrt() })
        }
        Tau2Method::MaximumLikelihood => {
            let tau2 = maximise(studies, Likelihood::Full)?;
            let information = studies.at(tau2).sum_of_squared_weights() / 2.0;
            Ok(Tau2 { estimate: tau2, se: 1.0 / information.sqrt() })
        }
    }
}

/// The τ² ≥ 0 at which the generalised Q equals `target` > 0; 0 when Q is below it already at τ² = 0.
pub(crate) fn solve_generalised_q(studies: &Studies, target: f64) -> Result<f64, f64> {
    if studies.generalised_q(0.0) <= target {
        return Ok(0.0);
    }
    // Q(τ²) ≤ (sum of squares about the unweighted mean)/τ², so the root lies below this:
    let upper = studies.sum_of_squares() / target;
    bracketed_root(|tau2| studies.generalised_q(tau2) - target, 0.0, upper)
        .map_err(|unconverged| unconverged.0)
}

fn dersimonian_laird(studies: &Studies) -> Tau2 {
    let fixed = studies.at(0.0);
    let trace = fixed.trace_p();
    let estimate = ((fixed.q() - studies.df()) / trace).max(0.0);
    Tau2 { estimate, se: variance_of_q(studies, estimate).sqrt() / trace }
}

fn hunter_schmidt(studies: &Studies) -> Tau2 {
    let fixed = studies.at(0.0);
    let estimate = ((fixed.q() - studies.k() as f64) / fixed.total).max(0.0);
    Tau2 { estimate, se: variance_of_q(studies, estimate).sqrt() / fixed.total }
}

/// Variance of Cochran's Q at a given τ²: 2(k−1) + 4τ²·tr P + 2τ⁴·tr PP.
fn variance_of_q(studies: &Studies, tau2: f64) -> f64 {
    let fixed = studies.at(0.0);
    let ones = vec![1.0; studies.k()];
    2.0 * studies.df()
        + 4.0 * tau2 * fixed.trace_p()
        + 2.0 * tau2 * tau2 * fixed.quadratic_p(&ones, &ones)
}

fn hedges(studies: &Studies) -> Tau2 {
    let df = studies.df();
    let plain = studies.unweighted();
    let mean_variance =
        crate::numeric::sum::sum(studies.variances.iter().copied()) / studies.k() as f64;
    let estimate = (plain.q() / df - mean_variance).max(0.0);
    let v = &studies.variances;
    let variance = 2.0 * plain.quadratic_p(v, v)
        + 4.0 * estimate * df * mean_variance
        + 2.0 * estimate * estimate * df;
    Tau2 { estimate, se: variance.sqrt() / df }
}

fn sidik_jonkman(studies: &Studies) -> Tau2 {
    let df = studies.df();
    let start = studies.sum_of_squares() / studies.k() as f64;
    let weighted = studies.at(start);
    let estimate = start * weighted.q() / df;
    let ones = vec![1.0; studies.k()];
    let v = &studies.variances;
    let variance = 2.0 * weighted.quadratic_p(v, v)
        + 4.0 * estimate * weighted.quadratic_p(v, &ones)
        + 2.0 * estimate * estimate * weighted.quadratic_p(&ones, &ones);
    Tau2 { estimate, se: start * variance.sqrt() / df }
}

fn paule_mandel(studies: &Studies, method: Tau2Method) -> Result<Tau2, PoolError> {
    let tau2 = solve_generalised_q(studies, studies.df())
        .map_err(|last| PoolError::not_converged(method.long_name(), last))?;
    let total = studies.at(tau2).total;
    let k = studies.k() as f64;
    Ok(Tau2 { estimate: tau2, se: k * (2.0 / studies.df()).sqrt() / total })
}
