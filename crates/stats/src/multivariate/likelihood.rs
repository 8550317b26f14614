//! The normal likelihood of the variance parameters with its exact gradient and Hessian, block by block.
//!
//! With M the marginal covariance, W = M⁻¹, P = W − WX(X′WX)⁻¹X′W, u = Py and Dₐ = ∂M/∂θₐ: 2∂ℓ/∂θₐ = u′Dₐu − tr(QDₐ), with Q = P for
//! the restricted and W for the full likelihood (Harville 1977, doi 10.1080/01621459.1977.10480998). Only p × p sums are shared
//! between blocks.

use crate::multivariate::dense::{invert, multiply_add};
use crate::multivariate::fullrank::FullBuffers;
use crate::multivariate::lowrank::{Buffers, LowRankState};
use crate::multivariate::problem::{Block, Load, Problem, Rows};
use crate::multivariate::structure::Derived;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// Which likelihood of the variance parameters is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikelihoodKind {
    /// Maximum likelihood (ML).
    Full,
    /// Restricted maximum likelihood (REML).
    Restricted,
}

/// ℓ and its derivatives with respect to the free parameters.
pub(crate) struct Evaluation {
    pub(crate) value: f64,
    pub(crate) gradient: Vector,
    pub(crate) hessian: Matrix,
}

/// What a block contributes once the covariance is known.
#[derive(Debug, Default, Clone)]
pub(crate) struct Weighted {
    /// W = M⁻¹, n × n; empty where the block is of low rank.
    pub(crate) w: Vec<f64>,
    low_rank: LowRankState,
    /// W[X y], n × (p + 1).
    pub(crate) wxy: Vec<f64>,
    /// ln det M.
    pub(crate) log_determinant: f64,
}

/// Sums over blocks at one point.
#[derive(Debug)]
pub(crate) struct Shared {
    /// (X′WX)⁻¹.
    pub(crate) inverse: Matrix,
    /// A square root C of it: CC′ = (X′WX)⁻¹.
    pub(crate) root: Matrix,
    /// The coefficients of the orthonormal design.
    pub(crate) gamma: Vector,
    /// Σ ln det M.
    pub(crate) log_determinant: f64,
    /// ln det X′WX.
    pub(crate) log_information: f64,
    /// (y − Xγ)′W(y − Xγ).
    pub(crate) rss: f64,
}

impl Shared {
    /// From `[X y]′W[X y]` and ln det M.
    fn of(sums: &[f64], log_determinant: f64, p: usize) -> Option<Self> {
        let information = Matrix::from_fn(p, p, |i, j| sums[i * (p + 1) + j]);
        let cross = Vector::from_fn(p, |i, _| sums[i * (p + 1) + p]);
        let factor = Factor::of(information)?;
        let gamma = factor.solve_vector(&cross);
        let root = factor.lower().try_inverse()?.transpose();
        Some(Self {
            inverse: factor.inverse(),
            root,
            rss: sums[(p + 1) * (p + 1) - 1] - gamma.dot(&cross),
            gamma,
            log_determinant,
            log_information: factor.log_determinant(),
        })
    }

    /// Both log-likelihoods (full, restricted) on the scale of the data, with all constants.
    pub(crate) fn log_likelihoods(&self, rows: &Rows) -> (f64, f64) {
        let (k, p) = (rows.k as f64, rows.p as f64);
        let per_row = libm::log(2.0 * core::f64::consts::PI * rows.unit);
        let common = self.log_determinant + self.rss;
        (-0.5 * (k * per_row + common), -0.5 * ((k - p) * per_row + common + self.log_information))
    }
}

