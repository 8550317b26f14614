//! Blocks with few random effects for their number of rows: M = D + ZΓZ′ with D diagonal, by Woodbury's identity.
//!
//! With B = Z′D⁻¹Z and N = (Γ⁻¹ + B)⁻¹ = L(I + L′BL)⁻¹L′, Γ = LL′: M⁻¹ = D⁻¹ − D⁻¹ZNZ′D⁻¹ and |M| = |D||I + L′BL|, so a block costs its number
//! of rows, and the cube only of its number of random effects. A term of which every row has an effect of its own (as of effects
//! within studies) is part of D.

use std::collections::BTreeMap;

use crate::multivariate::dense::{invert, multiply_add, trace_of_product};
use crate::multivariate::likelihood::{DerivativeSums, LikelihoodKind, Move, Shared};
use crate::multivariate::problem::{Block, Load, LoadKind};
use crate::numeric::matrix::Matrix;
use crate::numeric::sum::SumOfLogs;

/// The random effects of a block and how its rows load on them.
#[derive(Debug)]
pub(crate) struct LowRank {
    /// Columns of Z that belong to one group of one term.
    groups: Vec<Group>,
    /// Number of columns of Z.
    size: usize,
    /// For each row its entries of Z, as (column, value).
    entries: Vec<Vec<(usize, f64)>>,
}

#[derive(Debug)]
struct Group {
    term: usize,
    /// First column.
    first: usize,
    /// The level (or coefficient) of each column.
    levels: Vec<usize>,
}

/// What is known of a block once its covariance is.
#[derive(Debug, Default, Clone)]
pub(crate) struct LowRankState {
    /// 1/D.
    d: Vec<f64>,
    /// B, c × c.
    b: Vec<f64>,
    /// N, c × c.
    n: Vec<f64>,
}

impl LowRank {
    /// The random effects of a block, if they are few and nothing but they makes its rows dependent.
    pub(crate) fn of(loads: &[Load], rows: usize, sizes: &[usize]) -> Option<Self> {
        let mut groups: Vec<Group> = Vec::new();
        let mut entries = vec![Vec::new(); rows];
        let mut size = 0;
        for (term, load) in loads.iter().enumerate() {
            if load.is_diagonal() {
                continue;
            }
            let mut columns: BTreeMap<(usize, usize), usize> = BTreeMap::new();
            for row in 0..rows {
                match &load.kind {
                    LoadKind::Levels(level) => {
                        columns.insert((load.outer[row], level[row]), 0);
                    }
                    LoadKind::Slopes(_) => {
                        for level in 0..sizes[term] {
                            columns.insert((load.outer[row], level), 0);
                        }
                    }
                }
            }
            let mut last = None;
            for ((outer, level), column) in &mut columns {
                *column = size;
                if last != Some(*outer) {
                    groups.push(Group { term, first: size, levels: Vec::new() });
                    last = Some(*outer);
                }
                if let Some(group) = groups.last_mut() {
                    group.levels.push(*level);
                }
                size += 1;
            }
            if 2 * size > rows {
                return None;
            }
            for (row, entries) in entries.iter_mut().enumerate() {
                match &load.kind {
                    LoadKind::Levels(level) => {
                        entries.push((columns[&(load.outer[row], level[row])], 1.0));
                    }
                    LoadKind::Slopes(z) => {
                        let q = sizes[term];
                        for level in 0..q {
                            entries.push((columns[&(load.outer[row], level)], z[row * q + level]));
                        }
                    }
                }
            }
        }
        Some(Self { groups, size, entries })
    }

    /// Z′·diag(by)·Z.
    fn gram(&self, by: impl Fn(usize) -> f64, gram: &mut Vec<f64>) {
        let c = self.size;
        cleared(gram, c * c);
        for (row, entries) in self.entries.iter().enumerate() {
            let by = by(row);
            for &(a, x) in entries {
                for &(b, y) in entries {
                    gram[a * c + b] += x * by * y;
                }
            }
        }
    }

