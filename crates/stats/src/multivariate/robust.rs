//! Cluster-robust variances of coefficients, with small-sample corrections and tests.
//!
//! Hedges, Tipton & Johnson (2010), doi 10.1002/jrsm.5; Tipton (2015), doi 10.1037/met0000011; Pustejovsky & Tipton (2018),
//! doi 10.1080/07350015.2016.1247004.

use crate::distribution::f_sf;
use crate::model::design::Design;
use crate::model::options::Weighting;
use crate::model::regress::{Coefficient, Regression};
use crate::model::wald::WaldTest;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::{MultilevelFit, coefficients};
use crate::multivariate::grouping::Grouping;
use crate::multivariate::likelihood::{marginal, residual_weights};
use crate::multivariate::problem::orthonormal;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// The correction of the sandwich estimator for a small number of clusters, and the degrees of freedom that go with it.
///
/// With n clusters, k rows and p coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCorrection {
    /// None; t and F with n − p degrees of freedom.
    Residual,
    /// Factor n/(n − p); t and F with n − p degrees of freedom.
    ResidualAdjusted,
    /// None; Satterthwaite degrees of freedom, as for all that follow.
    Cr0,
    /// Factor n/(n − 1).
    Cr1,
    /// Factor n/(n − p).
    Cr1p,
    /// Factor n(k − 1)/((n − 1)(k − p)).
    Cr1s,
    /// Bias-reduced linearisation: unbiased if the working model is right.
    Cr2,
    /// Approximate jackknife.
    Cr3,
}

impl ClusterCorrection {
    /// Every correction, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::Residual,
        Self::ResidualAdjusted,
        Self::Cr0,
        Self::Cr1,
        Self::Cr1p,
        Self::Cr1s,
        Self::Cr2,
        Self::Cr3,
    ];

    /// `"CR0"`, `"CR1"`, `"CR1p"`, `"CR1S"`, `"CR2"`, `"CR3"`; the first two are `"residual"` and `"residual adjusted"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::ResidualAdjusted => "residual adjusted",
            Self::Cr0 => "CR0",
            Self::Cr1 => "CR1",
            Self::Cr1p => "CR1p",
            Self::Cr1s => "CR1S",
            Self::Cr2 => "CR2",
            Self::Cr3 => "CR3",
        }
    }
}

/// Coefficients with cluster-robust variances.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustInference {
    /// Number of clusters.
    pub clusters: usize,
    /// The coefficients with robust standard errors, t tests and intervals.
    pub coefficients: Vec<Coefficient>,
    /// The robust covariance of the coefficients.
    pub vcov: Matrix,
    /// Degrees of freedom of each coefficient's t statistic.
    pub df: Vec<f64>,
    /// F test of all coefficients but the intercept (of the intercept, if it is alone): with n − p denominator degrees of
    /// freedom, or an approximate Hotelling T² whose degrees of freedom are estimated (HTZ; Tipton & Pustejovsky 2015,
    /// doi 10.3102/1076998615606099). `None` if too few clusters inform it.
    pub q_m: Option<WaldTest>,
}

/// A weighted regression of independent rows.
pub(crate) struct WeightedRegression<'a> {
    pub(crate) estimates: &'a [f64],
    pub(crate) design: &'a Design,
    /// The weights that the coefficients are computed with, above 0.
    pub(crate) weights: &'a [f64],
    /// The variances that the working model gives the rows, above 0.
    pub(crate) variances: &'a [f64],
}

