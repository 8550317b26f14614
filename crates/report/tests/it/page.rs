//! The page as a reader, a screen reader and a browser find it.

use std::collections::BTreeSet;
use std::path::Path;

use consilience_review::Package;

use crate::sample::{package, read, report, text};

/// The page's text, a line per element, without styles and drawings.
pub(crate) fn plain(html: &str) -> String {
    let body = without(without(html, "<style>", "</style>").as_str(), "<svg", "</svg>");
    let mut plain = String::new();
    let mut in_tag = false;
    for c in body.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                plain.push('\n');
            }
            _ if !in_tag => plain.push(if c == '\u{a0}' { ' ' } else { c }),
            _ => {}
        }
    }
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    lines.join("\n")
}

fn without(text: &str, start: &str, end: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(from) = rest.find(start) {
        kept.push_str(&rest[..from]);
        let length = rest[from..].find(end).unwrap() + end.len();
        rest = &rest[from + length..];
    }
    kept + rest
}

/// All values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start)
        .map(|(at, _)| {
            let rest = &html[at + start.len()..];
            &rest[..rest.find('"').unwrap()]
        })
        .collect()
}

fn example(name: &str) -> Package {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    Package::read(&folder).unwrap()
}

fn pages() -> Vec<String> {
    let examples = ["bcg-vaccine", "conditioned-medium", "stroke-care"].map(example);
    let made = [package(), package_of_like_ids(), package_of_two_extractors()];
    let packages = examples.into_iter().chain(made);
    packages.map(|it| text(&report(&it), "report.html")).collect()
}

/// A review whose analyses have ids that no file name or anchor tells apart.
fn package_of_like_ids() -> Package {
    let mut package = package();
    let mut toml = String::from_utf8(package.files["review.toml"].clone()).unwrap();
    for id in ["a b", "a/b", "A-B", "系统", "系"] {
        toml += "\n[[analysis]]\ncomparison = \"cream\"\noutcome = \"itch\"\nmeasure = \"RR\"\n";
        toml += &["id = \"", id, "\"\n"].concat();
    }
    package.files.insert("review.toml".to_owned(), toml.into_bytes());
    package
}

#[test]
fn the_page_says_all_that_the_review_says_and_no_more() {
    insta::assert_snapshot!(plain(&text(&report(&package()), "report.html")));
}

#[test]
fn an_empty_review_gets_a_page_that_says_what_is_missing() {
    let mut package = Package::default();
    package.files.insert("review.toml".to_owned(), b"[review]\ntitle = \"Nothing yet\"\n".to_vec());
    insta::assert_snapshot!(plain(&text(&report(&package), "report.html")));
}

#[test]
fn every_link_of_the_page_leads_somewhere_and_no_place_has_two_names() {
    for html in pages() {
        let ids = attributes(&html, "id");
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "an id twice");
        for link in attributes(&html, "href") {
            match link.strip_prefix('#') {
                Some(anchor) => assert!(distinct.contains(anchor), "{link}"),
                None => assert!(link.starts_with("https://") || link.starts_with("http://")),
            }
        }
        for name in ["aria-labelledby", "aria-describedby"] {
            for id in attributes(&html, name).into_iter().flat_map(str::split_whitespace) {
                assert!(distinct.contains(id), "{name}={id}");
            }
        }
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    for html in pages() {
        assert!(!html.contains("<script") && !html.contains("<link") && !html.contains("<img"));
        assert!(!html.contains("@import") && attributes(&html, "src").is_empty());
        let addresses = html.matches("url(").count();
        assert_eq!(addresses, html.matches("url(data:").count() + html.matches("url(#").count());
    }
}

#[test]
fn headings_never_skip_a_level() {
    for html in pages() {
        let html = without(&html, "<svg", "</svg>");
        let levels: Vec<u32> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..].chars().next()?.to_digit(10))
            .collect();
        assert_eq!(levels.iter().filter(|it| **it == 1).count(), 1, "one title");
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "h{} after h{}", pair[1], pair[0]);
        }
    }
}

