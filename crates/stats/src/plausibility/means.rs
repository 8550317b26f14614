//! Readings of a study's means and SDs, judged by the studies beside it.
//!
//! The density of two arms' numbers is taken apart into what studies of one outcome have in common: the comparator's mean
//! (its level), the SD (in proportion to the mean, or constant: whichever predicts the other studies better), the ratio of the
//! two SDs, and the effect (as standardised difference, difference or ratio of means, again weighed by the other
//! studies). Each is predicted from the other studies by a random-effects model with heavy tails. A reading changes
//! the numbers (SD = SE·√n, arms swapped, a factor, a sign), and its likelihood is the density of the changed numbers.
//!
//! The priors on spreads between studies are medians over Cochrane reviews (see `docs/checks.md`); the priors on readings
//! are of the order of what is found in published reviews: Gøtzsche 2007 (doi 10.1001/jama.298.4.430), Xu 2022
//! (doi 10.1136/bmj-2021-069155).

use super::predictive::{Observed, Predictive, Prior};
use super::weigh::{Weighed, weigh};
use crate::effect_size::continuous::MeanSd;

/// The two arms of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arms {
    /// The arm that is tried.
    pub experimental: MeanSd,
    /// The arm that it is compared with.
    pub comparator: MeanSd,
}

/// One arm or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Both arms.
    Both,
    /// The arm that is tried.
    Experimental,
    /// The arm that it is compared with.
    Comparator,
}

impl Which {
    const ALL: [Self; 3] = [Self::Both, Self::Experimental, Self::Comparator];
    const ONE: [Self; 2] = [Self::Experimental, Self::Comparator];
}

/// What printed means and SDs may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeansReading {
    /// What they are called.
    AsPrinted,
    /// The SD is a standard error.
    SdIsSe(Which),
    /// The SD was multiplied by √n though it was one already.
    SeIsSd(Which),
    /// The SDs are variances.
    SdIsVariance,
    /// Each arm's numbers stand under the other's name.
    ArmsSwapped,
    /// Mean and SD are in another unit: times `factor` they are in that of the other studies.
    OtherUnit {
        /// Whose numbers.
        which: Which,
        /// What they are to be multiplied by.
        factor: f64,
    },
    /// A decimal point moved in one SD.
    SdSlip {
        /// Whose.
        which: Which,
        /// What it is to be multiplied by.
        factor: f64,
    },
    /// A decimal point moved in one mean.
    MeanSlip {
        /// Whose.
        which: Which,
        /// What it is to be multiplied by.
        factor: f64,
    },
    /// A minus was lost, or is one too many.
    OtherSign(Which),
    /// Mean and SD stand in each other's place.
    MeanIsSd(Which),
    /// Changes from baseline among final values, or the reverse.
    OtherScore,
}

/// Factors between units, besides powers of ten: time, length, weight, energy, pressure, and the usual laboratory units
/// (glucose, cholesterol, triglycerides, creatinine, bilirubin, calcium, urate, urea).
pub const UNIT_FACTORS: [f64; 21] = [
    7.0, 12.0, 24.0, 30.4, 52.0, 60.0, 365.25, 2.54, 30.48, 2.2046, 28.35, 4.184, 7.5006, 18.02,
    38.67, 88.57, 88.42, 17.1, 4.008, 59.48, 2.8,
];
const POWERS_OF_TEN: [f64; 3] = [10.0, 100.0, 1000.0];

const PRIOR_SD_IS_SE: f64 = 0.04;
const PRIOR_SE_IS_SD: f64 = 0.006;
const PRIOR_VARIANCE: f64 = 0.003;
const PRIOR_SWAPPED: f64 = 0.01;
const PRIOR_UNIT: f64 = 0.05;
const PRIOR_SLIP: f64 = 0.01;
const PRIOR_SIGN: f64 = 0.005;
const PRIOR_SCORE: f64 = 0.005;
const PRIOR_MEAN_IS_SD: f64 = 0.003;

