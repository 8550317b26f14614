//! The test of excess significance: more significant studies than their power lets one expect.
//!
//! Ioannidis & Trikalinos (2007), doi 10.1177/1740774507079441; the exact test is Francis' (2013),
//! doi 10.1016/j.jmp.2013.02.003, here by the Poisson-binomial distribution, which takes any number of studies.

use crate::bias::error::BiasError;
use crate::distribution::{
    binomial_cdf, binomial_sf, chi2_sf, normal_cdf, normal_quantile, normal_sf,
};
use crate::effect::Effect;
use crate::model::studies::Columns;
use crate::numeric::root::{Unconverged, bracketed_root};

/// How each study was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignificanceTest {
    /// Both tails.
    TwoSided,
    /// Only effects above the null value can be significant.
    Greater,
    /// Only effects below the null value can be significant.
    Less,
}

/// How the observed number of significant studies is compared with the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExcessTest {
    /// Pearson's χ² with one degree of freedom (its signed root for a one-sided question).
    ChiSquared,
    /// Binomial, as if all studies had the mean power.
    Binomial,
    /// Poisson-binomial: each study has its own power.
    Exact,
}

/// What the observed number is suspected to be, against the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExcessAlternative {
    /// Too large: excess significance.
    Greater,
    /// Too small.
    Less,
    /// Either.
    TwoSided,
}

/// The choices of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExcessOptions {
    /// The effect under each study's null hypothesis.
    pub null: f64,
    /// How each study was tested.
    pub study_test: SignificanceTest,
    /// The significance level of the studies' tests, in (0, 1).
    pub alpha: f64,
    /// The true effect from which power is computed; `None`: the common-effect estimate.
    pub theta: Option<f64>,
    /// The variance of true effects about it, 0 or more.
    pub tau2: f64,
    /// How the numbers are compared.
    pub test: ExcessTest,
    /// The question asked.
    pub alternative: ExcessAlternative,
    /// The p value that defines the limit estimate, in (0, 1).
    pub limit_alpha: f64,
}

impl Default for ExcessOptions {
    /// Two-sided tests at 0.05 of no effect, power at the common-effect estimate, exact test of excess, limit at 0.10.
    fn default() -> Self {
        Self {
            null: 0.0,
            study_test: SignificanceTest::TwoSided,
            alpha: 0.05,
            theta: None,
            tau2: 0.0,
            test: ExcessTest::Exact,
            alternative: ExcessAlternative::Greater,
            limit_alpha: 0.10,
        }
    }
}

/// Observed against expected numbers of significant studies.
#[derive(Debug, Clone, PartialEq)]
pub struct ExcessSignificance {
    /// Number of studies.
    pub k: usize,
    /// Number of significant studies.
    pub observed: u64,
    /// Expected number: the sum of the powers.
    pub expected: f64,
    /// Whether each study is significant, in study order.
    pub significant: Vec<bool>,
    /// Power of each study, in study order.
    pub power: Vec<f64>,
    /// χ² with one degree of freedom; `None` for the other tests.
    pub chi2: Option<f64>,
    /// p value of the question asked.
    pub p_value: f64,
    /// The true effect from which power was computed.
    pub theta: f64,
    /// The limit estimate: the true effect so small that the observed number is just too large at `limit_alpha`; `None` if
    /// there is none on the estimate's side of the null value, or if the question was `Less`.
    pub theta_limit: Option<f64>,
    /// The true effect so large that the observed number is just too small; `None` unless that was asked.
    pub theta_upper_limit: Option<f64>,
}

/// Tests whether there are more significant studies than expected; at least one study.
pub fn excess_significance(
    effects: &[Effect],
    options: &ExcessOptions,
) -> Result<ExcessSignificance, BiasError> {
    BiasError::check_alpha(options.alpha)?;
    BiasError::check_alpha(options.limit_alpha)?;
    let columns = Columns::of(effects)?;
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    kernel.centre(0.0);
    let theta = options.theta.unwrap_or(kernel.mean());
    for (quantity, found, at_least_0) in [
        ("null value", options.null, false),
        ("true effect", theta, false),
        ("between-study variance", options.tau2, true),
    ] {
        if !found.is_finite() || (at_least_0 && found < 0.0) {
            return Err(BiasError::Parameter { quantity, found, at_least_0 });
        }
    }
    let critical = match options.study_test {
        SignificanceTest::TwoSided => -normal_quantile(options.alpha / 2.0),
        SignificanceTest::Greater | SignificanceTest::Less => -normal_quantile(options.alpha),
    };
    let question = Question { effects, options, critical };
    let significant: Vec<bool> =
        effects.iter().map(|effect| question.significant(effect)).collect();
    let observed = significant.iter().filter(|it| **it).count() as u64;
    let power = question.power(theta);
    let (chi2, p_value) = question.compare(observed, &power);
    let [theta_limit, theta_upper_limit] = question.limits(observed, theta)?;
    Ok(ExcessSignificance {
        k: effects.len(),
        observed,
        expected: power.iter().sum(),
        significant,
        power,
        chi2,
        p_value,
        theta,
        theta_limit,
        theta_upper_limit,
    })
}

struct Question<'a> {
    effects: &'a [Effect],
    options: &'a ExcessOptions,
    critical: f64,
}