    /// Z′·diag(by)·`tall` (n × r), c × r.
    fn project(&self, by: impl Fn(usize) -> f64, tall: &[f64], r: usize, result: &mut Vec<f64>) {
        cleared(result, self.size * r);
        for (row, entries) in self.entries.iter().enumerate() {
            let by = by(row);
            for &(column, value) in entries {
                let value = value * by;
                let target = &mut result[column * r..(column + 1) * r];
                for (target, source) in target.iter_mut().zip(&tall[row * r..(row + 1) * r]) {
                    *target += value * source;
                }
            }
        }
    }

    /// L of Γ = LL′, c × c; `None` if Γ is not positive semidefinite.
    fn root(&self, values: &[Matrix], l: &mut Vec<f64>) -> Option<()> {
        let c = self.size;
        cleared(l, c * c);
        for group in &self.groups {
            // Without random effects Γ is 0.
            let Some(g) = values.get(group.term) else { continue };
            let at = |i: usize| group.first + i;
            for (i, &level) in group.levels.iter().enumerate() {
                for (j, &other) in group.levels[..=i].iter().enumerate() {
                    let rest: f64 =
                        (0..j).map(|k| l[at(i) * c + at(k)] * l[at(j) * c + at(k)]).sum();
                    let left = g[(level, other)] - rest;
                    l[at(i) * c + at(j)] = if i == j {
                        // Singular up to rounding is singular.
                        if left < -1e-9 * g[(level, level)] {
                            return None;
                        }
                        left.max(0.0).sqrt()
                    } else {
                        let pivot = l[at(j) * c + at(j)];
                        if pivot * pivot > 1e-14 * g[(other, other)] { left / pivot } else { 0.0 }
                    };
                }
            }
        }
        Some(())
    }
}

/// Zeros in place of what was there.
fn cleared(values: &mut Vec<f64>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}

/// `product` = `a` (c × c) · `b` (c × r).
fn multiply(product: &mut Vec<f64>, a: &[f64], b: &[f64], [c, r]: [usize; 2]) {
    cleared(product, c * r);
    multiply_add(product, a, b, [c, c, r]);
}

fn transpose(a: &[f64], t: &mut Vec<f64>, c: usize) {
    cleared(t, c * c);
    for i in 0..c {
        for j in 0..c {
            t[j * c + i] = a[i * c + j];
        }
    }
}

impl LowRankState {
    /// Forms D⁻¹, B and N of the block; returns ln det M.
    fn factor(
        &mut self,
        low: &LowRank,
        block: &Block,
        values: &[Matrix],
        buffers: &mut Buffers,
    ) -> Option<f64> {
        let c = low.size;
        self.d.clear();
        self.d.extend_from_slice(&block.variances);
        for (load, g) in block.loads.iter().zip(values).filter(|(load, _)| load.is_diagonal()) {
            for (i, total) in self.d.iter_mut().enumerate() {
                *total += load.between(g, i, i);
            }
        }
        let mut logs = SumOfLogs::default();
        for total in &mut self.d {
            if !(total.is_finite() && *total > 0.0) {
                return None;
            }
            logs.add(*total);
            *total = 1.0 / *total;
        }
        let d = &self.d;
        low.gram(|row| d[row], &mut self.b);
        let Buffers { rest: l, rest_transposed: lt, half, whole: k, row, .. } = buffers;
        low.root(values, l)?;
        transpose(l, lt, c);
        multiply(half, &self.b, l, [c, c]);
        multiply(k, lt, half, [c, c]);
        for i in 0..c {
            k[i * c + i] += 1.0;
        }
        let log_determinant = logs.value() + invert(k, c, row)?;
        multiply(half, l, k, [c, c]);
        multiply(&mut self.n, half, lt, [c, c]);
        Some(log_determinant)
    }

