//! The model as numbers: rows, an orthonormal design, independent blocks, and the free parameters.
//!
//! Rows depend on each other only through sampling covariances and shared random effects; the connected components of that
//! relation are independent blocks, so that no computation is larger than the largest block.

use std::collections::BTreeMap;

use crate::multivariate::error::MultivariateError;
use crate::multivariate::lowrank::LowRank;
use crate::multivariate::random::{Loading, Random};
use crate::multivariate::sampling::Errors;
use crate::multivariate::structure::{
    Kernel, LEAST_CONTINUOUS, Parameter, Role, Spread, Structure, pair,
};
use crate::multivariate::unstructured::{FactorForm, angle};
use crate::numeric::matrix::Matrix;

/// Rows that may depend on each other, and on no others.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) rows: Vec<usize>,
    /// Sampling variances, in units of the problem's `unit`.
    pub(crate) variances: Vec<f64>,
    /// `(i, j, covariance)` of rows of the block, i < j.
    pub(crate) covariances: Vec<(usize, usize, f64)>,
    /// Orthonormal design and residual outcome side by side, row by row: n × (p + 1).
    pub(crate) xy: Vec<f64>,
    /// How each term loads on the block's rows.
    pub(crate) loads: Vec<Load>,
    /// The random effects, where they are few.
    pub(crate) low_rank: Option<LowRank>,
}

/// How one term's random effects load on the rows of a block.
#[derive(Debug)]
pub(crate) struct Load {
    /// Group of each row, numbered within the block.
    pub(crate) outer: Vec<usize>,
    /// Number of groups.
    pub(crate) groups: usize,
    pub(crate) kind: LoadKind,
}

#[derive(Debug)]
pub(crate) enum LoadKind {
    /// Each row has the effect of its level.
    Levels(Vec<usize>),
    /// Rows of coefficients, q each.
    Slopes(Vec<f64>),
}

impl Load {
    /// Whether every row is a group of its own, so that the term adds to the diagonal only.
    pub(crate) fn is_diagonal(&self) -> bool {
        self.groups == self.outer.len()
    }

    /// The covariance that `g` gives rows i and j of the same group.
    pub(crate) fn between(&self, g: &Matrix, i: usize, j: usize) -> f64 {
        match &self.kind {
            LoadKind::Levels(level) => g[(level[i], level[j])],
            LoadKind::Slopes(z) => {
                let q = g.nrows();
                let (a, b) = (&z[i * q..(i + 1) * q], &z[j * q..(j + 1) * q]);
                let mut total = 0.0;
                for (column, b) in b.iter().enumerate() {
                    for (row, a) in a.iter().enumerate() {
                        total += a * g[(row, column)] * b;
                    }
                }
                total
            }
        }
    }

    /// Adds `value`, of rows i and j of the same group, to the sums over pairs of levels (or coefficients).
    pub(crate) fn gather(&self, sums: &mut Matrix, i: usize, j: usize, value: f64) {
        match &self.kind {
            LoadKind::Levels(level) => sums[(level[i], level[j])] += value,
            LoadKind::Slopes(z) => {
                let q = sums.nrows();
                for column in 0..q {
                    for row in 0..q {
                        sums[(row, column)] += z[i * q + row] * value * z[j * q + column];
                    }
                }
            }
        }
    }
}

/// One free or fixed parameter of one term.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) parameter: Parameter,
    /// The value it is held at.
    pub(crate) fixed: Option<f64>,
}

/// A term's structure and where its parameters are.
pub(crate) struct Term {
    pub(crate) structure: Structure,
    pub(crate) slots: Vec<Slot>,
}

/// The rows in their blocks, on a scale on which variances are about 1.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) k: usize,
    pub(crate) p: usize,
    /// Variances are in units of this.
    pub(crate) unit: f64,
    pub(crate) blocks: Vec<Block>,
    /// R of the design's QR decomposition, and Q′y: β = R⁻¹(Q′y + √unit·γ) with γ fitted to residuals.
    pub(crate) triangular: Matrix,
    pub(crate) projected: Vec<f64>,
}

