//! What the fields of a record mean: who and what was assessed, and which of them are questions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_appraisal::rob2::{Aim, Deviation, Variant};
use consilience_appraisal::tool::Tool;

use super::records::{Field, Record};
use super::{Asked, RobDefaults};
use crate::diagnostic::{Diagnostic, Place};
use crate::event::{Attributed, When, Who};
use crate::risk_of_bias::Tools;
use crate::vocabulary::risk_of_bias::{RobEntry, RobItem, ToolName};

/// One entry, with what decides the questions asked and with the places of its two cells.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) entry: Attributed<RobEntry>,
    pub(super) asked: Asked,
    pub(super) question: Place,
    pub(super) answer: Place,
}

type Weights = BTreeMap<(String, Option<String>), f64>;

// Names of the fields that are no questions, lower case with single spaces.
const STUDY: &[&str] = &["study", "study id", "trial", "author", "id"];
const OUTCOME: &[&str] = &["outcome", "result", "outcome id"];
const TOOL: &[&str] = &["tool", "instrument"];
const VARIANT: &[&str] = &["variant", "design"];
const AIM: &[&str] = &["aim", "effect of interest", "effect"];
const DEVIATIONS: &[&str] = &["deviations", "deviations addressed"];
const DOMAIN: &[&str] = &["domain"];
const QUESTION: &[&str] =
    &["question", "signalling question", "signaling question", "sq", "item", "question id"];
const ANSWER: &[&str] = &["answer", "response", "judgement", "judgment", "value"];
const SUPPORT: &[&str] =
    &["support", "reason", "justification", "comment", "comments", "quote", "rationale"];
const ASSESSOR: &[&str] = &["assessor", "rater", "reviewer", "who"];
const TIME: &[&str] = &["time", "date", "when"];
const WEIGHT: &[&str] = &["weight"];

/// The entries of all records, and the weights beside them.
pub(super) fn entries(
    records: &[Record],
    defaults: &RobDefaults,
    problems: &mut Vec<Diagnostic>,
) -> (Vec<Given>, Weights) {
    let guesses = guesses(records);
    let mut given = Vec::new();
    let mut weights = Weights::new();
    for (i, record) in records.iter().enumerate() {
        let study = study_of(record, i);
        let guess = guesses.get(&study).cloned().unwrap_or_else(|| ToolName::of(Variant::Parallel));
        let Some(head) = Head::read(record, study, guess, defaults, problems) else { continue };
        if let Some(weight) = get(record, WEIGHT).and_then(|it| it.text.parse::<f64>().ok()) {
            let is_weight = weight.is_finite() && weight >= 0.0;
            if is_weight {
                weights.insert((head.study.clone(), head.outcome.clone()), weight);
            }
        }
        match (get(record, QUESTION), get(record, ANSWER)) {
            (Some(question), Some(answer)) => {
                let support = get(record, SUPPORT).map(|it| it.text.clone());
                let question =
                    Field { text: head.whole_question(&question.text), ..question.clone() };
                given.extend(head.entry(&question, answer, support, problems));
            }
            // A question that is not answered yet has no other fields that are questions.
            _ => head.wide(record, &mut given, problems),
        }
    }
    (given, weights)
}

fn plain(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ").to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn get<'a>(record: &'a Record, names: &[&str]) -> Option<&'a Field> {
    let of = |name: &&str| {
        record.fields.iter().find(|it| plain(&it.name) == **name && !it.text.is_empty())
    };
    names.iter().find_map(of)
}

/// The study's name; a file about one result need not say it.
fn study_of(record: &Record, i: usize) -> String {
    let is_long = get(record, QUESTION).is_some();
    get(record, STUDY).map_or_else(
        || if is_long { "Result".to_owned() } else { format!("Result {}", i + 1) },
        |it| it.text.clone(),
    )
}

/// The tool that a study's fields look like, where nobody says which it is.
fn guesses(records: &[Record]) -> BTreeMap<String, ToolName> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (i, record) in records.iter().enumerate() {
        let names = named.entry(study_of(record, i)).or_default();
        if let Some(question) = get(record, QUESTION) {
            names.insert(plain(&question.text));
        }
        names.extend(record.fields.iter().map(|it| stripped(&it.name).0));
    }
    named.into_iter().map(|(study, names)| (study, guess(&names))).collect()
}