    /// Adds `[X y]′W[X y]` of the block to `sums`; returns ln det M.
    pub(crate) fn sum(
        &mut self,
        low: &LowRank,
        block: &Block,
        values: &[Matrix],
        sums: &mut [f64],
        buffers: &mut Buffers,
    ) -> Option<f64> {
        let log_determinant = self.factor(low, block, values, buffers)?;
        let (d, c, r) = (&self.d, low.size, block.xy.len() / block.rows.len());
        for (xy, d) in block.xy.chunks_exact(r).zip(d) {
            for (a, x) in xy.iter().enumerate() {
                let x = x * d;
                for (target, y) in sums[a * r..(a + 1) * r].iter_mut().zip(xy) {
                    *target += x * y;
                }
            }
        }
        let Buffers { half, whole, .. } = buffers;
        low.project(|row| d[row], &block.xy, r, half);
        multiply(whole, &self.n, half, [c, r]);
        for (left, right) in half.chunks_exact(r).zip(whole.chunks_exact(r)) {
            for (a, x) in left.iter().enumerate() {
                for (target, y) in sums[a * r..(a + 1) * r].iter_mut().zip(right) {
                    *target -= x * y;
                }
            }
        }
        Some(log_determinant)
    }

    /// Forms N and W[X y] of the block; returns ln det M.
    pub(crate) fn update(
        &mut self,
        low: &LowRank,
        block: &Block,
        values: &[Matrix],
        wxy: &mut Vec<f64>,
        buffers: &mut Buffers,
    ) -> Option<f64> {
        let log_determinant = self.factor(low, block, values, buffers)?;
        let (d, c, r) = (&self.d, low.size, block.xy.len() / block.rows.len());
        let Buffers { half, whole: k, .. } = buffers;
        low.project(|row| d[row], &block.xy, r, half);
        multiply(k, &self.n, half, [c, r]);
        wxy.clear();
        wxy.extend_from_slice(&block.xy);
        for ((target, entries), d) in wxy.chunks_exact_mut(r).zip(&low.entries).zip(d) {
            for &(column, value) in entries {
                for (target, source) in target.iter_mut().zip(&k[column * r..(column + 1) * r]) {
                    *target -= value * source;
                }
            }
            for target in target.iter_mut() {
                *target *= d;
            }
        }
        Some(log_determinant)
    }
}

/// Products with one Dₐ in a block.
#[derive(Default)]
struct Product {
    /// Whether the term is part of D.
    diagonal: bool,
    /// The diagonal of Dₐ (n), or the derivative E of Γ (c × c).
    e: Vec<f64>,
    /// Dₐ`[WX·C u]` (n × r), or E·Z′`[WX·C u]` (c × r).
    applied: Vec<f64>,
    /// Z′D⁻¹ times that (c × r), of terms in D.
    projected: Vec<f64>,
    /// Z′D⁻¹DₐD⁻¹Z, or E·Z′WZ (c × c).
    square: Vec<f64>,
}

/// Working memory, kept from block to block.
#[derive(Default)]
pub(crate) struct Buffers {
    /// `[WX·C u]`, n × r.
    right: Vec<f64>,
    /// Z′ of it, c × r.
    z_right: Vec<f64>,
    /// Z′WZ, c × c.
    omega: Vec<f64>,
    /// I − NB, c × c.
    rest: Vec<f64>,
    rest_transposed: Vec<f64>,
    /// (ZNZ′)ᵢᵢ.
    leverage: Vec<f64>,
    products: Vec<Product>,
    half: Vec<f64>,
    whole: Vec<f64>,
    /// For the dense kernel, too.
    pub(crate) row: Vec<f64>,
}

