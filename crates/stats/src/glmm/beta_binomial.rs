//! Beta-binomial regression: risks differ between studies by a beta distribution instead of a normal one on the link's scale.
//!
//! Kuss (2015), doi 10.1002/sim.6383: the likelihood is closed, studies without events count, and odds ratios, risk ratios and
//! risk differences are equally at hand. Groups of one study are taken as independent given the mean risks ("common rho").

use super::error::GlmmError;
use super::family::{Family, Link};
use super::fit::{GlmmTest, coefficient, degrees_of_freedom};
use super::jet::Jet;
use super::newton::{Maximum, Point, Problem, Slot, maximise};
use super::one_group::ProportionLink;
use super::parts::{highest, zeros};
use super::rising::log_rising;
use super::two_groups::{TableMeasure, whole};
use crate::Matrix;
use crate::distribution::chi2_sf;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::proportion::Proportion;
use crate::model::design::Design;
use crate::model::fit_statistics::LikelihoodFit;
use crate::model::regress::Coefficient;
use crate::model::scaled_design::Scaled;

/// Whether the intraclass correlation is the same in both groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispersion {
    /// One correlation.
    Common,
    /// One for each group.
    PerGroup,
}

/// The choices of a beta-binomial regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaBinomialOptions {
    /// Tests and intervals of the coefficients; t has k − p degrees of freedom.
    pub test: GlmmTest,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

impl Default for BetaBinomialOptions {
    /// Normal intervals at level 0.95.
    fn default() -> Self {
        Self { test: GlmmTest::Z, level: 0.95 }
    }
}

/// The correlation of two people's outcomes in one group of one study, 1/(α + β + 1) of the beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntraclassCorrelation {
    /// The estimate, from 0 to 1.
    pub estimate: f64,
    /// Its standard error; `None` at 0.
    pub se: Option<f64>,
}

/// A fitted beta-binomial regression.
#[derive(Debug, Clone, PartialEq)]
pub struct BetaBinomial {
    /// Number of studies.
    pub k: usize,
    /// The coefficients of the effect (two groups) or of the mean (one group), on the link's scale.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance matrix, from the observed information of all parameters.
    pub vcov: Matrix,
    /// The mean of the control groups on the link's scale; `None` for one group.
    pub control: Option<Coefficient>,
    /// The intraclass correlation, or those of the experimental and the control groups.
    pub rho: Vec<IntraclassCorrelation>,
    /// Likelihood-ratio statistic of the hypothesis that there is no correlation (a binomial regression).
    pub overdispersion: f64,
    /// Its p value; the statistic is a mixture of χ² at the boundary (Self & Liang 1987, doi 10.1080/01621459.1987.10478472).
    pub overdispersion_p_value: f64,
    /// Log-likelihood with all constants, deviance from a parameter for each count, and information criteria.
    pub fit: LikelihoodFit,
}

const MODEL: &str = "beta-binomial";

/// Fits a beta-binomial regression to 2×2 tables; `design` has a row for each table and acts on the effect.
///
/// Kuss (2015), doi 10.1002/sim.6383; Mathes & Kuss (2018), Research Synthesis Methods 9, 366-381. Tables without events are kept.
pub fn beta_binomial_tables(
    tables: &[TwoByTwo],
    design: &Design,
    (measure, dispersion): (TableMeasure, Dispersion),
    options: &BetaBinomialOptions,
) -> Result<BetaBinomial, GlmmError> {
    let link = measure.link();
    let pairs = tables
        .iter()
        .enumerate()
        .map(|(study, table)| {
            table.checked().map_err(|reason| GlmmError::Study { study, reason })?;
            let experimental = Count::of(study, table.events_e, table.n_e, EXPERIMENTAL)?;
            Ok([experimental, Count::of(study, table.events_c, table.n_c, CONTROL)?])
        })
        .collect::<Result<Vec<_>, GlmmError>>()?;
    let scaled = prepared(tables.len(), design, options)?;
    if [0, 1].iter().any(|&side| one_sided(pairs.iter().map(|pair| &pair[side]))) {
        return Err(GlmmError::Separated);
    }
    let level = pooled(pairs.iter().flatten(), link);
    let dispersions = match dispersion {
        Dispersion::Common => 1,
        Dispersion::PerGroup => 2,
    };
    let problem = Problem {
        design: &scaled.matrix,
        slots: [Slot::Effect, Slot::Shared(0), Slot::Spread(1), Slot::Spread(dispersions)],
        shared: 1 + dispersions,
        study: |i: usize, values: &[f64; 4]| {
            let [delta, level, first, second] =
                core::array::from_fn(|at| Jet::variable(values[at], at));
            let [e, c] = &pairs[i];
            Some(
                e.log_probability(link, level + delta, first)?
                    + c.log_probability(link, level, second)?,
            )
        },
    };
    let binomial = Problem {
        design: &scaled.matrix,
        slots: [Slot::Effect, Slot::Shared(0)],
        shared: 1,
        study: |i: usize, values: &[f64; 2]| {
            let [delta, level] = core::array::from_fn(|at| Jet::variable(values[at], at));
            let ([e, c], none) = (&pairs[i], Jet::constant(0.0));
            Some(
                e.log_probability(link, level + delta, none)?
                    + c.log_probability(link, level, none)?,
            )
        },
    };
    let start = |spreads: &[f64]| {
        let mut global = vec![0.0; scaled.p()];
        global.push(level);
        global.extend(spreads);
        Point { own: Vec::new(), global }
    };
    let spread_start = |spread: f64| start(&[spread; 2][..dispersions]);
    let fits = Fits {
        binomial: highest([maximise(&binomial, start(&[]))], 0..0, MODEL)?.surface.value,
        best: highest(
            SPREADS.map(|it| maximise(&problem, spread_start(it))),
            scaled.p() + 1..scaled.p() + 1 + dispersions,
            MODEL,
        )?,
    };
    fits.answer((&scaled, design), pairs.iter().flatten(), Some(dispersions), options)
}

