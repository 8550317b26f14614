//! Permutation tests of the coefficients of a meta-regression.
//!
//! Follmann & Proschan (1999), doi 10.1111/j.0006-341X.1999.00732.x, for the mean (if it is 0, each estimate might as
//! well have had the other sign); Higgins & Thompson (2004), doi 10.1002/sim.1752, for moderators (if they do not matter,
//! their rows might as well belong to other studies). The model is fitted anew, τ² and all, to each arrangement.

use crate::model::design::Design;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::kernel::most_precise;
use crate::model::options::{RegressionOptions, Weighting};
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::Core;
use crate::model::studies::Columns;
use crate::model::wald::WaldTest;
use crate::numeric::random::SplitMix;

/// Most arrangements that an exact test goes through.
pub const MOST_ARRANGEMENTS: usize = 20_000_000;

/// Which arrangements of the studies are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permutations {
    /// All that differ, at most [`MOST_ARRANGEMENTS`].
    Exact,
    /// So many at random, from a generator started at `seed`; all that differ where there are no more of those.
    Random {
        /// How many.
        iterations: usize,
        /// The seed: the same seed gives the same arrangements.
        seed: u64,
    },
}

/// Which arrangements are as extreme as the one observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Those whose test statistic is as far from 0.
    Both,
    /// Those whose test statistic is as small: the alternative is that the coefficient is below 0.
    Less,
    /// Those whose test statistic is as large: the alternative is that it is above 0.
    Greater,
}

/// The answer of a permutation test.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationTest {
    /// Number of arrangements, the one observed included.
    pub arrangements: usize,
    /// Whether these are all that differ.
    pub is_exact: bool,
    /// How many of them could not be fitted; they do not count.
    pub failed: usize,
    /// p value of each coefficient: the share of arrangements with a test statistic at least as extreme.
    pub p_values: Vec<f64>,
    /// p value of the test of moderators, which knows no side.
    pub q_m_p_value: f64,
}

/// Tests the coefficients of a fit by permutation.
///
/// Without moderators (a mean alone) signs are flipped, with moderators the rows of the design are rearranged. A random
/// test counts the observed arrangement as one of its own, so no p value is 0 (Phipson & Smyth 2010,
/// doi 10.2202/1544-6115.1585). Statistics that agree to eight digits are taken for equal, because arrangements that
/// mirror each other agree but for rounding.
///
/// ```
/// use consilience_stats::resample::permutation::{Permutations, Tail, permutation_test};
/// use consilience_stats::{Design, Effect, RegressionOptions, regress};
/// let effects = [0.3, 0.5, 0.2, 0.4].map(|estimate| Effect { estimate, variance: 0.01 });
/// let fit = regress(&effects, &Design::intercept(4), &RegressionOptions::default())?;
/// let test = permutation_test(&fit, Permutations::Exact, Tail::Both)?;
/// assert_eq!((test.arrangements, test.p_values[0]), (16, 2.0 / 16.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn permutation_test(
    fit: &Regression,
    permutations: Permutations,
    tail: Tail,
) -> Result<PermutationTest, PoolError> {
    let columns = Columns::of(fit.effects())?;
    let mut refits = Refits::new(fit, &columns);
    let mut tally = Tally::new(fit, tail);
    let is_mean = fit.p() == 1 && fit.design().has_intercept();
    let classes = Classes::of(fit.design());
    let all = if is_mean { sign_flips(columns.k()) } else { classes.arrangements() };
    let exact = match permutations {
        Permutations::Exact if all.is_none_or(|it| it > MOST_ARRANGEMENTS) => {
            return Err(PoolError::TooMany {
                what: "an exact permutation test (arrangements)",
                found: all.unwrap_or(usize::MAX),
                most: MOST_ARRANGEMENTS,
            });
        }
        Permutations::Exact => all,
        Permutations::Random { iterations, .. } => all.filter(|it| *it <= iterations),
    };
    match (exact, permutations) {
        (Some(_), _) if is_mean => {
            // An arrangement and its mirror image differ in the sign of their statistic, so half of them is enough.
            for bits in 0..1_u64 << (columns.k() - 1) {
                tally.add_with_mirror(refits.flipped(|study| bits >> study & 1 == 1));
            }
        }
        (Some(_), _) => {
            let mut arrangement = classes.first();
            loop {
                tally.add(refits.arranged(&classes.rows_of(&arrangement)));
                if !next_arrangement(&mut arrangement) {
                    break;
                }
            }
        }
        (None, Permutations::Random { iterations, seed }) => {
            let mut random = SplitMix::new(seed);
            let mut rows: Vec<usize> = (0..columns.k()).collect();
            tally.observed();
            for _ in 0..iterations {
                if is_mean {
                    let mut bits = Bits::default();
                    tally.add(refits.flipped(|_| bits.next(&mut random)));
                } else {
                    shuffle(&mut rows, &mut random);
                    tally.add(refits.arranged(&rows));
                }
            }
        }
        (None, Permutations::Exact) => {}
    }
    tally.answer(exact.is_some())
}

