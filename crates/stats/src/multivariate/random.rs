//! Random terms: which rows share a random effect, and how the effects covary.

use std::collections::BTreeSet;

use crate::multivariate::error::MultivariateError;
use crate::multivariate::grouping::Grouping;
use crate::multivariate::structure::{
    Kernel, LEAST_CONTINUOUS, SpatialKernel, Spread, Structure, pair,
};
use crate::multivariate::unstructured::FactorForm;
use crate::numeric::matrix::{Factor, Matrix};

/// How the random effects of the levels of an inner variable covary within an outer group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelStructure {
    /// One variance, one correlation (CS).
    CompoundSymmetry,
    /// One variance a level, one correlation (HCS).
    HeteroscedasticCompoundSymmetry,
    /// One variance a level, one correlation a pair of levels (UN).
    Unstructured,
    /// One variance, no correlation (ID).
    Identity,
    /// One variance a level, no correlation (DIAG).
    Diagonal,
    /// One variance; ρ to the power of the number of levels between, in the levels' order (AR).
    Autoregressive,
    /// One variance a level; correlation as in [`LevelStructure::Autoregressive`] (HAR).
    HeteroscedasticAutoregressive,
}

impl LevelStructure {
    /// Every structure, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::CompoundSymmetry,
        Self::HeteroscedasticCompoundSymmetry,
        Self::Unstructured,
        Self::Identity,
        Self::Diagonal,
        Self::Autoregressive,
        Self::HeteroscedasticAutoregressive,
    ];

    /// The usual abbreviation: `"CS"`, `"HCS"`, `"UN"`, `"ID"`, `"DIAG"`, `"AR"`, `"HAR"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CompoundSymmetry => "CS",
            Self::HeteroscedasticCompoundSymmetry => "HCS",
            Self::Unstructured => "UN",
            Self::Identity => "ID",
            Self::Diagonal => "DIAG",
            Self::Autoregressive => "AR",
            Self::HeteroscedasticAutoregressive => "HAR",
        }
    }
}

/// How random intercept and slopes covary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlopeStructure {
    /// Any covariance matrix (GEN).
    General,
    /// Variances only (GDIAG).
    Diagonal,
}

/// How rows are loaded on a term's random effects, within a group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Loading {
    /// Each row has the effect of its level.
    Levels(Grouping),
    /// Each row has the sum of all effects, weighted by its row of the matrix.
    Slopes { columns: Matrix, names: Vec<String> },
}

/// A random term of a multilevel or multivariate model.
#[derive(Debug, Clone, PartialEq)]
pub struct Random {
    pub(crate) name: String,
    pub(crate) outer: Grouping,
    pub(crate) loading: Loading,
    pub(crate) structure: Structure,
    /// Variances and correlations held fixed, in the order in which they are reported.
    pub(crate) fixed_variances: Vec<Option<f64>>,
    pub(crate) fixed_correlations: Vec<Option<f64>>,
    /// Whether it is a plain random intercept (σ²) rather than effects of levels within groups (τ², ρ).
    pub(crate) is_intercept: bool,
}

impl Random {
    /// A random intercept a group (`~ 1 | group`).
    pub fn intercepts(group: Grouping) -> Self {
        let rows = group.codes().len();
        Self {
            is_intercept: true,
            ..Self::new(
                group.name().to_owned(),
                Loading::Levels(Grouping::one(group.name(), rows)),
                group,
                Structure::Scaled { known: Matrix::identity(1, 1) },
            )
        }
    }

    /// Random intercepts of nested groups (`~ 1 | a/b/c`): of `a`, of `b` within `a`, of `c` within both.
    pub fn nested(groups: &[Grouping]) -> Vec<Self> {
        let mut terms: Vec<Self> = Vec::new();
        let mut path: Option<Grouping> = None;
        for group in groups {
            let next = path.map_or_else(|| group.clone(), |outer| group.within(&outer));
            terms.push(Self::intercepts(next.clone()));
            path = Some(next);
        }
        terms
    }

