//! Conversions by name: from what a source prints to what an analysis needs, with inputs, method, assumptions and rounding.
//!
//! The arithmetic is in `consilience-stats`; here is what a person needs to choose, run and report one. Each family has a file; the
//! [`catalogue`] lists them all. A [`Converted`] keeps everything: the numbers as printed, the method, what it assumes, and how far the printed digits
//! leave the answer open.
//!
//! ```
//! use consilience_review::conversion::convert;
//!
//! let given = [("se", "4.5"), ("n", "36")].map(|(name, text)| (name.to_owned(), text.to_owned()));
//! let sd = convert("sd-from-se", &given)?;
//! assert_eq!(sd.outputs[0].value, 27.0);
//! assert_eq!(sd.conversion.source, "Cochrane Handbook 6.5.2.2");
//! # Ok::<(), consilience_review::conversion::ConversionError>(())
//! ```

mod clusters;
mod differences;
mod families;
mod given;
mod groups;
mod pairs;
mod ratios;
mod rounding;
mod survival;

pub use given::{ConversionError, Given};
pub use rounding::Rounding;

use consilience_stats::EffectError;

/// One conversion.
#[derive(Debug)]
pub struct Conversion {
    /// Its name on the command line: "sd-from-se".
    pub name: &'static str,
    /// What it does, in a line.
    pub title: &'static str,
    /// What it takes.
    pub inputs: &'static [Input],
    /// The formula.
    pub method: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What must hold for the answer to be right.
    pub assumes: &'static [&'static str],
    /// Whether the result is an estimate of something the source could have printed, to be varied in a sensitivity analysis.
    pub is_estimate: bool,
    compute: fn(&Given) -> Result<Answer, EffectError>,
}

impl PartialEq for Conversion {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Conversion {}

/// One number (or list, or word) that a conversion takes.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its name: "se".
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// What is taken for it.
    pub takes: Takes,
    /// What stands for it where it is not given; `None`: it must be given. An empty default means nothing.
    pub default: Option<&'static str>,
}

/// What an input may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A number that was rounded when it was printed.
    Measured,
    /// A number that is exact: a count, a level, an assumption.
    Exact,
    /// Several measured numbers, as `12.3,15.8`.
    MeasuredList,
    /// Several exact numbers, as `40,35`.
    ExactList,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// One number that a conversion gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// Its name: "sd".
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its value.
    pub value: f64,
}

/// What the arithmetic answers.
#[derive(Debug, Default)]
struct Answer {
    outputs: Vec<Output>,
    warnings: Vec<String>,
}

/// A conversion that was done.
#[derive(Debug)]
pub struct Converted {
    /// Which.
    pub conversion: &'static Conversion,
    /// The inputs as given, defaults included, in the conversion's order.
    pub inputs: Vec<(&'static str, String)>,
    /// The results.
    pub outputs: Vec<Output>,
    /// How far the inputs' printed digits leave each result open, in the order of the outputs; empty where all inputs are exact.
    pub rounding: Vec<Rounding>,
    /// What to beware of with these numbers.
    pub warnings: Vec<String>,
}

const fn measured(name: &'static str, meaning: &'static str) -> Input {
    Input { name, meaning, takes: Takes::Measured, default: None }
}

const fn exact(name: &'static str, meaning: &'static str) -> Input {
    Input { name, meaning, takes: Takes::Exact, default: None }
}

impl Input {
    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

/// The confidence level of a printed interval.
const LEVEL: Input = exact("level", "confidence level of the interval, 95 or 0.95").or("95");

impl Answer {
    fn give(mut self, name: &'static str, meaning: &'static str, value: f64) -> Self {
        self.outputs.push(Output { name, meaning, value });
        self
    }

    fn warn(mut self, text: impl Into<String>) -> Self {
        self.warnings.push(text.into());
        self
    }
}

/// All conversions, family by family.
pub fn catalogue() -> impl Iterator<Item = &'static Conversion> {
    [
        groups::CONVERSIONS,
        differences::CONVERSIONS,
        pairs::CONVERSIONS,
        clusters::CONVERSIONS,
        ratios::CONVERSIONS,
        families::CONVERSIONS,
        survival::CONVERSIONS,
    ]
    .into_iter()
    .flatten()
}

/// Does the conversion of this name with these inputs (name, text as printed).
///
/// # Errors
///
/// If there is no such conversion, an input is missing, unknown, given twice or unreadable, or the numbers are impossible.
pub fn convert(name: &str, given: &[(String, String)]) -> Result<Converted, ConversionError> {
    let conversion = catalogue()
        .find(|it| it.name == name)
        .ok_or_else(|| ConversionError::Unknown { name: name.to_owned(), like: nearest(name) })?;
    let given = Given::read(conversion, given)?;
    let impossible = |error| ConversionError::Impossible { conversion: conversion.name, error };
    let Answer { outputs, mut warnings } = (conversion.compute)(&given).map_err(impossible)?;
    let rounding = rounding::of(conversion, &given, &outputs);
    warnings.extend(rounding::warnings(&outputs, &rounding));
    Ok(Converted { conversion, inputs: given.texts(), outputs, rounding, warnings })
}

/// The conversion whose name shares most words with this one, and of those the one with fewest others.
fn nearest(name: &str) -> Option<&'static str> {
    let shared = |it: &str| {
        let words: Vec<&str> = it.split('-').collect();
        name.split(['-', '_', ' ']).filter(|word| words.contains(word)).count()
    };
    let names = catalogue().map(|it| it.name).filter(|it| shared(it) > 0);
    names.min_by_key(|it| (usize::MAX - shared(it), it.split('-').count()))
}