/// Evaluates the likelihood of one problem, reusing its buffers.
pub(crate) struct Evaluator<'a> {
    pub(crate) problem: &'a Problem<'a>,
    kind: LikelihoodKind,
    pub(crate) weighted: Vec<Weighted>,
    buffers: Buffers,
    full: FullBuffers,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(problem: &'a Problem<'a>, kind: LikelihoodKind) -> Self {
        let weighted = vec![Weighted::default(); problem.rows.blocks.len()];
        Self { problem, kind, weighted, buffers: Buffers::default(), full: FullBuffers::default() }
    }

    /// ℓ at the free parameters; `None` where the covariance is not positive definite.
    pub(crate) fn value(&mut self, free: &[f64]) -> Option<f64> {
        let values = self.values(free);
        if !self.are_admissible(&values) {
            return None;
        }
        let p = self.problem.rows.p;
        let mut sums = vec![0.0; (p + 1) * (p + 1)];
        let mut log_determinant = 0.0;
        for (block, weighted) in self.problem.rows.blocks.iter().zip(&mut self.weighted) {
            log_determinant += if let Some(low) = &block.low_rank {
                // The weights themselves are not needed.
                weighted.low_rank.sum(low, block, &values, &mut sums, &mut self.buffers)?
            } else {
                weighted.densely(block, &values, p, &mut self.buffers.row)?;
                weighted.add_to(&mut sums, block, p);
                weighted.log_determinant
            };
        }
        let shared = Shared::of(&sums, log_determinant, p)?;
        Some(self.pick(&shared)).filter(|value| value.is_finite())
    }

    fn pick(&self, shared: &Shared) -> f64 {
        let (full, restricted) = shared.log_likelihoods(self.problem.rows);
        match self.kind {
            LikelihoodKind::Full => full,
            LikelihoodKind::Restricted => restricted,
        }
    }

    /// Weights all blocks at the free parameters and sums over them.
    pub(crate) fn shared(&mut self, free: &[f64]) -> Option<Shared> {
        let values = self.values(free);
        self.weigh(&values)
    }

    /// The terms' covariance matrices.
    fn values(&self, free: &[f64]) -> Vec<Matrix> {
        self.problem
            .spread(free)
            .iter()
            .zip(&self.problem.terms)
            .map(|(theta, term)| term.structure.value(theta))
            .collect()
    }

    fn are_admissible(&self, values: &[Matrix]) -> bool {
        let mut terms = self.problem.terms.iter().zip(values);
        terms.all(|(term, value)| term.structure.is_admissible(value))
    }

    fn weigh(&mut self, values: &[Matrix]) -> Option<Shared> {
        if !self.are_admissible(values) {
            return None;
        }
        let p = self.problem.rows.p;
        let mut sums = vec![0.0; (p + 1) * (p + 1)];
        let mut log_determinant = 0.0;
        for (block, weighted) in self.problem.rows.blocks.iter().zip(&mut self.weighted) {
            weighted.update(block, values, p, &mut self.buffers)?;
            log_determinant += weighted.log_determinant;
            weighted.add_to(&mut sums, block, p);
        }
        Shared::of(&sums, log_determinant, p)
    }

    /// ℓ with gradient and Hessian; `None` where the covariance is not positive definite.
    pub(crate) fn derivatives(&mut self, free: &[f64]) -> Option<Evaluation> {
        let all = self.problem.spread(free);
        let derived: Vec<Derived> = all
            .iter()
            .zip(&self.problem.terms)
            .map(|(theta, term)| term.structure.derived(theta))
            .collect();
        let values: Vec<Matrix> = derived.iter().map(|d| d.value.clone()).collect();
        let shared = self.weigh(&values)?;
        let value = self.pick(&shared);
        let moves = self.moves(&derived);
        let mut sums = DerivativeSums::new(self, moves.len());
        for (block, weighted) in self.problem.rows.blocks.iter().zip(&self.weighted) {
            match &block.low_rank {
                Some(low) => {
                    sums.add_low_rank(
                        (block, low, &weighted.low_rank),
                        (&weighted.wxy, &shared),
                        (&moves, self.kind),
                        &mut self.buffers,
                    );
                }
                None => {
                    sums.add_full((block, weighted), &shared, (&moves, self.kind), &mut self.full);
                }
            }
        }
        let (gradient, hessian) = self.assemble(&sums, &derived, &moves);
        let finite = value.is_finite()
            && gradient.iter().all(|g| g.is_finite())
            && hessian.iter().all(|h| h.is_finite());
        finite.then_some(Evaluation { value, gradient, hessian })
    }

    /// The free parameters: term, position within it, derivative of the term's matrix.
    fn moves<'d>(&self, derived: &'d [Derived]) -> Vec<Move<'d>> {
        let mut moves = Vec::new();
        for (term, (shape, derived)) in self.problem.terms.iter().zip(derived).enumerate() {
            for (at, slot) in shape.slots.iter().enumerate() {
                if slot.fixed.is_none() {
                    moves.push(Move { term, at, matrix: &derived.first[at] });
                }
            }
        }
        moves
    }

    fn assemble(
        &self,
        sums: &DerivativeSums,
        derived: &[Derived],
        moves: &[Move],
    ) -> (Vector, Matrix) {
        let m = moves.len();
        let gradient =
            Vector::from_fn(m, |a, _| 0.5 * sums.scores[moves[a].term].dot(moves[a].matrix));
        let mut hessian = Matrix::zeros(m, m);
        for a in 0..m {
            for b in a..m {
                let mut trace = sums.trace[(a, b)];
                if self.kind == LikelihoodKind::Restricted {
                    trace +=
                        sums.information[a].dot(&sums.information[b]) - 2.0 * sums.cross[(a, b)];
                }
                let quadratic = sums.quadratic[(a, b)] - sums.slopes[a].dot(&sums.slopes[b]);
                let mut second = 0.0;
                if moves[a].term == moves[b].term {
                    let key = (moves[a].at, moves[b].at);
                    for (i, j, matrix) in &derived[moves[a].term].second {
                        if (*i, *j) == key {
                            second += sums.scores[moves[a].term].dot(matrix);
                        }
                    }
                }
                let value = 0.5 * (trace + second) - quadratic;
                hessian[(a, b)] = value;
                hessian[(b, a)] = value;
            }
        }
        (gradient, hessian)
    }
}

