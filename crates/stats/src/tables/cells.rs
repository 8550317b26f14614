//! The four cells of a table after zero cells were dealt with, and what one table says by itself.

use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::zero_cells::ZeroCells;
use crate::model::pool_error::PoolError;
use crate::tables::options::MhMeasure;

/// Events and others in the experimental arm (`a`, `b`) and in the control arm (`c`, `d`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) a: f64,
    pub(crate) b: f64,
    pub(crate) c: f64,
    pub(crate) d: f64,
}

impl Cells {
    pub(crate) fn of(table: &TwoByTwo) -> Self {
        Self { a: table.a(), b: table.b(), c: table.c(), d: table.d() }
    }

    pub(crate) fn plus(self, add: f64) -> Self {
        Self { a: self.a + add, b: self.b + add, c: self.c + add, d: self.d + add }
    }

    /// People in the experimental arm.
    pub(crate) fn n1(&self) -> f64 {
        self.a + self.b
    }

    /// People in the control arm.
    pub(crate) fn n2(&self) -> f64 {
        self.c + self.d
    }

    /// People in both arms.
    pub(crate) fn n(&self) -> f64 {
        self.n1() + self.n2()
    }

    /// Log odds ratio, log risk ratio or risk difference; `None` where it or its variance is not a number.
    pub(crate) fn effect(&self, measure: MhMeasure) -> Option<Effect> {
        match measure {
            MhMeasure::OddsRatio => self.log_odds_ratio(),
            MhMeasure::RiskRatio => self.log_risk_ratio(),
            MhMeasure::RiskDifference => {
                Effect::checked(self.risk_difference(), self.variance_of_risk_difference()).ok()
            }
        }
    }

    fn log_odds_ratio(&self) -> Option<Effect> {
        let estimate = libm::log((self.a / self.b) / (self.c / self.d));
        let variance = 1.0 / self.a + 1.0 / self.b + 1.0 / self.c + 1.0 / self.d;
        Effect::checked(estimate, variance).ok()
    }

    fn log_risk_ratio(&self) -> Option<Effect> {
        let estimate = libm::log((self.a / self.n1()) / (self.c / self.n2()));
        Effect::checked(estimate, self.variance_of_log_risk_ratio()).ok()
    }

    /// 1/a − 1/n₁ + 1/c − 1/n₂.
    pub(crate) fn variance_of_log_risk_ratio(&self) -> f64 {
        self.b / (self.a * self.n1()) + self.d / (self.c * self.n2())
    }

    pub(crate) fn risk_difference(&self) -> f64 {
        self.a / self.n1() - self.c / self.n2()
    }

    /// a·b/n₁³ + c·d/n₂³.
    pub(crate) fn variance_of_risk_difference(&self) -> f64 {
        let (n1, n2) = (self.n1(), self.n2());
        self.a / n1 * (self.b / n1) / n1 + self.c / n2 * (self.d / n2) / n2
    }

    /// Observed minus expected events of the experimental arm under "no difference", a − n₁(a+c)/N.
    pub(crate) fn observed_minus_expected(&self) -> f64 {
        // The same as (ad − bc)/N, whose terms do not cancel when nobody or everybody has the event.
        self.a / self.n() * self.d - self.b / self.n() * self.c
    }

    /// n₁n₂(a+c)(b+d)/N³: the variance of the observed events for two binomial arms.
    pub(crate) fn binomial_variance(&self) -> f64 {
        let n = self.n();
        (self.n1() / n) * (self.n2() / n) * (self.a + self.c) * ((self.b + self.d) / n)
    }

    /// n₁n₂(a+c)(b+d)/(N²(N−1)): the variance of the observed events with all margins fixed.
    pub(crate) fn hypergeometric_variance(&self) -> f64 {
        let n = self.n();
        (self.n1() / n) * (self.n2() / n) * (self.a + self.c) * ((self.b + self.d) / (n - 1.0))
    }
}

/// The tables, if there are any and each is possible.
pub(crate) fn checked(tables: &[TwoByTwo]) -> Result<&[TwoByTwo], PoolError> {
    if tables.is_empty() {
        return Err(PoolError::NoStudies);
    }
    for (study, table) in tables.iter().enumerate() {
        table.checked().map_err(|reason: EffectError| PoolError::Study { study, reason })?;
    }
    Ok(tables)
}

/// The cells of each table under a rule; `None` where the rule drops the table.
pub(crate) fn by_rule(
    tables: &[TwoByTwo],
    rule: &ZeroCells,
) -> Result<Vec<Option<Cells>>, PoolError> {
    let rule = rule.checked().map_err(|reason| PoolError::ZeroCells { reason })?;
    let zero: Vec<bool> = tables.iter().map(TwoByTwo::has_zero_cell).collect();
    let cells = tables.iter().zip(rule.increments(&zero)).map(|(table, add)| {
        let dropped = rule.drop00 && (table.no_events() || table.all_events());
        (!dropped).then(|| Cells::of(table).plus(add))
    });
    Ok(cells.collect())
}
