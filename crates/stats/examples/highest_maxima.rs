//! Seeks data sets on which a fit ends below the highest maximum of its likelihood.
//!
//! `cargo run --release -p consilience-stats --example highest_maxima -- MODEL SECONDS [SEED]` draws hard data sets (few
//! studies, variances over orders of magnitude, outliers, heterogeneity in one place or the other), fits each, and looks for a
//! higher likelihood on a dense grid over all parameters and by a search from the grid's highest points. Likelihoods are
//! written here anew, apart from those of selection models, whose function is exact and checked elsewhere.
#![expect(clippy::print_stdout, reason = "its answer goes there")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use consilience_stats::glmm::{GlmmOptions, ProportionLink, glmm_proportions};
use consilience_stats::location_scale::{LocationScaleOptions, ScaleLikelihood, location_scale};
use consilience_stats::multivariate::{
    Grouping, LevelStructure, LikelihoodKind, MultilevelModel, MultilevelOptions, Random, Sampling,
};
use consilience_stats::selection::{
    Alternative, Decline, Heterogeneity, SelectionFunction, SelectionOptions, fit_selection_model,
    selection_log_likelihood,
};
use consilience_stats::{Design, Effect, Matrix, Proportion};

/// A likelihood that differs by less is the same.
const TOLERANCE: f64 = 1e-6;

/// A data set's outcome: by how much the fit falls short of the highest maximum, or that it has no answer.
enum Outcome {
    Shortfall(f64, String),
    NoAnswer,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let model = arguments.first().map_or("", String::as_str);
    let seconds = arguments.get(1).and_then(|it| it.parse().ok()).unwrap_or(10);
    let seed = arguments.get(2).and_then(|it| it.parse().ok()).unwrap_or(1);
    let Some(probe) = probe(model) else {
        println!(
            "expected one of: nested, nested-ml, three-terms, CS, AR, HCS, UN, scale, scale-ml, step, beta, half-normal, logistic, proportions"
        );
        return ExitCode::FAILURE;
    };
    let mut random = SplitMix(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut fitted, mut without, mut missed) = (0_u32, 0_u32, 0_u32);
    while Instant::now() < end {
        match probe(&mut random) {
            Outcome::NoAnswer => without += 1,
            Outcome::Shortfall(by, data) => {
                fitted += 1;
                if by > TOLERANCE * 10.0 {
                    missed += 1;
                    println!("{model}: lower by {by:.3e}: {data}");
                }
            }
        }
    }
    println!(
        "{model}, seed {seed}: {fitted} data sets, {missed} missed; {without} without an answer"
    );
    ExitCode::SUCCESS
}

type Probe = Box<dyn Fn(&mut SplitMix) -> Outcome>;

fn probe(model: &str) -> Option<Probe> {
    let selection = |function: SelectionFunction, axes: Vec<Axis>| -> Probe {
        Box::new(move |random| of_selection(random, &function, &axes))
    };
    let decreasing =
        |decline| SelectionFunction::Decreasing { decline, threshold: None, imprecision: None };
    let delta = || Axis::variances(1e-3, 100.0, 25);
    Some(match model {
        "nested" => Box::new(|random| of_levels(random, None, LikelihoodKind::Restricted)),
        "nested-ml" => Box::new(|random| of_levels(random, None, LikelihoodKind::Full)),
        "three-terms" => Box::new(of_three_terms),
        "CS" => structured(LevelStructure::CompoundSymmetry),
        "AR" => structured(LevelStructure::Autoregressive),
        "HCS" => structured(LevelStructure::HeteroscedasticCompoundSymmetry),
        "UN" => structured(LevelStructure::Unstructured),
        "scale" => Box::new(|random| of_scale(random, ScaleLikelihood::Restricted)),
        "scale-ml" => Box::new(|random| of_scale(random, ScaleLikelihood::Full)),
        "step" => selection(SelectionFunction::Step { cuts: vec![0.025] }, vec![delta()]),
        "beta" => {
            let shape = || Axis::variances(0.02, 50.0, 13);
            selection(SelectionFunction::Beta, vec![shape(), shape()])
        }
        "half-normal" => selection(decreasing(Decline::HalfNormal), vec![delta()]),
        "logistic" => selection(decreasing(Decline::Logistic), vec![delta()]),
        "proportions" => Box::new(of_proportions),
        _ => return None,
    })
}