/// 2^k; `None` beyond counting.
fn sign_flips(k: usize) -> Option<usize> {
    1_usize.checked_shl(u32::try_from(k).ok()?).filter(|it| *it > 0)
}

/// The test statistics of one arrangement.
struct Statistics {
    /// Each coefficient's.
    coefficients: Vec<f64>,
    q_m: f64,
}

impl Tail {
    /// How extreme a test statistic is.
    fn extremity(self, statistic: f64) -> f64 {
        match self {
            Self::Both => statistic.abs(),
            Self::Less => -statistic,
            Self::Greater => statistic,
        }
    }
}

/// How many arrangements are at least as extreme as the one observed.
struct Tally {
    tail: Tail,
    observed: Statistics,
    arrangements: usize,
    failed: usize,
    extreme: Vec<usize>,
    q_m_extreme: usize,
}

impl Tally {
    fn new(fit: &Regression, tail: Tail) -> Self {
        let coefficients: Vec<f64> = fit.coefficients.iter().map(|it| it.statistic).collect();
        Self {
            tail,
            extreme: vec![0; coefficients.len()],
            observed: Statistics { coefficients, q_m: fit.q_m.statistic },
            arrangements: 0,
            failed: 0,
            q_m_extreme: 0,
        }
    }

    /// Counts the arrangement observed, which is as extreme as itself.
    fn observed(&mut self) {
        self.arrangements += 1;
        self.q_m_extreme += 1;
        self.extreme.iter_mut().for_each(|it| *it += 1);
    }

    /// Counts an arrangement.
    fn add(&mut self, found: Option<Statistics>) {
        let reaches =
            |found: f64, observed: f64| found >= observed - 1e-8 * observed.abs().max(1.0);
        self.arrangements += 1;
        let Some(found) = found else {
            self.failed += 1;
            return;
        };
        let pairs = found.coefficients.iter().zip(&self.observed.coefficients);
        for (count, (found, observed)) in self.extreme.iter_mut().zip(pairs) {
            let [found, observed] = [*found, *observed].map(|it| self.tail.extremity(it));
            *count += usize::from(reaches(found, observed));
        }
        // Squared statistics differ by twice as much.
        self.q_m_extreme += usize::from(reaches(found.q_m.sqrt(), self.observed.q_m.sqrt()));
    }

    /// Counts an arrangement and the one with all statistics turned.
    fn add_with_mirror(&mut self, found: Option<Statistics>) {
        let mirror = found.as_ref().map(|it| Statistics {
            coefficients: it.coefficients.iter().map(|it| -it).collect(),
            q_m: it.q_m,
        });
        self.add(found);
        self.add(mirror);
    }

    fn answer(self, is_exact: bool) -> Result<PermutationTest, PoolError> {
        let sound = self.arrangements - self.failed;
        if sound == 0 {
            return Err(PoolError::TooFew { what: "a permutation test", found: 0, needed: 1 });
        }
        let share = |count: usize| count as f64 / sound as f64;
        Ok(PermutationTest {
            arrangements: self.arrangements,
            is_exact,
            failed: self.failed,
            p_values: self.extreme.iter().map(|it| share(*it)).collect(),
            q_m_p_value: share(self.q_m_extreme),
        })
    }
}

/// The model of a fit, fitted to other arrangements of its studies.
struct Refits<'a> {
    design: &'a Design,
    /// The weights of the studies as they were.
    weighting: &'a Weighting,
    options: RegressionOptions,
    columns: &'a Columns,
    arranged: Columns,
    moderators: Vec<usize>,
    /// The basis for each position of the most precise study, made when first needed.
    bases: Vec<Option<Basis>>,
}

impl<'a> Refits<'a> {
    fn new(fit: &'a Regression, columns: &'a Columns) -> Self {
        Self {
            design: fit.design(),
            weighting: &fit.options().weighting,
            options: fit.options().clone(),
            columns,
            arranged: Columns {
                estimates: columns.estimates.clone(),
                variances: columns.variances.clone(),
            },
            moderators: fit.design().moderator_columns(),
            bases: core::iter::repeat_with(|| None).take(columns.k()).collect(),
        }
    }

    /// With the sign of some studies turned.
    fn flipped(&mut self, mut turned: impl FnMut(usize) -> bool) -> Option<Statistics> {
        for (i, (slot, y)) in
            self.arranged.estimates.iter_mut().zip(&self.columns.estimates).enumerate()
        {
            *slot = if turned(i) { -y } else { *y };
        }
        self.statistics()
    }

