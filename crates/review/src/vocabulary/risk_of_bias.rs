//! Answers to a risk-of-bias tool's questions, and what else an assessor puts down.

use std::fmt;
use std::sync::Arc;

use consilience_appraisal::rob2::{self, Variant};
use consilience_appraisal::tool::{NOT_APPLICABLE, Tool, built_in};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};

/// The name of a risk-of-bias tool: one that comes with the program, in its one spelling, or a team's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolName(String);

impl ToolName {
    /// Reads a name: `RoB 2`, `rob2 (cluster)`, `ROBINS I`. What no tool of the program is called is a team's own.
    pub fn new(text: &str) -> Self {
        if let Some(variant) = variant_of(text) {
            return Self::of(variant);
        }
        Self(built_in(text).map_or_else(|| text.trim().to_owned(), |tool| tool.name.clone()))
    }

    /// The name of a variant of RoB 2.
    pub fn of(variant: Variant) -> Self {
        Self(rob2::name(variant).to_owned())
    }

    /// The name as files have it.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The variant of RoB 2 that it names.
    pub fn variant(&self) -> Option<Variant> {
        [Variant::Parallel, Variant::Cluster, Variant::Crossover]
            .into_iter()
            .find(|it| rob2::name(*it) == self.0)
    }

    /// The tool that comes with the program under this name, whatever the effect of interest: enough to know its answers,
    /// judgements and domains.
    pub fn shipped(&self) -> Option<Tool> {
        match self.variant() {
            Some(variant) => Some(rob2::tool(&rob2::Assessment::assignment(variant))),
            None => built_in(&self.0).cloned(),
        }
    }

    /// Every name of a tool that comes with the program.
    pub fn shipped_names() -> Vec<String> {
        let rob2 = [Variant::Parallel, Variant::Cluster, Variant::Crossover].map(rob2::name);
        let others = consilience_appraisal::tool::built_ins().iter().map(|it| it.name.as_str());
        rob2.into_iter().chain(others).map(str::to_owned).collect()
    }
}

/// Which variant of RoB 2 a text names: its letters and digits begin with `rob2`, and the rest says which.
fn variant_of(text: &str) -> Option<Variant> {
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|it| it.to_ascii_lowercase())
        .collect();
    let rest = plain.strip_prefix("rob2").or_else(|| plain.strip_prefix("riskofbias2"))?;
    let rest = rest.strip_prefix('0').unwrap_or(rest);
    let names = |words: &[&str]| words.iter().any(|it| rest.contains(it));
    if names(&["cluster", "crt"]) {
        Some(Variant::Cluster)
    } else if names(&["crossover", "cross"]) {
        Some(Variant::Crossover)
    } else {
        let is_parallel = rest.is_empty()
            || names(&["parallel", "individual", "within", "split", "2019", "irpg", "version"]);
        is_parallel.then_some(Variant::Parallel)
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

keyword! {
    /// Which way a bias probably moves the result.
    Direction {
        /// There is none to speak of.
        NotApplicable = "NA",
        /// Towards the experimental intervention.
        FavoursExperimental = "Favours experimental",
        /// Towards the comparator.
        FavoursComparator = "Favours comparator",
        /// The effect looks smaller than it is.
        TowardsNull = "Towards null",
        /// The effect looks larger than it is.
        AwayFromNull = "Away from null",
        /// It cannot be told.
        Unpredictable = "Unpredictable",
    }
}

keyword! {
    /// What is put down before or beside the questions.
    Preliminary {
        /// The numerical result assessed, or where it is printed.
        Result = "result",
        /// The experimental intervention.
        Experimental = "experimental",
        /// The comparator.
        Comparator = "comparator",
        /// What was consulted: article, protocol, registry, …
        Sources = "sources",
        /// Within-person trials: could the treatment of one site affect the other? Advice, no part of the algorithm.
        CarryAcross = "carry-across",
    }
}

/// What a risk-of-bias entry settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobItem {
    /// A signalling question and the code of its answer.
    Question(String, String),
    /// A domain's judgement by a person, instead of the proposed one.
    Domain(String, String),
    /// The overall judgement by a person.
    Overall(String),
    /// The direction of the bias of a domain, or of all of it.
    Direction(Option<String>, Direction),
    /// A preliminary, in words.
    Preliminary(Preliminary, String),
}