    /// Random intercepts that covary between groups by a known matrix, as of species by their phylogeny.
    ///
    /// Rows and columns of `known` are the groups' levels, in order; it is used as it is, so for τ² to be the variance of an effect
    /// its diagonal must be 1. Nakagawa & Santos (2012), doi 10.1007/s10682-012-9555-5.
    pub fn correlated_intercepts(
        group: Grouping,
        known: Matrix,
    ) -> Result<Self, MultivariateError> {
        let what = || format!("correlation matrix of {}", group.name());
        check_square(&known, group.levels().len(), what)?;
        if Factor::of(known.clone() + Matrix::identity(known.nrows(), known.nrows()) * 1e-10)
            .is_none()
        {
            return Err(MultivariateError::NotPositiveDefinite { what: what(), row: 0 });
        }
        let outer = Grouping::one(group.name(), group.codes().len());
        Ok(Self {
            is_intercept: true,
            ..Self::new(
                group.name().to_owned(),
                Loading::Levels(group),
                outer,
                Structure::Scaled { known },
            )
        })
    }

    /// Effects of the levels of `inner` within the groups of `outer` (`~ inner | outer`).
    ///
    /// A correlation that no pair of rows informs (levels that never occur in the same group) is 0 and not counted as a parameter.
    /// The common correlation is bounded below by −1/(m − 1), where m is the largest number of different levels in one group,
    /// so that every group's effects have a covariance matrix.
    pub fn levels(structure: LevelStructure, inner: Grouping, outer: Grouping) -> Self {
        let q = inner.levels().len();
        let name = format!("~{} | {}", inner.name(), outer.name());
        let steps = || Matrix::from_fn(q, q, |i, j| (i as f64 - j as f64).abs());
        let together = Together::of(&inner, &outer);
        let alone = together.most < 2;
        let equal = |spread| Structure::Correlated {
            size: q,
            spread,
            kernel: Kernel::Equal { lower: -1.0 / (together.most.max(2) as f64 - 1.0) },
        };
        let power = |spread| Structure::Correlated {
            size: q,
            spread,
            kernel: Kernel::Power { distance: steps(), lower: -1.0 },
        };
        let structure = match structure {
            LevelStructure::CompoundSymmetry => equal(Spread::Common),
            LevelStructure::HeteroscedasticCompoundSymmetry => equal(Spread::PerLevel),
            LevelStructure::Autoregressive => power(Spread::Common),
            LevelStructure::HeteroscedasticAutoregressive => power(Spread::PerLevel),
            LevelStructure::Identity => Structure::Scaled { known: Matrix::identity(q, q) },
            LevelStructure::Diagonal => Structure::Diagonal { size: q },
            LevelStructure::Unstructured => {
                Structure::Unstructured { order: (0..q).collect(), form: FactorForm::Elements }
            }
        };
        let mut term = Self::new(name, Loading::Levels(inner), outer, structure);
        match &term.structure {
            Structure::Unstructured { .. } => {
                for pair in together.never {
                    term.fixed_correlations[pair] = Some(0.0);
                }
                term.choose_unstructured();
            }
            Structure::Correlated { .. } if alone => term.fixed_correlations[0] = Some(0.0),
            _ => {}
        }
        term
    }

    /// Effects over continuous time within the groups of `outer` (CAR): one variance, and correlation ρ to the power of
    /// the time between, 0 ≤ ρ ≤ 1.
    pub fn over_time(times: &[f64], outer: Grouping) -> Result<Self, MultivariateError> {
        MultivariateError::check_finite("time", times)?;
        let inner = Grouping::new("time", &times.iter().map(f64::to_string).collect::<Vec<_>>());
        let mut values = vec![0.0; inner.levels().len()];
        for (&code, &time) in inner.codes().iter().zip(times) {
            values[code] = time;
        }
        let q = values.len();
        let distance = Matrix::from_fn(q, q, |i, j| (values[i] - values[j]).abs());
        let alone = Together::of(&inner, &outer).most < 2;
        let name = format!("~time | {}", outer.name());
        let mut term = Self::new(
            name,
            Loading::Levels(inner),
            outer,
            Structure::Correlated {
                size: q,
                spread: Spread::Common,
                kernel: Kernel::Power { distance, lower: LEAST_CONTINUOUS },
            },
        );
        if alone {
            term.fixed_correlations[0] = Some(0.0);
        }
        Ok(term)
    }

