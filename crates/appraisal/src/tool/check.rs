//! Whether a tool makes sense: every name in its rules exists, and every complete set of answers to a domain leads to
//! exactly one row of each of its tables. The latter is tried out on all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Count, Facts};
use super::{Domain, DomainKind, NOT_APPLICABLE, Overall, Question, Row, Tool};

/// The part of a tool that something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    /// The tool as a whole.
    Tool,
    /// A level, by position.
    Level(usize),
    /// A domain.
    Domain(usize),
    /// A question of a domain.
    Question(usize, usize),
    /// A row of a table of a domain.
    Row(usize, usize, usize),
    /// A row of the overall rule.
    OverallRow(usize),
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) site: Site,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) help: String,
}

/// More sets of answers than this to one domain are not tried out.
const MOST_SETS: usize = 200_000;

/// Everything that is wrong with a tool.
pub(super) fn flaws(tool: &Tool) -> Vec<Flaw> {
    let mut check = Check { tool, flaws: Vec::new() };
    check.tool();
    for (d, domain) in tool.domains.iter().enumerate() {
        check.domain(d, domain);
    }
    check.overall();
    // What the tables lead to can only be tried out when every name in them has a meaning.
    if check.flaws.is_empty() {
        for (d, domain) in tool.domains.iter().enumerate() {
            check.paths(d, domain);
        }
    }
    check.flaws
}

struct Check<'a> {
    tool: &'a Tool,
    flaws: Vec<Flaw>,
}