fn structured(structure: LevelStructure) -> Probe {
    Box::new(move |random| of_levels(random, Some(structure), LikelihoodKind::Restricted))
}

/// Random numbers of a seed (Steele, Lea & Flood 2014, doi 10.1145/2714064.2660195).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn between(&mut self, lower: f64, upper: f64) -> f64 {
        lower + (upper - lower) * self.unit()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small whole numbers"
    )]
    fn count(&mut self, least: usize, most: usize) -> usize {
        (least + (self.unit() * (most - least + 1) as f64) as usize).min(most)
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.unit().max(1e-300), self.unit());
        (-2.0 * libm::log(a)).sqrt() * libm::cos(core::f64::consts::TAU * b)
    }

    /// Variances over up to four orders of magnitude, alike or in two camps.
    fn variance(&mut self, spread: f64) -> f64 {
        libm::pow(10.0, self.between(-spread, 0.0))
    }
}

/// The values of one parameter on the grid.
#[derive(Clone)]
struct Axis(Vec<f64>);

impl Axis {
    /// 0, then equal steps of the logarithm.
    fn variances(least: f64, most: f64, count: usize) -> Self {
        let step = libm::log(most / least) / (count - 2) as f64;
        let positive = (0..count - 1).map(|i| least * libm::exp(step * i as f64));
        Self(core::iter::once(0.0).chain(positive).collect())
    }

    fn even(lower: f64, upper: f64, count: usize) -> Self {
        let step = (upper - lower) / (count - 1) as f64;
        Self((0..count).map(|i| lower + step * i as f64).collect())
    }

    /// The value at a place between points of the grid.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place on the axis"
    )]
    fn at(&self, place: f64) -> f64 {
        let i = (place.floor() as usize).min(self.0.len() - 2);
        self.0[i] + (place - i as f64) * (self.0[i + 1] - self.0[i])
    }
}

/// The highest value found: over the grid, and by a compass search from each of its highest local maxima.
fn highest(axes: &[Axis], mut value: impl FnMut(&[f64]) -> f64) -> Highest {
    let sizes: Vec<usize> = axes.iter().map(|it| it.0.len()).collect();
    let count: usize = sizes.iter().product();
    let place =
        |mut at: usize| -> Vec<usize> { sizes.iter().map(|n| (at % n, at /= n).0).collect() };
    let heights: Vec<f64> = (0..count)
        .map(|at| {
            let point: Vec<f64> = place(at).iter().zip(axes).map(|(i, axis)| axis.0[*i]).collect();
            let height = value(&point);
            if height.is_nan() { f64::NEG_INFINITY } else { height }
        })
        .collect();
    let mut local: Vec<usize> = (0..count)
        .filter(|&at| {
            let mut stride = 1;
            place(at).iter().zip(&sizes).all(|(&i, &n)| {
                let step = stride;
                stride *= n;
                (i == 0 || heights[at - step] <= heights[at])
                    && (i + 1 == n || heights[at + step] <= heights[at])
            })
        })
        .collect();
    local.sort_by(|a, b| heights[*b].total_cmp(&heights[*a]));
    local.truncate(6);
    let mut best = Highest { height: f64::NEG_INFINITY, at: Vec::new() };
    for at in local {
        let start: Vec<f64> = place(at).iter().map(|i| *i as f64).collect();
        let found = compass(axes, start, heights[at], &mut value);
        if found.height > best.height {
            best = found;
        }
    }
    best
}

/// The highest point found.
struct Highest {
    height: f64,
    at: Vec<f64>,
}

impl Highest {
    /// By how much a fit falls short of it.
    fn beside(&self, height: f64, fit: &[f64], data: &dyn core::fmt::Debug) -> Outcome {
        let Self { height: highest, at } = self;
        Outcome::Shortfall(highest - height, format!("{at:?} instead of {fit:?}: {data:?}"))
    }
}

fn compass(
    axes: &[Axis],
    mut place: Vec<f64>,
    mut height: f64,
    value: &mut impl FnMut(&[f64]) -> f64,
) -> Highest {
    let mut step = 0.5;
    let mut left = 4000;
    while step > 1e-5 && left > 0 {
        let mut moved = false;
        for i in 0..axes.len() {
            for by in [step, -step] {
                let mut next = place.clone();
                next[i] = (next[i] + by).clamp(0.0, (axes[i].0.len() - 1) as f64);
                let point: Vec<f64> =
                    next.iter().zip(axes).map(|(it, axis)| axis.at(*it)).collect();
                let there = value(&point);
                left -= 1;
                if there > height {
                    (place, height, moved) = (next, there, true);
                }
            }
        }
        step *= if moved { 1.3 } else { 0.5 };
    }
    let at = place.iter().zip(axes).map(|(it, axis)| axis.at(*it)).collect();
    Highest { height, at }
}

