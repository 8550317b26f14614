//! How far the printed digits of the inputs leave a result open.

use super::{Conversion, Given, Output, Takes};
use crate::analysis::short;

/// The range of one result over all inputs that would have been printed alike.
///
/// Each measured input is moved by half a unit of its last digit, one at a time; the movements add up, so the range is a little too
/// wide rather than too narrow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// Least value.
    pub lower: f64,
    /// Greatest value.
    pub upper: f64,
}

/// Above this share of a result its rounding is worth a warning.
const WORTH_A_WARNING: f64 = 0.1;

pub(super) fn of(conversion: &Conversion, given: &Given, outputs: &[Output]) -> Vec<Rounding> {
    let mut ranges: Vec<Rounding> =
        outputs.iter().map(|it| Rounding { lower: it.value, upper: it.value }).collect();
    let mut any = false;
    for input in conversion.inputs {
        if !matches!(input.takes, Takes::Measured | Takes::MeasuredList) {
            continue;
        }
        for (place, printed) in given.printed(input.name).iter().enumerate() {
            any = true;
            let half = printed.rounding();
            let moved = [-half, half].map(|by| {
                (conversion.compute)(&given.with(input.name, place, printed.value() + by))
            });
            for (i, range) in ranges.iter_mut().enumerate() {
                let changes = moved.iter().flatten().filter_map(|it| it.outputs.get(i));
                let changes = changes.map(|it| it.value - outputs[i].value);
                let (down, up) =
                    changes.fold((0.0_f64, 0.0_f64), |(down, up), it| (down.min(it), up.max(it)));
                range.lower += down;
                range.upper += up;
            }
        }
    }
    if any { ranges } else { Vec::new() }
}

pub(super) fn warnings(outputs: &[Output], ranges: &[Rounding]) -> Vec<String> {
    let wide = outputs.iter().zip(ranges).filter(|(output, range)| {
        let reach = (range.upper - output.value).max(output.value - range.lower);
        reach > WORTH_A_WARNING * output.value.abs() && output.name != "estimate"
    });
    wide.map(|(output, range)| {
        format!(
            "the printed digits leave the {} open from {} to {}: look for more digits in the source",
            output.name,
            short(range.lower),
            short(range.upper)
        )
    })
    .collect()
}
