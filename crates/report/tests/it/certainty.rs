//! Summary of findings, evidence profile, proposals: on the page, as tables and as JSON.

use consilience_review::Package;

use crate::page::plain;
use crate::sample::{package, report, text};

/// The sample with importance, thresholds, baseline risks, a harm nobody measured, and a rating made on other numbers.
fn graded() -> Package {
    let mut package = package();
    let mut toml = String::from_utf8(package.files["review.toml"].clone()).unwrap();
    toml = toml.replace("[question]\n", "[question]\nsetting = \"Clinics\"\n");
    toml = toml.replace(
        "id = \"itch\"\nname = \"Itch\"\n",
        "id = \"itch\"\nname = \"Itch\"\nimportance = \"important\"\nthresholds = [20, 50, 90]\nfollow_up = \"4 weeks\"\n",
    );
    toml = toml.replace(
        "id = \"score\"\nname = \"Itch score\"\n",
        "id = \"score\"\nname = \"Itch score\"\nimportance = \"critical\"\nthresholds = 0.8\nminimum = 0\nmaximum = 10\n",
    );
    toml += "\n[[outcome]]\nid = \"rash\"\nname = \"Rash\"\ndirection = \"lower\"\nimportance = \"important\"\nharm = true\n";
    for (label, value) in [
        ("Trials", "basis = \"median\""),
        ("Low risk", "per_1000 = 20\nsource = \"Register 2020\""),
    ] {
        let table = format!(
            "\n[[baseline_risk]]\ncomparison = \"cream\"\noutcome = \"itch\"\nlabel = \"{label}\"\n{value}\n"
        );
        toml += &table;
    }
    let rows = "comparison,outcome,domain,rating,reason,analysis,estimate,studies,participants,assessor\n\
        cream,itch,start,randomised,,itch,0.57,2,300,E1\n\
        cream,itch,risk of bias,serious,Open label.,itch,0.57,2,300,E1\n\
        cream,itch,imprecision,serious,Few events.,itch,0.57,2,280,E1\n\
        cream,score,start,randomised,,,,,,E1\n\
        cream,score,imprecision,very serious,One trial of twenty.,,,,,E1\n\
        cream,score,risk of bias,serious,Open label.,,,,,E1\n";
    package.files.insert("review.toml".to_owned(), toml.into_bytes());
    package.files.insert("certainty.csv".to_owned(), rows.as_bytes().to_vec());
    package
}

/// Section 7 of the page.
fn section(html: &str) -> &str {
    let from = html.find("<section aria-labelledby=\"certainty\">").unwrap();
    &html[from..from + html[from..].find("</section>").unwrap()]
}

#[test]
fn the_summary_of_findings_says_what_the_analyses_and_the_panel_say() {
    let page = text(&report(&graded()), "report.html");
    insta::assert_snapshot!(plain(section(&page)));
}

#[test]
fn the_tables_hold_the_same_at_full_precision() {
    let output = report(&graded());
    let tables = ["tables/summary-of-findings.csv", "tables/evidence-profile.csv"];
    insta::assert_snapshot!(tables.map(|it| text(&output, it)).join("\n"));
}

#[test]
fn every_table_of_the_section_has_a_caption_and_its_headers_a_scope() {
    let page = text(&report(&graded()), "report.html");
    let section = section(&page);
    assert_eq!(section.matches("<table").count(), section.matches("<caption").count());
    assert_eq!(section.matches("<th ").count(), section.matches("scope=\"").count());
    assert!(!section.contains("<th>"));
    // Every mark leads to its note.
    for at in section.match_indices("href=\"#findings-1-note-").map(|it| it.0) {
        let anchor = section[at + 7..].split('"').next().unwrap();
        assert!(section.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
}

#[test]
fn the_json_says_which_ratings_are_stale_and_why() {
    let json: serde_json::Value =
        serde_json::from_str(&text(&report(&graded()), "results.json")).unwrap();
    let itch =
        json["certainty"].as_array().unwrap().iter().find(|it| it["outcome"] == "itch").unwrap();
    assert_eq!(itch["freshness"], "stale");
    assert_eq!(itch["changes"][0], "the number of participants was 280 and is 300");
    let rows = &json["summary_of_findings"][0]["rows"];
    let order: Vec<&str> =
        rows.as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap()).collect();
    assert_eq!(order, ["score", "itch", "rash"], "critical ones first");
    assert_eq!(rows[1]["risks"][0]["difference"], "95 fewer per 1000 (147 fewer to 8 fewer)");
}