/// The normal likelihood of a mean by block: full or restricted, without what does not depend on the parameters.
fn normal_likelihood(blocks: &[(Vec<f64>, Matrix)], restricted: bool) -> f64 {
    let (mut information, mut cross, mut square, mut log_determinant) = (0.0, 0.0, 0.0, 0.0);
    for (y, m) in blocks {
        let n = y.len();
        let Some(factor) = nalgebra::Cholesky::new(m.clone()) else { return f64::NEG_INFINITY };
        let ones = nalgebra::DVector::from_element(n, 1.0);
        let y = nalgebra::DVector::from_column_slice(y);
        let (w1, wy) = (factor.solve(&ones), factor.solve(&y));
        information += w1.dot(&ones);
        cross += w1.dot(&y);
        square += wy.dot(&y);
        let lower = factor.l_dirty();
        log_determinant += 2.0 * (0..n).map(|i| libm::log(lower[(i, i)])).sum::<f64>();
    }
    let rss = square - cross * cross / information;
    -0.5 * (log_determinant + rss + if restricted { libm::log(information) } else { 0.0 })
}

/// Study, level, estimate, sampling variance.
type Row = (usize, usize, f64, f64);

/// Effects nested in studies, or of levels within studies.
fn of_levels(
    random: &mut SplitMix,
    structure: Option<LevelStructure>,
    likelihood: LikelihoodKind,
) -> Outcome {
    let is_pair = matches!(
        structure,
        Some(LevelStructure::HeteroscedasticCompoundSymmetry | LevelStructure::Unstructured)
    );
    let studies = random.count(2, 7);
    let (spread, between, within) =
        (random.between(0.0, 4.0), 3.0 * random.unit(), 3.0 * random.unit());
    let mut rows: Vec<Row> = Vec::new();
    for study in 0..studies {
        let shared = between * random.normal() * if random.unit() < 0.15 { 5.0 } else { 1.0 };
        let levels = if is_pair { 2 } else { 4 };
        for level in 0..levels {
            if random.unit() < 0.35 && level > 0 {
                continue;
            }
            let v = random.variance(spread);
            let y = shared + within * random.normal() + v.sqrt() * random.normal();
            rows.push((study, level, y, v));
        }
    }
    if rows.len() < 4 {
        return Outcome::NoAnswer;
    }
    let labels = |of: fn(&Row) -> usize| -> Vec<String> {
        rows.iter().map(|it| of(it).to_string()).collect()
    };
    let study = Grouping::new("study", &labels(|it| it.0));
    // Also levels that no row has, so that those between two are as many as here.
    let levels: Vec<String> = (0..if is_pair { 2 } else { 4 }).map(|it| it.to_string()).collect();
    let Ok(level) = Grouping::with_levels("level", &labels(|it| it.1), &levels) else {
        return Outcome::NoAnswer;
    };
    let terms = match structure {
        None => Random::nested(&[study, Grouping::rows("row", rows.len())]),
        Some(structure) => {
            vec![Random::levels(structure, level, study)]
        }
    };
    let estimates: Vec<f64> = rows.iter().map(|it| it.2).collect();
    let variances: Vec<f64> = rows.iter().map(|it| it.3).collect();
    let fit = MultilevelModel::new(
        &estimates,
        Sampling::Independent(variances),
        &Design::intercept(rows.len()),
    )
    .and_then(|it| {
        it.with_all(terms).fit(&MultilevelOptions { likelihood, ..MultilevelOptions::default() })
    });
    let Ok(fit) = fit else { return Outcome::NoAnswer };
    let value = |g: &dyn Fn(&Row, &Row) -> f64| {
        let blocks: Vec<(Vec<f64>, Matrix)> = (0..studies)
            .map(|study| {
                let own: Vec<_> = rows.iter().filter(|it| it.0 == study).collect();
                let m = Matrix::from_fn(own.len(), own.len(), |i, j| {
                    g(own[i], own[j]) + if i == j { own[i].3 } else { 0.0 }
                });
                (own.iter().map(|it| it.2).collect(), m)
            })
            .filter(|it: &(Vec<f64>, Matrix)| !it.0.is_empty())
            .collect();
        normal_likelihood(&blocks, likelihood == LikelihoodKind::Restricted)
    };
    let (c, spread) = (&fit.components, || Axis::variances(1e-6, 400.0, 30));
    let (at_fit, best) = match structure {
        None => {
            let at =
                |s: f64, r: f64| value(&|a, b| s + if (a.0, a.1) == (b.0, b.1) { r } else { 0.0 });
            let best = highest(&[spread(), spread()], |p| at(p[0], p[1]));
            (at(c[0].variances[0], c[1].variances[0]), best)
        }
        Some(_) if is_pair => {
            let at = |t: [f64; 2], rho: f64| {
                value(&|a, b| if a.1 == b.1 { t[a.1] } else { rho * (t[0] * t[1]).sqrt() })
            };
            let rho = c[0].correlations[0];
            let rho = if rho.is_nan() { 0.0 } else { rho };
            let t = &c[0].variances;
            if t.len() < 2 {
                return Outcome::NoAnswer;
            }
            let axis = || Axis::variances(1e-6, 400.0, 14);
            let best =
                highest(&[axis(), axis(), Axis::even(-1.0, 1.0, 13)], |p| at([p[0], p[1]], p[2]));
            (at([t[0], t[1]], rho), best)
        }
        Some(structure) => {
            let most =
                (0..studies).map(|s| rows.iter().filter(|it| it.0 == s).count()).max().unwrap_or(2);
            let least = match structure {
                LevelStructure::CompoundSymmetry => -1.0 / (most.max(2) as f64 - 1.0),
                _ => -1.0,
            };
            let at = |t: f64, rho: f64| {
                value(&|a, b| {
                    let apart = a.1.abs_diff(b.1);
                    let power = if structure == LevelStructure::CompoundSymmetry {
                        apart.min(1)
                    } else {
                        apart
                    };
                    t * (0..power).map(|_| rho).product::<f64>()
                })
            };
            let rho = c[0].correlations[0];
            let best = highest(&[spread(), Axis::even(least, 1.0, 41)], |p| at(p[0], p[1]));
            (at(c[0].variances[0], if rho.is_nan() { 0.0 } else { rho }), best)
        }
    };
    let own: Vec<f64> =
        c.iter().flat_map(|it| it.variances.iter().chain(&it.correlations).copied()).collect();
    best.beside(at_fit, &own, &rows)
}

