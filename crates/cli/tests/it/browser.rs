//! The reports in a real browser. Needs Chromium, which `cargo xtask test` installs; without it these tests say
//! on standard error that they are skipped.

use std::path::Path;
use std::process::Command;

use crate::consil::{EXAMPLES, consil, example};

/// Runs headless Chromium on a page and gives its standard output; `None` where there is no Chromium.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn chromium(page: &Path, options: &[&str]) -> Option<String> {
    if !Command::new("chromium").arg("--version").output().is_ok_and(|it| it.status.success()) {
        eprintln!("skipped: no chromium on this machine; `cargo xtask test` installs it");
        return None;
    }
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(options)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A page that loads another in a frame of a phone's width and writes down what it measures.
fn probe(report: &Path, width: u32) -> String {
    let address = report.display();
    format!(
        "<!doctype html><iframe id=f width={width} height=800 src=\"file://{address}\"></iframe><pre id=o></pre>
         <script>f.onload = () => {{ const d = f.contentDocument; o.textContent = JSON.stringify({{
           page: d.documentElement.scrollWidth, view: d.documentElement.clientWidth,
           h1: d.querySelectorAll('h1').length, svg: d.querySelectorAll('svg[role=img]').length,
           unnamed: [...d.querySelectorAll('svg[role=img]')].filter(s => !s.querySelector('title')).length,
           broken: [...d.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))
             .filter(id => id && !d.getElementById(decodeURIComponent(id))),
           ids: [...d.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
           captions: [...d.querySelectorAll('table')].filter(t => !t.caption).length,
           lang: d.documentElement.lang, main: d.querySelectorAll('main').length }}) }}</script>"
    )
}

#[test]
fn every_report_fits_a_phone_and_a_desk_and_has_no_broken_link() {
    for name in EXAMPLES {
        let folder = tempfile::tempdir().unwrap();
        consil(&example(name), &["build", "--out", &folder.path().display().to_string()]);
        for width in [390, 1280] {
            let page = folder.path().join(format!("probe-{width}.html"));
            fs_err::write(&page, probe(&folder.path().join("report.html"), width)).unwrap();
            let options =
                ["--allow-file-access-from-files", "--virtual-time-budget=10000", "--dump-dom"];
            let Some(dom) = chromium(&page, &options) else { return };
            let found = dom
                .split("<pre id=\"o\">")
                .nth(1)
                .and_then(|it| it.split("</pre>").next())
                .unwrap();
            let found: serde_json::Value =
                serde_json::from_str(&found.replace("&quot;", "\"").replace("&amp;", "&")).unwrap();
            let (page, view) = (found["page"].as_u64().unwrap(), found["view"].as_u64().unwrap());
            assert!(page <= view, "{name} at {width}: the page scrolls sideways, {page} in {view}");
            assert_eq!(found["h1"], 1, "{name}");
            assert_eq!(found["main"], 1, "{name}");
            assert_eq!(found["lang"], "en", "{name}");
            assert!(found["svg"].as_u64().unwrap() >= 1, "{name}: no figure");
            for problem in ["unnamed", "captions"] {
                assert_eq!(found[problem], 0, "{name}: {problem}");
            }
            for problem in ["broken", "ids"] {
                assert_eq!(found[problem], serde_json::json!([]), "{name}: {problem}");
            }
        }
    }
}

#[test]
fn every_report_prints() {
    for name in EXAMPLES {
        let folder = tempfile::tempdir().unwrap();
        consil(&example(name), &["build", "--out", &folder.path().display().to_string()]);
        let pdf = folder.path().join("report.pdf");
        let option = format!("--print-to-pdf={}", pdf.display());
        if chromium(&folder.path().join("report.html"), &[&option]).is_none() {
            return;
        }
        assert!(fs_err::read(&pdf).unwrap().starts_with(b"%PDF"), "{name}");
    }
}
