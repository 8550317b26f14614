//! What each effect, and each cluster of effects, does to a multilevel model: it is fitted anew without it.

use consilience_stats::distribution::chi2_quantile;
use consilience_stats::multivariate::{
    Deletion, Deletions, Grouping, MultilevelFit, MultivariateError, Reestimated,
};

use super::random_term::RandomTerm;

/// What each effect and each cluster does to a multilevel model.
#[derive(Debug, Clone)]
pub struct MultilevelInfluence {
    /// The column of the clusters.
    pub column: String,
    /// The model without each cluster.
    pub clusters: Deletions,
    /// What each effect does, in the order of the rows in the model.
    pub rows: Vec<RowInfluence>,
}

/// What one effect does.
#[derive(Debug, Clone)]
pub struct RowInfluence {
    /// Its row's name.
    pub study: String,
    /// How far its fitted mean follows its own estimate.
    pub hat: f64,
    /// The model without it, where that can be fitted.
    pub deletion: Option<Deletion>,
}

impl MultilevelInfluence {
    /// Leaves out row by row, and cluster by cluster.
    pub(super) fn of(
        fit: &MultilevelFit,
        cluster: &Grouping,
        studies: Vec<String>,
    ) -> Result<Self, MultivariateError> {
        let clusters = fit.deletions(cluster, Reestimated::Everything)?;
        let single = Grouping::rows("row", fit.k());
        let mut deleted: Vec<Option<Deletion>> = vec![None; fit.k()];
        for deletion in fit.deletions(&single, Reestimated::Everything)?.clusters {
            if let Some(slot) = deletion.rows.first().and_then(|row| deleted.get_mut(*row)) {
                *slot = Some(deletion);
            }
        }
        let rows = studies.into_iter().zip(fit.hat_values()).zip(deleted);
        let rows = rows.map(|((study, hat), deletion)| RowInfluence { study, hat, deletion });
        Ok(Self { column: cluster.name().to_owned(), clusters, rows: rows.collect() })
    }

    /// Whether a cluster or row stands out: its Cook's distance exceeds the median of χ² with a degree of freedom a coefficient, or
    /// some DFBETAS is beyond ±1, the bounds of metafor's `influence`.
    pub fn stands_out(deletion: &Deletion) -> bool {
        deletion.cooks_distance > Self::most_cooks_distance(deletion.coefficients.len())
            || deletion.dfbetas.iter().any(|it| it.abs() > 1.0)
    }

    /// The Cook's distance above which a cluster or row stands out.
    pub fn most_cooks_distance(coefficients: usize) -> f64 {
        chi2_quantile(0.5, coefficients as f64)
    }
}

/// The column whose values are the clusters: the one named, or else the outermost of the first random term.
pub(super) fn cluster_column<'a>(
    named: Option<&'a str>,
    random: &'a [RandomTerm],
) -> Option<&'a str> {
    named.or_else(|| match random.first()? {
        RandomTerm::Nested(groups) => groups.first().map(String::as_str),
        RandomTerm::Levels { outer, .. } => Some(outer),
    })
}