impl Check<'_> {
    fn flaw(&mut self, site: Site, found: String, expected: impl Into<String>, help: &str) {
        self.flaws.push(Flaw { site, found, expected: expected.into(), help: help.to_owned() });
    }

    fn tool(&mut self) {
        let tool = self.tool;
        if tool.levels.is_empty() && tool.overall != Overall::Stars {
            self.flaw(
                Site::Tool,
                "no judgements".to_owned(),
                "at least one `[[levels]]`, best first",
                "add the judgements",
            );
        }
        if tool.domains.is_empty() {
            self.flaw(Site::Tool, "no domains".to_owned(), "at least one `[[domains]]`", "add one");
        }
        let mut seen = BTreeSet::new();
        for (i, level) in tool.levels.iter().enumerate() {
            if !seen.insert(level.name.to_lowercase()) {
                self.twice(Site::Level(i), "judgement", &level.name);
            }
        }
        let mut domains = BTreeSet::new();
        let mut questions = BTreeSet::new();
        for (d, domain) in tool.domains.iter().enumerate() {
            if !domains.insert(domain.id.to_lowercase()) {
                self.twice(Site::Domain(d), "domain", &domain.id);
            }
            for (q, question) in domain.questions.iter().enumerate() {
                if !questions.insert(question.number.to_lowercase()) {
                    self.twice(Site::Question(d, q), "question", &question.number);
                }
            }
        }
    }

    fn twice(&mut self, site: Site, what: &str, name: &str) {
        self.flaw(
            site,
            format!("the {what} `{name}` a second time"),
            format!("each {what} once"),
            "rename one",
        );
    }

    fn domain(&mut self, d: usize, domain: &Domain) {
        for (q, question) in domain.questions.iter().enumerate() {
            let site = Site::Question(d, q);
            for code in question.offered.iter().chain(question.stars.keys()) {
                let known =
                    code == NOT_APPLICABLE || self.tool.answers.iter().any(|it| it.code == *code);
                if !known {
                    let known = list(self.tool.answers.iter().map(|it| it.code.as_str()));
                    let found = format!("the unknown answer `{code}`");
                    self.flaw(
                        site,
                        found,
                        format!("one of {known}"),
                        "correct it, or add it to `[[answers]]`",
                    );
                }
            }
            self.condition(
                site,
                &question.asked,
                &domain.questions[..q],
                "a question before this one in its domain",
            );
        }
        for (t, table) in domain.tables.iter().enumerate() {
            for (r, row) in table.iter().enumerate() {
                let site = Site::Row(d, t, r);
                self.condition(site, &row.when, &domain.questions, "a question of this domain");
                self.judgement(site, &row.judgement);
            }
        }
        let is_empty = domain.tables.iter().all(Vec::is_empty) && domain.most_stars() == 0;
        if domain.kind == DomainKind::Bias && is_empty {
            self.flaw(
                Site::Domain(d),
                format!("no rule for domain `{}`", domain.id),
                "`[[domains.rows]]`, stars, or `judged_by = \"rater\"`",
                "add the rows of its table, or leave the judgement to the rater",
            );
        }
    }

    /// A condition looks at questions that exist and answers that they offer.
    fn condition(
        &mut self,
        site: Site,
        condition: &Condition,
        questions: &[Question],
        which: &str,
    ) {
        for (name, values) in condition.looks_at() {
            let Some(question) = questions.iter().find(|it| it.number == name) else {
                let known = list(questions.iter().map(|it| it.number.as_str()));
                let expected = if known.is_empty() {
                    format!("{which} (there is none)")
                } else {
                    format!("{which}: {known}")
                };
                self.flaw(
                    site,
                    format!("the unknown question `{name}`"),
                    expected,
                    "correct the condition",
                );
                continue;
            };
            for value in
                values.iter().filter(|it| *it == NOT_APPLICABLE || !question.offered.contains(it))
            {
                let offered = question.offered.iter().map(String::as_str);
                let offered = list(offered.filter(|it| *it != NOT_APPLICABLE));
                let found = format!("`{name} = {value}`");
                let expected = format!("an answer that {name} offers: {offered}");
                self.flaw(site, found, expected, "correct the condition");
            }
        }
        for count in condition.counts() {
            let (Count::Domains(it) | Count::Stars(it)) = count;
            self.flaw(
                site,
                format!("a count of `{it}`"),
                "conditions on answers, such as `1.1 = Y`",
                "counts belong to the overall rule",
            );
        }
    }

    fn judgement(&mut self, site: Site, judgement: &str) {
        if self.tool.rank(judgement).is_none() {
            let known = list(self.tool.levels.iter().map(|it| it.name.as_str()));
            let found = format!("the unknown judgement `{judgement}`");
            self.flaw(
                site,
                found,
                format!("one of {known}"),
                "correct it, or add it to `[[levels]]`",
            );
        }
    }

    fn overall(&mut self) {
        let Overall::Rows(rows) = &self.tool.overall else { return };
        for (i, row) in rows.iter().enumerate() {
            let site = Site::OverallRow(i);
            self.judgement(site, &row.judgement);
            let of_bias = || self.tool.domains.iter().filter(|it| it.is_bias());
            let known = list(of_bias().map(|it| it.id.as_str()));
            let mut unknown_domains = Vec::new();
            let mut unknown_levels = Vec::new();
            for (name, values) in row.when.looks_at() {
                if !of_bias().any(|it| it.id == name) {
                    unknown_domains.push(name.to_owned());
                }
                unknown_levels.extend(values.iter().cloned());
            }
            for count in row.when.counts() {
                match count {
                    Count::Domains(level) => unknown_levels.push(level.clone()),
                    Count::Stars(domain) => {
                        let has_stars = |it: &Domain| it.id == *domain && it.most_stars() > 0;
                        if !of_bias().any(has_stars) {
                            unknown_domains.push(domain.clone());
                        }
                    }
                }
            }
            for domain in unknown_domains {
                let found = format!("the unknown domain `{domain}`");
                self.flaw(site, found, format!("one of {known}"), "correct the condition");
            }
            for level in unknown_levels {
                self.judgement(site, &level);
            }
        }
        let is_covered = rows.last().is_some_and(|it| it.when == Condition::Always);
        if !is_covered {
            self.flaw(
                Site::OverallRow(rows.len().saturating_sub(1)),
                "an overall rule that may hold nowhere".to_owned(),
                "a last row with `when = \"always\"`",
                "add it",
            );
        }
    }

    /// Tries all sets of answers to a domain.
    fn paths(&mut self, d: usize, domain: &Domain) {
        if domain.tables.is_empty() {
            return;
        }
        let mut walk = Walk::new(domain);
        walk.from(0);
        if walk.sets > MOST_SETS {
            self.flaw(
                Site::Domain(d),
                format!("more than {MOST_SETS} ways to answer domain `{}`", domain.id),
                "few enough to be tried out",
                "split the domain",
            );
            return;
        }
        for ((t, first, second), example) in walk.overlaps {
            self.flaw(
                Site::Row(d, t, second),
                format!("a row that overlaps row {} of its table, for {example}", first + 1),
                "rows that exclude one another",
                "narrow one of the two conditions",
            );
        }
        for (t, example) in walk.gaps {
            if domain.kind == DomainKind::Bias {
                self.flaw(
                    Site::Row(d, t, 0),
                    format!("no row of domain `{}` for {example}", domain.id),
                    "a judgement on every path",
                    "add a row, or write `judged_by = \"rater\"` into the domain",
                );
            }
        }
    }
}

