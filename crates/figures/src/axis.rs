//! A numeric axis: where a value lies, where its ticks are, how they are written.

use crate::Scale;
use crate::text::Font;

/// Maps values on the natural scale to positions between two ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    scale: Scale,
    /// Ends on the working scale (logarithms on a log axis), low < high, finite.
    low: f64,
    high: f64,
    /// Positions of the ends.
    left: f64,
    right: f64,
}

/// More ticks than this are a comb.
const MOST_TICKS: usize = 10;

/// A range that grows by the finite values it is given.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Range(pub(crate) Option<(f64, f64)>);

impl Range {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut range = Self::default();
        range.take(values);
        range
    }

    pub(crate) fn take(&mut self, values: impl IntoIterator<Item = f64>) {
        for value in values.into_iter().filter(|v| v.is_finite()) {
            let (low, high) = self.0.unwrap_or((value, value));
            self.0 = Some((low.min(value), high.max(value)));
        }
    }

    /// The ends with room beyond each, as a share of the length; `otherwise` if there was no value.
    pub(crate) fn with_room(self, share: f64, otherwise: (f64, f64)) -> (f64, f64) {
        let Some((low, high)) = self.0 else { return otherwise };
        let room = (high - low) * share;
        (low - room, high + room)
    }

    /// From zero to the largest value with room above it; to 1 if there is none above zero.
    pub(crate) fn reaching_zero(self, share: f64) -> (f64, f64) {
        let high = self.0.map_or(0.0, |(_, high)| high);
        (0.0, if high > 0.0 { high + high * share } else { 1.0 })
    }
}

/// A labelled tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) position: f64,
    pub(crate) label: String,
}

impl Scale {
    /// The value on the scale that is drawn: its logarithm on a log axis. `None` if it is not a number or has none;
    /// zero on a log axis is minus infinity.
    pub(crate) fn working(self, value: f64) -> Option<f64> {
        let worked = match self {
            Self::Linear => value,
            Self::Log => value.ln(),
        };
        (!worked.is_nan()).then_some(worked)
    }
}

impl Axis {
    /// An axis from `low` to `high` (working scale) drawn from `left` to `right`. Equal or unusable ends are moved
    /// apart, so that every axis has a length.
    pub(crate) fn new(scale: Scale, (low, high): (f64, f64), (left, right): (f64, f64)) -> Self {
        let usable = |v: f64| if v.is_finite() { v.clamp(-1e300, 1e300) } else { 0.0 };
        let (a, b) = (usable(low), usable(high));
        let (mut low, mut high) = (a.min(b), a.max(b));
        let least = (low.abs().max(high.abs()) * 1e-9).max(1e-300);
        if high - low < least {
            let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            (low, high) = (low - room, high + room);
        }
        Self { scale, low, high, left, right }
    }

    /// Position of a value on the working scale, which may lie outside the ends.
    pub(crate) fn position(&self, worked: f64) -> f64 {
        self.left + (worked - self.low) / (self.high - self.low) * (self.right - self.left)
    }

    /// The ends on the working scale.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Ticks at nice values, as many as fit with a gap between labels side by side.
    pub(crate) fn ticks(&self, font: Font) -> Vec<Tick> {
        self.ticks_that(|ticks| fits(ticks, font))
    }

    /// Ticks at nice values, as many as fit with a gap between labels one above the other.
    pub(crate) fn stacked_ticks(&self, font: Font) -> Vec<Tick> {
        let apart = 2.2 * font.size;
        self.ticks_that(|ticks| {
            ticks.windows(2).all(|pair| (pair[1].position - pair[0].position).abs() >= apart)
        })
    }