impl Weighted {
    /// Adds `[X y]′W[X y]` of the block.
    fn add_to(&self, sums: &mut [f64], block: &Block, p: usize) {
        for (xy, wxy) in block.xy.chunks_exact(p + 1).zip(self.wxy.chunks_exact(p + 1)) {
            for (a, x) in xy.iter().enumerate() {
                for (b, w) in wxy.iter().enumerate() {
                    sums[a * (p + 1) + b] += x * w;
                }
            }
        }
    }

    /// Forms M, inverts it and multiplies.
    fn update(
        &mut self,
        block: &Block,
        values: &[Matrix],
        p: usize,
        buffers: &mut Buffers,
    ) -> Option<()> {
        if let Some(low) = &block.low_rank {
            let log_determinant =
                self.low_rank.update(low, block, values, &mut self.wxy, buffers)?;
            self.log_determinant = log_determinant;
            return Some(());
        }
        self.densely(block, values, p, &mut buffers.row)
    }

    /// As [`Weighted::update`], with W in full whatever the block.
    pub(crate) fn densely(
        &mut self,
        block: &Block,
        values: &[Matrix],
        p: usize,
        scratch: &mut Vec<f64>,
    ) -> Option<()> {
        let n = block.rows.len();
        marginal(block, values, &mut self.w);
        self.log_determinant = invert(&mut self.w, n, scratch)?;
        self.wxy.clear();
        self.wxy.resize(n * (p + 1), 0.0);
        multiply_add(&mut self.wxy, &self.w, &block.xy, [n, n, p + 1]);
        Some(())
    }
}

