//! A tool's file, read with the place of every value; what is wrong in it is all said at once.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::rob2::Aim;

use super::check::{Site, flaws};
use super::{
    AnswerOption, Condition, Domain, DomainKind, Level, Light, NOT_APPLICABLE, Overall, Question,
    Row, Tool,
};

/// Something wrong with a tool's file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {line}, column {column}: found {found}, expected {expected}; {help}")]
pub struct ToolProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do about it.
    pub help: String,
}

impl Tool {
    /// Reads a tool from its file (TOML; `docs/tools.md` describes the format) and checks it: every name in a rule exists,
    /// and every complete set of answers leads to exactly one row of each table.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self, Vec<ToolProblem>> {
        let file: File = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |it| it.start);
            vec![problem(text, offset, &error.message().replace('\n', ", "), "a tool's file", SEE)]
        })?;
        let mut reading = Reading { text, spans: BTreeMap::new(), problems: Vec::new() };
        let tool = reading.tool(file);
        if reading.problems.is_empty() {
            for flaw in flaws(&tool) {
                let offset = reading.spans.get(&flaw.site).map_or(0, |it| it.start);
                reading.problems.push(problem(
                    text,
                    offset,
                    &flaw.found,
                    &flaw.expected,
                    &flaw.help,
                ));
            }
        }
        reading.problems.sort();
        if reading.problems.is_empty() { Ok(tool) } else { Err(reading.problems) }
    }
}

const SEE: &str = "docs/tools.md describes the format";

