//! Why studies cannot be pooled, compared or tested.

use crate::effect::EffectError;
use crate::model::design::DesignError;

/// Why effects cannot be pooled.
///
/// Studies are counted from 0 in the fields and from 1 in the messages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PoolError {
    /// No study was given.
    #[error("no studies to pool; expected at least one")]
    NoStudies,
    /// Fewer studies than the computation needs.
    #[error("{found} given; {what} needs at least {needed}")]
    TooFew {
        /// What was asked for.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// How many it needs.
        needed: usize,
    },
    /// An estimate is NaN or infinite.
    #[error("the estimate of study {} is {found}; expected a finite number", study + 1)]
    NotFinite {
        /// Position of the study, from 0.
        study: usize,
        /// The estimate.
        found: f64,
    },
    /// A sampling variance is not a finite number above 0.
    #[error(
        "the sampling variance of study {} is {found}; expected a finite number above 0",
        study + 1
    )]
    VarianceNotPositive {
        /// Position of the study, from 0.
        study: usize,
        /// The variance.
        found: f64,
    },
    /// A study's table is impossible.
    #[error("study {}: {reason}", study + 1)]
    Study {
        /// Position of the study, from 0.
        study: usize,
        /// What is wrong with it.
        reason: EffectError,
    },
    /// No study's effect can be estimated.
    #[error("none of the {found} studies is estimable; expected at least one with events")]
    NothingEstimable {
        /// How many studies were given.
        found: usize,
    },
    /// The rule for zero cells is impossible.
    #[error("{reason}")]
    ZeroCells {
        /// What is wrong with it.
        reason: EffectError,
    },
    /// A pooled ratio is 0 or infinite, because one arm of all studies together has no events (or nothing else).
    #[error(
        "the pooled {measure} would be 0, infinite or without a standard error, because in all studies together one arm \
         has no events, or nothing but events; expected events in both, or an increment added to the pooled cells"
    )]
    PooledRatioUndefined {
        /// The measure, in words.
        measure: &'static str,
    },
    /// The confidence level is not between 0 and 1.
    #[error("the confidence level is {found}; expected a number between 0 and 1, such as 0.95")]
    LevelOutOfRange {
        /// The level.
        found: f64,
    },
    /// The Hartung-Knapp method estimates a variance from the studies' differences; one study has none.
    #[error(
        "the Hartung-Knapp method needs at least two studies, because it estimates the variance from the differences between studies; there is one"
    )]
    HartungKnappOneStudy,
    /// All estimates are identical, so the Hartung-Knapp variance is 0.
    #[error(
        "all studies have the same estimate, so the Hartung-Knapp standard error would be 0; use the Wald interval"
    )]
    HartungKnappNoVariation,
    /// A t distribution or random effects are asked for, but there are no more studies than coefficients.
    #[error(
        "{k} studies for {p} coefficients; a t distribution and the random-effects model need more studies than coefficients, the common-effect model at least as many"
    )]
    NoDegreesOfFreedom {
        /// Number of studies.
        k: usize,
        /// Number of coefficients.
        p: usize,
    },
    /// A column of the design is a combination of those before it, so its coefficient has no one value.
    #[error(
        "column `{column}` of the design is made up of other columns (as when a moderator is the same in all studies or repeats another); leave it out"
    )]
    Collinear {
        /// Name of the column.
        column: String,
    },
    /// The design is for another number of studies.
    #[error("the design has {found} rows; expected {expected}, one for each study")]
    DesignRows {
        /// Number of rows.
        found: usize,
        /// Number of studies.
        expected: usize,
    },
    /// The moderators make no design.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// A coefficient is asked for that is not there.
    #[error("coefficient {} is asked for; the model has {p}", position + 1)]
    NoSuchCoefficient {
        /// Its position, from 0.
        position: usize,
        /// Number of coefficients.
        p: usize,
    },
    /// A row of values is to be multiplied with the coefficients, but their numbers differ.
    #[error(
        "{found} values for the coefficients; expected {expected}, one for each (intercept included)"
    )]
    CoefficientCount {
        /// Number of values.
        found: usize,
        /// Number of coefficients.
        expected: usize,
    },
    /// Two fits are compared that are not of the same studies.
    #[error(
        "the two models were fitted to different studies; a comparison needs the same ones, in the same order"
    )]
    OtherStudies,
    /// The model that should be the larger one is not.
    #[error(
        "the larger model has {full} parameters and the smaller one {reduced}; expected more in the larger"
    )]
    NotNested {
        /// Parameters of the model said to be larger.
        full: usize,
        /// Parameters of the other.
        reduced: usize,
    },
    /// More studies than a search through all possibilities can take.
    #[error("{found} given; {what} takes at most {most}")]
    TooMany {
        /// What was asked for.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// The most it takes.
        most: usize,
    },
    /// An order does not name each study once.
    #[error("the order of {k} studies names study {} twice, not at all, or beyond the last; expected each study once", position + 1)]
    Order {
        /// The study, from 0.
        position: usize,
        /// Number of studies.
        k: usize,
    },
    /// There is another number of weights than of studies.
    #[error("{found} weights; expected {expected}, one for each study")]
    WeightCount {
        /// Number of weights.
        found: usize,
        /// Number of studies.
        expected: usize,
    },
    /// The given between-study variance is no variance.
    #[error("tau2 is given as {found}; expected a finite number, 0 or more")]
    GivenTau2 {
        /// The value.
        found: f64,
    },
    /// All standard errors are the same, so nothing can be regressed on them.
    #[error("all studies have the same standard error, so an effect of study size cannot be seen")]
    SameStandardErrors,
    /// The studies lie exactly on the regression line, so its standard error is 0.
    #[error("the studies lie exactly on a line, so the regression test has no residual variation")]
    PerfectFit,
    /// A p value is not strictly between 0 and 1.
    #[error("p value {} is {found}; expected a number between 0 and 1", position + 1)]
    PValueOutOfRange {
        /// Position of the p value, from 0.
        position: usize,
        /// The p value.
        found: f64,
    },
    /// A weight is not a finite number above 0.
    #[error("weight {} is {found}; expected a finite number above 0", position + 1)]
    WeightNotPositive {
        /// Position of the weight, from 0.
        position: usize,
        /// The weight.
        found: f64,
    },
    /// A correlation is not from −1 to 1.
    #[error(
        "the correlation of {} and {} is {found}; expected a number from -1 to 1",
        row + 1,
        column + 1
    )]
    CorrelationOutOfRange {
        /// Row of the matrix, from 0.
        row: usize,
        /// Column of the matrix, from 0.
        column: usize,
        /// The correlation.
        found: f64,
    },
    /// Two lists that belong together differ in length.
    #[error("{left} p values and {right} weights; expected as many weights as p values")]
    UnequalLengths {
        /// Length of the first list.
        left: usize,
        /// Length of the second list.
        right: usize,
    },
    /// Studies and their subgroups' labels differ in number.
    #[error("{labels} subgroup labels for {studies} studies; expected one for each study")]
    LabelsAndStudies {
        /// Number of labels.
        labels: usize,
        /// Number of studies.
        studies: usize,
    },
    /// An iterative estimator did not reach its answer; the half-way value is never used.
    #[error("{method} did not converge; the last value tried for tau2 was {last}")]
    NotConverged {
        /// The estimator, in words.
        method: &'static str,
        /// The last value of τ².
        last: f64,
    },
    /// The numbers are so extreme that double precision cannot hold the answer.
    #[error(
        "the estimates or variances are too large or too small to compute with; expected a change of unit"
    )]
    Overflow,
}

impl PoolError {
    /// Refuses a confidence level that is not strictly between 0 and 1.
    pub(crate) fn check_level(level: f64) -> Result<(), Self> {
        if level > 0.0 && level < 1.0 {
            Ok(())
        } else {
            Err(Self::LevelOutOfRange { found: level })
        }
    }

    /// The error of an iteration that ended at `last`: NaN means that numbers overflowed on the way.
    pub(crate) fn not_converged(method: &'static str, last: f64) -> Self {
        if last.is_nan() { Self::Overflow } else { Self::NotConverged { method, last } }
    }
}
