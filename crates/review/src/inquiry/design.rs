//! From the terms that people type and the columns of their table to the design of a regression.

use consilience_stats::{Design, DesignBuilder};

use super::refused;
use crate::analysis::Excluded;
use crate::diagnostic::Diagnostic;
use crate::single::StudyTable;
use crate::vocabulary::term::Term;

/// A design with the studies that it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyDesign {
    /// The design; its rows are `studies`.
    pub design: Design,
    /// Positions of the studies with a value of every moderator.
    pub studies: Vec<usize>,
    /// The others, and what they lack.
    pub left_out: Vec<Excluded>,
}

/// The values of a column, one a study.
enum Moderator {
    Numbers(Vec<Option<f64>>),
    Labels(Vec<Option<String>>),
}

impl Moderator {
    fn is_known(&self, study: usize) -> bool {
        match self {
            Self::Numbers(it) => it[study].is_some(),
            Self::Labels(it) => it[study].is_some(),
        }
    }
}

impl StudyDesign {
    /// Makes the design of some terms from a table with a row for each study.
    ///
    /// # Errors
    /// A column is not there, holds what its term cannot use, or the terms do not fit together.
    pub fn of(
        terms: &[Term],
        intercept: bool,
        table: &StudyTable,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut moderators = Vec::new();
        for term in terms {
            for column in term.columns() {
                match moderator(term, column, terms, table) {
                    Ok(moderator) => moderators.push((column, moderator)),
                    Err(mut more) => problems.append(&mut more),
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let is_complete = |study: usize| moderators.iter().all(|(_, it)| it.is_known(study));
        let (studies, others): (Vec<usize>, Vec<usize>) =
            (0..table.len()).partition(|study| is_complete(*study));
        let left_out = table
            .studies()
            .enumerate()
            .filter(|(position, _)| others.contains(position))
            .map(|(position, study)| {
                let unknown = moderators.iter().filter(|(_, it)| !it.is_known(position));
                let mut columns: Vec<&str> = unknown.map(|it| it.0).collect();
                columns.dedup();
                let reason = format!("no value of {}", columns.join(", "));
                Excluded::new(study, reason)
            })
            .collect();
        let builder = Design::builder(studies.len());
        let builder = if intercept { builder } else { builder.without_intercept() };
        let builder =
            terms.iter().fold(builder, |builder, term| add(builder, term, &moderators, &studies));
        match builder.build() {
            Ok(design) => Ok(Self { design, studies, left_out }),
            Err(error) => Err(refused(
                "--mods",
                error.to_string(),
                "terms that make a design",
                "an interaction needs its two terms before it",
            )),
        }
    }
}

/// A column as its term reads it: labels for a factor, and for a bare name whose cells are no numbers.
fn moderator(
    term: &Term,
    column: &str,
    terms: &[Term],
    table: &StudyTable,
) -> Result<Moderator, Vec<Diagnostic>> {
    let is_declared_factor =
        terms.iter().any(|it| matches!(it, Term::Factor { column: other, .. } if other == column));
    let labels = match term {
        Term::Factor { .. } => true,
        Term::Square(_) => false,
        Term::Column(_) | Term::Interaction(..) => {
            is_declared_factor || (table.texts(column).is_ok() && !table.is_numeric(column))
        }
    };
    if labels {
        table.texts(column).map(Moderator::Labels)
    } else {
        table.numbers(column).map(Moderator::Numbers)
    }
}

fn add(
    builder: DesignBuilder,
    term: &Term,
    moderators: &[(&str, Moderator)],
    studies: &[usize],
) -> DesignBuilder {
    let values = |column: &str| moderators.iter().find(|it| it.0 == column).map(|it| &it.1);
    match term {
        Term::Interaction(a, b) => builder.interaction(a, b),
        Term::Square(column) => match values(column) {
            Some(Moderator::Numbers(it)) => builder.square(column, &known(it, studies)),
            _ => builder,
        },
        Term::Column(column) => match values(column) {
            Some(Moderator::Numbers(it)) => builder.numeric(column, &known(it, studies)),
            Some(Moderator::Labels(it)) => factor(builder, column, &known(it, studies), None),
            None => builder,
        },
        Term::Factor { column, reference } => match values(column) {
            Some(Moderator::Labels(it)) => {
                factor(builder, column, &known(it, studies), reference.as_deref())
            }
            _ => builder,
        },
    }
}

fn known<T: Clone>(values: &[Option<T>], studies: &[usize]) -> Vec<T> {
    studies.iter().filter_map(|it| values[*it].clone()).collect()
}

/// A factor with its levels in order (numbers by size), the reference first.
fn factor(
    builder: DesignBuilder,
    column: &str,
    labels: &[String],
    reference: Option<&str>,
) -> DesignBuilder {
    let mut levels: Vec<String> = labels.to_vec();
    let number = |it: &String| it.parse::<f64>().ok();
    levels.sort_by(|a, b| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    });
    levels.dedup();
    if let Some(reference) = reference {
        match levels.iter().position(|it| it == reference) {
            Some(position) => levels[..=position].rotate_right(1),
            // Not a level of any study: the design says so.
            None => levels.insert(0, reference.to_owned()),
        }
    }
    builder.factor(column, labels, &levels)
}