impl WeightedRegression<'_> {
    pub(crate) fn robust(
        &self,
        cluster: &Grouping,
        correction: ClusterCorrection,
        level: f64,
    ) -> Result<RobustInference, MultivariateError> {
        let k = self.estimates.len();
        MultivariateError::check_length("cluster variable", cluster.codes().len(), k)?;
        let (q, triangular) = orthonormal(self.design.matrix())?;
        let p = q.ncols();
        let weighted = Matrix::from_fn(k, p, |i, j| self.weights[i] * q[(i, j)]);
        let factor = Factor::of(q.transpose() * &weighted).ok_or(MultivariateError::Collinear)?;
        let y = Vector::from_column_slice(self.estimates);
        let gamma = factor.solve_vector(&(weighted.transpose() * &y));
        let residuals = y - &q * &gamma;
        let clusters = cluster
            .members()
            .into_iter()
            .filter(|rows| !rows.is_empty())
            .map(|rows| {
                let diagonal = |values: &[f64]| {
                    let own = rows.iter().map(|&row| values[row]);
                    Matrix::from_diagonal(&Vector::from_iterator(rows.len(), own))
                };
                Cluster {
                    x: q.select_rows(&rows),
                    wx: weighted.select_rows(&rows),
                    w: diagonal(self.weights),
                    phi: diagonal(self.variances),
                    e: residuals.select_rows(&rows),
                }
            })
            .collect();
        let sandwich = Sandwich { clusters, bread: factor.inverse(), triangular, gamma, k };
        sandwich.inference(self.design, correction, level)
    }
}

impl Regression {
    /// Cluster-robust inference about the coefficients; `level` in (0, 1).
    ///
    /// The working model of the corrections is that of the fit: independent effects with variances v + τ².
    pub fn robust(
        &self,
        cluster: &Grouping,
        correction: ClusterCorrection,
        level: f64,
    ) -> Result<RobustInference, MultivariateError> {
        let estimates: Vec<f64> = self.effects().iter().map(|effect| effect.estimate).collect();
        let variances: Vec<f64> =
            self.effects().iter().map(|effect| effect.variance + self.tau2).collect();
        let weights = match &self.options().weighting {
            Weighting::InverseVariance => variances.iter().map(|v| 1.0 / v).collect(),
            Weighting::Unweighted => vec![1.0; estimates.len()],
            Weighting::Given(weights) => weights.clone(),
        };
        WeightedRegression {
            estimates: &estimates,
            design: self.design(),
            weights: &weights,
            variances: &variances,
        }
        .robust(cluster, correction, level)
    }
}

impl MultilevelFit {
    /// Cluster-robust inference about the coefficients; `level` in (0, 1).
    ///
    /// The corrections CR0 to CR3 need every pair of dependent rows to be in one cluster.
    pub fn robust(
        &self,
        cluster: &Grouping,
        correction: ClusterCorrection,
        level: f64,
    ) -> Result<RobustInference, MultivariateError> {
        let (rows, p) = (&self.state.rows, self.p());
        MultivariateError::check_length("cluster variable", cluster.codes().len(), rows.k)?;
        let values = self.term_matrices();
        let codes = cluster.codes();
        let mut parts: Vec<Vec<Cluster>> =
            (0..cluster.levels().len()).map(|_| Vec::new()).collect();
        let mut m = Vec::new();
        for (block, weighted) in rows.blocks.iter().zip(self.weighted()) {
            let n = block.rows.len();
            marginal(block, &values, &mut m);
            let u = residual_weights(&weighted.wxy, &self.state.shared.gamma, p);
            // y − Xγ = M·u.
            let residual: Vec<f64> =
                (0..n).map(|i| (0..n).map(|j| m[i * n + j] * u[j]).sum()).collect();
            let mut present: Vec<usize> = block.rows.iter().map(|&row| codes[row]).collect();
            present.sort_unstable();
            present.dedup();
            let satterthwaite = !matches!(
                correction,
                ClusterCorrection::Residual | ClusterCorrection::ResidualAdjusted
            );
            if present.len() > 1 && satterthwaite {
                return Err(MultivariateError::NotComparable {
                    reason: "rows that the model makes dependent are in different clusters",
                });
            }
            for code in present {
                let own: Vec<usize> = (0..n).filter(|&i| codes[block.rows[i]] == code).collect();
                let square = |a: &[f64]| {
                    Matrix::from_fn(own.len(), own.len(), |i, j| a[own[i] * n + own[j]])
                };
                let tall =
                    |a: &[f64]| Matrix::from_fn(own.len(), p, |i, j| a[own[i] * (p + 1) + j]);
                parts[code].push(Cluster {
                    x: tall(&block.xy),
                    wx: tall(&weighted.wxy),
                    w: square(&weighted.w),
                    phi: square(&m),
                    e: Vector::from_fn(own.len(), |i, _| residual[own[i]]),
                });
            }
        }
        let shared = &self.state.shared;
        let root = rows.unit.sqrt();
        let sandwich = Sandwich {
            clusters: parts.into_iter().filter(|it| !it.is_empty()).map(Cluster::joined).collect(),
            bread: shared.inverse.clone(),
            triangular: &rows.triangular / root,
            gamma: Vector::from_fn(p, |c, _| rows.projected[c] / root + shared.gamma[c]),
            k: rows.k,
        };
        sandwich.inference(&self.model.design, correction, level)
    }
}