/// Ten effects in studies in districts, with a moderator, by restricted likelihood.
fn of_three_terms(random: &mut SplitMix) -> Outcome {
    const K: usize = 10;
    let (districts, spread) = (random.count(2, 4), random.between(0.0, 4.0));
    let deviations: [f64; 3] =
        core::array::from_fn(|_| if random.unit() < 0.4 { 0.0 } else { 3.0 * random.unit() });
    let of_districts: Vec<f64> = (0..districts).map(|_| random.normal()).collect();
    let of_studies: Vec<f64> = (0..3 * districts).map(|_| random.normal()).collect();
    // District, study, moderator, estimate, sampling variance.
    let rows: Vec<(usize, usize, f64, f64, f64)> = (0..K)
        .map(|_| {
            let district = random.count(0, districts - 1);
            let study = 3 * district + random.count(0, 2);
            let (x, v) = (random.normal(), random.variance(spread));
            let outlier = if random.unit() < 0.1 { 5.0 } else { 1.0 };
            let y = deviations[0] * of_districts[district]
                + deviations[1] * of_studies[study]
                + deviations[2] * outlier * random.normal()
                + v.sqrt() * random.normal();
            (district, study, x, y, v)
        })
        .collect();
    let labels = |of: fn(&(usize, usize, f64, f64, f64)) -> usize| -> Vec<String> {
        rows.iter().map(|it| of(it).to_string()).collect()
    };
    let terms = Random::nested(&[
        Grouping::new("district", &labels(|it| it.0)),
        Grouping::new("study", &labels(|it| it.1)),
        Grouping::rows("row", K),
    ]);
    let column = |of: fn(&(usize, usize, f64, f64, f64)) -> f64| -> Vec<f64> {
        rows.iter().map(of).collect()
    };
    let (x, y, v) = (column(|it| it.2), column(|it| it.3), column(|it| it.4));
    let Ok(design) = Design::builder(K).numeric("x", &x).build() else { return Outcome::NoAnswer };
    let fit = MultilevelModel::new(&y, Sampling::Independent(v), &design)
        .and_then(|it| it.with_all(terms).fit(&MultilevelOptions::default()));
    let Ok(fit) = fit else { return Outcome::NoAnswer };
    let estimates = nalgebra::DVector::from_column_slice(&y);
    let columns = Matrix::from_fn(K, 2, |i, j| if j == 0 { 1.0 } else { x[i] });
    let at = |[district, study, row]: [f64; 3]| {
        let m = Matrix::from_fn(K, K, |i, j| {
            let (a, b) = (&rows[i], &rows[j]);
            let shared =
                if a.0 == b.0 { district } else { 0.0 } + if a.1 == b.1 { study } else { 0.0 };
            shared + if i == j { row + a.4 } else { 0.0 }
        });
        let Some(factor) = nalgebra::Cholesky::new(m) else { return f64::NEG_INFINITY };
        let weighted = factor.solve(&columns);
        let information = columns.transpose() * &weighted;
        let Some(inner) = nalgebra::Cholesky::new(information) else { return f64::NEG_INFINITY };
        let cross = weighted.transpose() * &estimates;
        let square = estimates.dot(&factor.solve(&estimates)) - cross.dot(&inner.solve(&cross));
        let log_determinant = |lower: &Matrix| -> f64 {
            2.0 * (0..lower.nrows()).map(|i| libm::log(lower[(i, i)])).sum::<f64>()
        };
        let both = log_determinant(factor.l_dirty()) + log_determinant(inner.l_dirty());
        -0.5 * (both + square)
    };
    let axis = || Axis::variances(1e-4, 200.0, 15);
    let best = highest(&[axis(), axis(), axis()], |p| at([p[0], p[1], p[2]]));
    let own: Vec<f64> = fit.components.iter().map(|it| it.variances[0]).collect();
    let [district, study, row] = own[..] else { return Outcome::NoAnswer };
    best.beside(at([district, study, row]), &own, &rows)
}

