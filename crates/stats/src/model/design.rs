//! The design matrix of a meta-regression: which columns the moderators become.

use core::ops::Range;

use crate::numeric::matrix::Matrix;

/// A k × p matrix of moderators, with the name of each column and the term it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    matrix: Matrix,
    names: Vec<String>,
    terms: Vec<Term>,
}

/// A term of the model formula and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// `"intrcpt"`, a moderator's name, `"I(x^2)"` for its square, `"a:x"` for an interaction.
    pub name: String,
    /// Its columns in the design; empty for a factor of one level.
    pub columns: Range<usize>,
}

/// Why moderators make no design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// A moderator has another number of values than there are studies.
    #[error("moderator `{name}` has {found} values; expected {expected}, one for each study")]
    Length {
        /// The moderator.
        name: String,
        /// Its number of values.
        found: usize,
        /// The number of studies.
        expected: usize,
    },
    /// A value is NaN or infinite.
    #[error("moderator `{name}` of study {} is {found}; expected a finite number", study + 1)]
    NotFinite {
        /// The moderator.
        name: String,
        /// Position of the study, from 0.
        study: usize,
        /// The value.
        found: f64,
    },
    /// A label is not among the factor's levels.
    #[error("factor `{name}` of study {} is `{found}`; expected one of its levels: {expected}", study + 1)]
    UnknownLevel {
        /// The factor.
        name: String,
        /// Position of the study, from 0.
        study: usize,
        /// The label.
        found: String,
        /// The levels, separated by commas.
        expected: String,
    },
    /// A level is declared twice, or there is none.
    #[error("factor `{name}` has the levels {found}; expected at least one and each once")]
    Levels {
        /// The factor.
        name: String,
        /// The levels, separated by commas.
        found: String,
    },
    /// An interaction names a moderator that is not in the design.
    #[error("the interaction names `{name}`, which is not among the terms before it: {expected}")]
    UnknownTerm {
        /// The name.
        name: String,
        /// The terms, separated by commas.
        expected: String,
    },
    /// The matrix has no columns, or another number than there are names.
    #[error(
        "the design has {columns} columns and {names} names; expected at least one column and a name for each"
    )]
    Columns {
        /// Number of columns.
        columns: usize,
        /// Number of names.
        names: usize,
    },
}

/// The name of the intercept's column.
const INTERCEPT: &str = "intrcpt";

impl Design {
    /// The mean alone: one column of ones.
    pub fn intercept(k: usize) -> Self {
        Self {
            matrix: Matrix::from_element(k, 1, 1.0),
            names: vec![INTERCEPT.to_owned()],
            terms: vec![Term { name: INTERCEPT.to_owned(), columns: 0..1 }],
        }
    }

    /// A design for `k` studies, to which moderators are added one by one.
    ///
    /// ```
    /// use consilience_stats::Design;
    /// let design = Design::builder(4)
    ///     .numeric("year", &[1990.0, 1995.0, 2001.0, 2010.0])
    ///     .factor("drug", &["a", "b", "a", "b"], &["a", "b"])
    ///     .build()?;
    /// assert_eq!(design.names(), ["intrcpt", "year", "drugb"]);
    /// # Ok::<(), consilience_stats::DesignError>(())
    /// ```
    pub fn builder(k: usize) -> DesignBuilder {
        DesignBuilder { k, intercept: true, terms: Vec::new(), error: None }
    }

    /// A design from its matrix (studies in rows, with the intercept as a column of ones if wanted) and its columns' names.
    pub fn from_matrix(matrix: Matrix, names: Vec<String>) -> Result<Self, DesignError> {
        if names.is_empty() || names.len() != matrix.ncols() {
            return Err(DesignError::Columns { columns: matrix.ncols(), names: names.len() });
        }
        for (j, name) in names.iter().enumerate() {
            finite(name, matrix.column(j).iter().copied())?;
        }
        let terms = names
            .iter()
            .enumerate()
            .map(|(j, name)| Term { name: name.clone(), columns: j..j + 1 })
            .collect();
        Ok(Self { matrix, names, terms })
    }

    /// The matrix: a row for each study, a column for each coefficient.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The terms, in order, the intercept first.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Number of studies.
    pub fn k(&self) -> usize {
        self.matrix.nrows()
    }

    /// Number of columns.
    pub fn p(&self) -> usize {
        self.matrix.ncols()
    }

    /// The position of the column of ones, if there is one.
    pub fn intercept_column(&self) -> Option<usize> {
        (0..self.p()).find(|&j| self.matrix.column(j).iter().all(|x| is_one(*x)))
    }

    /// Whether a column of ones is there.
    pub fn has_intercept(&self) -> bool {
        self.intercept_column().is_some()
    }

    /// The columns that a test of the moderators is about: all but the intercept, or all if nothing else is there.
    pub fn moderator_columns(&self) -> Vec<usize> {
        let intercept = self.intercept_column();
        let others: Vec<usize> = (0..self.p()).filter(|&j| Some(j) != intercept).collect();
        if others.is_empty() { (0..self.p()).collect() } else { others }
    }

    /// The same design for some of the studies, in the order given (positions from 0).
    pub(crate) fn rows(&self, studies: &[usize]) -> Self {
        Self { matrix: self.matrix.select_rows(studies), ..self.clone() }
    }
}

#[expect(clippy::float_cmp, reason = "a column of ones holds exactly that")]
fn is_one(x: f64) -> bool {
    x == 1.0
}

fn finite(name: &str, values: impl Iterator<Item = f64>) -> Result<(), DesignError> {
    for (study, found) in values.enumerate() {
        if !found.is_finite() {
            return Err(DesignError::NotFinite { name: name.to_owned(), study, found });
        }
    }
    Ok(())
}

