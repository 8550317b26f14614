//! All records compared, with a bar that shows how far it is, and a checkpoint to go on from.

use std::path::Path;
use std::time::{Duration, Instant};

use consilience_bib::Record;
use consilience_dedup::{Index, Thresholds};
use consilience_review::package::write_whole;

use crate::progress::Bar;
use crate::{Failed, printer};

/// So many pairs are compared between two looks at the clock.
const AT_A_TIME: usize = 20_000;
/// What a stop costs at most, beside reading.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(2);

/// Compares records. With a checkpoint, goes on from what a run of the same records left there, writes there every few
/// seconds, and removes it at the end.
pub(super) fn compared(
    records: &[&Record],
    thresholds: Thresholds,
    checkpoint: Option<&Path>,
) -> Result<Index, Failed> {
    let mut index = Index::new(thresholds);
    let mut bar = Bar::new(size(records.len()), "titles, authors, pages");
    let mut comparing = index.enter(records.iter().inspect(|_| bar.advance(1)).copied());
    drop(bar);
    let mut bar = Bar::new(size(comparing.n()), "pairs compared");
    if let Some(path) = checkpoint.filter(|path| path.exists()) {
        let bytes = fs_err::read(path).map_err(printer::failure)?;
        index.resume(&mut comparing, &bytes).map_err(|error| {
            printer::failure(format!(
                "{}: {error}; expected one of these files and this --threshold; remove it to begin anew",
                path.display()
            ))
        })?;
        let (done, all) = (comparing.n_compared(), comparing.n());
        printer::remark(format!("goes on after {done} of {all} pairs"));
        bar.advance(size(done));
    }
    let mut last = Instant::now();
    while !comparing.is_over() {
        let before = comparing.n_compared();
        index.compare(&mut comparing, AT_A_TIME);
        bar.advance(size(comparing.n_compared() - before));
        if let Some(path) = checkpoint.filter(|_| last.elapsed() > BETWEEN_CHECKPOINTS) {
            write_whole(path, &index.checkpoint(&comparing)).map_err(printer::failure)?;
            last = Instant::now();
        }
    }
    if let Some(path) = checkpoint.filter(|path| path.exists()) {
        fs_err::remove_file(path).map_err(printer::failure)?;
    }
    Ok(index)
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