impl Buffers {
    fn prepare(&mut self, low: &LowRank, state: &LowRankState, wxy: &[f64], shared: &Shared) {
        let p = shared.inverse.nrows();
        let (c, r) = (low.size, p + 1);
        cleared(&mut self.right, wxy.len());
        for (target, wx) in self.right.chunks_exact_mut(r).zip(wxy.chunks_exact(r)) {
            for (column, target) in target[..p].iter_mut().enumerate() {
                *target = (0..p).map(|a| wx[a] * shared.root[(a, column)]).sum();
            }
            target[p] = wx[p] - (0..p).map(|a| wx[a] * shared.gamma[a]).sum::<f64>();
        }
        low.project(|_| 1.0, &self.right, r, &mut self.z_right);
        multiply(&mut self.rest, &state.n, &state.b, [c, c]);
        for (at, value) in self.rest.iter_mut().enumerate() {
            *value = f64::from(at % (c + 1) == 0) - *value;
        }
        transpose(&self.rest, &mut self.rest_transposed, c);
        multiply(&mut self.omega, &state.b, &self.rest, [c, c]);
        self.leverage.clear();
        self.leverage.extend(low.entries.iter().map(|entries| {
            let with = |&(a, x): &(usize, f64)| {
                entries.iter().map(|&(b, y)| x * state.n[a * c + b] * y).sum::<f64>()
            };
            entries.iter().map(with).sum::<f64>()
        }));
    }

    /// The products with the derivative by `by`.
    fn product(
        &mut self,
        at: usize,
        (block, low, state): (&Block, &LowRank, &LowRankState),
        by: &Move,
        r: usize,
    ) {
        let c = low.size;
        if self.products.len() <= at {
            self.products.push(Product::default());
        }
        let Self { right, z_right, omega, products, .. } = self;
        let Product { diagonal, e, applied, projected, square } = &mut products[at];
        let load = &block.loads[by.term];
        *diagonal = load.is_diagonal();
        if *diagonal {
            e.clear();
            e.extend((0..block.rows.len()).map(|i| load.between(by.matrix, i, i)));
            applied.clear();
            for (row, e) in right.chunks_exact(r).zip(e.iter()) {
                applied.extend(row.iter().map(|value| value * e));
            }
            low.project(|row| state.d[row], applied, r, projected);
            low.gram(|row| e[row] * state.d[row] * state.d[row], square);
            return;
        }
        cleared(e, c * c);
        for group in low.groups.iter().filter(|group| group.term == by.term) {
            for (i, &level) in group.levels.iter().enumerate() {
                for (j, &other) in group.levels.iter().enumerate() {
                    e[(group.first + i) * c + group.first + j] = by.matrix[(level, other)];
                }
            }
        }
        multiply(applied, e, z_right, [c, r]);
        multiply(square, e, omega, [c, c]);
    }

    /// `tr(WDₐWDᵦ)`.
    fn trace(&mut self, (a, b): (usize, usize), state: &LowRankState, c: usize) -> f64 {
        let Self { products, rest, rest_transposed, half, whole, leverage, .. } = self;
        let (left, right) = (&products[a], &products[b]);
        match (left.diagonal, right.diagonal) {
            (false, false) => trace_of_product(&left.square, &right.square, c),
            (true, true) => {
                let mut own = 0.0;
                for (((e, f), d), leverage) in
                    left.e.iter().zip(&right.e).zip(&state.d).zip(leverage.iter())
                {
                    own += e * f * d * d * (1.0 - 2.0 * d * leverage);
                }
                multiply(half, &state.n, &left.square, [c, c]);
                multiply(whole, &state.n, &right.square, [c, c]);
                own + trace_of_product(half, whole, c)
            }
            (in_d, _) => {
                let (diagonal, effects) = if in_d { (left, right) } else { (right, left) };
                // Z′WDₐWZ = (I − NB)′·Z′D⁻¹DₐD⁻¹Z·(I − NB).
                multiply(half, &diagonal.square, rest, [c, c]);
                multiply(whole, rest_transposed, half, [c, c]);
                trace_of_product(whole, &effects.e, c)
            }
        }
    }

