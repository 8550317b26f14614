//! Selection functions: how likely a study is to be seen, relative to others, as a function of its p value.

/// Which way a study's p value points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alternative {
    /// One-sided: small for large positive effects.
    Greater,
    /// One-sided: small for large negative effects.
    Less,
    /// Two-sided: small for large effects in either direction.
    TwoSided,
}

/// The relative probability w(p) that a study with p value p is seen.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectionFunction {
    /// Constant between cut points; relative to the first interval, whose parameter is 1.
    ///
    /// Hedges (1992), doi 10.1214/ss/1177011364; Vevea & Hedges (1995), doi 10.1007/BF02294384. One parameter for each
    /// interval, of which the first is held at 1. With one cut point: the three-parameter selection model.
    Step {
        /// Upper ends of the intervals, strictly ascending in (0, 1]; 1 is added where it is missing.
        cuts: Vec<f64>,
    },
    /// p^(δ₁−1)·(1−p)^(δ₂−1): Citkowicz & Vevea (2017), doi 10.1037/met0000119. p is kept from 0.00001 to 0.99999.
    Beta,
    /// Falls smoothly with p: Preston, Ashby & Smyth (2004), doi 10.1111/j.1541-0420.2004.00186.x.
    Decreasing {
        /// In which form.
        decline: Decline,
        /// A p value up to which every study is seen alike (w = 1); in (0, 1).
        threshold: Option<f64>,
        /// Whether selection is stronger for imprecise studies.
        imprecision: Option<Imprecision>,
    },
}

/// The form of a decreasing selection function; s is the study's imprecision (1 where none is asked for).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decline {
    /// exp(−δ·s·p²).
    HalfNormal,
    /// exp(−δ·s·p).
    NegativeExponential,
    /// 2·exp(−δ·s·p)/(1 + exp(−δ·s·p)).
    Logistic,
    /// (1−p)^(δ·s). p is kept from 0.00001 to 0.99999.
    Power,
    /// exp(−δ₁·s·p^(1/δ₂)): Begg & Mazumdar (1994), doi 10.2307/2533446, in metafor's parameters.
    NegativeExponentialPower,
}

/// A measure of a study's imprecision; it is divided by its largest value.
#[derive(Debug, Clone, PartialEq)]
pub enum Imprecision {
    /// The standard error.
    StandardError,
    /// The sampling variance.
    Variance,
    /// 1/n, of these sample sizes.
    InverseSampleSize(Vec<f64>),
    /// 1/√n, of these sample sizes.
    RootInverseSampleSize(Vec<f64>),
}

impl SelectionFunction {
    /// The relative probability that a study with this p value is seen, at some values of the parameters; where selection
    /// depends on imprecision, that of the least precise study. `None` for a p value outside of 0 to 1 or another
    /// number of parameters.
    ///
    /// ```
    /// use consilience_stats::selection::SelectionFunction;
    /// let steps = SelectionFunction::Step { cuts: vec![0.025, 0.5] };
    /// assert_eq!(steps.weight(0.3, &[1.0, 0.6, 0.2]), Some(0.6));
    /// ```
    pub fn weight(&self, p: f64, parameters: &[f64]) -> Option<f64> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let (shape, threshold) = match self {
            Self::Step { cuts } => {
                let intervals = cuts.iter().filter(|cut| **cut < 1.0).count() + 1;
                let interval = cuts.partition_point(|end| *end < p).min(intervals - 1);
                return (parameters.len() == intervals).then(|| parameters[interval]);
            }
            Self::Beta => (Shape::Beta, None),
            Self::Decreasing { decline, threshold, .. } => {
                (Shape::Decreasing(*decline), *threshold)
            }
        };
        if parameters.len() != shape.parameters() {
            return None;
        }
        if threshold.is_some_and(|threshold| p <= threshold) {
            return Some(1.0);
        }
        let censored = shape.censored();
        let keep = |x: f64| x.clamp(censored, 1.0 - censored);
        Some(shape.log_weight(&PValue::new(keep(p), keep(1.0 - p)), 1.0, parameters).exp().value)
    }
}

/// Beta and power functions are infinite or 0 at the ends, so p values are censored there (Citkowicz & Vevea 2017).
const CENSORED: f64 = 1e-5;

/// The forms that vary smoothly with p.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Beta,
    Decreasing(Decline),
}

