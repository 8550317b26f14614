//! The browser in which the report's tests look at pages.

use crate::run::{Failed, is_installed, run};

/// Installs Debian's Chromium where there is none.
pub(crate) fn install() -> Result<(), Failed> {
    if is_installed("chromium") {
        return Ok(());
    }
    let (program, before): (&str, &[&str]) =
        if is_root() { ("apt-get", &[]) } else { ("sudo", &["apt-get"]) };
    let apt = |arguments: &[&str]| run(program, &[before, arguments].concat());
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", "chromium"]).map_err(|Failed(why)| {
        Failed(format!("{why}; install the package `chromium` by hand, then run this again"))
    })
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|it| it.stdout.trim_ascii() == b"0")
}
