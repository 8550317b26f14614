//! What is found beyond the pool, as JSON, as text and as a figure: one file for each kind of finding.

mod multiverse;

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::Finding;
use serde_json::Value;

/// The key under which a finding stands in an analysis' JSON, and the finding itself.
pub fn finding_json(finding: &Finding) -> (&'static str, Value) {
    match finding {
        Finding::Multiverse(it) => ("multiverse", multiverse::json(it)),
    }
}

/// A finding in a few lines for a terminal.
pub fn finding_text(finding: &Finding, synthesis: &Synthesis) -> String {
    match finding {
        Finding::Multiverse(it) => multiverse::text(it, synthesis),
    }
}
