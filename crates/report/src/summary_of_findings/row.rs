//! One outcome in a summary of findings.

use consilience_appraisal::grade::{Change, Domain, EffectSize, plain_statement};
use consilience_review::analysis::{People, Synthesis};
use consilience_review::certainty::{BodyOfEvidence, Decision, Freshness, Rated};
use consilience_review::vocabulary::certainty::CertaintyItem;
use consilience_review::vocabulary::grading::{Importance, Thresholds};
use consilience_review::vocabulary::protocol::{Better, Outcome};
use consilience_review::{Evaluation, Keyword, State};

use super::absolute::{NONE, RiskText};
use super::{Footnotes, Profile};
use crate::forest::{effect_name, effect_text};
use crate::number::{count, counted};
use crate::statement::{capitalised, narrative_words};

/// One outcome.
#[derive(Debug, Clone)]
pub(crate) struct FindingRow {
    /// Its key.
    pub(crate) outcome_id: String,
    /// Its name.
    pub(crate) outcome: String,
    /// How important it is.
    pub(crate) importance: Option<Importance>,
    /// Scale and direction, follow-up, thresholds.
    pub(crate) details: Vec<String>,
    /// Whether it is a harm.
    pub(crate) is_harm: bool,
    /// One for each baseline risk; none where nothing can be said in absolute numbers.
    pub(crate) risks: Vec<RiskText>,
    /// Why there are none, or what the studies say in words.
    pub(crate) instead: Option<String>,
    /// `Risk ratio 0.57 (0.33 to 0.96)`.
    pub(crate) relative: String,
    /// `300 (2 studies)`.
    pub(crate) participants: String,
    /// `None` before the panel rated it.
    pub(crate) certainty: Option<CertaintyText>,
    /// What it means in plain words.
    pub(crate) statements: Vec<String>,
    /// The same outcome in the evidence profile.
    pub(crate) profile: Profile,
}

/// A certainty as it is printed.
#[derive(Debug, Clone)]
pub(crate) struct CertaintyText {
    /// Four circles.
    pub(crate) symbols: &'static str,
    /// The word.
    pub(crate) level: &'static str,
    /// Letters of footnotes.
    pub(crate) marks: Vec<String>,
    /// What changed since, or that nobody knows on which numbers it was rated.
    pub(crate) stale: Option<String>,
}

impl FindingRow {
    pub(super) fn new(
        state: &State,
        evaluation: &Evaluation,
        body: &BodyOfEvidence,
        footnotes: &mut Footnotes,
    ) -> Self {
        let outcome = &state.outcomes[&body.outcome];
        let synthesis = body.main.and_then(|it| evaluation.syntheses.get(it));
        let absolute = body.evidence.as_ref().and_then(|it| it.absolute.as_ref().ok());
        let risks: Vec<RiskText> = absolute.map_or_else(Vec::new, |it| {
            it.rows.iter().map(|row| RiskText::new(it, row, outcome.direction)).collect()
        });
        let certainty = body.decision.as_ref().map(|it| CertaintyText::new(it, footnotes));
        Self {
            outcome_id: outcome.id.clone(),
            outcome: outcome.name.clone(),
            importance: outcome.grading.importance,
            details: details(outcome, body),
            is_harm: outcome.grading.is_harm,
            instead: risks.is_empty().then(|| instead(body, synthesis)),
            relative: relative(synthesis),
            participants: participants(body),
            statements: statements(state, body, outcome),
            profile: Profile::new(body),
            certainty,
            risks,
        }
    }

    /// The outcome with the label of a baseline risk.
    pub(super) fn named(&self, risk: &RiskText) -> String {
        match &risk.label {
            Some(label) => format!("{}, {label}", self.outcome),
            None => self.outcome.clone(),
        }
    }

    /// Its lines: one for each baseline risk, or one without.
    pub(crate) fn lines(&self) -> Vec<Option<&RiskText>> {
        if self.risks.is_empty() { vec![None] } else { self.risks.iter().map(Some).collect() }
    }