/// M = V + ΣZGZ′ of one block.
pub(crate) fn marginal(block: &Block, values: &[Matrix], m: &mut Vec<f64>) {
    let n = block.rows.len();
    m.clear();
    m.resize(n * n, 0.0);
    for i in 0..n {
        m[i * n + i] = block.variances[i];
    }
    for &(i, j, covariance) in &block.covariances {
        m[i * n + j] = covariance;
        m[j * n + i] = covariance;
    }
    for (load, g) in block.loads.iter().zip(values) {
        add_term(load, g, m, n);
    }
}

impl Block {
    /// Whether the sampling covariance of the block is positive definite.
    pub(crate) fn is_positive_definite(&self) -> bool {
        let mut v = Vec::new();
        marginal(self, &[], &mut v);
        invert(&mut v, self.rows.len(), &mut Vec::new()).is_some()
    }
}

/// Adds ZGZ′ of one term.
pub(crate) fn add_term(load: &Load, g: &Matrix, m: &mut [f64], n: usize) {
    if load.is_diagonal() {
        for i in 0..n {
            m[i * n + i] += load.between(g, i, i);
        }
        return;
    }
    for i in 0..n {
        for j in 0..n {
            if load.outer[i] == load.outer[j] {
                m[i * n + j] += load.between(g, i, j);
            }
        }
    }
}

/// A free parameter: which term it belongs to, its position there, and the derivative of the term's matrix.
pub(crate) struct Move<'d> {
    pub(crate) term: usize,
    at: usize,
    pub(crate) matrix: &'d Matrix,
}

/// Sums over blocks from which gradient and Hessian are made.
pub(crate) struct DerivativeSums {
    /// For each term Σ Z′(uu′ − Q)Z over pairs of rows in the same group.
    pub(crate) scores: Vec<Matrix>,
    /// C′X′WDₐWXC.
    pub(crate) information: Vec<Matrix>,
    /// C′X′WDₐu.
    pub(crate) slopes: Vec<Vector>,
    /// `tr(WDₐWD_b)`.
    pub(crate) trace: Matrix,
    /// `tr((X′WX)⁻¹X′WDₐWD_bWX)`.
    pub(crate) cross: Matrix,
    /// `u′DₐWD_bu`.
    pub(crate) quadratic: Matrix,
}

impl DerivativeSums {
    fn new(evaluator: &Evaluator, m: usize) -> Self {
        let p = evaluator.problem.rows.p;
        Self {
            scores: evaluator
                .problem
                .terms
                .iter()
                .map(|term| Matrix::zeros(term.structure.size(), term.structure.size()))
                .collect(),
            information: vec![Matrix::zeros(p, p); m],
            slopes: vec![Vector::zeros(p); m],
            trace: Matrix::zeros(m, m),
            cross: Matrix::zeros(m, m),
            quadratic: Matrix::zeros(m, m),
        }
    }
}

impl DerivativeSums {
    /// Adds `[WX·C]′Dₐ[WX·C u]` of parameter a, from the rows of `[WX·C u]` and of Dₐ times that.
    pub(crate) fn add_information(&mut self, a: usize, right: &[f64], applied: &[f64]) {
        let p = self.slopes[a].len();
        for (x, moved) in right.chunks_exact(p + 1).zip(applied.chunks_exact(p + 1)) {
            for (c, x) in x[..p].iter().enumerate() {
                self.slopes[a][c] += x * moved[p];
                for (d, moved) in moved[..p].iter().enumerate() {
                    self.information[a][(c, d)] += x * moved;
                }
            }
        }
    }
}

/// u = W(y − Xγ) of a block.
pub(crate) fn residual_weights(wxy: &[f64], gamma: &Vector, p: usize) -> Vec<f64> {
    wxy.chunks_exact(p + 1)
        .map(|row| row[p] - (0..p).map(|c| row[c] * gamma[c]).sum::<f64>())
        .collect()
}