/// A location-scale model with one moderator of the scale.
fn of_scale(random: &mut SplitMix, likelihood: ScaleLikelihood) -> Outcome {
    let k = random.count(5, 14);
    let (spread, slope) = (random.between(0.0, 4.0), random.between(-2.0, 2.0));
    let rows: Vec<(f64, f64, f64)> = (0..k)
        .map(|_| {
            let (z, v) = (random.normal(), random.variance(spread));
            let tau2 = libm::exp(slope * z - random.between(0.0, 3.0));
            (z, (tau2 + v).sqrt() * random.normal(), v)
        })
        .collect();
    let effects: Vec<Effect> =
        rows.iter().map(|it| Effect { estimate: it.1, variance: it.2 }).collect();
    let z: Vec<f64> = rows.iter().map(|it| it.0).collect();
    let Ok(scale) = Design::builder(k).numeric("z", &z).build() else { return Outcome::NoAnswer };
    let options = LocationScaleOptions { likelihood, ..LocationScaleOptions::default() };
    let Ok(fit) = location_scale(&effects, &Design::intercept(k), &scale, &options) else {
        return Outcome::NoAnswer;
    };
    let at = |a: f64, b: f64| {
        let blocks: Vec<(Vec<f64>, Matrix)> = rows
            .iter()
            .map(|(z, y, v)| {
                (vec![*y], Matrix::from_element(1, 1, v + libm::exp((a + b * z).min(300.0))))
            })
            .collect();
        normal_likelihood(&blocks, likelihood == ScaleLikelihood::Restricted)
    };
    let best =
        highest(&[Axis::even(-40.0, 10.0, 61), Axis::even(-30.0, 30.0, 81)], |p| at(p[0], p[1]));
    let own = [fit.scale[0].estimate, fit.scale[1].estimate];
    best.beside(at(own[0], own[1]), &own, &rows)
}