    /// With study i in the place of row `rows[i]` of the design.
    fn arranged(&mut self, rows: &[usize]) -> Option<Statistics> {
        for (i, &row) in rows.iter().enumerate() {
            self.arranged.estimates[row] = self.columns.estimates[i];
            self.arranged.variances[row] = self.columns.variances[i];
            if let (Weighting::Given(slots), Weighting::Given(weights)) =
                (&mut self.options.weighting, self.weighting)
            {
                slots[row] = weights[i];
            }
        }
        self.statistics()
    }

    /// `None` where the model cannot be fitted.
    fn statistics(&mut self) -> Option<Statistics> {
        let best = most_precise(&self.arranged.variances);
        if self.bases[best].is_none() {
            self.bases[best] = Some(Basis::new(self.design, best).ok()?);
        }
        let basis = self.bases[best].as_ref()?;
        let mut kernel = Linear::new(basis, &self.arranged.estimates, &self.arranged.variances);
        let core = Core::of(&self.arranged, basis, &mut kernel, &self.options).ok()?;
        let (b, v) = (&core.solution.coefficients, &core.solution.vcov);
        let coefficients: Vec<f64> = (0..b.len()).map(|j| b[j] / v[(j, j)].sqrt()).collect();
        let q_m = match self.moderators.as_slice() {
            [one] => coefficients[*one] * coefficients[*one],
            several => WaldTest::of(b, v, several, core.solution.df).ok()?.statistic,
        };
        let sound = coefficients.iter().all(|it| it.is_finite()) && q_m.is_finite();
        sound.then_some(Statistics { coefficients, q_m })
    }
}

/// Rows of a design that are alike: exchanging them changes nothing.
struct Classes {
    /// The rows of each class.
    members: Vec<Vec<usize>>,
}

impl Classes {
    fn of(design: &Design) -> Self {
        let x = design.matrix();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for i in 0..x.nrows() {
            match members.iter_mut().find(|class| x.row(class[0]) == x.row(i)) {
                Some(class) => class.push(i),
                None => members.push(vec![i]),
            }
        }
        Self { members }
    }

    /// k!/Π nⱼ!, the number of arrangements that differ; `None` beyond counting.
    fn arrangements(&self) -> Option<usize> {
        let (mut ways, mut placed) = (1_u128, 0_u128);
        for class in &self.members {
            for j in 1..=class.len() as u128 {
                placed += 1;
                ways = ways.checked_mul(placed)? / j;
            }
        }
        usize::try_from(ways).ok()
    }

    /// The class of each study's row in the first arrangement, ascending.
    fn first(&self) -> Vec<usize> {
        let classes = self.members.iter().enumerate();
        classes.flat_map(|(class, rows)| core::iter::repeat_n(class, rows.len())).collect()
    }

    /// The rows that an arrangement of classes gives the studies.
    fn rows_of(&self, arrangement: &[usize]) -> Vec<usize> {
        let mut used = vec![0; self.members.len()];
        let row = |&class: &usize| {
            used[class] += 1;
            self.members[class][used[class] - 1]
        };
        arrangement.iter().map(row).collect()
    }
}

/// The next arrangement in lexicographic order; false after the last.
fn next_arrangement(classes: &mut [usize]) -> bool {
    let Some(i) = (1..classes.len()).rev().find(|&i| classes[i - 1] < classes[i]) else {
        return false;
    };
    let pivot = classes[i - 1];
    let Some(j) = (i..classes.len()).rev().find(|&j| classes[j] > pivot) else { return false };
    classes.swap(i - 1, j);
    classes[i..].reverse();
    true
}

/// Random bits, sixty-four from each number.
#[derive(Default)]
struct Bits {
    word: u64,
    left: u32,
}

impl Bits {
    fn next(&mut self, random: &mut SplitMix) -> bool {
        if self.left == 0 {
            (self.word, self.left) = (random.next(), 64);
        }
        let bit = self.word & 1 == 1;
        self.word >>= 1;
        self.left -= 1;
        bit
    }
}

/// Puts elements in random order, each order equally likely (Durstenfeld 1964, doi 10.1145/364520.364540).
fn shuffle(items: &mut [usize], random: &mut SplitMix) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i + 1, random));
    }
}

/// A whole number from 0 to `bound` − 1, each equally likely (Lemire 2019, doi 10.1145/3230636).
pub(crate) fn below(bound: usize, random: &mut SplitMix) -> usize {
    let bound = bound as u64;
    loop {
        let product = u128::from(random.next()) * u128::from(bound);
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of the product")]
        let (high, low) = ((product >> 64) as usize, product as u64);
        if low >= bound.wrapping_neg() % bound {
            return high;
        }
    }
}