    /// Ticks at given values of the working scale with given labels, in the order of their importance: a label that
    /// would touch an earlier one is left out. `apart` is the least distance of two neighbours.
    pub(crate) fn ticks_at(
        &self,
        values: &[(f64, String)],
        apart: impl Fn(&Tick, &Tick) -> f64,
    ) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for (worked, label) in values {
            if !self.holds(*worked) {
                continue;
            }
            let tick = Tick { position: self.position(*worked), label: label.clone() };
            if ticks.iter().all(|t| (t.position - tick.position).abs() >= apart(t, &tick)) {
                ticks.push(tick);
            }
        }
        ticks
    }

    /// The most ticks at nice values that fit.
    pub(crate) fn ticks_that(&self, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
        let sets = match self.scale {
            Scale::Log => self.log_values(),
            Scale::Linear => self.linear_values(self.low, self.high),
        };
        let mut best = Vec::new();
        for values in sets {
            let ticks: Vec<Tick> = values.iter().filter_map(|&v| self.tick(v)).collect();
            if ticks.len() <= MOST_TICKS && ticks.len() > best.len() && fits(&ticks) {
                best = ticks;
            }
        }
        best
    }

    /// Whether a value on the working scale lies on the axis.
    pub(crate) fn holds(&self, worked: f64) -> bool {
        let slack = (self.high - self.low) * 1e-9;
        worked >= self.low - slack && worked <= self.high + slack
    }

    /// A tick at a value on the natural scale, if it lies on the axis.
    fn tick(&self, value: f64) -> Option<Tick> {
        let worked = self.scale.working(value)?;
        self.holds(worked).then(|| Tick { position: self.position(worked), label: label(value) })
    }

    /// Candidate sets of 1-2-5 values, powers of ten, and every n-th power of ten; on a short log axis, where these
    /// are too few, equal steps.
    fn log_values(&self) -> Vec<Vec<f64>> {
        const TEN: f64 = std::f64::consts::LN_10;
        // Beyond 1e±300 nothing has a label.
        let (first, last) =
            ((self.low / TEN).floor().max(-300.0), (self.high / TEN).ceil().min(300.0));
        let powers = |step: f64, leads: &[f64]| -> Vec<f64> {
            let from = (first / step).floor() * step;
            let count = ((last - from) / step).max(0.0);
            let exponents =
                (0..=600).map(f64::from).take_while(|&i| i <= count).map(|i| from + i * step);
            exponents.flat_map(|e| leads.iter().map(move |lead| lead * 10f64.powf(e))).collect()
        };
        let mut sets = vec![powers(1.0, &[1.0, 2.0, 5.0]), powers(1.0, &[1.0])];
        sets.extend([2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0].map(|step| powers(step, &[1.0])));
        if self.high - self.low < 5f64.ln() {
            sets.extend(self.linear_values(self.low.exp(), self.high.exp()));
        }
        sets
    }

    /// Candidate sets of equal steps of 1, 2 or 5 times a power of ten.
    #[expect(clippy::unused_self, reason = "beside `log_values`, which it serves")]
    fn linear_values(&self, low: f64, high: f64) -> Vec<Vec<f64>> {
        let span = high - low;
        if !(span.is_finite() && span > 0.0) {
            return vec![];
        }
        let power = 10f64.powf(span.log10().floor());
        let steps = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0].map(|m| m * power);
        let steps = steps.iter().filter(|&&step| step.is_normal());
        steps
            .map(|&step| {
                let first = (low / step - 1e-9).ceil();
                let count = ((high / step + 1e-9).floor() - first).clamp(-1.0, 200.0);
                (0..=200)
                    .map(f64::from)
                    .take_while(|&i| i <= count)
                    .map(|i| (first + i) * step)
                    .collect()
            })
            .collect()
    }
}

/// Whether neighbouring labels keep apart.
fn fits(ticks: &[Tick], font: Font) -> bool {
    ticks.windows(2).all(|pair| {
        (pair[1].position - pair[0].position).abs() >= side_by_side(font)(&pair[0], &pair[1])
    })
}

/// How far apart two ticks must be for their labels to stand side by side.
pub(crate) fn side_by_side(font: Font) -> impl Fn(&Tick, &Tick) -> f64 {
    move |a, b| f64::midpoint(font.width(&a.label), font.width(&b.label)) + font.size * 0.9
}

/// A tick's value in the fewest digits: 0.01, 2.5, 1000, 1e−7.
pub(crate) fn label(value: f64) -> String {
    let rounded: f64 = format!("{value:.9e}").parse().unwrap_or(value);
    let text = if rounded == 0.0 || (1e-5..1e7).contains(&rounded.abs()) {
        format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
    } else {
        format!("{rounded:e}")
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, low: f64, high: f64) -> Vec<String> {
        let ends = (scale.working(low).unwrap(), scale.working(high).unwrap());
        let ticks = Axis::new(scale, ends, (0.0, 320.0)).ticks(Font::regular(12.0));
        ticks.into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn a_log_axis_has_ticks_at_one_two_five() {
        assert_eq!(labels(Scale::Log, 0.1, 10.0), ["0.1", "0.2", "0.5", "1", "2", "5", "10"]);
        assert_eq!(labels(Scale::Log, 0.01, 100.0), ["0.01", "0.1", "1", "10", "100"]);
    }

    #[test]
    fn a_huge_log_axis_has_powers_of_ten_that_keep_apart() {
        assert_eq!(
            labels(Scale::Log, 1e-3, 1e3),
            ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]
        );
        let wide = labels(Scale::Log, 1e-30, 1e30);
        assert!((3..=9).contains(&wide.len()) && wide.contains(&"1".to_owned()), "{wide:?}");
    }

    #[test]
    fn a_short_log_axis_has_equal_steps() {
        assert_eq!(labels(Scale::Log, 0.9, 1.1), ["0.9", "0.95", "1", "1.05", "1.1"]);
    }

    #[test]
    fn a_linear_axis_has_nice_steps_and_a_true_minus() {
        assert_eq!(labels(Scale::Linear, -1.0, 1.0), ["−1", "−0.5", "0", "0.5", "1"]);
        assert_eq!(labels(Scale::Linear, 0.0, 8e-4), ["0", "0.0002", "0.0004", "0.0006", "0.0008"]);
        assert_eq!(label(-2.5e-7), "−2.5e−7");
        assert_eq!([label(-0.0), label(0.1 + 0.2), label(1000.0)], ["0", "0.3", "1000"]);
    }

    #[test]
    fn an_axis_without_length_gets_one() {
        for (low, high) in
            [(0.0, 0.0), (3.0, 3.0), (f64::NAN, 1.0), (f64::NEG_INFINITY, f64::INFINITY)]
        {
            let axis = Axis::new(Scale::Linear, (low, high), (0.0, 100.0));
            let position = axis.position(axis.ends().1);
            assert!((position - 100.0).abs() < 1e-9, "{low} {high} {position}");
        }
    }
}
