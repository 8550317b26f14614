//! How well a result fits what the plan asks for, and in words by which rule one of several was chosen.

use std::cmp::Ordering;

use super::select::Setting;
use crate::keyword::Keyword;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::{Population, Score};

/// Which of a study's results an analysis uses, of which, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is used: instrument, time, population, and kind of score.
    pub used: String,
    /// The rule, in words.
    pub rule: String,
    /// The study's other results for the outcome, each with the reason why it is not used.
    pub others: Vec<NotUsed>,
    /// Whether the plan says nothing that tells the results apart, so that their names decided.
    pub by_name: bool,
}

/// A result that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUsed {
    /// Which.
    pub result: String,
    /// Why.
    pub reason: String,
}

/// The place of a setting in what the plan asks for, for each of its lists; `None`: the list does not have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// The rule that is met, and how well.
    time: Option<(usize, f64)>,
    instrument: Option<usize>,
    population: Option<usize>,
    score: Option<usize>,
}

/// What tells two settings apart, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Criterion {
    Time,
    Instrument,
    Population,
    Score,
    Name,
}

impl Fit {
    pub(super) fn of(
        plan: &AnalysisPlan,
        time: Option<&str>,
        instrument: Option<&str>,
        population: Option<Population>,
        score: Score,
    ) -> Self {
        let position = |is_any: bool, found: Option<usize>| if is_any { Some(0) } else { found };
        let by_rule = || {
            let mut rules = plan.time.iter().enumerate();
            rules.find_map(|(i, rule)| Some((i, rule.rank(time)?)))
        };
        Self {
            time: if plan.time.is_empty() { Some((0, 0.0)) } else { by_rule() },
            instrument: position(
                plan.instrument.is_empty(),
                plan.instrument
                    .iter()
                    .position(|it| instrument.is_some_and(|name| it.eq_ignore_ascii_case(name))),
            ),
            population: if plan.population.is_empty() {
                Some(default_rank(population))
            } else {
                plan.population.iter().position(|it| it.is_of(population))
            },
            score: if plan.score.is_empty() {
                Score::all().iter().position(|it| *it == score)
            } else {
                plan.score.iter().position(|it| *it == score)
            },
        }
    }

    /// Whether every list of the plan has it.
    pub(super) fn is_wanted(self) -> bool {
        self.time.is_some()
            && self.instrument.is_some()
            && self.population.is_some()
            && self.score.is_some()
    }
}

/// Where the plan names no population: as randomised first, then what states none, then by what people did.
fn default_rank(population: Option<Population>) -> usize {
    match population {
        Some(Population::IntentionToTreat) => 0,
        Some(Population::ModifiedIntentionToTreat) => 1,
        None => 2,
        Some(Population::PerProtocol) => 3,
        Some(Population::AsTreated) => 4,
        Some(Population::Safety) => 5,
    }
}

/// The more wanted first; what the plan leaves open is settled by name, never by the order of rows.
pub(super) fn by_preference(a: &Setting, b: &Setting) -> Ordering {
    first_difference(a, b).map_or(Ordering::Equal, |it| it.1)
}

/// The first criterion by which two settings differ, and how.
fn first_difference(a: &Setting, b: &Setting) -> Option<(Criterion, Ordering)> {
    let wanted = (!a.is_wanted()).cmp(&!b.is_wanted());
    let last = |it: Option<usize>| it.unwrap_or(usize::MAX);
    let (x, y) = (&a.fit, &b.fit);
    let time = last(x.time.map(|it| it.0)).cmp(&last(y.time.map(|it| it.0))).then_with(|| {
        let near = |it: Option<(usize, f64)>| it.map_or(f64::INFINITY, |it| it.1);
        near(x.time).total_cmp(&near(y.time))
    });
    let names = (a.time, a.instrument, a.population).cmp(&(b.time, b.instrument, b.population));
    [
        (Criterion::Time, wanted.then(time)),
        (Criterion::Instrument, last(x.instrument).cmp(&last(y.instrument))),
        (Criterion::Population, last(x.population).cmp(&last(y.population))),
        (Criterion::Score, last(x.score).cmp(&last(y.score))),
        (Criterion::Name, names),
    ]
    .into_iter()
    .find(|it| it.1.is_ne())
}