    /// `[WX·C u]′DₐWDᵦ[WX·C u]`: the sum over the columns of X, and the element of u.
    fn cross(
        &mut self,
        (a, b): (usize, usize),
        state: &LowRankState,
        [c, r]: [usize; 2],
    ) -> (f64, f64) {
        let Self { products, omega, rest_transposed, half, .. } = self;
        let (left, right) = (&products[a], &products[b]);
        match (left.diagonal, right.diagonal) {
            (false, false) => {
                multiply(half, omega, &right.applied, [c, r]);
                dot(&left.applied, half, |_| 1.0, r)
            }
            (true, true) => {
                multiply(half, &state.n, &right.projected, [c, r]);
                let own = dot(&left.applied, &right.applied, |row| state.d[row], r);
                let less = dot(&left.projected, half, |_| 1.0, r);
                (own.0 - less.0, own.1 - less.1)
            }
            (in_d, _) => {
                let (diagonal, effects) = if in_d { (left, right) } else { (right, left) };
                multiply(half, rest_transposed, &diagonal.projected, [c, r]);
                dot(&effects.applied, half, |_| 1.0, r)
            }
        }
    }

    /// Adds Z′(uu′ − Q)Z of each term, where Q is P or W.
    fn scores(
        &self,
        (block, low, state): (&Block, &LowRank, &LowRankState),
        scores: &mut [Matrix],
        (kind, r): (LikelihoodKind, usize),
    ) {
        let c = low.size;
        let restricted = kind == LikelihoodKind::Restricted;
        let outer = |a: &[f64], b: &[f64]| {
            let mut value = a[r - 1] * b[r - 1];
            if restricted {
                value += a[..r - 1].iter().zip(&b[..r - 1]).map(|(a, b)| a * b).sum::<f64>();
            }
            value
        };
        let row = |at: usize| &self.z_right[at * r..(at + 1) * r];
        for group in &low.groups {
            for (i, &level) in group.levels.iter().enumerate() {
                let a = group.first + i;
                for (j, &other) in group.levels.iter().enumerate() {
                    let b = group.first + j;
                    scores[group.term][(level, other)] +=
                        outer(row(a), row(b)) - self.omega[a * c + b];
                }
            }
        }
        for (load, scores) in block.loads.iter().zip(scores) {
            if load.is_diagonal() {
                for (i, row) in self.right.chunks_exact(r).enumerate() {
                    let d = state.d[i];
                    let weight = d - d * d * self.leverage[i];
                    load.gather(scores, i, i, outer(row, row) - weight);
                }
            }
        }
    }
}

/// Σ by(i)·aᵢ·bᵢ over rows of r columns: for all but the last column together, and for the last.
fn dot(a: &[f64], b: &[f64], by: impl Fn(usize) -> f64, r: usize) -> (f64, f64) {
    let (mut others, mut last) = (0.0, 0.0);
    for (row, (a, b)) in a.chunks_exact(r).zip(b.chunks_exact(r)).enumerate() {
        let by = by(row);
        others += by * a[..r - 1].iter().zip(&b[..r - 1]).map(|(a, b)| a * b).sum::<f64>();
        last += by * a[r - 1] * b[r - 1];
    }
    (others, last)
}

impl DerivativeSums {
    /// Adds a block of few random effects.
    pub(crate) fn add_low_rank(
        &mut self,
        parts: (&Block, &LowRank, &LowRankState),
        (wxy, shared): (&[f64], &Shared),
        (moves, kind): (&[Move], LikelihoodKind),
        buffers: &mut Buffers,
    ) {
        let (_, low, state) = parts;
        let (c, r) = (low.size, shared.inverse.nrows() + 1);
        buffers.prepare(low, state, wxy, shared);
        buffers.scores(parts, &mut self.scores, (kind, r));
        for (at, by) in moves.iter().enumerate() {
            buffers.product(at, parts, by, r);
        }
        for a in 0..moves.len() {
            let left = &buffers.products[a];
            let right = if left.diagonal { &buffers.right } else { &buffers.z_right };
            self.add_information(a, right, &left.applied);
            for b in a..moves.len() {
                self.trace[(a, b)] += buffers.trace((a, b), state, c);
                let (cross, quadratic) = buffers.cross((a, b), state, [c, r]);
                self.cross[(a, b)] += cross;
                self.quadratic[(a, b)] += quadratic;
            }
        }
    }
}
