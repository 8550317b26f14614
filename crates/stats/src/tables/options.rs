//! The choices of a Mantel-Haenszel or Peto synthesis.

use crate::effect_size::zero_cells::ZeroCells;
use crate::measure::Measure;
use crate::tables::revman_rules::RevManRules;

/// The measures that the Mantel-Haenszel method pools from 2×2 tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhMeasure {
    /// Risk ratio (log on the analysis scale).
    RiskRatio,
    /// Odds ratio (log on the analysis scale).
    OddsRatio,
    /// Risk difference.
    RiskDifference,
}

impl MhMeasure {
    /// Every measure, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::RiskRatio, Self::OddsRatio, Self::RiskDifference];

    /// The same measure among all measures.
    pub const fn measure(self) -> Measure {
        match self {
            Self::RiskRatio => Measure::RiskRatio,
            Self::OddsRatio => Measure::OddsRatio,
            Self::RiskDifference => Measure::RiskDifference,
        }
    }

    /// `"RR"`, `"OR"` or `"RD"`.
    pub const fn name(self) -> &'static str {
        self.measure().name()
    }

    /// The name in words.
    pub const fn long_name(self) -> &'static str {
        self.measure().long_name()
    }
}

/// The measures that the Mantel-Haenszel method pools from events and person-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhRateMeasure {
    /// Incidence rate ratio (log on the analysis scale).
    RateRatio,
    /// Incidence rate difference.
    RateDifference,
}

impl MhRateMeasure {
    /// Both measures, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::RateRatio, Self::RateDifference];

    /// `"IRR"` or `"IRD"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RateRatio => "IRR",
            Self::RateDifference => "IRD",
        }
    }

    /// The name in words.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::RateRatio => "rate ratio",
            Self::RateDifference => "rate difference",
        }
    }
}

/// The model of a Mantel-Haenszel pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhModel {
    /// Mantel-Haenszel weights.
    CommonEffect,
    /// Review Manager's "M-H, random": inverse-variance weights with the DerSimonian-Laird τ² from the Q about the
    /// Mantel-Haenszel estimate.
    RandomEffects,
}

impl MhModel {
    /// Both models.
    pub const ALL: &[Self] = &[Self::CommonEffect, Self::RandomEffects];

    /// `"common effect"` or `"random effects"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommonEffect => "common effect",
            Self::RandomEffects => "random effects",
        }
    }
}

/// How the variance of the pooled risk difference is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhRdVariance {
    /// Sato, Greenland & Robins (1989), Biometrics 45, 1323-1324: consistent with many small strata as with few large ones; metafor's.
    Sato,
    /// The sum of the studies' binomial variances, consistent with few large strata; Review Manager's.
    Binomial,
}

/// How zero cells are dealt with, in the studies' own effects and in the pooled sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellTreatment {
    /// One rule for the studies' effects (from which Q is computed) and one for the pooled sums, as metafor has it.
    ByRule {
        /// For the studies' effects.
        studies: ZeroCells,
        /// For the pooled sums.
        pooled: ZeroCells,
    },
    /// As Review Manager does it.
    ReviewManager(RevManRules),
}

/// metafor's rule for the studies' effects: one half where a cell is 0, studies without information dropped.
const STUDIES: ZeroCells = ZeroCells { drop00: true, ..ZeroCells::HALF_TO_ZERO_CELLS };

/// The choices of a Mantel-Haenszel synthesis of 2×2 tables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MhOptions {
    /// Mantel-Haenszel weights, or Review Manager's random effects.
    pub model: MhModel,
    /// What is done about zero cells.
    pub cells: CellTreatment,
    /// The variance of the pooled risk difference; of no consequence for ratios.
    pub rd_variance: MhRdVariance,
    /// Whether the (Cochran-)Mantel-Haenszel test subtracts one half from the difference of observed and expected.
    pub continuity_correction: bool,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

impl MhOptions {
    /// Review Manager's choices.
    pub fn review_manager(model: MhModel, level: f64) -> Self {
        Self {
            model,
            cells: CellTreatment::ReviewManager(RevManRules::default()),
            rd_variance: MhRdVariance::Binomial,
            continuity_correction: true,
            level,
        }
    }
}

impl Default for MhOptions {
    /// metafor's `rma.mh`: common effect, one half added for the studies' effects and nothing in the pooled sums,
    /// Sato's variance, continuity correction, level 0.95.
    fn default() -> Self {
        Self {
            model: MhModel::CommonEffect,
            cells: CellTreatment::ByRule { studies: STUDIES, pooled: ZeroCells::UNCHANGED },
            rd_variance: MhRdVariance::Sato,
            continuity_correction: true,
            level: 0.95,
        }
    }
}

/// The choices of a Mantel-Haenszel synthesis of rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MhRateOptions {
    /// Zero counts in the studies' own effects.
    pub studies: ZeroCells,
    /// Zero counts in the pooled sums.
    pub pooled: ZeroCells,
    /// Whether the Mantel-Haenszel test subtracts one half from the difference of observed and expected.
    pub continuity_correction: bool,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

impl Default for MhRateOptions {
    /// metafor's `rma.mh`.
    fn default() -> Self {
        Self {
            studies: STUDIES,
            pooled: ZeroCells::UNCHANGED,
            continuity_correction: true,
            level: 0.95,
        }
    }
}

/// The choices of a synthesis by Peto's method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PetoOptions {
    /// Zero cells in the studies' own effects.
    pub studies: ZeroCells,
    /// Zero cells in the pooled sums.
    pub pooled: ZeroCells,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

impl Default for PetoOptions {
    /// metafor's `rma.peto`: one half added for the studies' effects, nothing in the pooled sums.
    fn default() -> Self {
        Self { studies: STUDIES, pooled: ZeroCells::UNCHANGED, level: 0.95 }
    }
}

impl PetoOptions {
    /// Peto's method proper, as Review Manager has it: counts as they are, studies without information dropped.
    pub fn uncorrected(level: f64) -> Self {
        let raw = ZeroCells { drop00: true, ..ZeroCells::UNCHANGED };
        Self { studies: raw, pooled: raw, level }
    }
}