/// Fits a beta-binomial regression to single groups; `design` has a row for each group.
///
/// Young-Xu & Chan (2008), doi 10.1186/1471-2288-8-58.
pub fn beta_binomial_proportions(
    groups: &[Proportion],
    design: &Design,
    link: ProportionLink,
    options: &BetaBinomialOptions,
) -> Result<BetaBinomial, GlmmError> {
    let link = link.link();
    let counts = groups
        .iter()
        .enumerate()
        .map(|(study, group)| {
            group.checked().map_err(|reason| GlmmError::Study { study, reason })?;
            Count::of(study, group.events, group.n, SINGLE)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let scaled = prepared(groups.len(), design, options)?;
    if one_sided(counts.iter()) {
        return Err(GlmmError::Separated);
    }
    let problem = Problem {
        design: &scaled.matrix,
        slots: [Slot::Effect, Slot::Spread(0)],
        shared: 1,
        study: |i: usize, values: &[f64; 2]| {
            let [eta, spread] = core::array::from_fn(|at| Jet::variable(values[at], at));
            counts[i].log_probability(link, eta, spread)
        },
    };
    let binomial = Problem {
        design: &scaled.matrix,
        slots: [Slot::Effect],
        shared: 0,
        study: |i: usize, values: &[f64; 1]| {
            counts[i].log_probability(link, Jet::variable(values[0], 0), Jet::constant(0.0))
        },
    };
    let level = pooled(counts.iter(), link);
    let start = |spread: &[f64]| {
        // The coefficients that come nearest to the pooled risk for every group: columns are orthogonal with mean square 1.
        let k = groups.len() as f64;
        let mut global: Vec<f64> =
            (0..scaled.p()).map(|j| level * scaled.matrix.column(j).sum() / k).collect();
        global.extend(spread);
        Point { own: Vec::new(), global }
    };
    let fits = Fits {
        binomial: highest([maximise(&binomial, start(&[]))], 0..0, MODEL)?.surface.value,
        best: highest(
            SPREADS.map(|it| maximise(&problem, start(&[it]))),
            scaled.p()..scaled.p() + 1,
            MODEL,
        )?,
    };
    fits.answer((&scaled, design), counts.iter(), None, options)
}

/// Where searches for √(ρ/(1 − ρ)) start; 0 first, so that it is exactly 0 where nothing is higher.
const SPREADS: [f64; 4] = [0.0, 0.05, 0.2, 0.6];

const EXPERIMENTAL: [&str; 2] =
    ["number of events in the experimental arm", "number of people in the experimental arm"];
const CONTROL: [&str; 2] =
    ["number of events in the control arm", "number of people in the control arm"];
const SINGLE: [&str; 2] = ["number of events", "number of people"];

/// Events and others of one group.
struct Count {
    events: u64,
    others: u64,
}

impl Count {
    fn of(study: usize, events: f64, n: f64, names: [&'static str; 2]) -> Result<Self, GlmmError> {
        let (events, n) = (whole(study, names[0], events)?, whole(study, names[1], n)?);
        Ok(Self { events, others: n - events })
    }

    /// ln P without the binomial coefficient, at linear predictor `eta` and ρ/(1 − ρ) = `spread`²; `None` outside the range of
    /// the risk.
    fn log_probability<const N: usize>(
        &self,
        link: Link,
        eta: Jet<N>,
        spread: Jet<N>,
    ) -> Option<Jet<N>> {
        let [p, q] = link.risks(eta)?;
        let ratio = spread.square();
        Some(
            log_rising(p, ratio, self.events) + log_rising(q, ratio, self.others)
                - log_rising(Jet::constant(1.0), ratio, self.events + self.others),
        )
    }

    fn binomial(&self) -> Family {
        let (events, others) = (self.events as f64, self.others as f64);
        Family::Binomial { events, others, link: Link::Logit, offset: 0.0 }
    }
}

fn prepared(k: usize, design: &Design, options: &BetaBinomialOptions) -> Result<Scaled, GlmmError> {
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(GlmmError::LevelOutOfRange { found: options.level });
    }
    if k == 0 {
        return Err(GlmmError::NoStudies);
    }
    Ok(Scaled::of(design, k)?)
}

/// Whether no group had an event, or each had nothing else, so that the mean risk is at its bound.
fn one_sided<'a>(mut counts: impl Iterator<Item = &'a Count> + Clone) -> bool {
    counts.clone().all(|count| count.events == 0) || counts.all(|count| count.others == 0)
}

/// The risk of all groups together on the link's scale, kept inside its range.
fn pooled<'a>(counts: impl Iterator<Item = &'a Count>, link: Link) -> f64 {
    let (mut x, mut m) = (0.5, 0.5);
    for count in counts {
        x += count.events as f64;
        m += count.others as f64;
    }
    link.of_risk(x, m)
}