/// A p value with its complement and their logarithms.
#[derive(Clone, Copy)]
pub(crate) struct PValue {
    p: f64,
    ln_p: f64,
    ln_q: f64,
}

/// The logarithm of a weight with its derivatives by up to two parameters.
#[derive(Clone, Copy, Default)]
pub(crate) struct LogWeight {
    pub(crate) value: f64,
    pub(crate) by: [f64; 2],
    /// By both parameters: 11, 12, 22.
    pub(crate) by_pair: [f64; 3],
}

/// A weight with its derivatives by up to two parameters.
#[derive(Clone, Copy)]
pub(crate) struct Weight {
    pub(crate) value: f64,
    pub(crate) by: [f64; 2],
    pub(crate) by_pair: [f64; 3],
}

impl PValue {
    pub(crate) fn new(p: f64, q: f64) -> Self {
        let ln = |x: f64| libm::log(x.max(f64::MIN_POSITIVE));
        Self { p, ln_p: ln(p), ln_q: ln(q) }
    }
}

impl Shape {
    /// Number of parameters.
    pub(crate) const fn parameters(self) -> usize {
        match self {
            Self::Beta | Self::Decreasing(Decline::NegativeExponentialPower) => 2,
            Self::Decreasing(_) => 1,
        }
    }

    /// The least p value that is told from smaller ones; 0 if there is none.
    pub(crate) const fn censored(self) -> f64 {
        match self {
            Self::Beta | Self::Decreasing(Decline::Power) => CENSORED,
            Self::Decreasing(_) => 0.0,
        }
    }

    /// Parameters to start from: no selection, and selection of several kinds.
    pub(crate) fn starts(self) -> Vec<Vec<f64>> {
        match self {
            Self::Beta => vec![vec![1.0, 1.0], vec![0.5, 2.0], vec![0.01, 2.0], vec![1.0, 3.0]],
            Self::Decreasing(Decline::NegativeExponentialPower) => {
                vec![vec![0.5, 1.0], vec![3.0, 1.0], vec![3.0, 0.3], vec![1.0, 4.0]]
            }
            Self::Decreasing(_) => vec![vec![0.0], vec![3.0]],
        }
    }

    /// ln w(p) of a study with imprecision `s`.
    pub(crate) fn log_weight(self, at: &PValue, s: f64, delta: &[f64]) -> LogWeight {
        let linear = |value: f64, by: f64| LogWeight { value, by: [by, 0.0], by_pair: [0.0; 3] };
        let Self::Decreasing(decline) = self else {
            return LogWeight {
                value: (delta[0] - 1.0) * at.ln_p + (delta[1] - 1.0) * at.ln_q,
                by: [at.ln_p, at.ln_q],
                by_pair: [0.0; 3],
            };
        };
        match decline {
            Decline::HalfNormal => linear(-delta[0] * s * at.p * at.p, -s * at.p * at.p),
            Decline::NegativeExponential => linear(-delta[0] * s * at.p, -s * at.p),
            Decline::Power => linear(delta[0] * s * at.ln_q, s * at.ln_q),
            Decline::Logistic => {
                let slope = s * at.p;
                let half = 1.0 / (1.0 + libm::exp(delta[0] * slope));
                LogWeight {
                    value: libm::log(2.0 * half),
                    by: [-(1.0 - half) * slope, 0.0],
                    by_pair: [-half * (1.0 - half) * slope * slope, 0.0, 0.0],
                }
            }
            Decline::NegativeExponentialPower => {
                let power = s * libm::exp(at.ln_p / delta[1]);
                let rate = -at.ln_p / (delta[1] * delta[1]);
                let slope = power * rate;
                let bend = power * (rate * rate - 2.0 * rate / delta[1]);
                LogWeight {
                    value: -delta[0] * power,
                    by: [-power, -delta[0] * slope],
                    by_pair: [0.0, -slope, -delta[0] * bend],
                }
            }
        }
    }
}

impl Weight {
    /// A weight of 1 whatever the parameters are.
    pub(crate) const ONE: Self = Self { value: 1.0, by: [0.0; 2], by_pair: [0.0; 3] };
}

impl LogWeight {
    pub(crate) fn exp(self) -> Weight {
        let w = libm::exp(self.value);
        let [a, b] = self.by;
        let [aa, ab, bb] = self.by_pair;
        Weight {
            value: w,
            by: [w * a, w * b],
            by_pair: [w * (aa + a * a), w * (ab + a * b), w * (bb + b * b)],
        }
    }
}