/// Spread between studies of: log SD, log coefficient of variation, log mean, mean over SD, effect, log ratio of SDs.
const LOG_SD: Prior = Prior { location: None, tau: 0.45, tau_log_sd: 0.8 };
const LOG_CV: Prior = Prior { location: Some((-0.7, 1.0)), tau: 0.4, tau_log_sd: 0.7 };
const LOG_MEAN: Prior = Prior { location: None, tau: 0.35, tau_log_sd: 0.8 };
const LEVEL: Prior = Prior { location: Some((0.0, 1.0)), tau: 0.4, tau_log_sd: 0.8 };
const EFFECT: Prior = Prior { location: Some((0.0, 0.6)), tau: 0.25, tau_log_sd: 0.8 };
const LOG_RATIO: Prior = Prior { location: Some((0.0, 0.4)), tau: 0.15, tau_log_sd: 0.8 };
const SD_RATIO: Prior = Prior { location: Some((0.0, 0.15)), tau: 0.2, tau_log_sd: 0.6 };
/// The range over which an unknown SD is taken to lie, on the log scale: what a flat location costs as evidence.
const WIDTH_OF_LOG_SD: f64 = 5.0;
/// A negative mean where every other study's is positive.
const LOG_PRIOR_NEGATIVE: f64 = -7.0;

impl Arms {
    /// Whether there is anything to judge: both SDs above 0, two people or more in each arm.
    pub fn is_judgeable(&self) -> bool {
        [self.experimental, self.comparator].iter().all(|it| {
            it.sd > 0.0
                && it.sd.is_finite()
                && it.mean.is_finite()
                && it.n >= 2.0
                && it.n.is_finite()
        })
    }

    /// The arms with each under the other's name.
    #[must_use]
    pub fn swapped(&self) -> Self {
        Self { experimental: self.comparator, comparator: self.experimental }
    }

    fn both(&self, change: impl Fn(MeanSd) -> MeanSd) -> Self {
        self.of(Which::Both, change)
    }

    fn of(&self, which: Which, change: impl Fn(MeanSd) -> MeanSd) -> Self {
        let mut arms = *self;
        if which != Which::Comparator {
            arms.experimental = change(arms.experimental);
        }
        if which != Which::Experimental {
            arms.comparator = change(arms.comparator);
        }
        arms
    }

    fn log_sd(&self) -> Observed {
        let (e, c) = (self.experimental, self.comparator);
        Observed {
            value: 0.5 * (libm::log(e.sd) + libm::log(c.sd)),
            variance: 0.25 * (variance_of_log_sd(e.n) + variance_of_log_sd(c.n)),
        }
    }

    fn sd_ratio(&self) -> Observed {
        let (e, c) = (self.experimental, self.comparator);
        Observed {
            value: libm::log(e.sd / c.sd),
            variance: variance_of_log_sd(e.n) + variance_of_log_sd(c.n),
        }
    }

    fn log_mean(&self) -> Observed {
        let c = self.comparator;
        let mean = c.mean.abs().max(1e-9 * c.sd);
        Observed { value: libm::log(mean), variance: relative_variance(&c) }
    }

    fn is_positive(&self) -> bool {
        self.experimental.mean > 0.0 && self.comparator.mean > 0.0
    }

    /// The SD of both arms: the geometric mean.
    fn sd(&self) -> f64 {
        libm::exp(self.log_sd().value)
    }

    fn smd(&self) -> Observed {
        let (e, c) = (self.experimental, self.comparator);
        let value = (e.mean - c.mean) / self.sd();
        Observed { value, variance: 1.0 / e.n + 1.0 / c.n + value * value / (2.0 * (e.n + c.n)) }
    }

    fn difference(&self, unit: f64) -> Observed {
        let (e, c) = (self.experimental, self.comparator);
        let variance = e.sd * e.sd / e.n + c.sd * c.sd / c.n;
        Observed { value: (e.mean - c.mean) / unit, variance: variance / (unit * unit) }
    }

    fn log_ratio(&self) -> Observed {
        let (e, c) = (self.experimental, self.comparator);
        Observed {
            value: libm::log(e.mean / c.mean),
            variance: relative_variance(&e) + relative_variance(&c),
        }
    }
}

fn variance_of_log_sd(n: f64) -> f64 {
    0.5 / (n - 1.0)
}

/// Variance of the log mean, kept in bounds where the mean is near 0.
fn relative_variance(arm: &MeanSd) -> f64 {
    let relative = arm.sd / arm.mean;
    (relative * relative / arm.n).min(1.0)
}

