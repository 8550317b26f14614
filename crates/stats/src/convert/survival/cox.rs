//! Cox's model for two groups.

use super::reconstruction::{Follow, Person};
use crate::effect::{Effect, EffectError};

/// A Cox model with the group as its only covariate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxFit {
    /// Log hazard ratio, experimental over control, with its variance (the inverse of the information).
    pub effect: Effect,
    /// Events in the experimental and in the control arm.
    pub events: (usize, usize),
}

const MOST_STEPS: usize = 100;

/// People at risk and events of both arms at one time.
#[derive(Debug, Clone, Copy, Default)]
struct Moment {
    at_risk: (f64, f64),
    events: (f64, f64),
}

/// The log hazard ratio of two groups of people, ties by Efron's method.
///
/// Cox (1972), doi 10.1111/j.2517-6161.1972.tb00899.x; Efron (1977), doi 10.1080/01621459.1977.10480613. Newton's method on the partial likelihood, which has one maximum;
/// settled when a step is below 10⁻¹² standard errors.
///
/// # Errors
///
/// If one of the arms has no event, or all events of an arm come after the other has nobody left at risk, so that the ratio is infinite.
pub fn cox_two_groups(experimental: &[Person], control: &[Person]) -> Result<CoxFit, EffectError> {
    const FAILED: EffectError = EffectError::NotConverged { method: "Cox's model" };
    let moments = moments(experimental, control);
    let count = |arm: &[Person]| arm.iter().filter(|it| it.follow == Follow::Event).count();
    let events = (count(experimental), count(control));
    if events.0 == 0 || events.1 == 0 {
        return Err(EffectError::NoEvents { measure: "hazard ratio" });
    }
    let mut beta = 0.0;
    for _ in 0..MOST_STEPS {
        let (score, information) = derivatives(&moments, beta);
        if !information.is_finite() || information <= 0.0 {
            return Err(FAILED);
        }
        // Short steps, because the information vanishes far out.
        let step = (score / information).clamp(-1.0, 1.0);
        beta += step;
        if step.abs() <= 1e-12 / information.sqrt() {
            let (_, information) = derivatives(&moments, beta);
            return Ok(CoxFit { effect: Effect::checked(beta, 1.0 / information)?, events });
        }
    }
    Err(FAILED)
}

/// The times with events, in order.
fn moments(experimental: &[Person], control: &[Person]) -> Vec<Moment> {
    let arms = experimental.iter().map(|it| (it, true)).chain(control.iter().map(|it| (it, false)));
    let mut people: Vec<(&Person, bool)> = arms.collect();
    people.sort_by(|a, b| b.0.time.total_cmp(&a.0.time));
    let mut moments = Vec::new();
    let mut at_risk = (0.0, 0.0);
    let mut i = 0;
    // From the last time backwards, those at risk are those already passed.
    while i < people.len() {
        let time = people[i].0.time;
        let mut moment = Moment::default();
        while i < people.len() && people[i].0.time.total_cmp(&time).is_eq() {
            let (person, is_experimental) = people[i];
            let event = f64::from(person.follow == Follow::Event);
            if is_experimental {
                at_risk.0 += 1.0;
                moment.events.0 += event;
            } else {
                at_risk.1 += 1.0;
                moment.events.1 += event;
            }
            i += 1;
        }
        moment.at_risk = at_risk;
        if moment.events.0 + moment.events.1 > 0.0 {
            moments.push(moment);
        }
    }
    moments.reverse();
    moments
}

/// Score and information of the partial likelihood.
fn derivatives(moments: &[Moment], beta: f64) -> (f64, f64) {
    let hazard = libm::exp(beta);
    let (mut score, mut information) = (0.0, 0.0);
    for moment in moments {
        let events = moment.events.0 + moment.events.1;
        score += moment.events.0;
        let mut place = 0.0;
        while place < events {
            let share = place / events;
            let e = hazard * (moment.at_risk.0 - share * moment.events.0);
            let c = moment.at_risk.1 - share * moment.events.1;
            let p = e / (e + c);
            score -= p;
            information += p * (1.0 - p);
            place += 1.0;
        }
    }
    (score, information)
}
