//! The licences of everything that is linked are among those that `deny.toml` allows.

use std::process::Command;

use serde_json::Value;

use crate::run::Failed;

/// Checks every package of the build graph and reports all whose licence is not allowed.
pub(crate) fn check() -> Result<(), Failed> {
    let allowed = allowed()?;
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .map_err(|error| Failed(format!("`cargo metadata` could not be started: {error}")))?;
    if !output.status.success() {
        return Err(Failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| Failed(error.to_string()))?;
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    if packages.is_empty() {
        return Err(Failed("`cargo metadata` names no packages".to_owned()));
    }
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or("none");
            let name = package["name"].as_str().unwrap_or_default();
            (!is_allowed(licence, &allowed)).then(|| format!("{name}: the licence `{licence}`"))
        })
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Failed(format!("{}\nis not allowed by deny.toml", refused.join("\n"))))
}

fn allowed() -> Result<Vec<String>, Failed> {
    let text = fs_err::read_to_string("deny.toml").map_err(|error| Failed(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error| Failed(format!("deny.toml: {error}")))?;
    let list = table.get("licenses").and_then(|it| it.get("allow")).and_then(toml::Value::as_array);
    let list = list.ok_or_else(|| Failed("deny.toml: no list `licenses.allow`".to_owned()))?;
    Ok(list.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect())
}

/// Whether an SPDX expression can be met with the allowed licences alone. A `/` is an old way to write `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let met = either(&mut words, allowed);
    met && words.is_empty()
}

/// One side of an `OR`, or another. The words stand in reverse, the next one last.
fn either(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    let mut met = both(words, allowed);
    while words.pop_if(|it| *it == "OR").is_some() {
        met |= both(words, allowed);
    }
    met
}

/// Every part of an `AND`.
fn both(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    let mut met = licence(words, allowed);
    while words.pop_if(|it| *it == "AND").is_some() {
        met &= licence(words, allowed);
    }
    met
}

/// One licence, with its exception if it has one, or an expression in brackets.
fn licence(words: &mut Vec<&str>, allowed: &[String]) -> bool {
    match words.pop() {
        Some("(") => {
            let met = either(words, allowed);
            words.pop_if(|it| *it == ")").is_some() && met
        }
        Some(name) => {
            let exception = words.pop_if(|it| *it == "WITH").and_then(|_| words.pop());
            let name = exception.map_or(name.to_owned(), |it| format!("{name} WITH {it}"));
            allowed.contains(&name)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_allowed_side_is_enough_and_every_part_of_it_is_needed() {
        let allowed = ["MIT".to_owned(), "Zlib".to_owned()];
        for yes in
            ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(MIT OR Apache-2.0) AND Zlib", "MIT AND Zlib"]
        {
            assert!(is_allowed(yes, &allowed), "{yes}");
        }
        for no in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", "none", "", "(MIT"] {
            assert!(!is_allowed(no, &allowed), "{no}");
        }
    }
}