impl MeansReading {
    /// The numbers that the reading says were meant.
    pub fn apply(self, printed: &Arms) -> Arms {
        let times = |factor: f64| {
            move |it: MeanSd| MeanSd { mean: it.mean * factor, sd: it.sd * factor, ..it }
        };
        match self {
            Self::AsPrinted | Self::OtherScore => *printed,
            Self::SdIsSe(which) => printed.of(which, |it| MeanSd { sd: it.sd * it.n.sqrt(), ..it }),
            Self::SeIsSd(which) => printed.of(which, |it| MeanSd { sd: it.sd / it.n.sqrt(), ..it }),
            Self::SdIsVariance => printed.both(|it| MeanSd { sd: it.sd.sqrt(), ..it }),
            Self::ArmsSwapped => printed.swapped(),
            Self::OtherUnit { which, factor } => printed.of(which, times(factor)),
            Self::SdSlip { which, factor } => {
                printed.of(which, |it| MeanSd { sd: it.sd * factor, ..it })
            }
            Self::MeanSlip { which, factor } => {
                printed.of(which, |it| MeanSd { mean: it.mean * factor, ..it })
            }
            Self::OtherSign(which) => printed.of(which, |it| MeanSd { mean: -it.mean, ..it }),
            Self::MeanIsSd(which) => {
                printed.of(which, |it| MeanSd { mean: it.sd, sd: it.mean, ..it })
            }
        }
    }

    /// Whether the reading changes SDs alone.
    fn is_of_spread(self) -> bool {
        matches!(self, Self::SdIsSe(_) | Self::SeIsSd(_) | Self::SdIsVariance | Self::SdSlip { .. })
    }

    /// By how much the reading stretches the printed numbers: the logarithm of the determinant of its derivative, in means and
    /// log SDs.
    fn log_stretch(self, printed: &Arms) -> f64 {
        let cv = |it: MeanSd| libm::log(it.sd / it.mean);
        let arms = |which: Which| if which == Which::Both { 2.0 } else { 1.0 };
        match self {
            Self::OtherUnit { which, factor } | Self::MeanSlip { which, factor } => {
                arms(which) * libm::log(factor)
            }
            // Half of each of the two log SDs.
            Self::SdIsVariance => 2.0 * libm::log(0.5),
            Self::MeanIsSd(Which::Both) => cv(printed.experimental) + cv(printed.comparator),
            Self::MeanIsSd(Which::Experimental) => cv(printed.experimental),
            Self::MeanIsSd(Which::Comparator) => cv(printed.comparator),
            _ => 0.0,
        }
    }
}

/// What the other studies of an outcome predict of a study's two arms.
pub struct MeansPeers {
    /// Whether all other means are above 0, so that their logarithms mean something.
    positive: bool,
    /// An SD to measure differences by.
    unit: f64,
    level: Option<Predictive>,
    /// SD constant, and in proportion to the mean, each with its weight.
    sd: Option<(Predictive, f64)>,
    cv: Option<(Predictive, f64)>,
    sd_ratio: Option<Predictive>,
    smd: Option<(Predictive, f64)>,
    difference: Option<(Predictive, f64)>,
    ratio: Option<(Predictive, f64)>,
}

impl MeansPeers {
    /// From the other studies, those that can be judged.
    pub fn new(others: &[Arms]) -> Self {
        let others: Vec<Arms> = others.iter().copied().filter(Arms::is_judgeable).collect();
        let k = others.len() as f64;
        let positive = others.iter().all(Arms::is_positive);
        let collect = |of: &dyn Fn(&Arms) -> Observed| others.iter().map(of).collect::<Vec<_>>();
        let mean_log_sd = if others.is_empty() {
            0.0
        } else {
            others.iter().map(|it| it.log_sd().value).sum::<f64>() / k
        };
        let unit = libm::exp(mean_log_sd);
        let level = if positive {
            Predictive::new(&LOG_MEAN, &collect(&Arms::log_mean))
        } else {
            Predictive::new(&LEVEL, &collect(&|it| level(it, unit)))
        };
        let sd = Predictive::new(&LOG_SD, &collect(&Arms::log_sd));
        let cv = positive.then(|| Predictive::new(&LOG_CV, &collect(&log_cv))).flatten();
        let evidence = [
            sd.as_ref().map(|it| it.log_evidence - libm::log(WIDTH_OF_LOG_SD)),
            cv.as_ref().map(|it| it.log_evidence),
        ];
        let [of_sd, of_cv] = shares(evidence);
        let smd = Predictive::new(&EFFECT, &collect(&Arms::smd));
        let difference = (!others.is_empty())
            .then(|| Predictive::new(&EFFECT, &collect(&|it| it.difference(unit))))
            .flatten();
        let ratio =
            positive.then(|| Predictive::new(&LOG_RATIO, &collect(&Arms::log_ratio))).flatten();
        // Densities of the experimental mean, whatever scale they were computed on.
        let of_ratios: f64 = if positive {
            others.iter().map(|it| libm::log(it.experimental.mean)).sum()
        } else {
            0.0
        };
        let [of_smd, of_difference, of_ratio] = shares([
            smd.as_ref().map(|it| it.log_evidence - k * mean_log_sd),
            difference.as_ref().map(|it| it.log_evidence - k * mean_log_sd),
            ratio.as_ref().map(|it| it.log_evidence - of_ratios),
        ]);
        Self {
            positive,
            unit,
            level,
            sd: sd.map(|it| (it, of_sd)),
            cv: cv.map(|it| (it, of_cv)),
            sd_ratio: Predictive::new(&SD_RATIO, &collect(&Arms::sd_ratio)),
            smd: smd.map(|it| (it, of_smd)),
            difference: difference.map(|it| (it, of_difference)),
            ratio: ratio.map(|it| (it, of_ratio)),
        }
    }

