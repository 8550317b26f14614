//! The quantiles that intervals multiply standard errors by, computed once for each number of degrees of freedom.

use crate::distribution::{two_sided_t, two_sided_z};

/// Most degrees of freedom of which the quantile is kept.
const MOST_KEPT: usize = 1000;

/// Normal and t quantiles that leave 1 − level in both tails together.
#[derive(Debug, Clone)]
pub(crate) struct Quantiles {
    level: f64,
    normal: Option<f64>,
    /// By degrees of freedom; NaN where not yet asked for.
    t: Vec<f64>,
}

impl Quantiles {
    /// The quantiles of a confidence level.
    pub(crate) fn at(level: f64) -> Self {
        Self { level, normal: None, t: Vec::new() }
    }

    /// The quantile of the normal distribution or, with `df`, of t.
    pub(crate) fn multiplier(&mut self, df: Option<f64>) -> f64 {
        match df {
            None => self.normal(),
            Some(df) => self.t(df),
        }
    }

    /// The normal quantile.
    pub(crate) fn normal(&mut self) -> f64 {
        *self.normal.get_or_insert_with(|| two_sided_z(self.level))
    }

    /// The t quantile; `df` is a whole number (other numbers are computed anew each time).
    pub(crate) fn t(&mut self, df: f64) -> f64 {
        if !(df.fract() == 0.0 && (0.0..=MOST_KEPT as f64).contains(&df)) {
            return two_sided_t(self.level, df);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number in range"
        )]
        let position = df as usize;
        if self.t.len() <= position {
            self.t.resize(position + 1, f64::NAN);
        }
        if self.t[position].is_nan() {
            self.t[position] = two_sided_t(self.level, df);
        }
        self.t[position]
    }
}