impl Question<'_> {
    fn significant(&self, effect: &Effect) -> bool {
        let z = (effect.estimate - self.options.null) / effect.se();
        match self.options.study_test {
            SignificanceTest::TwoSided => z.abs() >= self.critical,
            SignificanceTest::Greater => z >= self.critical,
            SignificanceTest::Less => z <= -self.critical,
        }
    }

    /// The chance that each study is significant when effects are normal about `theta` with variance τ².
    fn power(&self, theta: f64) -> Vec<f64> {
        let distance = theta - self.options.null;
        let of = |effect: &Effect| {
            let sd = (effect.variance + self.options.tau2).sqrt();
            let threshold = self.critical * effect.se();
            let above = normal_cdf((distance - threshold) / sd);
            let below = normal_cdf((-distance - threshold) / sd);
            match self.options.study_test {
                SignificanceTest::TwoSided => above + below,
                SignificanceTest::Greater => above,
                SignificanceTest::Less => below,
            }
        };
        self.effects.iter().map(of).collect()
    }

    fn compare(&self, observed: u64, power: &[f64]) -> (Option<f64>, f64) {
        match self.options.test {
            ExcessTest::ChiSquared => {
                let (chi2, p) = self.chi_squared(observed, power);
                (Some(chi2), p)
            }
            ExcessTest::Binomial => (None, self.binomial(observed, power)),
            ExcessTest::Exact => (None, self.exact(observed, power)),
        }
    }

    fn chi_squared(&self, observed: u64, power: &[f64]) -> (f64, f64) {
        let expected: f64 = power.iter().sum();
        let expected_not: f64 = power.iter().map(|p| 1.0 - p).sum();
        let gap = observed as f64 - expected;
        // With a power of 1 in every study nothing is left to divide by, nor any gap.
        let chi2 = if gap == 0.0 { 0.0 } else { gap * gap / expected + gap * gap / expected_not };
        let root = chi2.sqrt().copysign(gap);
        let p = match self.options.alternative {
            ExcessAlternative::Greater => normal_sf(root),
            ExcessAlternative::Less => normal_cdf(root),
            ExcessAlternative::TwoSided => chi2_sf(chi2, 1.0),
        };
        (chi2, p)
    }

    fn binomial(&self, observed: u64, power: &[f64]) -> f64 {
        let k = power.len() as u64;
        let mean = power.iter().sum::<f64>() / k as f64;
        let at_least = |x: u64| if x == 0 { 1.0 } else { binomial_sf(x - 1, k, mean) };
        match self.options.alternative {
            ExcessAlternative::Greater => at_least(observed),
            ExcessAlternative::Less => binomial_cdf(observed, k, mean),
            ExcessAlternative::TwoSided => {
                let probabilities = poisson_binomial(&vec![mean; power.len()]);
                no_likelier(&probabilities, observed)
            }
        }
    }

    fn exact(&self, observed: u64, power: &[f64]) -> f64 {
        let probabilities = poisson_binomial(power);
        let sum = |part: &[f64]| part.iter().sum::<f64>().min(1.0);
        let split = index(observed);
        match self.options.alternative {
            ExcessAlternative::Greater => sum(&probabilities[split..]),
            ExcessAlternative::Less => sum(&probabilities[..=split]),
            ExcessAlternative::TwoSided => no_likelier(&probabilities, observed),
        }
    }

    /// Effects on the estimate's side of the null value at which the p value is `limit_alpha`: nearer to the null value
    /// than the effect whose expected number is the observed one, and further away.
    fn limits(&self, observed: u64, theta: f64) -> Result<[Option<f64>; 2], BiasError> {
        let null = self.options.null;
        let at = |distance: f64| if theta >= null { null + distance } else { null - distance };
        let gap = |distance: f64| {
            self.compare(observed, &self.power(at(distance))).1 - self.options.limit_alpha
        };
        let surplus =
            |distance: f64| self.power(at(distance)).iter().sum::<f64>() - observed as f64;
        // Beyond the furthest point the power of every study is 1 to the last digit.
        let scale = self.effects.iter().map(|e| (e.variance + self.options.tau2).sqrt());
        let furthest = (self.critical.max(1.0) + 10.0) * scale.fold(0.0, f64::max);
        let not_found =
            |last: Unconverged| BiasError::NotFound { what: "limit estimate", last: last.0 };
        let middle = if surplus(0.0) >= 0.0 {
            0.0
        } else if surplus(furthest) <= 0.0 {
            furthest
        } else {
            bracketed_root(surplus, 0.0, furthest).map_err(not_found)?
        };
        // From one where the p value is too small to one where it is not.
        let between = |small: f64, large: f64| -> Result<Option<f64>, BiasError> {
            if gap(small) >= 0.0 || gap(large) < 0.0 {
                return Ok(None);
            }
            bracketed_root(gap, small, large).map(|d| Some(at(d))).map_err(not_found)
        };
        let (near, far) = match self.options.alternative {
            ExcessAlternative::Greater => (true, false),
            ExcessAlternative::Less => (false, true),
            ExcessAlternative::TwoSided => (true, true),
        };
        Ok([
            if near { between(0.0, middle)? } else { None },
            if far { between(furthest, middle)? } else { None },
        ])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a number of studies held in memory")]
fn index(observed: u64) -> usize {
    observed as usize
}

/// The distribution of the number of successes of independent trials with these probabilities.
fn poisson_binomial(probabilities: &[f64]) -> Vec<f64> {
    let mut distribution = vec![1.0];
    for p in probabilities {
        let mut next = vec![0.0; distribution.len() + 1];
        for (x, mass) in distribution.iter().enumerate() {
            next[x] += mass * (1.0 - p);
            next[x + 1] += mass * p;
        }
        distribution = next;
    }
    distribution
}

/// The chance of an outcome no likelier than the observed one (up to rounding), as in the exact binomial test.
fn no_likelier(distribution: &[f64], observed: u64) -> f64 {
    let bound = distribution[index(observed)] * (1.0 + 1e-7);
    distribution.iter().filter(|mass| **mass <= bound).sum::<f64>().min(1.0)
}