fn guess(names: &BTreeSet<String>) -> ToolName {
    let has = |name: &str| names.contains(name);
    let letters: Vec<String> =
        names.iter().map(|it| it.chars().filter(char::is_ascii_alphabetic).collect()).collect();
    let tool = if letters.iter().any(|it| it == "randomsequencegeneration") {
        "RoB 1"
    } else if has("1b.1") || has("2.1b") || has("3.1b") || has("1b") || has("d1b") {
        "RoB 2 cluster"
    } else if has("s.1") || has("s.3") || has("5.4") || has("ds") {
        "RoB 2 crossover"
    } else if has("6.1") || has("7.1") || has("d7") {
        "ROBINS-I"
    } else if has("d4") && !has("d5") {
        "QUADAS-2"
    } else if has("o1") && has("s1") {
        "Newcastle-Ottawa cohort"
    } else if has("e1") && has("s1") {
        "Newcastle-Ottawa case-control"
    } else {
        "RoB 2"
    };
    ToolName::new(tool)
}

/// What holds for all answers of a record.
struct Head {
    study: String,
    outcome: Option<String>,
    name: ToolName,
    tool: Arc<Tool>,
    asked: Asked,
    domain: Option<String>,
    who: Who,
    when: When,
}

impl Head {
    fn read(
        record: &Record,
        study: String,
        guess: ToolName,
        defaults: &RobDefaults,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let text = |names| get(record, names).map(|it| it.text.clone());
        let domain_field = text(DOMAIN);
        // `2-adhering` names a domain and an aim.
        let (domain, aim_of_domain) =
            match domain_field.as_deref().and_then(|it| it.split_once('-')) {
                Some((domain, aim)) => (Some(domain.to_owned()), aim.parse::<Aim>().ok()),
                None => (domain_field, None),
            };
        let aim = match get(record, AIM) {
            Some(field) => Some(aim(field, problems)?),
            None => aim_of_domain.or(defaults.aim),
        };
        let deviations = match get(record, DEVIATIONS) {
            Some(field) => deviations(field, problems)?,
            None => defaults.deviations.clone(),
        };
        let asked = (aim, if aim == Some(Aim::Adhering) { deviations } else { BTreeSet::new() });
        let name = tool_name(record, guess, defaults);
        let tools = Tools { aim, deviations: asked.1.clone(), own: defaults.own.clone() };
        let Some(tool) = tools.tool(&name) else {
            let place = get(record, TOOL).map_or(&record.place, |it| &it.place);
            let known = ToolName::shipped_names().join(", ");
            problems.push(
                Diagnostic::error(place.clone())
                    .found(format!("the tool `{name}`"))
                    .expected(format!("one of {known}"))
                    .help("correct it, or give the tool's own file with `--tool`"),
            );
            return None;
        };
        Some(Self {
            study,
            outcome: text(OUTCOME),
            name,
            tool,
            asked,
            domain,
            who: Who(text(ASSESSOR)),
            when: When(text(TIME)),
        })
    }

    /// A question as the tool numbers it: `D1` and `1` are `1.1`.
    fn whole_question(&self, question: &str) -> String {
        let known = |it: &str| self.tool.question(it).is_some();
        let (bare, _) = stripped(question);
        if known(question) || !known_or_domain(&self.tool, &bare) {
            if let Some(domain) = &self.domain {
                let domain = domain.trim_start_matches(['D', 'd']);
                let joined = format!("{domain}.{question}");
                if known(&joined) && !known(question) {
                    return joined;
                }
            }
            return question.to_owned();
        }
        named(&self.tool, &bare).unwrap_or_else(|| question.to_owned())
    }