/// The rows of one cluster, in the basis of an orthonormal design.
struct Cluster {
    x: Matrix,
    /// Its rows of WX.
    wx: Matrix,
    /// Its block of W.
    w: Matrix,
    /// Its block of the working model's covariance.
    phi: Matrix,
    /// Residuals.
    e: Vector,
}

impl Cluster {
    /// Independent parts as one cluster.
    fn joined(parts: Vec<Self>) -> Self {
        let n: usize = parts.iter().map(|part| part.e.len()).sum();
        let p = parts.first().map_or(0, |part| part.x.ncols());
        let mut whole = Self {
            x: Matrix::zeros(n, p),
            wx: Matrix::zeros(n, p),
            w: Matrix::zeros(n, n),
            phi: Matrix::zeros(n, n),
            e: Vector::zeros(n),
        };
        let mut first = 0;
        for part in parts {
            let m = part.e.len();
            whole.x.rows_mut(first, m).copy_from(&part.x);
            whole.wx.rows_mut(first, m).copy_from(&part.wx);
            whole.w.view_mut((first, first), (m, m)).copy_from(&part.w);
            whole.phi.view_mut((first, first), (m, m)).copy_from(&part.phi);
            whole.e.rows_mut(first, m).copy_from(&part.e);
            first += m;
        }
        whole
    }
}

/// A regression in the basis of an orthonormal design, by clusters.
struct Sandwich {
    clusters: Vec<Cluster>,
    /// (X′WX)⁻¹.
    bread: Matrix,
    /// R, which turns coefficients of the design into those of the basis.
    triangular: Matrix,
    gamma: Vector,
    k: usize,
}

impl Sandwich {
    fn inference(
        &self,
        design: &Design,
        correction: ClusterCorrection,
        level: f64,
    ) -> Result<RobustInference, MultivariateError> {
        MultivariateError::check_level(level)?;
        let (n, k, p) = (self.clusters.len(), self.k as f64, self.gamma.len());
        if n <= p {
            return Err(MultivariateError::TooFewClusters { found: n, coefficients: p });
        }
        let clusters = n as f64;
        let factor = match correction {
            ClusterCorrection::ResidualAdjusted | ClusterCorrection::Cr1p => {
                clusters / (clusters - p as f64)
            }
            ClusterCorrection::Cr1 => clusters / (clusters - 1.0),
            ClusterCorrection::Cr1s => clusters * (k - 1.0) / ((clusters - 1.0) * (k - p as f64)),
            _ => 1.0,
        };
        let half = self.half_adjusted(correction)?;
        let mut meat = Matrix::zeros(p, p);
        for (cluster, half) in self.clusters.iter().zip(&half) {
            let score = half * &cluster.e;
            meat += &score * score.transpose();
        }
        let back = self
            .triangular
            .solve_upper_triangular(&Matrix::identity(p, p))
            .ok_or(MultivariateError::Collinear)?;
        let outer = &back * &self.bread;
        let vcov = &outer * meat * outer.transpose() * factor;
        let beta = &back * &self.gamma;
        let tested = design.moderator_columns();
        let (df, q_m) = match correction {
            ClusterCorrection::Residual | ClusterCorrection::ResidualAdjusted => {
                let df = clusters - p as f64;
                let test = WaldTest::of_zero(
                    &beta.select_rows(&tested),
                    &vcov.select_rows(&tested).select_columns(&tested),
                    Some(df),
                );
                (vec![df; p], test)
            }
            _ => {
                let moments = self.moments(&half, &outer);
                let df: Vec<f64> = (0..p).map(|j| moments.degrees_of_freedom(j)).collect();
                if !df.iter().all(|df| df.is_finite() && *df > 1e-3) {
                    return Err(MultivariateError::OneCluster);
                }
                (df, moments.hotelling(&beta, &vcov, &tested))
            }
        };
        let each: Vec<Option<f64>> = df.iter().copied().map(Some).collect();
        Ok(RobustInference {
            clusters: n,
            coefficients: coefficients(design.names(), &beta, &vcov, &each, level),
            vcov,
            df,
            q_m,
        })
    }