    /// Weighs every reading of a study's printed numbers, the likeliest first; nothing if they cannot be judged.
    pub fn weigh(&self, printed: &Arms) -> Vec<Weighed<MeansReading>> {
        if !printed.is_judgeable() {
            return Vec::new();
        }
        let as_printed = self.log_density(printed);
        let by_smd = self.log_density_by_smd(printed);
        let readings: Vec<(MeansReading, f64, f64)> = self
            .readings(printed)
            .into_iter()
            .filter_map(|(reading, prior)| {
                let meant = reading.apply(printed);
                let log = match reading {
                    MeansReading::OtherScore => {
                        self.log_density_of_other_score(printed)? - as_printed
                    }
                    // Which of two arms has the others' level says little of which is which.
                    MeansReading::ArmsSwapped => {
                        self.log_density_of_contrast(&meant) - self.log_density_of_contrast(printed)
                    }
                    _ if reading.is_of_spread() => {
                        // Two ways to see the effect, neither of which is the truth: the mean of both.
                        f64::midpoint(
                            self.log_density_by_smd(&meant) - by_smd,
                            self.log_density(&meant) - as_printed,
                        )
                    }
                    _ => self.log_density(&meant) - as_printed,
                };
                Some((reading, prior, log + reading.log_stretch(printed)))
            })
            .collect();
        weigh(&readings)
    }

    /// The readings worth weighing, with their priors. Factors that lead away from the other studies cannot win and are
    /// left out.
    fn readings(&self, printed: &Arms) -> Vec<(MeansReading, f64)> {
        let mut readings = vec![(MeansReading::AsPrinted, 1.0)];
        for which in Which::ALL {
            let share = if which == Which::Both { 0.6 } else { 0.2 };
            readings.push((MeansReading::SdIsSe(which), share * PRIOR_SD_IS_SE));
            readings.push((MeansReading::SeIsSd(which), share * PRIOR_SE_IS_SD));
            readings.push((MeansReading::OtherSign(which), share * PRIOR_SIGN));
            // A negative mean is no SD.
            if printed.is_positive() {
                readings.push((MeansReading::MeanIsSd(which), share * PRIOR_MEAN_IS_SD));
            }
        }
        readings.push((MeansReading::SdIsVariance, PRIOR_VARIANCE));
        readings.push((MeansReading::ArmsSwapped, PRIOR_SWAPPED));
        readings.push((MeansReading::OtherScore, PRIOR_SCORE));
        for which in Which::ALL {
            let distance = self.distance(printed, which);
            for (factor, share) in unit_factors() {
                // One arm alone in another unit is a slip of a larger kind than kilograms and pounds.
                let is_usual = which == Which::Both || factor >= 7.0 || factor <= 1.0 / 7.0;
                if is_usual && nearer(distance, factor) {
                    let share = share * if which == Which::Both { 0.6 } else { 0.2 };
                    readings.push((MeansReading::OtherUnit { which, factor }, share * PRIOR_UNIT));
                }
            }
        }
        for which in Which::ONE {
            for factor in [0.01, 0.1, 10.0, 100.0] {
                readings.push((MeansReading::SdSlip { which, factor }, PRIOR_SLIP / 8.0));
                readings.push((MeansReading::MeanSlip { which, factor }, PRIOR_SLIP / 8.0));
            }
        }
        readings
    }

