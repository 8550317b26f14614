//! Tests on a set of 2×2 tables: whether there is an association, and whether the odds ratio is the same in all.

use crate::distribution::chi2_sf;
use crate::numeric::sum::sum;
use crate::tables::cells::Cells;

/// A statistic with a χ² distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquaredTest {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// P(χ² > statistic).
    pub p_value: f64,
}

impl ChiSquaredTest {
    pub(super) fn new(statistic: f64, df: f64) -> Self {
        Self { statistic, df, p_value: chi2_sf(statistic, df) }
    }
}

/// The tests that go with a Mantel-Haenszel odds ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StratifiedTests {
    /// Number of tables with both events and non-events, on which the tests of homogeneity rest.
    pub k: usize,
    /// Cochran (1954), doi 10.2307/3001616: association, each arm binomial.
    pub cochran: ChiSquaredTest,
    /// Mantel & Haenszel (1959), doi 10.1093/jnci/22.4.719: association, all margins fixed.
    pub mantel_haenszel: ChiSquaredTest,
    /// Breslow & Day (1980): homogeneity of the odds ratio; `None` for fewer than two tables.
    pub breslow_day: Option<ChiSquaredTest>,
    /// Tarone (1985), doi 10.1093/biomet/72.1.91: Breslow and Day's statistic corrected for the Mantel-Haenszel
    /// estimate not being efficient; `None` for fewer than two tables.
    pub tarone: Option<ChiSquaredTest>,
}

/// The tests at the pooled odds ratio; `None` if no table has both events and non-events.
pub(super) fn stratified_tests(
    tables: &[Cells],
    odds_ratio: f64,
    continuity_correction: bool,
) -> Option<StratifiedTests> {
    let informative: Vec<Cells> =
        tables.iter().copied().filter(|t| t.a + t.c > 0.0 && t.b + t.d > 0.0).collect();
    if informative.is_empty() {
        return None;
    }
    let difference = sum(informative.iter().map(Cells::observed_minus_expected));
    let squared = corrected_square(difference, continuity_correction);
    let association = |variance: fn(&Cells) -> f64| {
        ChiSquaredTest::new(squared / sum(informative.iter().map(variance)), 1.0)
    };
    let (breslow_day, tarone) = homogeneity(&informative, odds_ratio).unzip();
    Some(StratifiedTests {
        k: informative.len(),
        cochran: association(Cells::binomial_variance),
        mantel_haenszel: association(Cells::hypergeometric_variance),
        breslow_day,
        tarone,
    })
}

/// The square of a difference between observed and expected, each |difference| less one half if so wished.
pub(super) fn corrected_square(difference: f64, continuity_correction: bool) -> f64 {
    let size = difference.abs() - if continuity_correction { 0.5 } else { 0.0 };
    size * size
}

/// Breslow and Day's statistic and Tarone's.
fn homogeneity(tables: &[Cells], odds_ratio: f64) -> Option<(ChiSquaredTest, ChiSquaredTest)> {
    if tables.len() < 2 {
        return None;
    }
    let fitted: Vec<Fitted> = tables.iter().map(|table| Fitted::at(table, odds_ratio)).collect();
    let breslow_day = sum(fitted.iter().map(|it| it.residual * it.residual / it.variance));
    let residual = sum(fitted.iter().map(|it| it.residual));
    let tarone = breslow_day - residual * residual / sum(fitted.iter().map(|it| it.variance));
    let df = (tables.len() - 1) as f64;
    Some((ChiSquaredTest::new(breslow_day, df), ChiSquaredTest::new(tarone, df)))
}

/// A table's events less those expected at an odds ratio with the margins as they are, and their variance.
struct Fitted {
    residual: f64,
    variance: f64,
}

impl Fitted {
    fn at(table: &Cells, odds_ratio: f64) -> Self {
        let (n1, n2, events) = (table.n1(), table.n2(), table.a + table.c);
        // a(N₂ − m + a) = ψ(n₁ − a)(m − a) is quadratic in a; this form of its root does not cancel.
        let linear = odds_ratio * (n1 + events) + (n2 - events);
        let quadratic = odds_ratio - 1.0;
        let root = (linear * linear - 4.0 * quadratic * odds_ratio * n1 * events).max(0.0).sqrt();
        let a = 2.0 * odds_ratio * n1 * events / (linear + root);
        let cells = [a, n1 - a, events - a, n2 - events + a];
        let variance = 1.0 / cells.iter().map(|cell| 1.0 / cell).sum::<f64>();
        Self { residual: table.a - a, variance }
    }
}