    /// X′WA of each cluster (p × n), with A the correction's adjustment of the residuals.
    fn half_adjusted(
        &self,
        correction: ClusterCorrection,
    ) -> Result<Vec<Matrix>, MultivariateError> {
        let spread = self.spread();
        self.clusters
            .iter()
            .map(|cluster| match correction {
                ClusterCorrection::Cr2 => {
                    Ok(cluster.wx.transpose() * self.bias_reduction(cluster, &spread)?)
                }
                ClusterCorrection::Cr3 => {
                    let n = cluster.e.len();
                    let hat = &cluster.x * &self.bread * cluster.x.transpose() * &cluster.w;
                    let rest = Matrix::identity(n, n) - hat;
                    // A hat value of 1 means that the cluster determines a coefficient.
                    let inverse = rest.try_inverse().filter(|inverse| inverse.amax() < 1e8);
                    let inverse = inverse.ok_or(MultivariateError::OneCluster)?;
                    Ok(cluster.wx.transpose() * inverse)
                }
                _ => Ok(cluster.wx.transpose()),
            })
            .collect()
    }

    /// Σ X′WΦWX.
    fn spread(&self) -> Matrix {
        let p = self.gamma.len();
        self.clusters.iter().fold(Matrix::zeros(p, p), |sum, cluster| {
            sum + cluster.wx.transpose() * &cluster.phi * &cluster.wx
        })
    }

    /// A = D′(D·Var(e)·D′)^(−1/2)·D with Φ = D′D and Var(e) the residuals' covariance under the working model.
    fn bias_reduction(
        &self,
        cluster: &Cluster,
        spread: &Matrix,
    ) -> Result<Matrix, MultivariateError> {
        let what = || MultivariateError::NotPositiveDefinite {
            what: "working covariance matrix".into(),
            row: 0,
        };
        let d = Factor::of(cluster.phi.clone()).ok_or_else(what)?.lower().transpose();
        let x_bread = &cluster.x * &self.bread;
        let cross = &x_bread * cluster.wx.transpose() * &cluster.phi;
        let variance =
            &cluster.phi - &cross - cross.transpose() + &x_bread * spread * x_bread.transpose();
        let inner = &d * variance * d.transpose();
        Ok(d.transpose() * inverse_root(&inner) * &d)
    }

    /// The moments of the robust covariance under the working model, for the coefficients of the design.
    fn moments(&self, half: &[Matrix], outer: &Matrix) -> Moments {
        let p = self.gamma.len();
        let parts = self
            .clusters
            .iter()
            .zip(half)
            .map(|(cluster, half)| {
                // Columns: A′WX(X′WX)⁻¹c of each coefficient.
                let s = (outer * half).transpose();
                let own = s.transpose() * &cluster.phi * &s;
                let a = cluster.x.transpose() * &s;
                let b = cluster.wx.transpose() * &cluster.phi * &s;
                let mut low = Matrix::zeros(2 * p, p);
                low.rows_mut(0, p).copy_from(&a);
                low.rows_mut(p, p).copy_from(&b);
                (own, low)
            })
            .collect();
        let mut kernel = Matrix::zeros(2 * p, 2 * p);
        kernel.view_mut((0, 0), (p, p)).copy_from(&(&self.bread * self.spread() * &self.bread));
        kernel.view_mut((0, p), (p, p)).copy_from(&-&self.bread);
        kernel.view_mut((p, 0), (p, p)).copy_from(&-&self.bread);
        Moments { parts, kernel }
    }
}

