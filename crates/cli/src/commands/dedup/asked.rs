//! What a person should decide, as a table, and what the person wrote into it: pairs that may be one report, and reports
//! that may be of one study.

use std::collections::BTreeMap;
use std::path::Path;

use consilience_dedup::{Answer, Index, SaidOfStudies, Study};
use consilience_review::package::write_whole;
use consilience_review::vocabulary::records::{PairAnswer, PairJudgement, PairQuestion};
use consilience_review::{Attributed, Keyword, When, Who};

use crate::{Failed, printer};

/// Writes the questions; the columns `answer` (`same` or `different`) and `reviewer` are for the person.
pub(super) fn write(
    ids: &[String],
    answer: &Answer,
    studies: &[Study],
    index: &Index,
    path: &Path,
) -> Result<(), Failed> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let columns = ["first", "second", "question", "answer", "reviewer", "probability", "reasons"];
    table.write_record(columns).map_err(printer::failure)?;
    let mut row = |a: usize, b: usize, question: PairQuestion, probability: &str, reasons: &str| {
        let cells = [&ids[a], &ids[b], question.name(), "", "", probability, reasons];
        table.write_record(cells).map_err(printer::failure)
    };
    for it in &answer.ask {
        let reasons: Vec<String> = index
            .explain(it.a, it.b)
            .reasons
            .into_iter()
            .filter(|reason| reason.weight != 0.0)
            .map(|reason| format!("{}: {}", reason.field, reason.words))
            .collect();
        let probability = format!("{:.4}", it.probability);
        row(it.a, it.b, PairQuestion::Report, &probability, &reasons.join("; "))?;
    }
    for it in studies.iter().flat_map(Study::suggestions) {
        row(it.first, it.second, PairQuestion::Study, "", &it.evidence.words())?;
    }
    let bytes = table.into_inner().map_err(|error| printer::failure(error.error()))?;
    write_whole(path, &bytes).map_err(printer::failure)
}

/// What a person answered; rows without an answer are still open.
pub(super) fn read(path: &Path) -> Result<Vec<Attributed<PairJudgement>>, Failed> {
    let shown = path.display();
    let bytes = fs_err::read(path).map_err(printer::failure)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(printer::failure)?.clone();
    let column =
        |name: &str| header.iter().position(|it| it.trim_start_matches('\u{feff}').trim() == name);
    if let Some(missing) = ["first", "second", "answer"].iter().find(|it| column(it).is_none()) {
        return Err(printer::failure(format!(
            "{shown}: found no column `{missing}`, expected first, second and answer, as --ask-file writes them"
        )));
    }
    let mut answers = Vec::new();
    for row in reader.records() {
        let row = row.map_err(printer::failure)?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let text = column(name).and_then(|it| row.get(it)).unwrap_or_default().trim();
            Some(text).filter(|it| !it.is_empty()).map(str::to_owned)
        };
        let wrong = |what: &str, found: &str, expected: &str| {
            printer::failure(format!(
                "{shown}:{line}: found the {what} `{found}`, expected {expected}"
            ))
        };
        let Some(answer) = cell("answer") else { continue };
        let answer = PairAnswer::from_name(&answer)
            .ok_or_else(|| wrong("answer", &answer, "same, different, or nothing"))?;
        // A table of before there were two kinds of questions has no such column.
        let question = cell("question").unwrap_or_else(|| PairQuestion::Report.name().to_owned());
        let question = PairQuestion::from_name(&question)
            .ok_or_else(|| wrong("question", &question, "report or study"))?;
        let record = |name: &str| cell(name).ok_or_else(|| wrong(name, "", "the id of a record"));
        let (first, second) = (record("first")?, record("second")?);
        let value = PairJudgement { first, second, question, answer, reason: cell("reason") };
        answers.push(Attributed { who: Who(cell("reviewer")), when: When(cell("time")), value });
    }
    Ok(answers)
}

/// Follows answers.
pub(super) fn follow(
    answers: &[Attributed<PairJudgement>],
    path: &Path,
    ids: &[String],
    index: &mut Index,
    studies: &mut SaidOfStudies,
) -> Result<(), Failed> {
    let places: BTreeMap<&str, usize> =
        ids.iter().enumerate().map(|(i, id)| (id.as_str(), i)).collect();
    let place = |id: &str| {
        places.get(id).copied().ok_or_else(|| {
            printer::failure(format!(
                "{}: found no record `{id}`, expected the id of one",
                path.display()
            ))
        })
    };
    for PairJudgement { first, second, question, answer, .. } in answers.iter().map(|it| &it.value)
    {
        let (a, b) = (place(first)?, place(second)?);
        match (question, answer) {
            (PairQuestion::Report, PairAnswer::Same) => index.must_join(a, b),
            (PairQuestion::Report, PairAnswer::Different) => index.must_not_join(a, b),
            (PairQuestion::Study, PairAnswer::Same) => studies.same.push((a, b)),
            (PairQuestion::Study, PairAnswer::Different) => studies.different.push((a, b)),
        }
    }
    Ok(())
}