/// A selection model of a mean.
fn of_selection(random: &mut SplitMix, function: &SelectionFunction, shape: &[Axis]) -> Outcome {
    let k = random.count(4, 25);
    let (spread, tau, mean) = (random.between(0.0, 3.0), random.unit(), random.between(-0.5, 1.0));
    let selects = random.unit() < 0.7;
    let mut effects = Vec::new();
    while effects.len() < k {
        let variance = 0.2 * random.variance(spread);
        let estimate = mean + tau * random.normal() + variance.sqrt() * random.normal();
        let is_significant = estimate / variance.sqrt() > 1.96;
        if is_significant || !selects || random.unit() < 0.2 {
            effects.push(Effect { estimate, variance });
        }
    }
    let options = SelectionOptions {
        function: function.clone(),
        alternative: Alternative::Greater,
        heterogeneity: Heterogeneity::Estimated,
        fixed: Vec::new(),
        level: 0.95,
    };
    let design = Design::intercept(k);
    let Ok(fit) = fit_selection_model(&effects, &design, &options) else {
        return Outcome::NoAnswer;
    };
    let is_step = matches!(function, SelectionFunction::Step { .. });
    let at = |mean: f64, tau2: f64, shape: &[f64]| {
        let parameters: Vec<f64> = match function {
            SelectionFunction::Step { .. } => vec![1.0, shape[0]],
            SelectionFunction::Beta => shape.iter().map(|it| it.max(1e-5)).collect(),
            SelectionFunction::Decreasing { .. } => shape.to_vec(),
        };
        selection_log_likelihood(&effects, &design, &options, (&[mean], tau2, &parameters))
            .unwrap_or(f64::NEG_INFINITY)
    };
    let is_beta = matches!(function, SelectionFunction::Beta);
    let (n_mean, n_tau2) = if is_beta { (15, 8) } else { (25, 16) };
    let mut axes = vec![Axis::even(-6.0, 4.0, n_mean), Axis::variances(1e-4, 9.0, n_tau2)];
    axes.extend_from_slice(shape);
    let best = highest(&axes, |p| at(p[0], p[1], &p[2..]));
    let own: Vec<f64> =
        fit.parameters.iter().skip(usize::from(is_step)).map(|it| it.value).collect();
    let at_fit = at(fit.coefficients[0].value, fit.tau2, &own).max(fit.log_likelihood);
    let own = [&[fit.coefficients[0].value, fit.tau2], own.as_slice()].concat();
    best.beside(at_fit, &own, &effects)
}

/// Proportions with normal random logits.
fn of_proportions(random: &mut SplitMix) -> Outcome {
    let k = random.count(3, 10);
    let (mean, tau) = (random.between(-4.0, 2.0), random.between(0.0, 3.0));
    let groups: Vec<Proportion> = (0..k)
        .map(|_| {
            let most = if random.unit() < 0.2 { 400 } else { 30 };
            let n = random.count(2, most);
            let p = 1.0 / (1.0 + libm::exp(-(mean + tau * random.normal())));
            let events = (0..n).filter(|_| random.unit() < p).count();
            Proportion { events: events as f64, n: n as f64 }
        })
        .collect();
    let options = GlmmOptions::default();
    let fit = glmm_proportions(&groups, &Design::intercept(k), ProportionLink::Logit, &options);
    let Ok(fit) = fit else { return Outcome::NoAnswer };
    let at = |mean: f64, tau2: f64| {
        let tau = tau2.sqrt();
        groups
            .iter()
            .map(|group| {
                let log = |z: f64| {
                    let logit = mean + tau * z;
                    let (yes, no) =
                        (-libm::log1p(libm::exp(-logit)), -libm::log1p(libm::exp(logit)));
                    let of = |count: f64, log: f64| if count > 0.0 { count * log } else { 0.0 };
                    of(group.events, yes) + of(group.n - group.events, no) - 0.5 * z * z
                };
                // A trapezoid over ±9 standard deviations is exact to many digits if its steps are no wider than the integrand's peak.
                let step = 0.8 / (1.0 + 0.5 * tau * group.n.sqrt());
                let count = (9.0 / step).ceil();
                let values: Vec<f64> = core::iter::successors(Some(-count), |i| Some(i + 1.0))
                    .take_while(|i| *i <= count)
                    .map(|i| log(i * step))
                    .collect();
                let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = values.iter().map(|it| libm::exp(it - top)).sum();
                top + libm::log(sum * step)
            })
            .sum()
    };
    let best =
        highest(&[Axis::even(-12.0, 8.0, 31), Axis::variances(1e-3, 60.0, 16)], |p| at(p[0], p[1]));
    let own = [fit.coefficients[0].estimate, fit.tau2];
    best.beside(at(own[0], own[1]), &own, &groups)
}
