//! Reference cases that may lie beside the checkout. Tests that need them skip, and say so, without.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The list under `key` of a file of reference cases (the whole file if it is a list).
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn cases(file: &str, key: Option<&str>) -> Option<Vec<Value>> {
    let folder = std::env::var_os("CONSILIENCE_REFERENCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let Ok(text) = fs_err::read_to_string(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    };
    let all: Value = serde_json::from_str(&text).expect("the reference is JSON");
    let list = key.map_or(&all, |key| &all[key]);
    Some(list.as_array().expect("a list of cases").clone())
}

pub(crate) fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} is text in {case}"))
}

pub(crate) fn number(case: &Value, field: &str) -> f64 {
    case[field].as_f64().unwrap_or_else(|| panic!("{field} is a number in {case}"))
}