    /// How many lines of the table it takes.
    pub(crate) fn span(&self) -> usize {
        self.risks.len().max(1)
    }
}

impl CertaintyText {
    fn new(decision: &Decision, footnotes: &mut Footnotes) -> Self {
        let mut notes: Vec<String> = decision.entries.iter().filter_map(footnote).collect();
        if !decision.disagreements.is_empty() {
            let names = decision.disagreements.join(", ");
            notes.push(format!("The assessors disagree on {names}; the last rating counts."));
        }
        Self {
            symbols: decision.certainty.symbols(),
            level: decision.certainty.name(),
            marks: notes.into_iter().map(|it| footnotes.mark(it)).collect(),
            stale: stale(&decision.freshness()),
        }
    }
}

/// What a reader must know of the numbers that a rating was made on.
pub(crate) fn stale(freshness: &Freshness) -> Option<String> {
    match freshness {
        Freshness::Current => None,
        Freshness::Stale(changes) => {
            Some(format!("Stale: rated on other numbers ({}).", changes.join("; ")))
        }
        Freshness::Unknown => Some("It is not known on which numbers this was rated.".to_owned()),
    }
}

/// Every rating down or up has its reason.
fn footnote(rated: &Rated) -> Option<String> {
    let CertaintyItem::Domain(domain, rating) = &rated.entry.item else { return None };
    let levels = match rating.steps().unsigned_abs() {
        1 => "one level",
        2 => "two levels",
        _ => "three levels",
    };
    let reason = rated.entry.reason.as_deref().unwrap_or("no reason was given");
    let for_what = match (domain, rating.steps()) {
        (_, 0) => return None,
        (Domain::PublicationBias, _) => "suspected publication bias".to_owned(),
        (Domain::LargeEffect, _) => format!("a {} effect", rating.name()),
        (Domain::DoseResponse, _) => "a dose-response relation".to_owned(),
        (Domain::OpposingConfounding, _) => "confounding that would hide the effect".to_owned(),
        _ => format!("{} {}", rating.name(), domain.name().to_lowercase()),
    };
    let way = if rating.steps() < 0 { "down" } else { "up" };
    Some(format!("Rated {way} {levels} for {for_what}: {reason}"))
}

/// Name of the scale and its better end, range, follow-up, thresholds.
fn details(outcome: &Outcome, body: &BodyOfEvidence) -> Vec<String> {
    let mut details = Vec::new();
    if let (Some(low), Some(high)) = (&outcome.minimum, &outcome.maximum) {
        details.push(format!("Scale from {low} to {high}"));
    }
    let absolute = body.evidence.as_ref().and_then(|it| it.absolute.as_ref().ok());
    if absolute.is_some_and(|it| !it.scale.counts_events()) {
        details.extend(outcome.direction.map(|it| match it {
            Better::Lower => "Lower is better".to_owned(),
            Better::Higher => "Higher is better".to_owned(),
        }));
    }
    details.extend(outcome.grading.follow_up.as_ref().map(|it| format!("Follow-up: {it}")));
    if let Some(thresholds) = &outcome.grading.thresholds {
        let unit = absolute.map(|it| format!(" {}", it.scale.unit())).unwrap_or_default();
        details.push(match thresholds {
            Thresholds::Minimal(it) => format!("Minimal important difference: {it}{unit}"),
            Thresholds::Sizes([small, moderate, large]) => {
                format!("Small, moderate, large from {small}, {moderate}, {large}{unit}")
            }
        });
    }
    details
}

