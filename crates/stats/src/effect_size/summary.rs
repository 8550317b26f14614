//! What one study reports, in one of the forms that effects are computed from.

use crate::effect::Effect;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::continuous::MeanSd;
use crate::effect_size::correlation::{
    Correlation, PartialCorrelation, SemiPartialCorrelation, VarianceExplained,
};
use crate::effect_size::genotypes::Genotypes;
use crate::effect_size::paired_table::{PairedMargins, PairedTable};
use crate::effect_size::proportion::Proportion;
use crate::effect_size::rate::Rate;
use crate::effect_size::reliability::Alpha;
use crate::effect_size::standardized::StandardizedDifference;

/// One study's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Summary {
    /// Events and people of two arms.
    Table(TwoByTwo),
    /// Means and standard deviations of two arms.
    Means {
        /// The experimental arm.
        experimental: MeanSd,
        /// The control arm.
        control: MeanSd,
    },
    /// A standardised mean difference as printed.
    StandardizedDifference(StandardizedDifference),
    /// Events and person-time of two arms.
    Rates {
        /// The experimental arm.
        experimental: Rate,
        /// The control arm.
        control: Rate,
    },
    /// Events and people of one group.
    Proportion(Proportion),
    /// Events and person-time of one group.
    Rate(Rate),
    /// Mean and standard deviation of one group.
    Mean(MeanSd),
    /// A correlation.
    Correlation(Correlation),
    /// The test of one predictor in a regression.
    PartialCorrelation(PartialCorrelation),
    /// The test of one predictor in a regression, and the regression's R².
    SemiPartialCorrelation(SemiPartialCorrelation),
    /// A regression's R².
    VarianceExplained(VarianceExplained),
    /// Means and standard deviations of the two sides of matched pairs.
    PairedMeans {
        /// The experimental (or later) side; its `n` is the number of pairs.
        experimental: MeanSd,
        /// The control (or earlier) side; its `n` is the number of pairs.
        control: MeanSd,
        /// The correlation between the two sides, from −1 to 1.
        correlation: f64,
    },
    /// Numbers of matched pairs by what happened on either side.
    PairedTable(PairedTable),
    /// Events of either side of matched pairs, and their correlation.
    PairedMargins(PairedMargins),
    /// Cronbach's α.
    Alpha(Alpha),
    /// Numbers of people by genotype.
    Genotypes(Genotypes),
    /// An estimate with its variance.
    Estimate(Effect),
}

/// The forms of a [`Summary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the form of the summary of the same name")]
pub enum SummaryKind {
    Table,
    Means,
    StandardizedDifference,
    Rates,
    Proportion,
    Rate,
    Mean,
    Correlation,
    PartialCorrelation,
    SemiPartialCorrelation,
    VarianceExplained,
    PairedMeans,
    PairedTable,
    PairedMargins,
    Alpha,
    Genotypes,
    Estimate,
}

impl SummaryKind {
    /// What it consists of, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Table => "events and people of two arms",
            Self::Means => "means, standard deviations and people of two arms",
            Self::StandardizedDifference => "a standardised mean difference and people of two arms",
            Self::Rates => "events and person-time of two arms",
            Self::Proportion => "events and people of one group",
            Self::Rate => "events and person-time of one group",
            Self::Mean => "mean, standard deviation and people of one group",
            Self::Correlation => "a correlation and people",
            Self::PartialCorrelation => "a predictor's t, people and number of predictors",
            Self::SemiPartialCorrelation => {
                "a predictor's t, people, number of predictors and R squared"
            }
            Self::VarianceExplained => "R squared, people and number of predictors",
            Self::PairedMeans => {
                "means and standard deviations of two sides, number of pairs and correlation"
            }
            Self::PairedTable => "numbers of pairs by what happened on either side",
            Self::PairedMargins => "events of two sides, number of pairs and correlation",
            Self::Alpha => "Cronbach's alpha, number of items and people",
            Self::Genotypes => "numbers of people by genotype",
            Self::Estimate => "an estimate and its variance",
        }
    }
}

impl Summary {
    /// Which form it has.
    pub const fn kind(&self) -> SummaryKind {
        match self {
            Self::Table(_) => SummaryKind::Table,
            Self::Means { .. } => SummaryKind::Means,
            Self::StandardizedDifference(_) => SummaryKind::StandardizedDifference,
            Self::Rates { .. } => SummaryKind::Rates,
            Self::Proportion(_) => SummaryKind::Proportion,
            Self::Rate(_) => SummaryKind::Rate,
            Self::Mean(_) => SummaryKind::Mean,
            Self::Correlation(_) => SummaryKind::Correlation,
            Self::PartialCorrelation(_) => SummaryKind::PartialCorrelation,
            Self::SemiPartialCorrelation(_) => SummaryKind::SemiPartialCorrelation,
            Self::VarianceExplained(_) => SummaryKind::VarianceExplained,
            Self::PairedMeans { .. } => SummaryKind::PairedMeans,
            Self::PairedTable(_) => SummaryKind::PairedTable,
            Self::PairedMargins(_) => SummaryKind::PairedMargins,
            Self::Alpha(_) => SummaryKind::Alpha,
            Self::Genotypes(_) => SummaryKind::Genotypes,
            Self::Estimate(_) => SummaryKind::Estimate,
        }
    }

    /// The study's size: people (pairs, for matched pairs), or person-time for rates. `None` for a bare estimate.
    pub fn size(&self) -> Option<f64> {
        Some(match self {
            Self::Table(t) => t.n_e + t.n_c,
            Self::Means { experimental, control } => experimental.n + control.n,
            Self::StandardizedDifference(it) => it.n_e + it.n_c,
            Self::Rates { experimental, control } => experimental.person_time + control.person_time,
            Self::Proportion(it) => it.n,
            Self::Rate(it) => it.person_time,
            Self::Mean(it) => it.n,
            Self::Correlation(it) => it.n,
            Self::PartialCorrelation(it) => it.n,
            Self::SemiPartialCorrelation(it) => it.predictor.n,
            Self::VarianceExplained(it) => it.n,
            Self::PairedMeans { experimental, .. } => experimental.n,
            Self::PairedTable(it) => it.pairs(),
            Self::PairedMargins(it) => it.pairs,
            Self::Alpha(it) => it.n,
            Self::Genotypes(it) => it.people(),
            Self::Estimate(_) => return None,
        })
    }
}