#[test]
fn every_figure_has_a_title_and_every_table_headers_with_a_scope() {
    for html in pages() {
        for (at, _) in html.match_indices("<svg") {
            let end = at + html[at..].find('>').unwrap();
            assert!(html[at..end].contains("role=\"img\""));
            assert!(html[end..].trim_start_matches('>').trim_start().starts_with("<title"));
        }
        let svg_free = without(&html, "<svg", "</svg>");
        for (at, _) in svg_free.match_indices("<th") {
            let tag = &svg_free[at..at + svg_free[at..].find('>').unwrap()];
            assert!(tag.starts_with("<thead") || tag.contains("scope="), "{tag}");
        }
    }
}

/// A review in which two people extracted a number differently, from one of a study's two reports.
fn package_of_two_extractors() -> Package {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add(
        "review.toml",
        "[review]\ntitle = \"T\"\n[[database]]\nid = \"d\"\nname = \"D\"\nrecords = [\"records/d.ris\"]\n\
         [[outcome]]\nid = \"pain\"\nname = \"Pain\"\n[[comparison]]\nid = \"c\"\nname = \"Drug or placebo\"\n\
         experimental = \"drug\"\ncomparator = \"placebo\"\n[[analysis]]\nid = \"pain\"\ncomparison = \"c\"\n\
         outcome = \"pain\"\nmeasure = \"MD\"\ntime = \"closest to 12 weeks within 8 to 16 weeks\"\n",
    );
    add(
        "records/d.ris",
        "TY  - JOUR\nTI  - One\nID  - r1\nER  - \nTY  - JOUR\nTI  - Two\nID  - r2\nER  - \n",
    );
    add("studies.csv", "study,reports\nLee 2014,r1;r2\n");
    add("arms.csv", "study,arm,group\nLee 2014,drug,drug\nLee 2014,placebo,placebo\n");
    add(
        "results.csv",
        "study,outcome,arm,time,n,mean,sd,se,source,page,place,quote,entered_by,entered_at\n\
         Lee 2014,pain,drug,week 12,25,5,,0.4,r1,7,Table 2,5 (0.4),anna,2026-01-02\n\
         Lee 2014,pain,drug,week 12,25,5,,0.5,r1,7,Table 2,,ben,2026-01-03\n\
         Lee 2014,pain,drug,week 12,25,5,,0.4,r1,7,Table 2,5 (0.4),consensus,2026-01-05\n\
         Lee 2014,pain,placebo,week 12,25,6,2,,r2,3,,,anna,2026-01-02\n\
         Lee 2014,pain,drug,week 4,25,4,2,,r1,7,,,anna,2026-01-02\n\
         Lee 2014,pain,placebo,week 4,25,6,2,,r1,7,,,anna,2026-01-02\n",
    );
    package
}

