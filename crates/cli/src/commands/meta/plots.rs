//! The figures of `consil meta`: which kind goes into which file, and what it asks beyond the pool.

use std::path::PathBuf;

use consilience_report::{FigureFormat, PlotKind, plot};
use consilience_review::Keyword;
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Finding, Question};
use consilience_review::package::write_whole;

use crate::{Failed, printer};

/// What is drawn, where it goes, and in which format its name asks for it.
#[derive(Debug, Clone)]
pub(super) struct PlotFile {
    kind: PlotKind,
    path: PathBuf,
    format: FigureFormat,
}

/// Reads `KIND=FILE` or, for a forest plot, `FILE`.
pub(super) fn plot_file(text: &str) -> Result<PlotFile, String> {
    let (kind, path) = match text.split_once('=') {
        Some((kind, path)) => match PlotKind::from_name(kind.trim()) {
            Some(kind) => (kind, path.trim()),
            None => {
                return Err(format!(
                    "`{kind}` is no figure; expected one of {}",
                    PlotKind::names()
                ));
            }
        },
        None => (PlotKind::Forest, text),
    };
    let path = PathBuf::from(path);
    let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    let formats = [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf];
    let format = formats.into_iter().find(|it| Some(it.extension()) == extension.as_deref());
    let format = format.ok_or("expected a name that ends in .svg, .png or .pdf")?;
    Ok(PlotFile { kind, path, format })
}

/// The questions with those that the figures ask by themselves.
pub(super) fn implied(files: &[PlotFile], mut questions: Vec<Question>) -> Vec<Question> {
    const SEED: u64 = 1;
    for file in files {
        let question = match file.kind {
            PlotKind::TrimFill => Question::SmallStudyEffects,
            PlotKind::Gosh => Question::AllSubsets(SEED),
            PlotKind::Influence if asks_of_levels(&mut questions) => continue,
            PlotKind::Influence => Question::Influence,
            PlotKind::Harvest => Question::Directions(None),
            PlotKind::Multiverse => Question::Multiverse(Vec::new()),
            _ => continue,
        };
        let kind = std::mem::discriminant(&question);
        if questions.iter().all(|it| std::mem::discriminant(it) != kind) {
            questions.push(question);
        }
    }
    questions
}

/// Has a multilevel model, where one is asked for, say what each effect does to it.
fn asks_of_levels(questions: &mut [Question]) -> bool {
    let model = questions.iter_mut().find_map(|it| match it {
        Question::DependentEffects(it) if it.has_levels() => Some(it),
        _ => None,
    });
    model.map(|it| it.influence = true).is_some()
}

/// Whether a figure needs the pools without each study.
pub(super) fn needs_leave_one_out(files: &[PlotFile]) -> bool {
    files.iter().any(|it| it.kind == PlotKind::LeaveOneOut)
}

impl PlotFile {
    /// Draws the figure and writes its file.
    pub(super) fn write(&self, synthesis: &Synthesis, findings: &[Finding]) -> Result<(), Failed> {
        let name = self.kind.name();
        let svg = plot(self.kind, synthesis, findings)
            .map_err(|why| printer::failure(format!("--plot {name}: {why}")))?;
        let bytes = self.format.bytes(&svg).map_err(printer::failure)?;
        write_whole(&self.path, &bytes).map_err(printer::failure)?;
        printer::remark(format!("{name} plot in {}", self.path.display()));
        Ok(())
    }
}
