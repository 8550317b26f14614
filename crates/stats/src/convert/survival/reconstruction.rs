//! People behind a published Kaplan-Meier curve: Guyot et al. (2012), doi 10.1186/1471-2288-12-9.

use crate::effect::EffectError;

/// How a person's follow-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// With the event.
    Event,
    /// Without it.
    Censored,
}

/// One person of an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// Time of the event, or up to which the person was followed.
    pub time: f64,
    /// How it ended.
    pub follow: Follow,
}

/// One entry of the table below a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskTableEntry {
    /// Time; the first is 0.
    pub time: f64,
    /// Number at risk.
    pub at_risk: f64,
}

/// An arm made of people again.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconstructedArm {
    /// The people, by time.
    pub people: Vec<Person>,
    /// Greatest distance of their Kaplan-Meier curve from the curve given, in points of survival.
    pub largest_error: f64,
    /// Events among them.
    pub events: usize,
}

/// Most rounds of matching one entry of the table at risk: each moves the number censored by at least one person.
const MOST_ROUNDS: usize = 1000;

/// Individual people whose Kaplan-Meier curve and numbers at risk are those given.
///
/// `curve` holds (time, share without the event) as read off the figure, from (0, 1), at every step if possible. Between two
/// entries of the table, people are taken to be censored evenly, as many as bring the next number at risk; events fall where
/// the curve does. After the last entry they leave at the mean rate until then, or, if the trial printed its `events`, so that these add up.
///
/// # Errors
///
/// If the curve or the table is empty, out of order or impossible, or the table starts elsewhere than at 0.
pub fn reconstruct_arm(
    curve: &[(f64, f64)],
    table: &[RiskTableEntry],
    events: Option<f64>,
) -> Result<ReconstructedArm, EffectError> {
    let curve = checked_curve(curve)?;
    check_table(table)?;
    let mut arm = Arm::new(&curve, table[0].at_risk);
    for pair in table.windows(2) {
        arm.match_entry(pair[1]);
    }
    arm.finish(table, events);
    Ok(arm.people(&curve))
}

/// The curve from (0, 1) on, made to fall only.
fn checked_curve(curve: &[(f64, f64)]) -> Result<Vec<(f64, f64)>, EffectError> {
    if curve.is_empty() {
        return Err(EffectError::Nothing { quantity: "points of the curve" });
    }
    let mut checked = vec![(0.0, 1.0)];
    for &(time, survival) in curve {
        EffectError::not_negative("time of the curve", time)?;
        EffectError::within((0.0, 1.0), "share without the event", survival)?;
        let &(before, lowest) = &checked[checked.len() - 1];
        if time < before {
            return Err(EffectError::NotAscending {
                quantity: "times of the curve",
                lower: before,
                upper: time,
            });
        }
        // A hand reading a figure wavers; a curve cannot rise.
        checked.push((time, survival.min(lowest)));
    }
    Ok(checked)
}

fn check_table(table: &[RiskTableEntry]) -> Result<(), EffectError> {
    let first = table.first().ok_or(EffectError::Nothing { quantity: "numbers at risk" })?;
    EffectError::within((0.0, 0.0), "first time of the numbers at risk", first.time)?;
    EffectError::positive("first number at risk", first.at_risk)?;
    for entry in table {
        EffectError::not_negative("number at risk", entry.at_risk)?;
    }
    for pair in table.windows(2) {
        if pair[1].time <= pair[0].time {
            return Err(EffectError::NotAscending {
                quantity: "times of the numbers at risk",
                lower: pair[0].time,
                upper: pair[1].time,
            });
        }
        if pair[1].at_risk > pair[0].at_risk {
            return Err(EffectError::NotAscending {
                quantity: "numbers at risk, from the end backwards,",
                lower: pair[1].at_risk,
                upper: pair[0].at_risk,
            });
        }
    }
    Ok(())
}

/// What has been settled so far.
struct Arm<'a> {
    curve: &'a [(f64, f64)],
    /// The next point of the curve to settle.
    next: usize,
    at_risk: f64,
    survival: f64,
    events: Vec<(f64, f64)>,
    censored: Vec<f64>,
    from: f64,
}

/// One stretch between two entries, as it comes out with some number censored.
struct Stretch {
    next: usize,
    at_risk: f64,
    survival: f64,
    events: Vec<(f64, f64)>,
    censored: Vec<f64>,
}

impl<'a> Arm<'a> {
    fn new(curve: &'a [(f64, f64)], at_risk: f64) -> Self {
        let (events, censored) = (Vec::new(), Vec::new());
        Self {
            curve,
            next: 1,
            at_risk: at_risk.round(),
            survival: 1.0,
            events,
            censored,
            from: 0.0,
        }
    }

    /// Walks to `to` with `censored` people leaving evenly.
    fn stretch(&self, to: f64, censored: f64) -> Stretch {
        let leaving: Vec<f64> = evenly(self.from, to, censored);
        let mut stretch = Stretch {
            next: self.next,
            at_risk: self.at_risk,
            survival: self.survival,
            events: Vec::new(),
            censored: Vec::new(),
        };
        let mut leaving = leaving.into_iter().peekable();
        while let Some(&(time, survival)) = self.curve.get(stretch.next).filter(|it| it.0 < to) {
            while let Some(left) = leaving.next_if(|left| *left < time) {
                stretch.leave(left);
            }
            stretch.fall(time, survival);
            stretch.next += 1;
        }
        leaving.for_each(|left| stretch.leave(left));
        stretch
    }

