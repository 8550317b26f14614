//! Mantel-Haenszel pooling of 2×2 tables: odds ratio, risk ratio, risk difference.
//!
//! Handbook 10.4.1. With [`MhOptions::default`] the numbers are metafor's `rma.mh`, with [`MhOptions::review_manager`]
//! Review Manager's (Deeks & Higgins, Statistical algorithms in Review Manager 5, 2010). The two differ in what is done
//! about zero cells ([`CellTreatment`]), in the variance of the risk difference ([`MhRdVariance`]), and Review Manager
//! alone has a random-effects variant ([`MhModel::RandomEffects`]).

use crate::effect::Effect;
use crate::effect_size::binary::TwoByTwo;
use crate::model::fit_statistics::FitStatistics;
use crate::model::pool::Pooled;
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;
use crate::tables::cells::{Cells, by_rule, checked};
use crate::tables::options::{CellTreatment, MhMeasure, MhModel, MhOptions, MhRdVariance};
use crate::tables::revman_rules::{RevManRules, RevManTable};
use crate::tables::stratified_tests::{StratifiedTests, stratified_tests};
use crate::tables::summary::{Estimate, Heterogeneity, fit_statistics, random_effects};

/// A Mantel-Haenszel synthesis with each study's own effect.
#[derive(Debug, Clone, PartialEq)]
pub struct MhFit {
    /// The pooled answer. `k` counts the studies with an effect of their own, on which Q rests; `weights` has one entry
    /// per table, 0 where it is left out; `i2` comes from Q; there is no `se_tau2` and no prediction interval
    /// (see [`PredictionMethod::interval`](crate::PredictionMethod::interval)).
    pub pooled: Pooled,
    /// Each table's effect, in order; `None` where it is not estimable.
    pub studies: Vec<Option<Effect>>,
    /// Number of tables in the pooled sums.
    pub k_pooled: usize,
    /// Likelihood of the studies' effects about the pooled estimate; `None` for fewer than two studies.
    pub fit: Option<FitStatistics>,
    /// Tests of association and of homogeneity; `None` unless the measure is the odds ratio.
    pub tests: Option<StratifiedTests>,
}

/// Pools 2×2 tables by the Mantel-Haenszel method.
///
/// ```
/// use consilience_stats::{MhMeasure, MhOptions, TwoByTwo, mantel_haenszel};
/// let trials = [
///     TwoByTwo { events_e: 4.0, n_e: 123.0, events_c: 11.0, n_c: 139.0 },
///     TwoByTwo { events_e: 6.0, n_e: 306.0, events_c: 29.0, n_c: 303.0 },
/// ];
/// let fit = mantel_haenszel(&trials, MhMeasure::OddsRatio, &MhOptions::default()).unwrap();
/// assert!(fit.pooled.ci.upper < 0.0);
/// assert!(fit.tests.unwrap().mantel_haenszel.p_value < 0.001);
/// ```
pub fn mantel_haenszel(
    tables: &[TwoByTwo],
    measure: MhMeasure,
    options: &MhOptions,
) -> Result<MhFit, PoolError> {
    PoolError::check_level(options.level)?;
    let strata = Strata::of(checked(tables)?, measure, options)?;
    let summary = strata.summarise(measure, options.rd_variance)?;
    let effects: Vec<Effect> = strata.studies.iter().flatten().copied().collect();
    let heterogeneity = Heterogeneity::about(summary.pooled, &effects);
    let tests = match measure {
        MhMeasure::OddsRatio => stratified_tests(
            &strata.cells(),
            libm::exp(summary.pooled),
            options.continuity_correction,
        ),
        MhMeasure::RiskRatio | MhMeasure::RiskDifference => None,
    };
    let fit = fit_statistics(summary.pooled, &effects);
    let k_pooled = strata.pooled.iter().flatten().count();
    let estimate = match options.model {
        MhModel::CommonEffect => summary,
        MhModel::RandomEffects if effects.is_empty() => {
            return Err(PoolError::NothingEstimable { found: tables.len() });
        }
        MhModel::RandomEffects => {
            random_effects(&strata.studies, heterogeneity.dersimonian_laird(&effects)?)
        }
    };
    let pooled = estimate.into_pooled(heterogeneity, effects.len(), options.level)?;
    Ok(MhFit { pooled, studies: strata.studies, k_pooled, fit, tests })
}

/// One table's part in the pooled sums.
struct Stratum {
    cells: Cells,
    /// The table's ratio or difference times its weight.
    numerator: f64,
    /// The table's weight.
    weight: f64,
    /// Variance of the table's risk difference; of no use for ratios.
    rd_variance: f64,
}

impl Stratum {
    fn new(cells: Cells, measure: MhMeasure) -> Self {
        let Cells { a, b, c, d } = cells;
        let (n1, n2, n) = (cells.n1(), cells.n2(), cells.n());
        let (numerator, weight) = match measure {
            MhMeasure::OddsRatio => (a * d / n, b * c / n),
            MhMeasure::RiskRatio => (a * n2 / n, c * n1 / n),
            MhMeasure::RiskDifference => (a * (n2 / n) - c * (n1 / n), n1 * (n2 / n)),
        };
        Self { cells, numerator, weight, rd_variance: cells.variance_of_risk_difference() }
    }

    fn of_review_manager(table: &RevManTable, measure: MhMeasure) -> Self {
        let own = Self::new(table.cells, measure);
        Self {
            numerator: table.given.map_or(own.numerator, |ratio| ratio * own.weight),
            rd_variance: table.effect.variance,
            ..own
        }
    }
}

