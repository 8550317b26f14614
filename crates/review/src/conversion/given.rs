//! The inputs of a conversion, read and checked against what it takes.

use consilience_stats::EffectError;

use super::{Conversion, Input, Takes};
use crate::printed::Printed;

/// Why a conversion could not be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConversionError {
    /// There is no conversion of this name.
    #[error("there is no conversion `{name}`{}; `consil convert` lists them all", .like.map(|it| format!(" (did you mean `{it}`?)")).unwrap_or_default())]
    Unknown {
        /// The name given.
        name: String,
        /// A name like it.
        like: Option<&'static str>,
    },
    /// An input that the conversion needs is not given.
    #[error("{conversion} needs {missing}: give it as {}=…", .missing.split(' ').next().unwrap_or_default())]
    Missing {
        /// The conversion.
        conversion: &'static str,
        /// The input's name and meaning.
        missing: String,
    },
    /// An input that the conversion does not take.
    #[error("{conversion} takes no `{name}`; it takes {takes}")]
    Foreign {
        /// The conversion.
        conversion: &'static str,
        /// The name given.
        name: String,
        /// The names it takes.
        takes: String,
    },
    /// An input was given twice.
    #[error("`{name}` is given twice; expected it once")]
    Twice {
        /// The name.
        name: String,
    },
    /// An input is no number, no list or none of the words.
    #[error("`{name}` is `{found}`; expected {expected}")]
    Unreadable {
        /// The name.
        name: String,
        /// The text given.
        found: String,
        /// What is expected.
        expected: String,
    },
    /// The numbers are impossible together.
    #[error("{conversion}: {error}")]
    Impossible {
        /// The conversion.
        conversion: &'static str,
        /// Why.
        error: EffectError,
    },
}

/// Inputs that are there and readable.
#[derive(Debug, Clone)]
pub struct Given {
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Nothing,
    Numbers(Vec<Printed>),
    Word(&'static str),
}

impl Given {
    pub(super) fn read(
        conversion: &'static Conversion,
        given: &[(String, String)],
    ) -> Result<Self, ConversionError> {
        for (i, (name, _)) in given.iter().enumerate() {
            if !conversion.inputs.iter().any(|it| it.name == name) {
                let takes: Vec<&str> = conversion.inputs.iter().map(|it| it.name).collect();
                let (name, takes) = (name.clone(), takes.join(", "));
                return Err(ConversionError::Foreign { conversion: conversion.name, name, takes });
            }
            if given[..i].iter().any(|it| it.0 == *name) {
                return Err(ConversionError::Twice { name: name.clone() });
            }
        }
        let value = |input: &'static Input| {
            let text = given.iter().find(|it| it.0 == input.name).map(|it| it.1.trim());
            match text.filter(|it| !it.is_empty()).or(input.default) {
                Some(text) => Ok((input.name, value(input, text)?)),
                None => Err(ConversionError::Missing {
                    conversion: conversion.name,
                    missing: format!("{} ({})", input.name, input.meaning),
                }),
            }
        };
        Ok(Self { values: conversion.inputs.iter().map(value).collect::<Result<_, _>>()? })
    }

    /// The number of this name.
    pub(super) fn number(&self, name: &str) -> f64 {
        self.optional(name).unwrap_or(f64::NAN)
    }

    /// The number of this name, if it is given.
    pub(super) fn optional(&self, name: &str) -> Option<f64> {
        self.printed(name).first().map(Printed::value)
    }

    /// The numbers of this name.
    pub(super) fn list(&self, name: &str) -> Vec<f64> {
        self.printed(name).iter().map(Printed::value).collect()
    }

    /// The word of this name; empty if nothing is given.
    pub(super) fn word(&self, name: &str) -> &'static str {
        match self.get(name) {
            Some(Value::Word(word)) => word,
            _ => "",
        }
    }

    /// The confidence level as a share; 95 and 0.95 are the same.
    pub(super) fn level(&self) -> f64 {
        let level = self.number("level");
        if level < 1.0 { level } else { level / 100.0 }
    }

    pub(super) fn printed(&self, name: &str) -> &[Printed] {
        match self.get(name) {
            Some(Value::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// The same with one number of one input replaced.
    pub(super) fn with(&self, name: &str, place: usize, value: f64) -> Self {
        let mut changed = self.clone();
        for (other, given) in &mut changed.values {
            if let Value::Numbers(numbers) = given
                && *other == name
                && let Some(number) = numbers.get_mut(place)
            {
                *number = Printed::from_value(value);
            }
        }
        changed
    }

    /// The texts as given; what is left out is left out.
    pub(super) fn texts(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Value| match value {
            Value::Nothing => None,
            Value::Numbers(numbers) => {
                Some(numbers.iter().map(Printed::text).collect::<Vec<_>>().join(","))
            }
            Value::Word(word) => Some((*word).to_owned()),
        };
        self.values.iter().filter_map(|(name, value)| Some((*name, text(value)?))).collect()
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|it| it.0 == name).map(|it| &it.1)
    }
}

fn value(input: &Input, text: &str) -> Result<Value, ConversionError> {
    let unreadable = |expected: String| ConversionError::Unreadable {
        name: input.name.to_owned(),
        found: text.to_owned(),
        expected,
    };
    if text.is_empty() {
        return Ok(Value::Nothing);
    }
    let number =
        |text: &str| Printed::parse(text).map_err(|expected| unreadable(expected.to_owned()));
    match input.takes {
        Takes::Measured | Takes::Exact => Ok(Value::Numbers(vec![number(text)?])),
        Takes::MeasuredList | Takes::ExactList => {
            let parts = text.split([',', ';']).map(str::trim).filter(|it| !it.is_empty());
            parts.map(number).collect::<Result<_, _>>().map(Value::Numbers)
        }
        Takes::Word(words) => {
            let word = words.iter().find(|it| it.eq_ignore_ascii_case(text));
            word.map(|it| Value::Word(it)).ok_or_else(|| unreadable(words.join(" or ")))
        }
    }
}