    /// Effects of places within the groups of `outer`, correlated by their distance; rows and columns of `distances` are the
    /// places' levels, in order. The range ρ is reported as the correlation.
    pub fn spatial(
        kernel: SpatialKernel,
        places: Grouping,
        distances: Matrix,
        outer: Grouping,
    ) -> Result<Self, MultivariateError> {
        let what = || format!("distance matrix of {}", places.name());
        check_square(&distances, places.levels().len(), what)?;
        let name = format!("~{} | {}", places.name(), outer.name());
        Ok(Self::new(
            name,
            Loading::Levels(places),
            outer,
            Structure::Correlated {
                size: distances.nrows(),
                spread: Spread::Common,
                kernel: Kernel::Spatial { kernel, distance: distances },
            },
        ))
    }

    /// Random coefficients of the `columns` (usually one of ones and some moderators) within the groups of `outer`.
    pub fn slopes(
        structure: SlopeStructure,
        columns: Matrix,
        names: Vec<String>,
        outer: Grouping,
    ) -> Result<Self, MultivariateError> {
        let q = columns.ncols();
        MultivariateError::check_length("list of random coefficients' names", names.len(), q)?;
        MultivariateError::check_length(
            "matrix of random coefficients",
            columns.nrows(),
            outer.codes().len(),
        )?;
        for row in 0..columns.nrows() {
            if let Some(found) = columns.row(row).iter().copied().find(|value| !value.is_finite()) {
                return Err(MultivariateError::NotFinite {
                    quantity: "random coefficient's moderator",
                    row,
                    found,
                });
            }
        }
        let structure = match structure {
            SlopeStructure::General => {
                Structure::Unstructured { order: (0..q).collect(), form: FactorForm::Elements }
            }
            SlopeStructure::Diagonal => Structure::Diagonal { size: q },
        };
        let name = format!("~{} | {}", names.join(" + "), outer.name());
        Ok(Self::new(name, Loading::Slopes { columns, names }, outer, structure))
    }

    /// Holds variances at the values given (`None`: estimated), in the order in which the fit reports them.
    pub fn with_variances(mut self, values: &[Option<f64>]) -> Result<Self, MultivariateError> {
        let expected = self.fixed_variances.len();
        MultivariateError::check_length(
            format!("list of variances of {}", self.name),
            values.len(),
            expected,
        )?;
        for value in values.iter().flatten() {
            if !(value.is_finite() && *value >= 0.0) {
                return Err(MultivariateError::OutOfRange {
                    parameter: "variance",
                    found: *value,
                    lower: 0.0,
                    upper: f64::INFINITY,
                });
            }
        }
        self.fixed_variances = values.to_vec();
        self.choose_unstructured();
        Ok(self)
    }

    /// Holds correlations (for spatial terms the range) at the values given (`None`: estimated), in the order in which the
    /// fit reports them: of unstructured terms by columns of the lower triangle.
    pub fn with_correlations(mut self, values: &[Option<f64>]) -> Result<Self, MultivariateError> {
        let expected = self.fixed_correlations.len();
        MultivariateError::check_length(
            format!("list of correlations of {}", self.name),
            values.len(),
            expected,
        )?;
        let (lower, upper) = match &self.structure {
            Structure::Correlated { kernel: Kernel::Spatial { .. }, .. } => (0.0, f64::INFINITY),
            _ => (-1.0, 1.0),
        };
        for &found in values.iter().flatten() {
            if !(lower..=upper).contains(&found) {
                return Err(MultivariateError::OutOfRange {
                    parameter: "correlation",
                    found,
                    lower,
                    upper,
                });
            }
        }
        for (slot, value) in self.fixed_correlations.iter_mut().zip(values) {
            if value.is_some() {
                *slot = *value;
            }
        }
        self.choose_unstructured();
        Ok(self)
    }

