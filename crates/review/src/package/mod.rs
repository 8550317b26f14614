//! The package: a review as a folder of plain files, and the way from it to the log and back.
//!
//! `docs/package.md` describes the files. [`Package::to_log`] reads them all and reports every problem at
//! once, each with file, line and column; [`Package::from_state`] writes them in one fixed form, so that
//! package → log → state → package changes nothing.

pub(crate) mod edit;
pub(crate) mod print;
mod read;
mod record_ids;
pub(crate) mod table;
mod toml;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Place};

pub use read::Reading;
pub(crate) use table::{Columns, Table, read_table};

/// The name of the file that every package has.
pub const REVIEW_FILE: &str = "review.toml";
/// The tables of a package.
pub const TABLES: [&str; 9] = [
    "duplicates.csv",
    "pairs.csv",
    "screening.csv",
    "studies.csv",
    "arms.csv",
    "results.csv",
    "risk_of_bias.csv",
    "certainty.csv",
    "checks.csv",
];
/// The folders of a package, whose files are named in `review.toml`.
pub const FOLDERS: [&str; 2] = ["searches", "records"];
/// The folder of the risk-of-bias tools that the team wrote.
pub const TOOLS: &str = "tools";

/// The files of a package, by path with `/` between folders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    /// Bytes by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// Reads the package's files from a folder; files that a package does not know are passed over.
    ///
    /// # Errors
    /// The folder or its `review.toml` is not there, or a file cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Diagnostic> {
        let shown = folder.display().to_string();
        if folder.is_file() {
            return Err(Diagnostic::error(Place::file(&shown))
                .found("a file")
                .expected("the folder of a review")
                .help(folder_of(folder)));
        }
        if !folder.is_dir() {
            return Err(Diagnostic::error(Place::file(&shown))
                .found("no such folder")
                .expected("the folder of a review")
                .help(format!("`consil new {shown}` makes one")));
        }
        let mut package = Self::default();
        for name in std::iter::once(REVIEW_FILE).chain(TABLES) {
            let path = folder.join(name);
            if path.is_file() {
                package.files.insert(name.to_owned(), read_file(&path, name)?);
            }
        }
        if !package.files.contains_key(REVIEW_FILE) {
            return Err(Diagnostic::error(Place::file(REVIEW_FILE))
                .found(format!("no such file in {shown}"))
                .expected("the file that every review has")
                .help(format!("`consil new {shown}` makes one")));
        }
        for inner in FOLDERS.into_iter().chain([TOOLS]) {
            package.read_folder(folder, inner)?;
        }
        Ok(package)
    }

    fn read_folder(&mut self, folder: &Path, inner: &str) -> Result<(), Diagnostic> {
        let path = folder.join(inner);
        if !path.exists() {
            return Ok(());
        }
        for entry in fs_err::read_dir(&path).map_err(|it| unreadable(inner, &it))? {
            let entry = entry.map_err(|it| unreadable(inner, &it))?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && !file_name.starts_with('.') {
                let name = format!("{inner}/{file_name}");
                let bytes = read_file(&entry.path(), &name)?;
                self.files.insert(name, bytes);
            }
        }
        Ok(())
    }

    /// Writes the files into a folder, each to a temporary file that is synced and renamed.
    ///
    /// # Errors
    /// What the file system said, with the path.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        for (name, bytes) in &self.files {
            write_whole(&folder.join(name), bytes)?;
        }
        Ok(())
    }
}

/// Which folder to give instead of a file.
fn folder_of(file: &Path) -> String {
    let parent = file.parent().filter(|_| file.ends_with(REVIEW_FILE));
    match parent.map(|it| it.display().to_string()) {
        None => format!("give the folder that holds `{REVIEW_FILE}`"),
        Some(parent) if parent.is_empty() => "give the folder it is in, `.`".to_owned(),
        Some(parent) => format!("give the folder it is in, `{parent}`"),
    }
}

fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    fs_err::read(path).map_err(|it| unreadable(name, &it))
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Place::file(name))
        .found(error.to_string())
        .expected("a file or folder that can be read")
        .help("check its permissions")
}

/// Writes a file so that it is never half there: to a temporary file beside it, synced, renamed. The temporary
/// file is hidden and its name this process' own, so two builds at a time do not meet; a failure leaves none behind, and one that
/// a killed process left is no file of the package.
///
/// # Errors
/// What the file system said, with the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    copy_whole(&mut &*bytes, path)
}

/// Writes all that is read from somewhere in the same way, without holding it in memory.
///
/// # Errors
/// What the file system said, with the path.
pub fn copy_whole(input: &mut impl Read, path: &Path) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs_err::create_dir_all(parent)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = copy_synced(input, &temporary).and_then(|()| fs_err::rename(&temporary, path));
    written.inspect_err(|_| {
        // What went wrong is said already; that there may be nothing to remove is no news.
        let _ = fs_err::remove_file(&temporary);
    })
}

/// Whether a file's name is that of a temporary file of [`write_whole`], which only a killed process leaves.
pub fn is_left_half_written(name: &str) -> bool {
    let inner = name.strip_prefix('.').and_then(|it| it.strip_suffix(".part"));
    let process = inner.and_then(|it| it.rsplit_once('.')).map(|it| it.1);
    process.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
}

fn copy_synced(input: &mut impl Read, path: &Path) -> std::io::Result<()> {
    let mut file = fs_err::File::create(path)?;
    std::io::copy(input, &mut file)?;
    file.sync_all()
}
