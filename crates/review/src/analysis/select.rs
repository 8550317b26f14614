//! Which results an analysis uses: the rules of its plan, applied to what a study reports.

use super::arms::selected;
use super::effect::Question;
use super::prefer::{Fit, by_preference};
use crate::extraction::{Dispute, Parties, Settled};
use crate::keyword::Keyword;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Population, Reported, Score};
use crate::vocabulary::time::one_form;

/// What a study reports at one time point, with one instrument, as one kind of score.
pub(super) struct Setting<'a> {
    pub(super) time: Option<&'a str>,
    pub(super) instrument: Option<&'a str>,
    pub(super) score: Score,
    pub(super) population: Option<Population>,
    /// Results of arms of the experimental group.
    pub(super) experimental: Vec<&'a ExtractedResult>,
    /// Results of arms of the comparator group.
    pub(super) comparator: Vec<&'a ExtractedResult>,
    /// Contrasts of one with the other.
    pub(super) contrasts: Vec<Contrast<'a>>,
    /// What is not settled among those who extracted it, in words: these results are not among the others.
    pub(super) open: Vec<String>,
    /// How well it fits what the plan asks for.
    pub(super) fit: Fit,
}

/// A contrast, and whether it is printed the way round in which the comparison asks.
pub(super) struct Contrast<'a> {
    pub(super) result: &'a ExtractedResult,
    pub(super) is_reversed: bool,
}

impl<'a> Contrast<'a> {
    /// The printed effect, if there is one.
    pub(super) fn effect(&self) -> Option<&'a ContrastEffect> {
        match &self.result.reported {
            Reported::Contrast { effect, .. } => effect.as_ref(),
            _ => None,
        }
    }

    /// The exact printed P value, unless a test of ranks or signs gave it: then no standard error follows from it.
    pub(super) fn p_of_normal_test(&self) -> Option<f64> {
        const OTHER_TESTS: [&str; 8] = [
            "wilcoxon",
            "whitney",
            "kruskal",
            "friedman",
            "rank sum",
            "rank-sum",
            "signed",
            "sign test",
        ];
        let Reported::Contrast { p_value: Some(p), p_test, .. } = &self.result.reported else {
            return None;
        };
        let test = p_test.as_deref().unwrap_or_default().to_lowercase();
        p.exact().filter(|_| !OTHER_TESTS.iter().any(|it| test.contains(it)))
    }

    /// `A versus B`, the way round in which the comparison asks.
    pub(super) fn words(&self) -> String {
        let (first, second) =
            (self.result.subject.arm(), self.result.subject.versus().unwrap_or_default());
        let (e, c) = if self.is_reversed { (second, first) } else { (first, second) };
        format!("{e} versus {c}")
    }
}

impl Setting<'_> {
    /// Whether both groups have results of their arms.
    pub(super) fn has_both_arms(&self) -> bool {
        !self.experimental.is_empty() && !self.comparator.is_empty()
    }

    /// Instrument, time and population in words.
    pub(super) fn words(&self) -> String {
        let population = self.population.map(Keyword::name);
        let parts: Vec<&str> =
            self.instrument.into_iter().chain(self.time).chain(population).collect();
        if parts.is_empty() { "no instrument or time named".to_owned() } else { parts.join(", ") }
    }

    /// Whether the plan asks for it.
    pub(super) fn is_wanted(&self) -> bool {
        self.fit.is_wanted()
    }

    /// The words with the kind of score.
    pub(super) fn full_words(&self) -> String {
        format!("{} ({})", self.words(), self.score.name())
    }

    /// The population in words.
    pub(super) fn population_words(&self) -> &'static str {
        self.population.map_or("no stated population", Keyword::name)
    }

    /// Every result of the setting.
    pub(super) fn results(&self) -> impl Iterator<Item = &ExtractedResult> {
        let arms = self.experimental.iter().chain(&self.comparator).copied();
        arms.chain(self.contrasts.iter().map(|it| it.result))
    }
}