/// What stands where absolute effects would.
fn instead(body: &BodyOfEvidence, synthesis: Option<&Synthesis>) -> String {
    let Some(synthesis) = synthesis else {
        return "No study measured it, or none was analysed.".to_owned();
    };
    if let (None, Some(narrative)) = (&synthesis.pooled, &synthesis.narrative) {
        return format!("Not pooled: {}.", narrative_words(synthesis, narrative));
    }
    if synthesis.studies.is_empty() {
        return "No study gives a result.".to_owned();
    }
    match body.evidence.as_ref().map(|it| &it.absolute) {
        Some(Err(why)) => format!("No absolute effect: {}.", why.replace('`', "")),
        _ => NONE.to_owned(),
    }
}

/// The ratio, where the effect is one.
fn relative(synthesis: Option<&Synthesis>) -> String {
    let pooled =
        synthesis.filter(|it| it.plan.is_ratio()).and_then(|it| Some((it, it.pooled.as_ref()?)));
    pooled.map_or_else(
        || NONE.to_owned(),
        |(it, pooled)| {
            format!("{} {}", effect_name(it), effect_text(it, pooled.estimate, pooled.ci))
        },
    )
}

fn participants(body: &BodyOfEvidence) -> String {
    let Some(evidence) = &body.evidence else { return "0 studies".to_owned() };
    let studies = counted(evidence.studies, "study", "studies");
    match evidence.participants {
        People::All(n) => format!("{} ({studies})", count(n)),
        People::AtLeast(n) => format!("at least {} ({studies})", count(n)),
        People::Unknown => studies,
    }
}

/// One sentence, or one for each baseline risk where these differ.
fn statements(state: &State, body: &BodyOfEvidence, outcome: &Outcome) -> Vec<String> {
    let Some(decision) = &body.decision else { return vec!["Certainty is not rated.".to_owned()] };
    let intervention =
        state.comparisons.get(&body.comparison).map_or("", |it| &it.experimental_name);
    let name = in_a_sentence(&outcome.name);
    let say = |size, change| plain_statement(decision.certainty, size, change, intervention, &name);
    if decision.certainty == consilience_appraisal::grade::Certainty::VeryLow {
        return vec![capitalised(&say(EffectSize::Trivial, Change::Reduces))];
    }
    let absolute = body.evidence.as_ref().and_then(|it| it.absolute.as_ref().ok());
    let Some((absolute, thresholds)) = absolute.zip(outcome.grading.thresholds.as_ref()) else {
        let why =
            if absolute.is_none() { "no absolute effect" } else { "no threshold of importance" };
        return vec![format!("Its size is not put into words: {why} is stated.")];
    };
    let said: Vec<(Option<&String>, String)> = absolute
        .rows
        .iter()
        .map(|row| {
            let difference = row.difference.estimate;
            let change = if difference < 0.0 { Change::Reduces } else { Change::Increases };
            (row.label.as_ref(), capitalised(&say(size(thresholds, difference), change)))
        })
        .collect();
    match said.split_first() {
        Some((first, others)) if others.iter().all(|it| it.1 == first.1) => vec![first.1.clone()],
        _ => said
            .into_iter()
            .map(|(label, text)| label.map_or(text.clone(), |label| format!("{label}: {text}")))
            .collect(),
    }
}

/// A minimal important difference alone parts what matters from what does not, and tells no sizes apart.
fn size(thresholds: &Thresholds, difference: f64) -> EffectSize {
    match thresholds {
        Thresholds::Sizes(all) => {
            EffectSize::of(difference, all.each_ref().map(consilience_review::Printed::value))
        }
        Thresholds::Minimal(it) if difference.abs() >= it.value() => EffectSize::Moderate,
        Thresholds::Minimal(_) => EffectSize::Trivial,
    }
}

/// A name within a sentence: its first letter in lower case, unless it may be an abbreviation or somebody's name.
fn in_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() && !name.contains(['\'', '’']) => {
            let rest = &name[first.len_utf8()..];
            first.to_lowercase().to_string() + rest
        }
        _ => name.to_owned(),
    }
}

/// The word for an outcome's importance.
pub(crate) fn importance_word(importance: Option<Importance>) -> &'static str {
    importance.map_or("not stated", Keyword::name)
}