/// The pseudo-inverse of a positive-semidefinite matrix's square root.
fn inverse_root(matrix: &Matrix) -> Matrix {
    let eigen = ((matrix + matrix.transpose()) * 0.5).symmetric_eigen();
    let largest = eigen.eigenvalues.amax();
    let powers = eigen
        .eigenvalues
        .map(|value| if value > 1e-10 * largest { 1.0 / value.sqrt() } else { 0.0 });
    &eigen.eigenvectors * Matrix::from_diagonal(&powers) * eigen.eigenvectors.transpose()
}

/// For each cluster i and coefficient s the robust variance is Σᵢ(gₛᵢ′y)²; gₛᵢ′Φgₜⱼ = δᵢⱼ·own(s, t) + lowₛᵢ′·kernel·lowₜⱼ.
struct Moments {
    /// `own` and `low` of each cluster.
    parts: Vec<(Matrix, Matrix)>,
    kernel: Matrix,
}

impl Moments {
    /// Satterthwaite's: twice the squared mean over the variance of the robust variance.
    fn degrees_of_freedom(&self, j: usize) -> f64 {
        let rotation = Matrix::from_fn(self.kernel.nrows() / 2, 1, |i, _| f64::from(i == j));
        let mean = self.mean(&rotation)[(0, 0)];
        2.0 * mean * mean / self.variance(&rotation, 0, 0)
    }

    /// Expected robust covariance of the combinations in the columns of `rotation`.
    fn mean(&self, rotation: &Matrix) -> Matrix {
        let q = rotation.ncols();
        self.parts.iter().fold(Matrix::zeros(q, q), |sum, (own, low)| {
            let low = low * rotation;
            sum + rotation.transpose() * own * rotation + low.transpose() * &self.kernel * &low
        })
    }

    /// Variance of element (s, t) of the robust covariance of the combinations.
    fn variance(&self, rotation: &Matrix, s: usize, t: usize) -> f64 {
        let size = self.kernel.nrows();
        let (cs, ct) = (rotation.column(s), rotation.column(t));
        let mut sums = [Matrix::zeros(size, size), Matrix::zeros(size, size)];
        let mut total = 0.0;
        for (own, low) in &self.parts {
            let (ls, lt) = (low * cs, low * ct);
            let own_of =
                |a: &nalgebra::DVectorView<f64>, b: &nalgebra::DVectorView<f64>| (own * b).dot(a);
            let low_of = |a: &Vector, b: &Vector| (&self.kernel * b).dot(a);
            let (dss, dtt, dst) = (own_of(&cs, &cs), own_of(&ct, &ct), own_of(&cs, &ct));
            let (kss, ktt, kst) = (low_of(&ls, &ls), low_of(&lt, &lt), low_of(&ls, &lt));
            total += dss * dtt + dss * ktt + dtt * kss + dst * dst + 2.0 * dst * kst;
            sums[0] += &ls * lt.transpose();
            sums[1] += &lt * ls.transpose();
        }
        // Σᵢⱼ of products of the low-rank parts.
        let [st, ts] = sums.map(|sum| &self.kernel * sum);
        total + (&st * &ts).trace() + (&ts * &ts).trace()
    }

    /// The approximate Hotelling T² test that the tested coefficients are 0.
    fn hotelling(&self, beta: &Vector, vcov: &Matrix, tested: &[usize]) -> Option<WaldTest> {
        let q = tested.len();
        let p = beta.len();
        let chosen = Matrix::from_fn(p, q, |i, j| f64::from(i == tested[j]));
        let rotation = &chosen * inverse_root(&self.mean(&chosen));
        let spread: f64 = (0..q)
            .flat_map(|s| (0..q).map(move |t| (s, t)))
            .map(|(s, t)| self.variance(&rotation, s, t))
            .sum();
        let size = q as f64;
        let eta = size * (size + 1.0) / spread;
        let df2 = eta - size + 1.0;
        let b = beta.select_rows(tested);
        let v = vcov.select_rows(tested).select_columns(tested);
        let q_statistic = WaldTest::of_zero(&b, &v, None)?.statistic;
        let statistic = df2 / (eta * size) * q_statistic;
        (df2 > 0.0 && statistic.is_finite()).then(|| WaldTest {
            statistic,
            df1: size,
            df2: Some(df2),
            p_value: f_sf(statistic, size, df2),
        })
    }
}
