//! Derivatives of the likelihood in blocks whose covariance matrix is inverted as it is.

use crate::multivariate::dense::{multiply_add, trace_of_product};
use crate::multivariate::likelihood::{
    DerivativeSums, LikelihoodKind, Move, Shared, Weighted, add_term,
};
use crate::multivariate::problem::Block;

/// Products with one Dₐ in a block.
#[derive(Default)]
struct Product {
    /// `WDₐ`, n × n.
    weighted: Vec<f64>,
    /// `Dₐ[WX·C u]`, n × (p + 1).
    applied: Vec<f64>,
    /// `WDₐ[WX·C u]`, n × (p + 1).
    again: Vec<f64>,
}

/// Working memory, kept from block to block.
#[derive(Default)]
pub(crate) struct FullBuffers {
    /// `[WX·C u]`, n × (p + 1), so that WX(X′WX)⁻¹X′W is the square of its first part.
    right: Vec<f64>,
    /// Dₐ.
    derivative: Vec<f64>,
    products: Vec<Product>,
}

fn cleared(values: &mut Vec<f64>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}

impl Product {
    fn update(
        &mut self,
        (block, weighted): (&Block, &Weighted),
        (right, derivative): (&[f64], &mut Vec<f64>),
        by: &Move,
    ) {
        let n = block.rows.len();
        let r = right.len() / n;
        let load = &block.loads[by.term];
        cleared(&mut self.applied, n * r);
        cleared(&mut self.weighted, n * n);
        cleared(&mut self.again, n * r);
        if load.is_diagonal() {
            for i in 0..n {
                let d = load.between(by.matrix, i, i);
                for c in 0..r {
                    self.applied[i * r + c] = d * right[i * r + c];
                }
                for j in 0..n {
                    self.weighted[j * n + i] = weighted.w[j * n + i] * d;
                }
            }
        } else {
            cleared(derivative, n * n);
            add_term(load, by.matrix, derivative, n);
            multiply_add(&mut self.applied, derivative, right, [n, n, r]);
            multiply_add(&mut self.weighted, &weighted.w, derivative, [n, n, n]);
        }
        multiply_add(&mut self.again, &weighted.w, &self.applied, [n, n, r]);
    }
}

impl FullBuffers {
    fn prepare(&mut self, weighted: &Weighted, shared: &Shared) {
        let p = shared.inverse.nrows();
        cleared(&mut self.right, weighted.wxy.len());
        let rows = weighted.wxy.chunks_exact(p + 1);
        for (target, wx) in self.right.chunks_exact_mut(p + 1).zip(rows) {
            for (column, target) in target[..p].iter_mut().enumerate() {
                *target = (0..p).map(|a| wx[a] * shared.root[(a, column)]).sum();
            }
            target[p] = wx[p] - (0..p).map(|a| wx[a] * shared.gamma[a]).sum::<f64>();
        }
    }
}

impl DerivativeSums {
    /// Adds a block.
    pub(crate) fn add_full(
        &mut self,
        (block, weighted): (&Block, &Weighted),
        shared: &Shared,
        (moves, kind): (&[Move], LikelihoodKind),
        buffers: &mut FullBuffers,
    ) {
        let n = block.rows.len();
        let r = shared.inverse.nrows() + 1;
        buffers.prepare(weighted, shared);
        let FullBuffers { right, derivative, products } = buffers;
        self.add_scores((block, weighted), right, kind);
        products.resize_with(moves.len().max(products.len()), Product::default);
        for (product, by) in products.iter_mut().zip(moves) {
            product.update((block, weighted), (right, derivative), by);
        }
        for (a, left) in products[..moves.len()].iter().enumerate() {
            self.add_information(a, right, &left.applied);
            for (b, other) in products[..moves.len()].iter().enumerate().skip(a) {
                self.trace[(a, b)] += trace_of_product(&left.weighted, &other.weighted, n);
                for (x, y) in left.applied.chunks_exact(r).zip(other.again.chunks_exact(r)) {
                    let cross = x[..r - 1].iter().zip(&y[..r - 1]).map(|(x, y)| x * y);
                    self.cross[(a, b)] += cross.sum::<f64>();
                    self.quadratic[(a, b)] += x[r - 1] * y[r - 1];
                }
            }
        }
    }

    /// Adds Z′(uu′ − Q)Z of each term, where Q is P or W.
    fn add_scores(
        &mut self,
        (block, weighted): (&Block, &Weighted),
        right: &[f64],
        kind: LikelihoodKind,
    ) {
        let n = block.rows.len();
        let r = right.len() / n;
        let element = |i: usize, j: usize| {
            let (a, b) = (&right[i * r..(i + 1) * r], &right[j * r..(j + 1) * r]);
            let mut value = a[r - 1] * b[r - 1] - weighted.w[i * n + j];
            if kind == LikelihoodKind::Restricted {
                value += a[..r - 1].iter().zip(&b[..r - 1]).map(|(a, b)| a * b).sum::<f64>();
            }
            value
        };
        for (load, scores) in block.loads.iter().zip(&mut self.scores) {
            for i in 0..n {
                if load.is_diagonal() {
                    load.gather(scores, i, i, element(i, i));
                    continue;
                }
                for j in (0..n).filter(|&j| load.outer[i] == load.outer[j]) {
                    load.gather(scores, i, j, element(i, j));
                }
            }
        }
    }
}