/// Why a question and its answer could not be read: which of the two, and what was expected.
pub(crate) type Unreadable = (&'static str, String);

impl RobItem {
    /// The `question` cell.
    pub fn question(&self) -> String {
        match self {
            Self::Question(number, _) => number.clone(),
            Self::Domain(id, _) => format!("domain {id}"),
            Self::Overall(_) => "overall".to_owned(),
            Self::Direction(Some(id), _) => format!("direction {id}"),
            Self::Direction(None, _) => "direction overall".to_owned(),
            Self::Preliminary(kind, _) => kind.name().to_owned(),
        }
    }

    /// The `answer` cell.
    pub fn answer(&self) -> &str {
        match self {
            Self::Question(_, text)
            | Self::Domain(_, text)
            | Self::Overall(text)
            | Self::Preliminary(_, text) => text,
            Self::Direction(_, direction) => direction.name(),
        }
    }

    /// Whether it is a person's judgement.
    pub fn is_judgement(&self) -> bool {
        matches!(self, Self::Domain(..) | Self::Overall(_))
    }

    /// Reads the two cells. What a tool that is not known offers is taken as it stands.
    pub(crate) fn read(
        tool: Option<&Tool>,
        question: &str,
        answer: &str,
    ) -> Result<Self, Unreadable> {
        let lower = question.trim().to_lowercase();
        if lower == "overall" {
            return Ok(Self::Overall(level(tool, answer)?));
        }
        if let Some(kind) = Preliminary::from_name(&lower) {
            return Ok(Self::Preliminary(kind, answer.to_owned()));
        }
        if let Some(of) = lower.strip_prefix("direction ") {
            let direction = Direction::from_name(answer)
                .ok_or_else(|| ("answer", format!("one of {}", Direction::names())))?;
            let domain = (of.trim() != "overall").then(|| domain(tool, "direction", of));
            return Ok(Self::Direction(domain.transpose()?, direction));
        }
        if let Some(id) = lower.strip_prefix("domain ") {
            let id = domain(tool, "domain", id)?;
            return Ok(Self::Domain(id, level(tool, answer)?));
        }
        let Some(tool) = tool else {
            return Ok(Self::Question(question.trim().to_owned(), answer.trim().to_owned()));
        };
        if tool.question(question).is_none()
            && let Some(domain) = tool.domain(question)
        {
            return Ok(Self::Domain(domain.id.clone(), level(Some(tool), answer)?));
        }
        let number = tool.question(question).map_or(question.trim(), |it| it.number.as_str());
        let code = tool.answer(answer).ok_or_else(|| ("answer", answers(tool)))?;
        Ok(Self::Question(number.to_owned(), code.to_owned()))
    }

    /// Whether the tool asks the question and offers the answer.
    pub(crate) fn check(&self, tool: &Tool) -> Result<(), Unreadable> {
        match self {
            Self::Question(number, code) => {
                let Some(question) = tool.question(number) else {
                    let numbers: Vec<_> = tool.questions().map(|it| it.1.number.as_str()).collect();
                    let expected = format!("a question of the tool: {}", numbers.join(", "));
                    return Err(("question", expected));
                };
                if question.offered.contains(code) {
                    return Ok(());
                }
                let offered = question.offered.join(", ");
                Err(("answer", format!("one of {offered} for question {number}")))
            }
            Self::Domain(id, name) => {
                domain(Some(tool), "domain", id)?;
                level(Some(tool), name).map(|_| ())
            }
            Self::Overall(name) => level(Some(tool), name).map(|_| ()),
            Self::Direction(Some(id), _) => domain(Some(tool), "direction", id).map(|_| ()),
            Self::Direction(None, _) | Self::Preliminary(..) => Ok(()),
        }
    }
}

fn answers(tool: &Tool) -> String {
    let codes = tool.answers.iter().map(|it| it.code.as_str()).chain([NOT_APPLICABLE]);
    format!("one of {}", codes.collect::<Vec<_>>().join(", "))
}

/// The one spelling of a judgement.
fn level(tool: Option<&Tool>, text: &str) -> Result<String, Unreadable> {
    let Some(tool) = tool else { return Ok(text.trim().to_owned()) };
    tool.level(text).map(|it| it.name.clone()).ok_or_else(|| {
        let names: Vec<String> = tool.levels.iter().map(|it| format!("`{}`", it.name)).collect();
        ("answer", format!("one of {}", names.join(", ")))
    })
}

/// The one spelling of a domain's id.
fn domain(tool: Option<&Tool>, word: &str, text: &str) -> Result<String, Unreadable> {
    let Some(tool) = tool else { return Ok(text.trim().to_owned()) };
    tool.domain(text).map(|it| it.id.clone()).ok_or_else(|| {
        let ids: Vec<String> =
            tool.domains.iter().map(|it| format!("`{word} {}`", it.id)).collect();
        ("question", format!("one of {}", ids.join(", ")))
    })
}

/// A risk-of-bias tool that the team wrote, from `tools/`.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTool {
    /// Its file in the package: `tools/recall.toml`.
    pub path: String,
    /// The file, verbatim but for white space around it.
    pub text: String,
    /// What it says.
    pub tool: Arc<Tool>,
}