/// A design in the making; what is wrong with a term is told by [`DesignBuilder::build`].
#[derive(Debug, Clone)]
pub struct DesignBuilder {
    k: usize,
    intercept: bool,
    terms: Vec<Draft>,
    error: Option<DesignError>,
}

#[derive(Debug, Clone)]
struct Draft {
    name: String,
    /// All levels of a factor, the reference first; otherwise the columns as they stand.
    columns: Vec<(String, Vec<f64>)>,
    is_factor: bool,
}

impl Draft {
    /// The columns in treatment coding.
    fn coded(&self) -> &[(String, Vec<f64>)] {
        if self.is_factor { &self.columns[1..] } else { &self.columns }
    }
}

impl DesignBuilder {
    /// Leaves the intercept out; the first factor then has a column for each of its levels.
    #[must_use]
    pub fn without_intercept(mut self) -> Self {
        self.intercept = false;
        self
    }

    /// A numeric moderator.
    #[must_use]
    pub fn numeric(self, name: &str, values: &[f64]) -> Self {
        self.column(name, name.to_owned(), values, |x| x)
    }

    /// The square of a numeric moderator, named `I(name^2)`.
    #[must_use]
    pub fn square(self, name: &str, values: &[f64]) -> Self {
        self.column(name, format!("I({name}^2)"), values, |x| x * x)
    }

    /// A factor in treatment coding: a 0/1 column for each of `levels` but the first, which is the reference.
    #[must_use]
    pub fn factor<S: AsRef<str>>(mut self, name: &str, labels: &[S], levels: &[S]) -> Self {
        let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
        let levels: Vec<&str> = levels.iter().map(AsRef::as_ref).collect();
        match self.indicators(name, &labels, &levels) {
            Ok(columns) => {
                self.terms.push(Draft { name: name.to_owned(), columns, is_factor: true });
            }
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// The products of the columns of two terms already there.
    #[must_use]
    pub fn interaction(mut self, left: &str, right: &str) -> Self {
        let find = |name: &str| {
            self.terms.iter().find(|term| term.name == name).ok_or_else(|| {
                let names: Vec<&str> = self.terms.iter().map(|term| term.name.as_str()).collect();
                DesignError::UnknownTerm { name: name.to_owned(), expected: names.join(", ") }
            })
        };
        let product = find(left).and_then(|left| Ok((left, find(right)?))).map(|(a, b)| Draft {
            name: format!("{}:{}", a.name, b.name),
            is_factor: false,
            columns: b
                .coded()
                .iter()
                .flat_map(|(b_name, b)| {
                    a.coded().iter().map(move |(a_name, a)| {
                        let product = a.iter().zip(b).map(|(a, b)| a * b).collect();
                        (format!("{a_name}:{b_name}"), product)
                    })
                })
                .collect(),
        });
        match product {
            Ok(term) => self.terms.push(term),
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// The design, or the first thing that was wrong with a term.
    pub fn build(self) -> Result<Design, DesignError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut terms = Vec::new();
        let mut names = Vec::new();
        let mut values: Vec<f64> = Vec::new();
        if self.intercept {
            terms.push(Term { name: INTERCEPT.to_owned(), columns: 0..1 });
            names.push(INTERCEPT.to_owned());
            values.resize(self.k, 1.0);
        }
        let mut reference_dropped = self.intercept;
        for term in self.terms {
            let skipped = usize::from(term.is_factor && reference_dropped);
            reference_dropped |= term.is_factor;
            let first = names.len();
            for (name, column) in term.columns.into_iter().skip(skipped) {
                names.push(name);
                values.extend(column);
            }
            terms.push(Term { name: term.name, columns: first..names.len() });
        }
        if names.is_empty() {
            return Err(DesignError::Columns { columns: 0, names: 0 });
        }
        Ok(Design { matrix: Matrix::from_vec(self.k, names.len(), values), names, terms })
    }

    fn column(
        mut self,
        name: &str,
        column: String,
        values: &[f64],
        change: impl Fn(f64) -> f64,
    ) -> Self {
        match self.length(name, values.len()).and_then(|()| finite(name, values.iter().copied())) {
            Ok(()) => {
                let values = values.iter().map(|x| change(*x)).collect();
                let columns = vec![(column.clone(), values)];
                self.terms.push(Draft { name: column, columns, is_factor: false });
            }
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    fn indicators(
        &self,
        name: &str,
        labels: &[&str],
        levels: &[&str],
    ) -> Result<Vec<(String, Vec<f64>)>, DesignError> {
        self.length(name, labels.len())?;
        let repeated = (1..levels.len()).any(|i| levels[..i].contains(&levels[i]));
        if levels.is_empty() || repeated {
            return Err(DesignError::Levels { name: name.to_owned(), found: levels.join(", ") });
        }
        if let Some(study) = labels.iter().position(|label| !levels.contains(label)) {
            return Err(DesignError::UnknownLevel {
                name: name.to_owned(),
                study,
                found: labels[study].to_owned(),
                expected: levels.join(", "),
            });
        }
        let column = |level: &str| {
            let values = labels.iter().map(|label| f64::from(u8::from(*label == level))).collect();
            (format!("{name}{level}"), values)
        };
        Ok(levels.iter().map(|level| column(level)).collect())
    }

    fn length(&self, name: &str, found: usize) -> Result<(), DesignError> {
        if found == self.k {
            Ok(())
        } else {
            Err(DesignError::Length { name: name.to_owned(), found, expected: self.k })
        }
    }
}