/// [`Rows`] together with the random terms.
pub(crate) struct Problem<'a> {
    pub(crate) rows: &'a Rows,
    pub(crate) terms: Vec<Term>,
}

impl Rows {
    pub(crate) fn new(
        estimates: &[f64],
        errors: &Errors,
        design: &Matrix,
        random: &[Random],
    ) -> Result<Self, MultivariateError> {
        let (k, p) = (design.nrows(), design.ncols());
        let (q, triangular) = orthonormal(design)?;
        let projected: Vec<f64> =
            (0..p).map(|c| (0..k).map(|i| q[(i, c)] * estimates[i]).sum::<f64>()).collect();
        let residual: Vec<f64> = (0..k)
            .map(|i| estimates[i] - (0..p).map(|c| q[(i, c)] * projected[c]).sum::<f64>())
            .collect();
        let mean_square = residual.iter().map(|r| r * r).sum::<f64>() / (k.max(p + 1) - p) as f64;
        let mut sorted = errors.variances.clone();
        sorted.sort_by(f64::total_cmp);
        let unit = mean_square.max(sorted[k / 2]);
        let root = unit.sqrt();
        let blocks = components(k, errors, random)
            .into_iter()
            .map(|rows| {
                let mut xy = Vec::with_capacity(rows.len() * (p + 1));
                for &row in &rows {
                    xy.extend((0..p).map(|c| q[(row, c)]));
                    xy.push(residual[row] / root);
                }
                Block {
                    variances: rows.iter().map(|&row| errors.variances[row] / unit).collect(),
                    covariances: Vec::new(),
                    loads: random.iter().map(|term| load(term, &rows)).collect(),
                    low_rank: None,
                    xy,
                    rows,
                }
            })
            .collect();
        let mut problem = Self { k, p, unit, blocks, triangular, projected };
        problem.place(&errors.covariances);
        let sizes: Vec<usize> = random.iter().map(|term| term.structure.size()).collect();
        for block in &mut problem.blocks {
            // Below that the plain inverse is as quick.
            if block.rows.len() > 3 && block.covariances.is_empty() {
                block.low_rank = LowRank::of(&block.loads, block.rows.len(), &sizes);
            }
        }
        Ok(problem)
    }

    fn place(&mut self, covariances: &[(usize, usize, f64)]) {
        let mut home = vec![(0, 0); self.k];
        for (b, block) in self.blocks.iter().enumerate() {
            for (i, &row) in block.rows.iter().enumerate() {
                home[row] = (b, i);
            }
        }
        for &(row, column, value) in covariances {
            let ((b, i), (_, j)) = (home[row], home[column]);
            self.blocks[b].covariances.push((i.min(j), i.max(j), value / self.unit));
        }
    }
}

/// Q and R of the design; R's diagonal is positive.
pub(crate) fn orthonormal(design: &Matrix) -> Result<(Matrix, Matrix), MultivariateError> {
    let p = design.ncols();
    let lengths: Vec<f64> = (0..p).map(|c| design.column(c).norm()).collect();
    let qr = design.clone().qr();
    let (mut q, mut r) = (qr.q(), qr.r());
    for c in 0..p {
        if r[(c, c)].is_nan() || r[(c, c)].abs() <= 1e-10 * lengths[c] {
            return Err(MultivariateError::Collinear);
        }
        if r[(c, c)] < 0.0 {
            q.column_mut(c).neg_mut();
            r.row_mut(c).neg_mut();
        }
    }
    Ok((q, r))
}

