//! House rules about the tree: floors, the documentation's code map, stray files.

use std::path::Path;

use crate::run::Failed;

/// The floors of the house; a crate may know only those on lower floors.
const FLOORS: [(&str, u8); 8] = [
    ("stats", 0),
    ("bib", 0),
    ("appraisal", 0),
    ("dedup", 1),
    ("figures", 1),
    ("review", 2),
    ("report", 3),
    ("cli", 4),
];

/// Checks every rule and reports all that are broken.
pub(crate) fn check() -> Result<(), Failed> {
    let mut broken = Vec::new();
    floors(&mut broken)?;
    code_map(&mut broken)?;
    stray_files(Path::new("crates"), &mut broken)?;
    if broken.is_empty() { Ok(()) } else { Err(Failed(broken.join("\n"))) }
}

fn read(path: &Path) -> Result<String, Failed> {
    fs_err::read_to_string(path).map_err(|error| Failed(error.to_string()))
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, Failed> {
    let read = fs_err::read_dir(folder).map_err(|error| Failed(error.to_string()))?;
    let mut paths: Vec<_> = read.flatten().map(|it| it.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Every crate stands on a floor and depends on lower floors only.
fn floors(broken: &mut Vec<String>) -> Result<(), Failed> {
    let floor = |name: &str| FLOORS.iter().find(|it| it.0 == name).map(|it| it.1);
    for path in entries(Path::new("crates"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(own) = floor(&name) else {
            broken.push(format!("crates/{name}: on no floor; add it to xtask/src/tree.rs"));
            continue;
        };
        let manifest = read(&path.join("Cargo.toml"))?;
        for line in manifest.lines() {
            let Some(other) = line.strip_prefix("consilience-") else { continue };
            let other = other.split(['.', ' ', '=']).next().unwrap_or_default();
            if floor(other).is_none_or(|it| it >= own) {
                broken.push(format!("crates/{name}: knows `{other}`, which is on no lower floor"));
            }
        }
    }
    Ok(())
}

/// `ARCHITECTURE.md` names every crate.
fn code_map(broken: &mut Vec<String>) -> Result<(), Failed> {
    let text = read(Path::new("ARCHITECTURE.md"))?;
    for path in entries(Path::new("crates"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !text.contains(&format!("`crates/{name}`")) {
            broken.push(format!("ARCHITECTURE.md: does not name `crates/{name}`"));
        }
    }
    Ok(())
}

/// No snapshot that nobody has looked at, no file of an editor.
fn stray_files(folder: &Path, broken: &mut Vec<String>) -> Result<(), Failed> {
    for path in entries(folder)? {
        let name = path.to_string_lossy();
        if path.is_dir() {
            stray_files(&path, broken)?;
        } else if [".snap.new", ".pending-snap", ".orig", ".rej", "~"]
            .iter()
            .any(|it| name.ends_with(it))
        {
            broken.push(format!("{name}: a stray file"));
        }
    }
    Ok(())
}