    fn entry(
        &self,
        question: &Field,
        answer: &Field,
        support: Option<String>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Given> {
        let text = self.spelled_out(&question.text, &answer.text)?;
        let read = RobItem::read(Some(&self.tool), &question.text, &text);
        let item = read.and_then(|item| item.check(&self.tool).map(|()| item));
        let item = item
            .map_err(|(field, expected)| {
                let (field, found) = if field == "question" {
                    (question, &question.text)
                } else {
                    (answer, &answer.text)
                };
                problems.push(
                    Diagnostic::error(field.place.clone())
                        .found(format!("`{found}`"))
                        .expected(expected)
                        .help(format!("correct it; the tool is {}", self.name)),
                );
            })
            .ok()?;
        let entry = RobEntry {
            study: self.study.clone(),
            outcome: self.outcome.clone(),
            tool: self.name.clone(),
            item,
            support: support.filter(|it| !it.is_empty()),
        };
        Some(Given {
            entry: Attributed { who: self.who.clone(), when: self.when.clone(), value: entry },
            asked: self.asked.clone(),
            question: question.place.clone(),
            answer: answer.place.clone(),
        })
    }

    /// A judgement that is none, as `No information` in RoB 2, is left out; one given by its first letter is spelled out.
    fn spelled_out(&self, question: &str, answer: &str) -> Option<String> {
        let lower = question.to_lowercase();
        let is_judgement = lower == "overall"
            || lower.starts_with("domain ")
            || (self.tool.question(question).is_none() && self.tool.domain(question).is_some());
        if !is_judgement || self.tool.level(answer).is_some() {
            return Some(answer.to_owned());
        }
        let none = ["no information", "ni", "na", "n/a", "none", "not applicable", "x", "-"];
        if none.contains(&answer.to_lowercase().as_str()) {
            return None;
        }
        let begins = |it: &str| it.to_lowercase().starts_with(&answer.to_lowercase());
        let mut levels = self.tool.levels.iter().filter(|it| begins(&it.name));
        match (levels.next(), levels.next()) {
            (Some(level), None) if answer.chars().count() == 1 => Some(level.name.clone()),
            _ => Some(answer.to_owned()),
        }
    }

    /// The questions and judgements among the fields of a record.
    fn wide(&self, record: &Record, given: &mut Vec<Given>, problems: &mut Vec<Diagnostic>) {
        let known = [
            STUDY, OUTCOME, TOOL, VARIANT, AIM, DEVIATIONS, DOMAIN, QUESTION, ANSWER, SUPPORT,
            ASSESSOR, TIME, WEIGHT,
        ];
        let mut supports: BTreeMap<String, String> = BTreeMap::new();
        for field in &record.fields {
            if let (bare, true) = stripped(&field.name)
                && let Some(question) = named(&self.tool, &bare)
            {
                supports.insert(question, field.text.clone());
            }
        }
        for field in record.fields.iter().filter(|it| !it.text.is_empty()) {
            let name = plain(&field.name);
            let (bare, is_support) = stripped(&field.name);
            if is_support || known.iter().any(|it| it.contains(&name.as_str())) {
                continue;
            }
            let Some(question) = named(&self.tool, &bare) else {
                if looks_like_question(&bare) {
                    let numbers: Vec<_> =
                        self.tool.questions().map(|it| it.1.number.as_str()).collect();
                    problems.push(
                        Diagnostic::error(field.place.clone())
                            .found(format!("the question `{}`", field.name))
                            .expected(format!("a question of the tool: {}", numbers.join(", ")))
                            .help(format!("correct it; the tool is {}", self.name)),
                    );
                }
                continue;
            };
            let support = supports.get(&question).cloned();
            let asked = Field { text: question, ..field.clone() };
            given.extend(self.entry(&asked, field, support, problems));
        }
    }
}

fn tool_name(record: &Record, guess: ToolName, defaults: &RobDefaults) -> ToolName {
    let tool = get(record, TOOL).map(|it| it.text.clone());
    let variant = get(record, VARIANT).map(|it| it.text.clone());
    match (tool, variant) {
        (Some(tool), Some(variant)) => {
            let name = ToolName::new(&tool);
            let both = ToolName::new(&format!("{tool} {variant}"));
            // A design that is no variant of the tool changes nothing.
            if name.variant().is_some() && both.variant().is_some() { both } else { name }
        }
        (Some(tool), None) => {
            let name = ToolName::new(&tool);
            // "RoB 2" with the questions of another variant is meant as that variant.
            let is_plain = name.variant() == Some(Variant::Parallel);
            if is_plain && guess.variant().is_some() { guess } else { name }
        }
        (None, variant) => {
            let by_variant = variant.map(|it| ToolName::new(&format!("RoB 2 {it}")));
            let by_variant = by_variant.filter(|it| it.variant().is_some());
            defaults.tool.clone().or(by_variant).unwrap_or(guess)
        }
    }
}

fn aim(field: &Field, problems: &mut Vec<Diagnostic>) -> Option<Aim> {
    let text = field.text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    if has(&["adher", "per protocol", "per-protocol"]) {
        return Some(Aim::Adhering);
    }
    if has(&["assign", "intention", "itt"]) {
        return Some(Aim::Assignment);
    }
    problems.push(
        Diagnostic::error(field.place.clone())
            .found(format!("`{}`", field.text))
            .expected("`assignment` or `adhering`")
            .help("correct it"),
    );
    None
}

fn deviations(field: &Field, problems: &mut Vec<Diagnostic>) -> Option<BTreeSet<Deviation>> {
    let mut read = BTreeSet::new();
    for text in field.text.split([';', ',']).map(str::trim).filter(|it| !it.is_empty()) {
        match text.replace('_', " ").parse::<Deviation>() {
            Ok(deviation) => {
                read.insert(deviation);
            }
            Err(why) => {
                problems.push(
                    Diagnostic::error(field.place.clone())
                        .found(format!("`{text}`"))
                        .expected(why.to_string())
                        .help("correct it"),
                );
                return None;
            }
        }
    }
    Some(read)
}

/// A field's name without the words around the number, and whether it is the support of that.
fn stripped(name: &str) -> (String, bool) {
    let mut bare = plain(name);
    let mut is_support = false;
    for word in SUPPORT {
        for cut in [format!(" {word}"), format!(".{word}")] {
            if let Some(rest) = bare.strip_suffix(&cut) {
                (bare, is_support) = (rest.to_owned(), true);
            }
        }
        if let Some(rest) = bare.strip_prefix(&format!("{word} ")) {
            (bare, is_support) = (rest.to_owned(), true);
        }
    }
    for word in [" answer", " judgement", " judgment", ".judgement", ".answer"] {
        if let Some(rest) = bare.strip_suffix(word) {
            bare = String::from(rest);
        }
    }
    for word in ["answer ", "judgement ", "judgment ", "question ", "sq", "q", "x"] {
        if let Some(rest) = bare.strip_prefix(word)
            && rest.trim_start().starts_with(|it: char| it.is_ascii_digit() || it == 's')
            && !rest.starts_with("sequence")
        {
            bare = String::from(rest.trim_start());
        }
    }
    let between = bare.replace(' ', ".");
    if looks_like_question(&between) {
        bare = between;
    }
    (bare, is_support)
}

/// `1.1`, `2.1a`, `1b.3`, `s.2`: a domain, a point, a number.
fn looks_like_question(text: &str) -> bool {
    let part = |it: &str, first: fn(char) -> bool| {
        let mut chars = it.chars();
        it.len() <= 3
            && chars.next().is_some_and(first)
            && chars.all(|it| it.is_ascii_digit() || ['a', 'b'].contains(&it))
    };
    text.split_once('.').is_some_and(|(domain, number)| {
        part(domain, |it| it.is_ascii_digit() || it == 's')
            && part(number, |it| it.is_ascii_digit())
    })
}

fn known_or_domain(tool: &Tool, bare: &str) -> bool {
    named(tool, bare).is_some()
}

/// The question or judgement that a bare name means to a tool, as entries name it.
fn named(tool: &Tool, bare: &str) -> Option<String> {
    if let Some(question) = tool.question(bare) {
        return Some(question.number.clone());
    }
    if let Some(of) = bare.strip_prefix("direction ") {
        return Some(format!("direction {of}"));
    }
    let letters = |it: &str| -> String { it.chars().filter(char::is_ascii_alphabetic).collect() };
    if matches!(letters(bare).as_str(), "overall" | "overallbias" | "overallriskofbias") {
        return Some("overall".to_owned());
    }
    let id = bare.strip_prefix("domain").unwrap_or(bare).trim_start_matches([' ', '.']);
    // Cluster trials: robvis calls domain 1a `D1`.
    let domain = tool.domain(id).or_else(|| tool.domain(&format!("{id}a"))).or_else(|| {
        let wanted = letters(bare);
        let is_named = |name: &str| {
            let name = name.split('(').next().unwrap_or(name).to_lowercase();
            !wanted.is_empty() && letters(&name) == wanted
        };
        tool.domains.iter().find(|it| is_named(&it.name))
    })?;
    Some(format!("domain {}", domain.id))
}