    /// As many censored as bring the number at risk of `entry`.
    fn match_entry(&mut self, entry: RiskTableEntry) {
        let mut censored = 0.0;
        let mut best: Option<(f64, Stretch)> = None;
        for _ in 0..MOST_ROUNDS {
            let stretch = self.stretch(entry.time, censored);
            let excess = stretch.at_risk - entry.at_risk.round();
            if best.as_ref().is_none_or(|it| excess.abs() < it.0.abs()) {
                best = Some((excess, stretch));
            } else {
                break;
            }
            let next = (censored + excess).max(0.0);
            #[expect(clippy::float_cmp, reason = "whole numbers of people")]
            if excess == 0.0 || next == censored {
                break;
            }
            censored = next;
        }
        if let Some((_, stretch)) = best {
            self.take(stretch, entry.time);
            // The table is printed, the curve only read.
            self.at_risk = self.at_risk.min(entry.at_risk.round());
        }
    }

    /// The stretch after the last entry.
    fn finish(&mut self, table: &[RiskTableEntry], events: Option<f64>) {
        let Some(&(end, _)) = self.curve.last() else { return };
        if end < self.from {
            self.leave_all(self.from);
            return;
        }
        let to = end.next_up();
        let so_far: f64 = self.events.iter().map(|it| it.1).sum();
        let fewest = |censored: f64| {
            self.stretch(to, censored).events.iter().map(|it| it.1).sum::<f64>() + so_far
        };
        let censored = match events {
            // As few as keep the events from being more than the trial's.
            Some(events) => {
                let mut censored = 0.0;
                while censored < self.at_risk && fewest(censored) > events {
                    censored += 1.0;
                }
                censored
            }
            None if table.len() > 1 => {
                let rate = self.censored.len() as f64 / self.from;
                (rate * (end - self.from)).round().min(self.at_risk)
            }
            None => 0.0,
        };
        let stretch = self.stretch(to, censored);
        self.take(stretch, end);
        self.leave_all(end);
    }

    fn take(&mut self, stretch: Stretch, to: f64) {
        self.next = stretch.next;
        self.at_risk = stretch.at_risk;
        self.survival = stretch.survival;
        self.events.extend(stretch.events);
        self.censored.extend(stretch.censored);
        self.from = to;
    }

    /// All who are left are censored at the end.
    fn leave_all(&mut self, end: f64) {
        let mut left = self.at_risk;
        while left >= 1.0 {
            self.censored.push(end);
            left -= 1.0;
        }
        self.at_risk = 0.0;
    }

    fn people(self, curve: &[(f64, f64)]) -> ReconstructedArm {
        let mut people: Vec<Person> = Vec::new();
        for (time, number) in &self.events {
            let mut left = *number;
            while left >= 1.0 {
                people.push(Person { time: *time, follow: Follow::Event });
                left -= 1.0;
            }
        }
        let events = people.len();
        people.extend(
            self.censored.iter().map(|time| Person { time: *time, follow: Follow::Censored }),
        );
        // Events before censorings at the same time, as the Kaplan-Meier estimator takes them.
        people.sort_by(|a, b| {
            let is_censored = |it: &Person| it.follow == Follow::Censored;
            a.time.total_cmp(&b.time).then(is_censored(a).cmp(&is_censored(b)))
        });
        let largest_error = largest_error(&people, curve);
        ReconstructedArm { people, largest_error, events }
    }
}

impl Stretch {
    fn leave(&mut self, time: f64) {
        if self.at_risk >= 1.0 {
            self.at_risk -= 1.0;
            self.censored.push(time);
        }
    }

    /// As many events as bring the curve nearest to `survival`.
    fn fall(&mut self, time: f64, survival: f64) {
        if self.survival <= 0.0 || self.at_risk < 1.0 {
            return;
        }
        let events =
            (self.at_risk * (1.0 - survival / self.survival)).round().clamp(0.0, self.at_risk);
        if events > 0.0 {
            self.survival *= 1.0 - events / self.at_risk;
            self.at_risk -= events;
            self.events.push((time, events));
        }
    }
}

/// Times at which `number` people leave evenly between two times.
fn evenly(from: f64, to: f64, number: f64) -> Vec<f64> {
    let mut times = Vec::new();
    let mut i = 0.0;
    while i < number {
        times.push(from + (to - from) * (i + 0.5) / number);
        i += 1.0;
    }
    times
}

/// The greatest distance between the Kaplan-Meier curve of `people` and `curve` at the latter's points.
fn largest_error(people: &[Person], curve: &[(f64, f64)]) -> f64 {
    let mut at_risk = people.len() as f64;
    let (mut survival, mut i, mut largest) = (1.0, 0, 0.0_f64);
    for &(time, expected) in curve {
        while let Some(person) = people.get(i).filter(|it| it.time <= time) {
            if person.follow == Follow::Event {
                survival *= 1.0 - 1.0 / at_risk;
            }
            at_risk -= 1.0;
            i += 1;
        }
        largest = largest.max((survival - expected).abs());
    }
    largest
}