/// The regression with and without overdispersion.
struct Fits {
    /// The height of the binomial regression.
    binomial: f64,
    best: Maximum,
}

impl Fits {
    /// The answer; `two_groups` is the number of correlations after the control groups' mean, `None` for one group.
    fn answer<'a>(
        &self,
        (scaled, design): (&Scaled, &Design),
        counts: impl Iterator<Item = &'a Count> + Clone,
        two_groups: Option<usize>,
        options: &BetaBinomialOptions,
    ) -> Result<BetaBinomial, GlmmError> {
        let (k, p) = (scaled.matrix.nrows(), scaled.p());
        let df = degrees_of_freedom(options.test, k, p)?;
        let global = &self.best.at.global;
        let first = p + usize::from(two_groups.is_some());
        let covariance = self
            .best
            .covariance(&zeros(global, first..global.len()))
            .ok_or(GlmmError::NotIdentified { model: MODEL })?;
        let (estimates, vcov) = scaled.coefficients(global, &covariance);
        let named = |(j, name): (usize, &String)| {
            coefficient(name, estimates[j], vcov[(j, j)].sqrt(), df, options.level)
        };
        let control = two_groups.map(|_| {
            coefficient("control", global[p], covariance[(p, p)].sqrt(), df, options.level)
        });
        let (overdispersion, overdispersion_p_value) = self.overdispersion(global.len() - first);
        let constant: f64 = counts.clone().map(|count| count.binomial().log_constant()).sum();
        let saturated: f64 = counts.clone().filter_map(|count| count.binomial().log_best()).sum();
        let ll = self.best.surface.value + constant;
        Ok(BetaBinomial {
            k,
            coefficients: design.names().iter().enumerate().map(named).collect(),
            vcov,
            control,
            rho: (first..global.len())
                .map(|j| correlation(global[j], covariance[(j, j)]))
                .collect(),
            overdispersion,
            overdispersion_p_value,
            fit: LikelihoodFit::new(
                ll,
                2.0 * (saturated - ll),
                global.len() as f64,
                counts.count() as f64,
            ),
        })
    }

    /// The likelihood-ratio test of no correlation, and its p value.
    fn overdispersion(&self, correlations: usize) -> (f64, f64) {
        let statistic = 2.0 * (self.best.surface.value - self.binomial);
        let global = &self.best.at.global;
        if statistic <= 0.0 || global[global.len() - correlations..].iter().all(|t| *t == 0.0) {
            return (0.0, 1.0);
        }
        let one = 0.5 * chi2_sf(statistic, 1.0);
        (statistic, if correlations == 1 { one } else { one + 0.25 * chi2_sf(statistic, 2.0) })
    }
}

/// ρ = t²/(1 + t²) from t and its variance.
fn correlation(t: f64, variance: f64) -> IntraclassCorrelation {
    let ratio = t * t;
    let slope = 2.0 * t.abs() / ((1.0 + ratio) * (1.0 + ratio));
    IntraclassCorrelation {
        estimate: ratio / (1.0 + ratio),
        se: (t != 0.0).then(|| slope * variance.sqrt()),
    }
}
