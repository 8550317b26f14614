//! Asymmetry tests made for 2×2 tables and for standardised mean differences, whose standard errors depend on the
//! estimates themselves: a funnel of them is asymmetric without any bias (Handbook 13.3.5.4).

use crate::bias::error::BiasError;
use crate::bias::regression::{AsymmetryTest, Predictor, Scatter, asymmetry_test};
use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::{TwoByTwo, odds_ratio, peto_odds_ratio};
use crate::model::design::Design;
use crate::model::options::{CiMethod, Model, RegressionOptions};
use crate::model::tau2::Tau2Method;

/// A test of log odds ratios against study size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableTest {
    /// Harbord, Egger & Sterne (2006), doi 10.1002/sim.2380: score over information, Z/V, against 1/√V.
    Harbord,
    /// Peters et al. (2006), doi 10.1001/jama.295.6.676: against 1/n, weighted by events × non-events / n.
    Peters,
    /// Macaskill, Walter & Irwig (2001), doi 10.1002/sim.698: against n, weighted as Peters.
    Macaskill,
    /// Deeks, Macaskill & Irwig (2005), doi 10.1016/j.jclinepi.2005.01.016, for diagnostic odds ratios: against 1/√ESS, weighted
    /// by the effective sample size ESS = 4·n₁·n₂/(n₁ + n₂), with the diseased and the others as the two groups.
    Deeks,
}

impl TableTest {
    /// Every test, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Harbord, Self::Peters, Self::Macaskill, Self::Deeks];

    /// `"Harbord"`, `"Peters"`, `"Macaskill"` or `"Deeks"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Harbord => "Harbord",
            Self::Peters => "Peters",
            Self::Macaskill => "Macaskill",
            Self::Deeks => "Deeks",
        }
    }
}

/// Tests a funnel of log odds ratios for asymmetry by weighted least squares, t on k − 2.
///
/// Tables with an empty cell get ½ in all cells for their log odds ratio (not for Harbord's score, nor for weights);
/// tables without or with nothing but events have none and are refused by position.
pub fn table_asymmetry_test(
    tables: &[TwoByTwo],
    test: TableTest,
    level: f64,
) -> Result<AsymmetryTest, BiasError> {
    let mut effects = Vec::with_capacity(tables.len());
    let mut sizes = Vec::with_capacity(tables.len());
    for (study, table) in tables.iter().enumerate() {
        let wrong = |reason| BiasError::Table { study, reason };
        let (effect, size) = test.point(table).map_err(wrong)?;
        effects.push(effect);
        sizes.push(size);
    }
    let predictor = match test {
        TableTest::Harbord => Predictor::StandardError,
        TableTest::Peters => Predictor::InverseSampleSize(&sizes),
        TableTest::Macaskill => Predictor::SampleSize(&sizes),
        TableTest::Deeks => Predictor::RootInverseSampleSize(&sizes),
    };
    let design = Design::intercept(tables.len());
    asymmetry_test(&effects, &design, predictor, &Scatter::Multiplicative, level)
}

impl TableTest {
    /// The estimate with the variance that weights it, and the study's size.
    fn point(self, table: &TwoByTwo) -> Result<(Effect, f64), EffectError> {
        let (n_e, n_c) = (table.n_e, table.n_c);
        if self == Self::Harbord {
            return Ok((peto_odds_ratio(table)?, n_e + n_c));
        }
        let estimate = odds_ratio(table)?.estimate;
        let events = table.events_e + table.events_c;
        let others = n_e + n_c - events;
        let (variance, size) = match self {
            Self::Deeks => {
                let effective = 4.0 * n_e * n_c / (n_e + n_c);
                (1.0 / effective, effective)
            }
            _ => (1.0 / events + 1.0 / others, n_e + n_c),
        };
        Ok((Effect::checked(estimate, variance)?, size))
    }
}

/// Tests a funnel of standardised mean differences against √(1/n₁ + 1/n₂), the part of the standard error that does not
/// depend on the estimate, by weighted least squares with the full variances' weights.
///
/// Pustejovsky & Rodgers (2019), doi 10.1002/jrsm.1332. `sizes` are those of the two groups.
pub fn smd_asymmetry_test(
    effects: &[Effect],
    sizes: &[(f64, f64)],
    level: f64,
) -> Result<AsymmetryTest, BiasError> {
    let usable = |n: f64| n > 0.0 && n.is_finite();
    let bad = sizes.iter().position(|(n1, n2)| !usable(*n1) || !usable(*n2));
    if let Some(study) = bad {
        let (n1, n2) = sizes[study];
        return Err(BiasError::Size { study, found: if usable(n1) { n2 } else { n1 } });
    }
    let imprecision: Vec<f64> = sizes.iter().map(|(n1, n2)| (1.0 / n1 + 1.0 / n2).sqrt()).collect();
    let design = Design::intercept(effects.len());
    let predictor = Predictor::Imprecision(&imprecision);
    asymmetry_test(effects, &design, predictor, &Scatter::Multiplicative, level)
}

/// Egger's regression with additive heterogeneity by moments, t on k − 2: Thompson & Sharp (1999),
/// doi 10.1002/(SICI)1097-0258(19991030)18:20.
pub fn thompson_sharp(effects: &[Effect], level: f64) -> Result<AsymmetryTest, BiasError> {
    let scatter = Scatter::Additive(RegressionOptions {
        model: Model::RandomEffects(Tau2Method::DerSimonianLaird),
        ci: CiMethod::T,
        ..RegressionOptions::default()
    });
    let design = Design::intercept(effects.len());
    asymmetry_test(effects, &design, Predictor::StandardError, &scatter, level)
}