#[test]
fn one_click_leads_from_a_number_to_all_that_is_behind_it_and_back() {
    let html = text(&report(&package_of_two_extractors()), "report.html");
    let row = &html[html.find("id=\"analysis-pain-study-1\"").unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    let links = attributes(row, "href").iter().filter(|it| **it == "#analysis-pain-from-1").count();
    assert_eq!(links, 7, "mean, SD and n of both arms, and the effect: {row}");
    // One of them is a stop of the keyboard; the others lead to the same place.
    assert_eq!(row.matches("tabindex=\"-1\"").count(), 6);

    let origin = &html[html.find("id=\"analysis-pain-from-1\"").unwrap()..];
    let origin = &origin[..origin.find("</article>").unwrap()];
    let told = plain(origin).replace('\n', " ");
    for expected in [
        "week 12 (final): the only one that the plan asks for",
        "week 4 (final): not asked for: the time is not “closest to 12 weeks within 8 to 16 weeks”",
        "drug : mean 5, SE 0.4, n 25",
        "r1 , page 7, Table 2. 5 (0.4)",
        "anna, 2026-01-02 ; ben, 2026-01-03 (otherwise: se 0.5); consensus, 2026-01-05 . Decided by consensus.",
        "drug: SD = SE × √n = 0.4 × √25 = 2 Method: Cochrane Handbook 6.5.2.2. Assumes: the number is the standard \
         error of one group's mean, not of a difference.",
        "r2 , page 3",
    ] {
        let plain = told.replace("&#39;", "'").replace("&#x27;", "'").replace("’", "'");
        assert!(plain.contains(expected), "{expected}\n{plain}");
    }
    let links = attributes(origin, "href");
    for anchor in ["#analysis-pain-study-1", "#report-1", "#report-2", "#result-1", "#result-3"] {
        assert!(links.contains(&anchor), "{anchor} in {links:?}");
    }
}

#[test]
fn texts_of_people_stay_texts() {
    const ATTACK: &str = "<script>alert(1)</script>&amp;'><img src=x onerror=alert(2)>";
    let mut package = package();
    for (name, bytes) in &mut package.files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let words = [
            "Cream for itch",
            "A. Author",
            "REG 1",
            "Two trials",
            "All made up",
            "To see whether",
            "People with",
            "Randomised trials",
            "By one of us",
            "\"PubMed\"",
            "\"NLM\"",
            "\"Itch\"",
            "Cream versus none",
            "\"No cream\"",
            "Someone 2020",
            "Other trials",
            "P = 0.01",
            "itch AND cream",
            "Cream one",
            "no cream,",
            "Cream daily",
            "Norway",
            "split-face",
            "10 of 100",
            "Computer list",
            "Few events",
            "Ames 2001",
        ];
        let attacked = words.iter().fold(text, |text, word| {
            let quoted = word.ends_with('"');
            let bare = word.trim_matches(['"', ',']);
            let new = match (quoted, word.ends_with(',')) {
                (true, _) => format!("\"{bare}{ATTACK}\""),
                (false, true) => format!("{bare}{ATTACK},"),
                (false, false) => format!("{bare}{ATTACK}"),
            };
            text.replace(word, &new)
        });
        if name != "records/pubmed.ris" {
            *bytes = attacked.into_bytes();
        }
    }
    let html = text(&report(&package), "report.html");
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;&#39;&#62;&#60;img"));
}

#[test]
fn no_text_turns_the_numbers_after_it_around() {
    let mut package = package();
    let toml = String::from_utf8(package.files["review.toml"].clone()).unwrap();
    let toml = toml.replace("\"Itch\"", "\"Itch\u{202e}\u{2066}\\u0007 حكة\"");
    package.files.insert("review.toml".to_owned(), toml.into_bytes());
    for (name, bytes) in report(&package).files {
        let is_shown = name == "report.html" || name.starts_with("figures/");
        let shown = String::from_utf8_lossy(&bytes);
        assert!(!is_shown || !shown.contains(['\u{202e}', '\u{2066}', '\u{7}']), "{name}");
        assert!(name != "report.html" || shown.contains("حكة"));
    }
}

#[test]
fn a_quotation_mark_does_not_end_an_attribute() {
    let mut package = package();
    let toml = String::from_utf8(package.files["review.toml"].clone()).unwrap();
    let title = r#"id = "itch"
title = "x\" onfocus=\"alert(1)"
comparison"#;
    let toml = toml.replace("id = \"itch\"\ncomparison", title);
    package.files.insert("review.toml".to_owned(), toml.into_bytes());
    let html = text(&report(&package), "report.html");
    assert!(html.contains("x&#34; onfocus=&#34;alert(1)"));
    for (at, _) in html.match_indices('<') {
        let tag = &html[at..at + html[at..].find('>').unwrap()];
        assert!(!tag.contains("onfocus=\""), "{tag}");
    }
}

#[test]
fn the_same_review_gives_the_same_bytes() {
    assert_eq!(report(&package()), report(&package()));
}

#[test]
fn the_files_of_a_report_are_where_scripts_look_for_them() {
    let names: Vec<String> = report(&package()).files.into_keys().collect();
    insta::assert_snapshot!(names.join("\n"));
}

#[test]
fn figures_come_in_the_formats_asked_for() {
    use consilience_report::{FigureFormat, ReportOptions, build};
    let (reading, evaluation) = read(&package());
    let options = ReportOptions { figure_formats: vec![FigureFormat::Png, FigureFormat::Pdf] };
    let files = build(&reading, &evaluation, &options).unwrap().files;
    assert!(files["figures/forest-itch.png"].starts_with(b"\x89PNG"));
    assert!(files["figures/flow.pdf"].starts_with(b"%PDF"));
    assert!(!files.contains_key("figures/flow.svg"));
}
