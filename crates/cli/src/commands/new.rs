//! `consil new`: a commented template of a review that builds at once, with its empty places shown as empty.

use std::path::PathBuf;

use clap::Args;
use consilience_review::package::write_whole;

use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder to make; it must not hold a review yet
    dir: PathBuf,
}

/// The files of the template, by name.
const TEMPLATE: [(&str, &str); 10] = [
    ("review.toml", include_str!("../../template/review.toml")),
    ("searches/pubmed.txt", include_str!("../../template/searches/pubmed.txt")),
    ("duplicates.csv", include_str!("../../template/duplicates.csv")),
    ("screening.csv", include_str!("../../template/screening.csv")),
    ("studies.csv", include_str!("../../template/studies.csv")),
    ("arms.csv", include_str!("../../template/arms.csv")),
    ("results.csv", include_str!("../../template/results.csv")),
    ("risk_of_bias.csv", include_str!("../../template/risk_of_bias.csv")),
    ("certainty.csv", include_str!("../../template/certainty.csv")),
    ("README.md", include_str!("../../template/README.md")),
];

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let dir = &arguments.dir;
    let shown = dir.display();
    if dir.exists() && !dir.is_dir() {
        return Err(printer::failure(format!(
            "{shown}: found a file, expected a folder or nothing"
        )));
    }
    for (name, _) in TEMPLATE {
        if dir.join(name).exists() {
            return Err(printer::failure(format!(
                "{shown}: found `{name}` in it, expected a folder without a review; nothing was written"
            )));
        }
    }
    for (name, text) in TEMPLATE {
        write_whole(&dir.join(name), text.as_bytes()).map_err(printer::failure)?;
    }
    printer::remark(format!(
        "a new review in {shown}: fill in review.toml, then `consil build {shown}`"
    ));
    printer::result(shown)
}