    /// How far the numbers lie from where they are expected, as the logarithm of a factor: both arms from the other studies,
    /// one arm from the other.
    fn distance(&self, printed: &Arms, which: Which) -> f64 {
        let usable = self.positive && printed.is_positive();
        let between = if usable { printed.log_ratio().value } else { printed.sd_ratio().value };
        match which {
            Which::Experimental => between,
            Which::Comparator => -between,
            Which::Both if usable => {
                self.level.as_ref().map_or(0.0, |it| printed.log_mean().value - it.centre)
            }
            Which::Both => self.sd.as_ref().map_or(0.0, |it| printed.log_sd().value - it.0.centre),
        }
    }

    /// Logarithm of the density of two arms' means and log SDs.
    fn log_density(&self, arms: &Arms) -> f64 {
        self.log_density_of_level(arms)
            + self.log_density_of_sd(arms, 0.0)
            + self.log_density_of_contrast(arms)
    }

    /// What of it is between the arms.
    fn log_density_of_contrast(&self, arms: &Arms) -> f64 {
        self.sd_ratio.as_ref().map_or(0.0, |it| at(it, arms.sd_ratio()))
            + self.log_density_of_effect(arms)
    }

    /// The same, with the effect as a standardised difference alone. What the SDs are is judged by this as well: a difference
    /// of many SDs is implausible however well the difference itself agrees with the other studies'.
    fn log_density_by_smd(&self, arms: &Arms) -> f64 {
        self.log_density_of_level(arms)
            + self.log_density_of_sd(arms, 0.0)
            + self.sd_ratio.as_ref().map_or(0.0, |it| at(it, arms.sd_ratio()))
            + self.smd.as_ref().map_or(0.0, |it| at(&it.0, arms.smd()) - arms.log_sd().value)
    }

    fn log_density_of_level(&self, arms: &Arms) -> f64 {
        let Some(predictive) = &self.level else { return 0.0 };
        if !self.positive {
            return at(predictive, level(arms, self.unit)) - libm::log(self.unit);
        }
        let negative =
            [arms.experimental, arms.comparator].iter().filter(|it| it.mean < 0.0).count();
        let log_mean = arms.log_mean();
        at(predictive, log_mean) - log_mean.value + LOG_PRIOR_NEGATIVE * negative as f64
    }

    fn log_density_of_sd(&self, arms: &Arms, more: f64) -> f64 {
        let log_sd = arms.log_sd();
        let of = |observed: Observed, it: &Option<(Predictive, f64)>| {
            it.as_ref().map(|(predictive, weight)| {
                weight * libm::exp(predictive.log_density(observed.value, observed.variance + more))
            })
        };
        mixture([of(log_sd, &self.sd), of(log_cv(arms), &self.cv)])
    }

    /// The effect from the other studies' differences and ratios; of a study without others, from what is usual.
    fn log_density_of_effect(&self, arms: &Arms) -> f64 {
        let of = |observed: Observed, it: &Option<(Predictive, f64)>, scale: f64| {
            it.as_ref()
                .map(|(predictive, weight)| weight * libm::exp(at(predictive, observed)) / scale)
        };
        let ratio = arms
            .is_positive()
            .then(|| of(arms.log_ratio(), &self.ratio, arms.experimental.mean))
            .flatten();
        mixture([
            of(arms.difference(self.unit), &self.difference, self.unit),
            ratio,
            of(arms.smd(), &self.smd, arms.sd()),
        ])
    }

    /// The density if these are changes and the other studies' final values, or the reverse; `None` without others to compare
    /// the level with.
    fn log_density_of_other_score(&self, arms: &Arms) -> Option<f64> {
        self.level.as_ref()?;
        self.sd.as_ref()?;
        let c = arms.comparator;
        let level = if self.positive {
            // A change of the comparator is mostly less than an SD.
            let change = Predictive::new(&LEVEL, &[])?;
            change.log_density(c.mean / arms.sd(), 1.0 / c.n) - libm::log(arms.sd())
        } else {
            if !arms.is_positive() {
                return None;
            }
            let final_value = Predictive::new(&LOG_CV, &[])?;
            at(&final_value, log_cv(arms)) - libm::log(c.mean)
        };
        let (smd, _) = self.smd.as_ref()?;
        Some(
            level
                + self.log_density_of_sd_level(arms, 0.1)?
                + self.sd_ratio.as_ref().map_or(0.0, |it| at(it, arms.sd_ratio()))
                + at(smd, arms.smd())
                - libm::log(arms.sd()),
        )
    }

    fn log_density_of_sd_level(&self, arms: &Arms, more: f64) -> Option<f64> {
        let observed = arms.log_sd();
        self.sd.as_ref().map(|it| it.0.log_density(observed.value, observed.variance + more))
    }
}