/// The settings of a study for an analysis: those that the plan wants first, the most wanted first. What the plan
/// leaves open is settled by population, kind of score and name, never by the order of rows.
pub(super) fn settings<'a>(question: &Question<'a>, study: &'a str) -> Vec<Setting<'a>> {
    let (state, plan, comparison) = (question.state, question.plan, question.comparison);
    let group =
        |arm: &str| state.arms.get(&(study.to_owned(), arm.to_owned())).map(|it| it.group.as_str());
    let (wanted, other) = (comparison.experimental.as_str(), comparison.comparator.as_str());
    let mut settings: Vec<Setting<'a>> = Vec::new();
    let is_used = |result: &ExtractedResult| {
        let arms = [Some(result.subject.arm()), result.subject.versus()];
        arms.into_iter().flatten().all(|arm| {
            let selected = group(arm).map(|it| selected(question, study, it));
            !matches!(selected, Some(Ok(Some(wanted))) if wanted != arm)
        })
    };
    for extracted in question.extraction.of_body(study, &plan.outcome) {
        let result = extracted.counts().map_or(extracted.first(), |it| &it.value);
        if !is_used(result) {
            continue;
        }
        let first = group(result.subject.arm());
        let second = result.subject.versus().map(group);
        let part = match (first, second) {
            (Some(it), None) if it == wanted => Part::Experimental,
            (Some(it), None) if it == other => Part::Comparator,
            (Some(a), Some(Some(b))) if a == wanted && b == other => Part::Contrast,
            (Some(a), Some(Some(b))) if a == other && b == wanted => Part::ReversedContrast,
            _ => continue,
        };
        let setting = setting_of(&mut settings, result, plan);
        if let Settled::Open(dispute) = &extracted.settled {
            setting.open.push(open_words(result, dispute));
            continue;
        }
        match part {
            Part::Experimental => setting.experimental.push(result),
            Part::Comparator => setting.comparator.push(result),
            Part::Contrast => setting.contrasts.push(Contrast { result, is_reversed: false }),
            Part::ReversedContrast => {
                setting.contrasts.push(Contrast { result, is_reversed: true });
            }
        }
    }
    for setting in &mut settings {
        setting.contrasts.sort_by_key(|it| (it.is_reversed, it.result.subject.arm()));
    }
    settings.sort_by(by_preference);
    settings
}

/// What a result is of a comparison.
#[derive(Clone, Copy)]
enum Part {
    Experimental,
    Comparator,
    Contrast,
    ReversedContrast,
}

/// A result that is not settled, and by whom it must be.
fn open_words(result: &ExtractedResult, dispute: &Dispute) -> String {
    let whose = match result.subject.versus() {
        None => result.subject.arm().to_owned(),
        Some(versus) => format!("{} versus {versus}", result.subject.arm()),
    };
    let (who, how) = match dispute.between {
        Parties::Extractors => ("the extractors differ", "a row by `consensus` decides"),
        Parties::Reports => {
            ("its reports differ", "`preferred_report` or a row by `consensus` decides")
        }
    };
    format!("{who} on {whose} ({}); {how}", dispute.words())
}

fn setting_of<'a, 's>(
    settings: &'s mut Vec<Setting<'a>>,
    result: &'a ExtractedResult,
    plan: &AnalysisPlan,
) -> &'s mut Setting<'a> {
    let (time, instrument) = (result.time.as_deref(), result.instrument.as_deref());
    let is_this = |it: &Setting| {
        let name = |it: Option<&str>| it.map(|it| it.trim().to_lowercase());
        (it.score, it.population) == (result.score, result.population)
            && (it.time == time || it.time.map(one_form) == time.map(one_form))
            && (it.instrument == instrument || name(it.instrument) == name(instrument))
    };
    let position = settings.iter().position(is_this).unwrap_or_else(|| {
        settings.push(Setting {
            time,
            instrument,
            score: result.score,
            population: result.population,
            experimental: Vec::new(),
            comparator: Vec::new(),
            contrasts: Vec::new(),
            open: Vec::new(),
            fit: Fit::of(plan, time, instrument, result.population, result.score),
        });
        settings.len() - 1
    });
    &mut settings[position]
}