    /// The term's name: the grouping's, or `~inner | outer`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn new(name: String, loading: Loading, outer: Grouping, structure: Structure) -> Self {
        let (variances, correlations) = reported(&structure);
        Self {
            name,
            outer,
            loading,
            structure,
            fixed_variances: vec![None; variances],
            fixed_correlations: vec![None; correlations],
            is_intercept: false,
        }
    }

    /// The parameters in which an unstructured matrix can hold what is fixed.
    ///
    /// Elements of a factor can hold nothing, spherical ones variances and the correlations with one level.
    fn choose_unstructured(&mut self) {
        if !matches!(
            self.structure,
            Structure::Unstructured { .. } | Structure::Correlations { .. }
        ) {
            return;
        }
        let q = self.fixed_variances.len();
        let pairs: Vec<(usize, usize)> = (0..q)
            .flat_map(|j| (j + 1..q).map(move |i| (i, j)))
            .filter(|&(i, j)| self.fixed_correlations[pair(i, j, q)].is_some())
            .collect();
        let shared = (0..q).find(|level| pairs.iter().all(|&(i, j)| i == *level || j == *level));
        let any = !pairs.is_empty() || self.fixed_variances.iter().any(Option::is_some);
        self.structure = match shared {
            Some(_) if !any => {
                Structure::Unstructured { order: (0..q).collect(), form: FactorForm::Elements }
            }
            Some(level) => {
                Structure::Unstructured { order: leading(q, level), form: FactorForm::Spherical }
            }
            None => {
                let sets = match &self.loading {
                    Loading::Levels(inner) => Together::of(inner, &self.outer).sets,
                    Loading::Slopes { .. } => vec![(0..q).collect()],
                };
                Structure::Correlations { size: q, sets }
            }
        };
    }
}

/// All levels, `first` first.
pub(crate) fn leading(q: usize, first: usize) -> Vec<usize> {
    core::iter::once(first).chain((0..q).filter(|level| *level != first)).collect()
}

/// Numbers of variances and correlations that a structure reports.
pub(crate) fn reported(structure: &Structure) -> (usize, usize) {
    let q = structure.size();
    match structure {
        Structure::Scaled { .. } => (1, 0),
        Structure::Correlated { spread: Spread::Common, .. } => (1, 1),
        Structure::Correlated { spread: Spread::PerLevel, .. } => (q, 1),
        Structure::Diagonal { .. } => (q, 0),
        Structure::Unstructured { .. } | Structure::Correlations { .. } => (q, q * (q - 1) / 2),
    }
}

/// Which levels occur together in a group.
struct Together {
    /// The largest number of different levels in one group.
    most: usize,
    /// Pairs of levels, by their position among the correlations, that never occur together.
    never: Vec<usize>,
    /// The different sets of levels of the groups.
    sets: Vec<Vec<usize>>,
}

impl Together {
    fn of(inner: &Grouping, outer: &Grouping) -> Self {
        let q = inner.levels().len();
        let mut met = vec![false; q * (q.max(1) - 1) / 2];
        let mut most = 0;
        let mut sets = BTreeSet::new();
        for rows in outer.members() {
            let mut present: Vec<usize> = rows.iter().map(|&row| inner.codes()[row]).collect();
            present.sort_unstable();
            present.dedup();
            most = most.max(present.len());
            for (i, &a) in present.iter().enumerate() {
                for &b in &present[i + 1..] {
                    met[pair(a, b, q)] = true;
                }
            }
            sets.insert(present);
        }
        let never = met.iter().enumerate().filter(|(_, met)| !**met).map(|(at, _)| at).collect();
        Self { most, never, sets: sets.into_iter().collect() }
    }
}

fn check_square(
    matrix: &Matrix,
    size: usize,
    what: impl Fn() -> String,
) -> Result<(), MultivariateError> {
    MultivariateError::check_length(what(), matrix.nrows(), size)?;
    MultivariateError::check_length(what(), matrix.ncols(), size)?;
    for i in 0..size {
        for j in 0..=i {
            let (a, b) = (matrix[(i, j)], matrix[(j, i)]);
            if !a.is_finite() || !b.is_finite() {
                return Err(MultivariateError::NotFinite {
                    quantity: "matrix entry",
                    row: i,
                    found: a,
                });
            }
            if (a - b).abs() > 1e-8 * a.abs().max(1.0) {
                return Err(MultivariateError::NotSymmetric { what: what(), row: i, column: j });
            }
        }
    }
    Ok(())
}