fn at(predictive: &Predictive, observed: Observed) -> f64 {
    predictive.log_density(observed.value, observed.variance)
}

fn log_cv(arms: &Arms) -> Observed {
    let (sd, mean) = (arms.log_sd(), arms.log_mean());
    Observed { value: sd.value - mean.value, variance: sd.variance + mean.variance }
}

fn level(arms: &Arms, unit: f64) -> Observed {
    let c = arms.comparator;
    Observed { value: c.mean / unit, variance: c.sd * c.sd / (c.n * unit * unit) }
}

fn unit_factors() -> impl Iterator<Item = (f64, f64)> {
    let tens = POWERS_OF_TEN.into_iter().map(|it| (it, 0.5 / POWERS_OF_TEN.len() as f64));
    let others = UNIT_FACTORS.into_iter().map(|it| (it, 0.5 / UNIT_FACTORS.len() as f64));
    tens.chain(others)
        .flat_map(|(factor, share)| [(factor, 0.5 * share), (1.0 / factor, 0.5 * share)])
}

/// Whether a factor at least halves the distance.
fn nearer(distance: f64, factor: f64) -> bool {
    (distance + libm::log(factor)).abs() < 0.5 * distance.abs()
}

/// Weights in proportion to evidence, given as logarithms.
fn shares<const N: usize>(evidence: [Option<f64>; N]) -> [f64; N] {
    let largest = evidence.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = evidence.map(|it| it.map_or(0.0, |it| libm::exp(it - largest)));
    let total: f64 = weights.iter().sum();
    weights.map(|it| if total > 0.0 { it / total } else { 0.0 })
}

fn mixture<const N: usize>(parts: [Option<f64>; N]) -> f64 {
    if parts.iter().all(Option::is_none) {
        return 0.0;
    }
    let total: f64 = parts.iter().flatten().sum();
    libm::log(total.max(f64::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(e: (f64, f64, f64), c: (f64, f64, f64)) -> Arms {
        let arm = |(n, mean, sd)| MeanSd { n, mean, sd };
        Arms { experimental: arm(e), comparator: arm(c) }
    }

    /// Length of stay in nine studies (Normand 1999, Stat Med 18:321-359).
    fn stay() -> Vec<Arms> {
        vec![
            arms((155.0, 55.0, 47.0), (156.0, 75.0, 64.0)),
            arms((31.0, 27.0, 7.0), (32.0, 29.0, 4.0)),
            arms((75.0, 64.0, 17.0), (71.0, 119.0, 29.0)),
            arms((18.0, 66.0, 20.0), (18.0, 137.0, 48.0)),
            arms((8.0, 14.0, 8.0), (13.0, 18.0, 11.0)),
            arms((57.0, 19.0, 7.0), (52.0, 18.0, 4.0)),
            arms((34.0, 52.0, 45.0), (33.0, 41.0, 34.0)),
            arms((110.0, 21.0, 16.0), (183.0, 31.0, 27.0)),
            arms((60.0, 30.0, 27.0), (52.0, 23.0, 20.0)),
        ]
    }

    fn best(of: usize, change: impl Fn(&Arms) -> Arms) -> Weighed<MeansReading> {
        let mut studies = stay();
        let printed = change(&studies.remove(of));
        MeansPeers::new(&studies).weigh(&printed)[0]
    }

    #[test]
    fn clean_studies_are_read_as_printed() {
        for i in 0..9 {
            let best = best(i, |it| *it);
            assert_eq!(best.reading, MeansReading::AsPrinted, "study {i}: {best:?}");
        }
    }

    // The SDs of these studies differ by a factor of 16, so that smaller studies with an SE could be what they seem.
    #[test]
    fn a_standard_error_among_sds_is_the_likeliest_other_reading() {
        let se = |it: &Arms| it.both(|it| MeanSd { sd: it.sd / it.n.sqrt(), ..it });
        for i in [0, 1, 2, 3, 5, 7] {
            let mut studies = stay();
            let printed = se(&studies.remove(i));
            let readings = MeansPeers::new(&studies).weigh(&printed);
            let other = readings.iter().find(|it| it.reading != MeansReading::AsPrinted).unwrap();
            assert_eq!(other.reading, MeansReading::SdIsSe(Which::Both), "study {i}: {other:?}");
            assert!(other.likelihood_ratio > 20.0, "study {i}: {other:?}");
        }
    }
}