/// The studies' effects and their parts in the sums, in the order of the tables.
struct Strata {
    studies: Vec<Option<Effect>>,
    pooled: Vec<Option<Stratum>>,
}

impl Strata {
    fn of(tables: &[TwoByTwo], measure: MhMeasure, options: &MhOptions) -> Result<Self, PoolError> {
        match options.cells {
            CellTreatment::ByRule { studies, pooled } => Ok(Self {
                studies: by_rule(tables, &studies)?
                    .iter()
                    .map(|cells| cells.and_then(|cells| cells.effect(measure)))
                    .collect(),
                pooled: by_rule(tables, &pooled)?
                    .into_iter()
                    .map(|cells| cells.map(|cells| Stratum::new(cells, measure)))
                    .collect(),
            }),
            CellTreatment::ReviewManager(rules) => Self::review_manager(tables, measure, rules),
        }
    }

    fn review_manager(
        tables: &[TwoByTwo],
        measure: MhMeasure,
        rules: RevManRules,
    ) -> Result<Self, PoolError> {
        let seen: Vec<Option<RevManTable>> =
            tables.iter().map(|table| RevManTable::of(table, measure, rules).ok()).collect();
        if seen.iter().all(Option::is_none) {
            return Err(PoolError::NothingEstimable { found: tables.len() });
        }
        Ok(Self {
            studies: seen.iter().map(|it| it.as_ref().map(|it| it.effect)).collect(),
            pooled: seen
                .iter()
                .map(|it| it.as_ref().map(|it| Stratum::of_review_manager(it, measure)))
                .collect(),
        })
    }

    fn strata(&self) -> impl Iterator<Item = &Stratum> {
        self.pooled.iter().flatten()
    }

    fn cells(&self) -> Vec<Cells> {
        self.strata().map(|stratum| stratum.cells).collect()
    }

    fn total(&self, term: impl Fn(&Stratum) -> f64) -> f64 {
        sum(self.strata().map(term))
    }

    fn summarise(&self, measure: MhMeasure, variance: MhRdVariance) -> Result<Estimate, PoolError> {
        let numerator = self.total(|it| it.numerator);
        let weight = self.total(|it| it.weight);
        if measure != MhMeasure::RiskDifference && !(numerator > 0.0 && weight > 0.0) {
            return Err(if numerator == 0.0 && weight == 0.0 {
                PoolError::NothingEstimable { found: self.pooled.len() }
            } else {
                PoolError::PooledRatioUndefined { measure: measure.long_name() }
            });
        }
        let (estimate, se) = match measure {
            MhMeasure::OddsRatio => {
                (libm::log(numerator / weight), self.variance_of_odds_ratio().sqrt())
            }
            MhMeasure::RiskRatio => {
                let p = self.total(|it| product_of_margins(&it.cells));
                (libm::log(numerator / weight), (p / numerator / weight).sqrt())
            }
            MhMeasure::RiskDifference => {
                let difference = numerator / weight;
                let variance = match variance {
                    MhRdVariance::Sato => self.sato_variance(difference, weight),
                    MhRdVariance::Binomial => self.binomial_variance(weight),
                };
                (difference, variance.sqrt())
            }
        };
        if se.is_nan() || se <= 0.0 {
            return Err(PoolError::PooledRatioUndefined { measure: measure.long_name() });
        }
        let weights = self.pooled.iter().map(|it| it.as_ref().map_or(0.0, |it| it.weight));
        Ok(Estimate { pooled: estimate, se, tau2: 0.0, weights: weights.collect() })
    }

    /// Robins, Breslow & Greenland (1986), doi 10.2307/2531052.
    fn variance_of_odds_ratio(&self) -> f64 {
        let agree = |it: &Stratum| (it.cells.a + it.cells.d) / it.cells.n();
        let differ = |it: &Stratum| (it.cells.b + it.cells.c) / it.cells.n();
        let (r, s) = (self.total(|it| it.numerator), self.total(|it| it.weight));
        let e = self.total(|it| agree(it) * it.numerator);
        let f = self.total(|it| agree(it) * it.weight);
        let g = self.total(|it| differ(it) * it.numerator);
        let h = self.total(|it| differ(it) * it.weight);
        0.5 * (e / r / r + (f + g) / r / s + h / s / s)
    }

    /// Sato, Greenland & Robins (1989), Biometrics 45, 1323-1324, after Greenland & Robins (1985), doi 10.2307/2530643.
    fn sato_variance(&self, difference: f64, weight: f64) -> f64 {
        let p = self.total(|it| {
            let Cells { a, c, .. } = it.cells;
            let (f1, f2) = (it.cells.n1() / it.cells.n(), it.cells.n2() / it.cells.n());
            f1 * f1 * c - f2 * f2 * a + f1 * f2 * (it.cells.n2() - it.cells.n1()) / 2.0
        });
        let q = self.total(|it| {
            let Cells { a, b, c, d } = it.cells;
            f64::midpoint(a / it.cells.n() * d, c / it.cells.n() * b)
        });
        (difference * p + q) / weight / weight
    }

    /// Σ (w/Σw)²·v with each study's own variance.
    fn binomial_variance(&self, weight: f64) -> f64 {
        self.total(|it| (it.weight / weight) * (it.weight / weight) * it.rd_variance)
    }
}

/// (n₁n₂(a+c) − acN)/N²: Greenland & Robins (1985), doi 10.2307/2530643.
fn product_of_margins(cells: &Cells) -> f64 {
    let n = cells.n();
    (cells.n1() / n) * (cells.n2() / n) * (cells.a + cells.c) - cells.a / n * cells.c
}