/// The connected components of the rows, each in row order, ordered by their first row.
fn components(k: usize, errors: &Errors, random: &[Random]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..k).collect();
    let mut join = |a: usize, b: usize| {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        // The smaller row is the root, so that components are ordered by their first row.
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        parent[high] = low;
    };
    for &(a, b, _) in &errors.covariances {
        join(a, b);
    }
    for term in random {
        for rows in term.outer.members() {
            match (&term.loading, &term.structure) {
                // Levels that a known matrix makes independent do not connect.
                (Loading::Levels(inner), Structure::Scaled { known }) => {
                    connect_levels(&rows, inner.codes(), known, &mut join);
                }
                (Loading::Levels(inner), Structure::Diagonal { size }) => {
                    connect_levels(
                        &rows,
                        inner.codes(),
                        &Matrix::identity(*size, *size),
                        &mut join,
                    );
                }
                _ => rows.windows(2).for_each(|pair| join(pair[0], pair[1])),
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in 0..k {
        members.entry(root(&mut parent, row)).or_default().push(row);
    }
    members.into_values().collect()
}

/// The first row of the component, with the way there shortened.
fn root(parent: &mut [usize], mut row: usize) -> usize {
    while parent[row] != row {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    row
}

fn connect_levels(
    rows: &[usize],
    codes: &[usize],
    known: &Matrix,
    join: &mut impl FnMut(usize, usize),
) {
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for &row in rows {
        if let Some(&before) = first.get(&codes[row]) {
            join(before, row);
            continue;
        }
        for (&level, &other) in &first {
            if known[(level, codes[row])] != 0.0 {
                join(other, row);
            }
        }
        first.insert(codes[row], row);
    }
}

fn load(term: &Random, rows: &[usize]) -> Load {
    // Independent levels of a term without correlations are groups of their own.
    let independent = match &term.structure {
        Structure::Diagonal { .. } => matches!(term.loading, Loading::Levels(_)),
        Structure::Scaled { known } => {
            known.nrows() > 1 && *known == Matrix::from_diagonal(&known.diagonal())
        }
        _ => false,
    };
    let mut seen: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let outer = rows
        .iter()
        .map(|&row| {
            let inner = match &term.loading {
                Loading::Levels(inner) if independent => inner.codes()[row],
                _ => 0,
            };
            let next = seen.len();
            *seen.entry((term.outer.codes()[row], inner)).or_insert(next)
        })
        .collect();
    let kind = match &term.loading {
        Loading::Levels(inner) => {
            LoadKind::Levels(rows.iter().map(|&row| inner.codes()[row]).collect())
        }
        Loading::Slopes { columns, .. } => LoadKind::Slopes(
            rows.iter()
                .flat_map(|&row| columns.row(row).iter().copied().collect::<Vec<_>>())
                .collect(),
        ),
    };
    Load { outer, groups: seen.len(), kind }
}

impl<'a> Problem<'a> {
    /// The problem with the structures and fixed values of `random`.
    pub(crate) fn new(rows: &'a Rows, random: &[Random]) -> Self {
        let terms = random
            .iter()
            .map(|term| Term {
                slots: slots(
                    &term.structure,
                    &term.fixed_variances,
                    &term.fixed_correlations,
                    rows.unit,
                ),
                structure: term.structure.clone(),
            })
            .collect();
        Self { rows, terms }
    }

    /// The free parameters, over all terms.
    pub(crate) fn free(&self) -> Vec<Parameter> {
        self.terms
            .iter()
            .flat_map(|term| term.slots.iter().filter(|slot| slot.fixed.is_none()))
            .map(|slot| slot.parameter)
            .collect()
    }

    /// All parameters term by term, the free ones from `free`.
    pub(crate) fn spread(&self, free: &[f64]) -> Vec<Vec<f64>> {
        let mut next = free.iter().copied();
        self.terms
            .iter()
            .map(|term| {
                term.slots
                    .iter()
                    .map(|slot| slot.fixed.unwrap_or_else(|| next.next().unwrap_or_default()))
                    .collect()
            })
            .collect()
    }

    /// The free ones of all parameters.
    pub(crate) fn gather(&self, all: &[Vec<f64>]) -> Vec<f64> {
        self.terms
            .iter()
            .zip(all)
            .flat_map(|(term, values)| term.slots.iter().zip(values))
            .filter(|(slot, _)| slot.fixed.is_none())
            .map(|(_, value)| *value)
            .collect()
    }
}

/// The structure's parameters with the reported variances and correlations that are fixed.
pub(crate) fn slots(
    structure: &Structure,
    variances: &[Option<f64>],
    correlations: &[Option<f64>],
    unit: f64,
) -> Vec<Slot> {
    let q = variances.len();
    structure
        .parameters()
        .into_iter()
        .enumerate()
        .map(|(at, parameter)| {
            let variance = |at: usize| variances.get(at).copied().flatten().map(|v| v / unit);
            let correlation = |at: usize| correlations.get(at).copied().flatten();
            let fixed = match (structure, parameter.role) {
                (Structure::Unstructured { form: FactorForm::Elements, .. }, _) => None,
                (Structure::Unstructured { order, form: FactorForm::Spherical }, _) => {
                    if at < q {
                        variance(order[at]).map(f64::sqrt)
                    } else {
                        // The first angle of each row is that of its correlation with the first level.
                        (1..q)
                            .find(|&i| angle(i, 0, q) == at)
                            .and_then(|i| correlation(pair(order[0], order[i], q)))
                            .map(libm::acos)
                    }
                }
                (_, Role::Variance) => variance(at),
                (_, Role::Deviation) => variance(at).map(f64::sqrt),
                (Structure::Correlated { kernel: Kernel::Spatial { .. }, .. }, _) => {
                    correlation(0).map(|range| libm::log(range.max(f64::MIN_POSITIVE)))
                }
                (Structure::Correlated { spread: Spread::Common | Spread::PerLevel, .. }, _) => {
                    correlation(0)
                }
                _ => correlation(at - q),
            };
            Slot { parameter, fixed }
        })
        .collect()
}

/// Variances and correlations as they are reported, from a structure's parameters; variances in units of the data.
///
/// A correlation with a level whose variance is 0 is NaN: nothing can be said about it.
pub(crate) fn natural(structure: &Structure, theta: &[f64], unit: f64) -> (Vec<f64>, Vec<f64>) {
    let g = structure.value(theta);
    let q = g.nrows();
    let each = || (0..q).map(|i| g[(i, i)] * unit).collect::<Vec<_>>();
    match structure {
        Structure::Scaled { .. } => (vec![theta[0] * unit], Vec::new()),
        Structure::Diagonal { .. } => (each(), Vec::new()),
        Structure::Correlated { spread, kernel, .. } => {
            let variances = match spread {
                Spread::Common => vec![theta[0] * unit],
                Spread::PerLevel => each(),
            };
            let rho = theta[theta.len() - 1];
            let known = match spread {
                Spread::Common => theta[0] > 0.0,
                Spread::PerLevel => theta[..q].iter().filter(|sd| **sd > 0.0).count() > 1 || q == 1,
            };
            let rho = match kernel {
                Kernel::Spatial { .. } => libm::exp(rho),
                _ if rho <= LEAST_CONTINUOUS && rho > 0.0 => 0.0,
                _ => rho,
            };
            (variances, vec![if known { rho } else { f64::NAN }])
        }
        Structure::Unstructured { .. } | Structure::Correlations { .. } => {
            let mut correlations = Vec::new();
            for j in 0..q {
                for i in j + 1..q {
                    let size = (g[(i, i)] * g[(j, j)]).sqrt();
                    let rho =
                        if size > 0.0 { (g[(i, j)] / size).clamp(-1.0, 1.0) } else { f64::NAN };
                    let nearly = 1.0 - rho.abs() < 1e-11;
                    correlations.push(if nearly { rho.signum() } else { rho });
                }
            }
            (each(), correlations)
        }
    }
}