fn problem(text: &str, offset: usize, found: &str, expected: &str, help: &str) -> ToolProblem {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    ToolProblem {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
        found: found.to_owned(),
        expected: expected.to_owned(),
        help: help.to_owned(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    overall: Option<Spanned<String>>,
    #[serde(default)]
    answers: Vec<Spanned<FileAnswer>>,
    #[serde(default)]
    levels: Vec<Spanned<FileLevel>>,
    #[serde(default)]
    domains: Vec<Spanned<FileDomain>>,
    #[serde(default)]
    overall_rows: Vec<Spanned<FileRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAnswer {
    code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLevel {
    name: String,
    light: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDomain {
    id: String,
    name: String,
    short: Option<String>,
    note: Option<String>,
    judged_by: Option<Spanned<String>>,
    #[serde(default)]
    applicability: bool,
    #[serde(default)]
    questions: Vec<Spanned<FileQuestion>>,
    #[serde(default)]
    rows: Vec<Spanned<FileRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileQuestion {
    number: String,
    text: String,
    answers: Option<Vec<String>>,
    asked_if: Option<Spanned<String>>,
    aim: Option<Spanned<String>>,
    #[serde(default)]
    stars: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    when: Spanned<String>,
    judgement: String,
    #[serde(default)]
    part: String,
    note: Option<String>,
}

struct Reading<'a> {
    text: &'a str,
    spans: BTreeMap<Site, Range<usize>>,
    problems: Vec<ToolProblem>,
}

impl Reading<'_> {
    fn problem(&mut self, span: &Range<usize>, found: &str, expected: &str, help: &str) {
        self.problems.push(problem(self.text, span.start, found, expected, help));
    }

    fn tool(&mut self, file: File) -> Tool {
        let answers = self.answers(file.answers);
        let codes: Vec<String> = answers.iter().map(|it| it.code.clone()).collect();
        let levels = file.levels.into_iter().enumerate().map(|(i, it)| self.level(i, it)).collect();
        let overall = self.overall(file.overall.as_ref(), file.overall_rows);
        let domains = file
            .domains
            .into_iter()
            .enumerate()
            .map(|(d, it)| self.domain(d, it, &codes))
            .collect();
        Tool {
            name: file.name.trim().to_owned(),
            version: file.version,
            source: file.source,
            notes: file.notes,
            answers,
            levels,
            domains,
            overall,
        }
    }

    fn answers(&mut self, answers: Vec<Spanned<FileAnswer>>) -> Vec<AnswerOption> {
        let mut read: Vec<AnswerOption> = Vec::new();
        for answer in answers {
            let span = answer.span();
            let FileAnswer { code, name } = answer.into_inner();
            if code == NOT_APPLICABLE {
                let help = "remove it: every question with `asked_if` offers it by itself";
                self.problem(&span, "the answer `NA`", "answers that say something", help);
            } else if read.iter().any(|it| it.code.eq_ignore_ascii_case(&code)) {
                let found = format!("the answer `{code}` a second time");
                self.problem(&span, &found, "each answer once", "rename one");
            } else {
                read.push(AnswerOption { code, name });
            }
        }
        read
    }

    fn level(&mut self, i: usize, level: Spanned<FileLevel>) -> Level {
        self.spans.insert(Site::Level(i), level.span());
        let FileLevel { name, light } = level.into_inner();
        let found = Light::ALL.into_iter().find(|it| it.name() == light.get_ref());
        if found.is_none() {
            let names = Light::ALL.map(Light::name).join(", ");
            let said = format!("the light `{}`", light.get_ref());
            self.problem(&light.span(), &said, &format!("one of {names}"), "correct it");
        }
        Level { name, light: found.unwrap_or(Light::Unknown) }
    }

    fn overall(&mut self, word: Option<&Spanned<String>>, rows: Vec<Spanned<FileRow>>) -> Overall {
        let word_text = word.map(|it| it.get_ref().as_str());
        match (word_text, rows.is_empty()) {
            (Some("worst") | None, true) => Overall::Worst,
            (Some("none"), true) => Overall::None,
            (Some("stars"), true) => Overall::Stars,
            (Some("rows") | None, false) => {
                let rows = rows.into_iter().enumerate();
                Overall::Rows(rows.map(|(i, it)| self.row(Site::OverallRow(i), it)).collect())
            }
            (Some(other), _) => {
                let found = format!("`overall = \"{other}\"`");
                let span = word.map_or(0..0, Spanned::span);
                let expected = "`worst`, `none` or `stars`, or `rows` with `[[overall_rows]]`";
                self.problem(&span, &found, expected, "correct it");
                Overall::None
            }
        }
    }

    fn domain(&mut self, d: usize, domain: Spanned<FileDomain>, codes: &[String]) -> Domain {
        self.spans.insert(Site::Domain(d), domain.span());
        let domain = domain.into_inner();
        let kind = self.kind(&domain);
        let questions = domain.questions.into_iter().enumerate();
        let questions = questions.map(|(q, it)| self.question(d, q, it, codes)).collect();
        let mut tables: Vec<(String, Vec<Row>)> = Vec::new();
        for row in domain.rows {
            let part = row.get_ref().part.clone();
            let t = tables.iter().position(|it| it.0 == part).unwrap_or_else(|| {
                tables.push((part, Vec::new()));
                tables.len() - 1
            });
            let r = tables[t].1.len();
            let row = self.row(Site::Row(d, t, r), row);
            tables[t].1.push(row);
        }
        Domain {
            short: domain.short.unwrap_or_else(|| format!("D{}", domain.id)),
            id: domain.id,
            name: domain.name,
            note: domain.note,
            kind,
            questions,
            tables: tables.into_iter().map(|it| it.1).collect(),
        }
    }

    fn kind(&mut self, domain: &FileDomain) -> DomainKind {
        match domain.judged_by.as_ref().map(|it| (it.get_ref().as_str(), it.span())) {
            _ if domain.applicability => DomainKind::Applicability,
            None | Some(("tables", _)) => DomainKind::Bias,
            Some(("rater", _)) => DomainKind::BiasByRater,
            Some((other, span)) => {
                let found = format!("`judged_by = \"{other}\"`");
                self.problem(&span, &found, "`tables` or `rater`", "correct it");
                DomainKind::Bias
            }
        }
    }

    fn question(
        &mut self,
        d: usize,
        q: usize,
        question: Spanned<FileQuestion>,
        codes: &[String],
    ) -> Question {
        self.spans.insert(Site::Question(d, q), question.span());
        let mut question = question.into_inner();
        let mut offered = question.answers.take().unwrap_or_else(|| codes.to_vec());
        let asked = match question.asked_if.take() {
            None => Condition::Always,
            Some(condition) => {
                if !offered.iter().any(|it| it == NOT_APPLICABLE) {
                    offered.insert(0, NOT_APPLICABLE.to_owned());
                }
                self.condition(&condition)
            }
        };
        let aim = question.aim.take().and_then(|it| {
            let aim = it.get_ref().parse::<Aim>().ok();
            if aim.is_none() {
                let found = format!("`aim = \"{}\"`", it.get_ref());
                self.problem(&it.span(), &found, "`assignment` or `adhering`", "correct it");
            }
            aim
        });
        let FileQuestion { number, text, stars, .. } = question;
        Question { number, text, offered, asked, aim, stars }
    }

    fn row(&mut self, site: Site, row: Spanned<FileRow>) -> Row {
        let row = row.into_inner();
        let when = self.condition(&row.when);
        self.spans.insert(site, row.when.span());
        Row { when, judgement: row.judgement, note: row.note }
    }

    fn condition(&mut self, text: &Spanned<String>) -> Condition {
        Condition::parse(text.get_ref()).unwrap_or_else(|why| {
            let example = "a condition such as `1.1 = Y/PY and not 1.2 = N`";
            self.problem(&text.span(), &why, example, SEE);
            Condition::Always
        })
    }
}