/// What was chosen; `gave_none` says of settings before the used one why they gave no effect. `None` where there was nothing
/// to choose among.
pub(super) fn choice(
    plan: &AnalysisPlan,
    settings: &[Setting],
    used: usize,
    gave_none: &[(usize, String)],
) -> Option<Choice> {
    let chosen = settings.get(used)?;
    if settings.len() < 2 {
        return None;
    }
    let others = settings.iter().enumerate().filter(|(i, _)| *i != used).map(|(i, it)| NotUsed {
        result: it.full_words(),
        reason: match gave_none.iter().find(|it| it.0 == i) {
            Some((_, reason)) => format!("no effect: {reason}"),
            None => why_not(plan, chosen, it),
        },
    });
    let next = settings.iter().skip(used + 1).find(|it| it.is_wanted());
    let decided = next.and_then(|next| first_difference(chosen, next)).map(|it| it.0);
    let rule = match decided {
        Some(criterion) => rule_words(plan, chosen, criterion),
        None if gave_none.is_empty() => "the only one that the plan asks for".to_owned(),
        None => "the only one that gives an effect".to_owned(),
    };
    Some(Choice {
        used: chosen.full_words(),
        rule,
        others: others.collect(),
        by_name: decided == Some(Criterion::Name),
    })
}

/// The rule by which a setting comes before the next one.
fn rule_words(plan: &AnalysisPlan, chosen: &Setting, criterion: Criterion) -> String {
    let first = |name: &str| format!("the plan wants {name} first");
    match criterion {
        Criterion::Time => {
            let rule = chosen.fit.time.and_then(|it| plan.time.get(it.0));
            rule.map_or_else(String::new, |it| first(&format!("“{it}”")))
        }
        Criterion::Instrument => first(&format!("“{}”", chosen.instrument.unwrap_or_default())),
        Criterion::Population if plan.population.is_empty() => {
            format!("{} first, since the plan names no population", chosen.population_words())
        }
        Criterion::Population => first(chosen.population_words()),
        Criterion::Score if plan.score.is_empty() => {
            format!("{} values first, since the plan names no score", chosen.score.name())
        }
        Criterion::Score => first(&format!("{} values", chosen.score.name())),
        Criterion::Name => "the first by name, since the plan leaves it open".to_owned(),
    }
}

/// Why a setting that gives an effect, or was not asked for one, is not used.
fn why_not(plan: &AnalysisPlan, chosen: &Setting, it: &Setting) -> String {
    if !it.is_wanted() {
        return not_asked_for(plan, it);
    }
    match first_difference(chosen, it).map(|it| it.0) {
        Some(Criterion::Time) => "wanted less: time",
        Some(Criterion::Instrument) => "wanted less: instrument",
        Some(Criterion::Population) => "wanted less: population",
        Some(Criterion::Score) => "wanted less: kind of score",
        Some(Criterion::Name) | None => "later by name",
    }
    .to_owned()
}

/// Which of the plan's lists do not have a setting.
pub(super) fn not_asked_for(plan: &AnalysisPlan, it: &Setting) -> String {
    let rules = |rules: &mut dyn Iterator<Item = String>| rules.collect::<Vec<_>>().join("; ");
    let mut reasons = Vec::new();
    if it.fit.time.is_none() {
        let wanted = rules(&mut plan.time.iter().map(ToString::to_string));
        reasons.push(format!("the time is not “{wanted}”"));
    }
    if it.fit.instrument.is_none() {
        reasons.push(format!("the instrument is not “{}”", plan.instrument.join("; ")));
    }
    if it.fit.population.is_none() {
        let wanted = rules(&mut plan.population.iter().map(|it| it.name().to_owned()));
        reasons.push(format!("the population is not “{wanted}”"));
    }
    if it.fit.score.is_none() {
        let wanted = rules(&mut plan.score.iter().map(|it| it.name().to_owned()));
        reasons.push(format!("the score is not “{wanted}”"));
    }
    format!("not asked for: {}", reasons.join(", "))
}