/// The walk through all sets of answers to one domain. Answers that no condition tells apart are tried once.
struct Walk<'a> {
    domain: &'a Domain,
    /// Which answers to try, by question.
    tried: Vec<Vec<&'a str>>,
    given: Given<'a>,
    sets: usize,
    /// First example of two rows of a table that hold at once.
    overlaps: BTreeMap<(usize, usize, usize), String>,
    /// First example of answers for which a table has no row.
    gaps: BTreeMap<usize, String>,
}

struct Given<'a>(BTreeMap<&'a str, &'a str>);

impl Facts for Given<'_> {
    fn is(&self, question: &str, answers: &BTreeSet<String>) -> Option<bool> {
        Some(self.0.get(question).is_some_and(|answer| answers.contains(*answer)))
    }

    fn count(&self, _: &Count) -> Option<usize> {
        None
    }
}

impl<'a> Walk<'a> {
    fn new(domain: &'a Domain) -> Self {
        let tried = domain.questions.iter().map(|it| distinct_answers(domain, it)).collect();
        let given = Given(BTreeMap::new());
        Self { domain, tried, given, sets: 0, overlaps: BTreeMap::new(), gaps: BTreeMap::new() }
    }

    fn from(&mut self, q: usize) {
        if self.sets > MOST_SETS {
            return;
        }
        let Some(question) = self.domain.questions.get(q) else {
            self.sets += 1;
            return self.look();
        };
        if question.asked.holds(&self.given) != Some(true) {
            return self.from(q + 1);
        }
        for answer in self.tried[q].clone() {
            self.given.0.insert(&question.number, answer);
            self.from(q + 1);
        }
        self.given.0.remove(question.number.as_str());
    }

    fn look(&mut self) {
        for (t, table) in self.domain.tables.iter().enumerate() {
            let holds = |row: &Row| row.when.holds(&self.given) == Some(true);
            let held: Vec<usize> = (0..table.len()).filter(|row| holds(&table[*row])).collect();
            match held.as_slice() {
                [] => {
                    let example = self.example();
                    self.gaps.entry(t).or_insert(example);
                }
                [_] => {}
                [first, second, ..] => {
                    let (key, example) = ((t, *first, *second), self.example());
                    self.overlaps.entry(key).or_insert(example);
                }
            }
        }
    }

    fn example(&self) -> String {
        let given = self.domain.questions.iter().filter_map(|question| {
            let answer = self.given.0.get(question.number.as_str())?;
            Some(format!("{} {answer}", question.number))
        });
        list(given.collect::<Vec<_>>().iter().map(String::as_str))
    }
}

/// One of each group of answers to a question that every condition of the domain treats alike.
fn distinct_answers<'a>(domain: &'a Domain, question: &'a Question) -> Vec<&'a str> {
    let rows = domain.tables.iter().flatten().map(|it| &it.when);
    let conditions = rows.chain(domain.questions.iter().map(|it| &it.asked));
    let compared: Vec<&BTreeSet<String>> = conditions
        .flat_map(Condition::looks_at)
        .filter(|(name, _)| *name == question.number)
        .map(|it| it.1)
        .collect();
    let mut seen = BTreeSet::new();
    let signature =
        |answer: &str| compared.iter().map(|it| it.contains(answer)).collect::<Vec<_>>();
    let offered = question.offered.iter().filter(|it| *it != NOT_APPLICABLE);
    offered.map(String::as_str).filter(|it| seen.insert(signature(it))).collect()
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