impl Tabular for OwnTool {
    const FIELDS: &'static [&'static str] = &["path", "text"];

    fn read(row: &mut Row) -> Option<Self> {
        let path = row.required("path", "a file in `tools/`");
        let text = row.required("text", "the file of a tool");
        match Tool::from_toml(&text) {
            Ok(tool) => Some(Self { path, text, tool: Arc::new(tool) }),
            Err(problems) => {
                for problem in problems {
                    let at = format!("line {}: {}", problem.line, problem.found);
                    row.problem_found("text", at, problem.expected, problem.help);
                }
                None
            }
        }
    }

    fn write(&self, out: &mut Out) {
        out.text("path", &self.path);
        out.text("text", &self.text);
    }
}

/// One entry of a risk-of-bias assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct RobEntry {
    /// The study.
    pub study: String,
    /// The outcome; none: every result of the study.
    pub outcome: Option<String>,
    /// The tool.
    pub tool: ToolName,
    /// The question or judgement.
    pub item: RobItem,
    /// The words or facts it rests on.
    pub support: Option<String>,
}

impl Tabular for RobEntry {
    const FIELDS: &'static [&'static str] =
        &["study", "outcome", "tool", "question", "asks", "answer", "support"];

    fn read(row: &mut Row) -> Option<Self> {
        let study = row.required("study", "a study of `studies.csv`");
        let tool = ToolName::new(&row.text("tool").unwrap_or_else(|| "RoB 2".to_owned()));
        let question = row
            .required("question", "a signalling question such as `1.1`, `domain 1` or `overall`");
        let support = row.text("support");
        // A question without an answer, as in a table that is being filled in, is still to be answered. What it `asks`
        // is there for people.
        let answer = row.text("answer")?;
        if question.is_empty() {
            return None;
        }
        let item = RobItem::read(tool.shipped().as_ref(), &question, &answer)
            .map_err(|(field, expected)| row.problem(field, expected, "correct it"))
            .ok()?;
        if item.is_judgement() && support.is_none() {
            row.problem("support", "the reason for a judgement of one's own", "give the reason");
        }
        let value = Self { study, outcome: row.text("outcome"), tool, item, support };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.optional("outcome", self.outcome.as_deref());
        out.text("tool", self.tool.name());
        out.text("question", &self.item.question());
        out.text("answer", self.item.answer());
        out.optional("support", self.support.as_deref());
    }
}
