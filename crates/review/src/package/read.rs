//! From a package's files to its log: every problem of every file in one go.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use consilience_appraisal::tool::Tool;
use consilience_bib as bib;
use indexmap::{IndexMap, IndexSet};

use crate::cells::{Cell, Row, Tabular, cells_of};
use crate::check::{Places, Refused};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::{Attributed, Event, When, Who};
use crate::log::{Blobs, Log, digest};
use crate::package::record_ids::RecordIds;
use crate::package::table::{Columns, decode, read_table};
use crate::package::{FOLDERS, Package, REVIEW_FILE, TOOLS, toml};
use crate::printed::Printed;
use crate::state::{Kind, Rejection, Repeat, State};
use crate::vocabulary::certainty::CertaintyEntry;
use crate::vocabulary::check::CheckEntry;
use crate::vocabulary::grading::BaselineRisk;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{
    Claim, Comparison, Database, Description, Eligibility, Methods, Outcome, Question,
};
use crate::vocabulary::records::{Duplicate, ImportedFile, PairJudgement, Screening, Search};
use crate::vocabulary::result::ExtractedResult;
use crate::vocabulary::risk_of_bias::{OwnTool, RobEntry};
use crate::vocabulary::study::{Arm, Study};
use crate::vocabulary::term::Term;

/// The table of results.
const RESULTS_FILE: &str = "results.csv";

/// What reading a package gave.
#[derive(Debug)]
pub struct Reading {
    /// The log.
    pub log: Log,
    /// Its state.
    pub state: State,
    /// The records of the imported files, by id.
    pub records: IndexMap<String, bib::Record>,
    /// Errors and warnings, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// Where each result stands.
    pub places: Places,
    /// The results that their own numbers forbid; their problems are among the diagnostics too.
    pub refused: Vec<Refused>,
}

impl Reading {
    /// Whether nothing stands in the way of building.
    pub fn is_sound(&self) -> bool {
        self.diagnostics.iter().all(|it| it.severity == Severity::Warning)
    }
}

impl Package {
    /// Reads all files. Whatever is sound is in the log, and everything that is not is in the diagnostics.
    pub fn to_log(&self) -> Reading {
        self.to_log_watched(&mut |_| {})
    }

    /// The same, while somebody watches: is told how many more bytes of `records/` have been read, of
    /// [`Package::size_of_records`].
    pub fn to_log_watched(&self, watch: &mut dyn FnMut(u64)) -> Reading {
        let mut reader = Reader::new(self, watch);
        reader.review_file();
        reader.searches_and_records();
        reader.tables();
        reader.characteristics_are_columns();
        reader.groups_have_arms();
        reader.finish()
    }

    /// How many bytes the files of `records/` have.
    pub fn size_of_records(&self) -> u64 {
        self.imported().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// The files of `records/` under their digests: what [`Package::from_state`] needs beside a state.
    pub fn blobs(&self) -> Blobs {
        self.imported().map(|(_, bytes)| (digest(bytes), bytes.clone())).collect()
    }

    fn imported(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.files.iter().filter(|(path, _)| path.starts_with("records/"))
    }
}

/// Bytes that tell how many of them have been read.
struct Watched<'a> {
    bytes: &'a [u8],
    watch: &'a mut dyn FnMut(u64),
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.bytes.read(buffer)?;
        (self.watch)(n as u64);
        Ok(n)
    }
}

struct Reader<'a> {
    package: &'a Package,
    /// Is told how many more bytes of records have been read.
    watch: &'a mut dyn FnMut(u64),
    state: State,
    entries: Vec<Attributed<Event>>,
    records: IndexMap<String, bib::Record>,
    diagnostics: Vec<Diagnostic>,
    /// Names that were given, but in an entry that is not sound: references to them are no second error.
    unsound: BTreeSet<(Kind, String)>,
    /// Kinds whose file could not be read at all.
    unreadable: BTreeSet<Kind>,
    /// In which lines the events of a kind stand that happened, by the kind's name in the log.
    lines: BTreeMap<&'static str, Vec<Option<usize>>>,
    /// Where a setting stands that can only be checked later, by its table's id and its name.
    places: BTreeMap<(String, &'static str), Place>,
    /// Where each result stands.
    results: Places,
    /// Results that their own numbers forbid.
    refused: Vec<Refused>,
}

/// How a table names who made an entry and when.
#[derive(Clone, Copy)]
enum Signature {
    None,
    Columns(&'static str, &'static str),
}

impl<'a> Reader<'a> {
    fn new(package: &'a Package, watch: &'a mut dyn FnMut(u64)) -> Self {
        Self {
            package,
            watch,
            state: State::default(),
            entries: Vec::new(),
            records: IndexMap::new(),
            diagnostics: Vec::new(),
            unsound: BTreeSet::new(),
            unreadable: BTreeSet::new(),
            lines: BTreeMap::new(),
            places: BTreeMap::new(),
            results: Places::default(),
            refused: Vec::new(),
        }
    }

    fn finish(self) -> Reading {
        let mut log = Log::default();
        // A new log ends at 0, so nobody can have been faster.
        let _ = log.append(0, self.entries);
        Reading {
            log,
            state: self.state,
            records: self.records,
            diagnostics: self.diagnostics,
            places: self.results,
            refused: self.refused,
        }
    }

    /// Reads one entry and lets it happen.
    fn entry<T: Tabular>(
        &mut self,
        mut row: Row,
        signature: Signature,
        named: Option<(Kind, &str)>,
        event: impl FnOnce(T) -> Event,
    ) {
        let name = named.and_then(|(kind, field)| Some((kind, row.clone().text(field)?)));
        let (who, when) = match signature {
            Signature::None => (Who::default(), When::default()),
            Signature::Columns(who, when) => (Who(row.text(who)), When::read(&mut row, when)),
        };
        let value = T::read(&mut row);
        let known_problems = self.diagnostics.len();
        self.diagnostics.append(&mut row.take_problems());
        let happened = value.is_some_and(|value| {
            if cells_of(&value).is_empty() {
                // A heading with nothing under it states nothing, so nothing happened.
                return true;
            }
            let entry = Attributed { who, when, value: event(value) };
            match self.state.apply(entry.clone(), Repeat::IsRefused) {
                Ok(()) => {
                    self.lines.entry(entry.value.kind()).or_default().push(row.place().line);
                    if let Event::ResultExtracted(result) = &entry.value {
                        self.results.insert(result, row.clone());
                    }
                    self.entries.push(entry);
                    true
                }
                Err(rejection) => {
                    self.reject(&row, entry.value.kind(), rejection);
                    false
                }
            }
        });
        if !happened {
            self.unsound.extend(name);
            if row.place().file == RESULTS_FILE {
                self.refused.extend(refused(&row, &self.diagnostics[known_problems..]));
            }
        }
    }

    fn reject(&mut self, row: &Row, kind: &'static str, rejection: Rejection) {
        if let Some(unknown) = &rejection.unknown
            && (self.unsound.contains(unknown) || self.unreadable.contains(&unknown.0))
        {
            return;
        }
        let lines = self.lines.get(kind);
        let first = rejection.first.and_then(|first| *lines?.get(first)?);
        let found = match first {
            Some(line) => format!("{}, the first in line {line}", rejection.found),
            None => rejection.found,
        };
        self.diagnostics.push(
            Diagnostic::error(row.place_of(rejection.field))
                .found(found)
                .expected(rejection.expected)
                .help(rejection.help),
        );
    }

    fn review_file(&mut self) {
        let Some(bytes) = self.package.files.get(REVIEW_FILE) else {
            self.diagnostics.push(
                Diagnostic::error(Place::file(REVIEW_FILE))
                    .found("no such file")
                    .expected("the file that every review has")
                    .help("`consil new DIR` makes one"),
            );
            self.nothing_of_review_file();
            return;
        };
        let Some(text) = decode(REVIEW_FILE, bytes, &mut self.diagnostics) else {
            self.nothing_of_review_file();
            return;
        };
        let before = self.diagnostics.len();
        let mut tables = toml::read_tables(text, &mut self.diagnostics);
        if self.diagnostics.len() > before {
            self.nothing_of_review_file();
        } else if !tables.contains_key("review") {
            self.diagnostics.push(
                Diagnostic::error(Place::file(REVIEW_FILE))
                    .found("no table `[review]`")
                    .expected("`[review]` with the review's `title`")
                    .help("add it"),
            );
        }
        let mut take = |name: &str| tables.shift_remove(name).unwrap_or_default();
        for row in take("review") {
            self.table::<Description>(row, None, Event::ReviewDescribed);
        }
        for row in take("question") {
            self.table::<Question>(row, None, Event::QuestionStated);
        }
        for row in take("eligibility") {
            self.table::<Eligibility>(row, None, Event::EligibilityStated);
        }
        for row in take("methods") {
            self.table::<Methods>(row, None, Event::MethodsStated);
        }
        for mut row in take("database") {
            self.remember(&mut row, "search");
            self.remember(&mut row, "records");
            self.table::<Database>(row, Some(Kind::Database), Event::DatabaseDefined);
        }
        for row in take("outcome") {
            self.table::<Outcome>(row, Some(Kind::Outcome), Event::OutcomeDefined);
        }
        for mut row in take("comparison") {
            self.remember(&mut row, "experimental");
            self.remember(&mut row, "comparator");
            self.table::<Comparison>(row, Some(Kind::Comparison), Event::ComparisonDefined);
        }
        for row in take("baseline_risk") {
            self.table::<BaselineRisk>(row, None, Event::BaselineStated);
        }
        for mut row in take("analysis") {
            self.remember(&mut row, "subgroup");
            self.remember(&mut row, "moderators");
            self.table::<AnalysisPlan>(row, Some(Kind::Analysis), Event::AnalysisDefined);
        }
        for row in take("claim") {
            self.table::<Claim>(row, None, Event::ClaimRecorded);
        }
    }

    /// Keeps the place of a setting that can only be checked later.
    fn remember(&mut self, row: &mut Row, field: &'static str) {
        if let (Some(id), true) = (row.text("id"), row.has(field)) {
            self.places.insert((id, field), row.place_of(field));
        }
    }

    fn remembered(&self, id: &str, field: &'static str) -> Place {
        let place = self.places.get(&(id.to_owned(), field)).cloned();
        place.unwrap_or_else(|| Place::file(REVIEW_FILE).named(field))
    }

    /// What the file defines is not known, so references to it are no second error.
    fn nothing_of_review_file(&mut self) {
        self.unreadable.extend([Kind::Database, Kind::Outcome, Kind::Comparison, Kind::Analysis]);
    }

    fn table<T: Tabular>(
        &mut self,
        mut row: Row,
        kind: Option<Kind>,
        event: impl FnOnce(T) -> Event,
    ) {
        row.refuse_unknown(T::FIELDS);
        let mut unknown = row.take_problems();
        self.diagnostics.append(&mut unknown);
        self.entry(row, Signature::None, kind.map(|it| (it, "id")), event);
    }

    fn searches_and_records(&mut self) {
        let databases: Vec<Database> = self.state.databases.values().cloned().collect();
        let mut named = BTreeSet::new();
        for database in &databases {
            if let Some(path) = &database.search {
                named.insert(path.clone());
                if let Some(bytes) = self.file(path, "search", &database.id) {
                    self.search(&database.id, path, bytes);
                }
            }
            for path in &database.records {
                named.insert(path.clone());
                if let Some(bytes) = self.file(path, "records", &database.id) {
                    self.import(&database.id, path, bytes);
                }
            }
        }
        if self.unreadable.contains(&Kind::Database) {
            self.unreadable.insert(Kind::Record);
            return;
        }
        let unnamed = self.package.files.keys().filter(|path| {
            !named.contains(*path) && FOLDERS.iter().any(|it| path.starts_with(&format!("{it}/")))
        });
        for path in unnamed {
            self.diagnostics.push(
                Diagnostic::warning(Place::file(path))
                    .found("a file that no database names")
                    .expected("its path in a `[[database]]` of review.toml")
                    .help("name it there, or remove it; it is not read"),
            );
        }
    }

    fn file(&mut self, path: &str, field: &'static str, database: &str) -> Option<&'a [u8]> {
        let package = self.package;
        let bytes = package.files.get(path);
        if bytes.is_none() {
            let near = crate::diagnostic::nearest(path, package.files.keys().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    format!("put the file there, or correct `{field}` of the database `{database}`")
                }
            };
            self.diagnostics.push(
                Diagnostic::error(self.remembered(database, field))
                    .found(format!("`{path}`, and no such file"))
                    .expected("a file of the package, in `searches/` or `records/`")
                    .help(help),
            );
            if field == "records" {
                self.unreadable.insert(Kind::Record);
            }
        }
        bytes.map(Vec::as_slice)
    }

    fn search(&mut self, database: &str, path: &str, bytes: &[u8]) {
        let Some(text) = decode(path, bytes, &mut self.diagnostics) else { return };
        let row = search_row(database, path, text, &mut self.diagnostics);
        self.entry::<Search>(row, Signature::None, None, Event::SearchRecorded);
    }

    fn import(&mut self, database: &str, path: &str, bytes: &[u8]) {
        let input = Watched { bytes, watch: &mut *self.watch };
        let parsed = match bib::parse_from(input, &bib::Options::named(path)) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.unreadable.insert(Kind::Record);
                self.diagnostics.push(
                    Diagnostic::error(Place::file(path))
                        .found("a file in no known format")
                        .expected("an export of a database or reference manager, such as RIS, NBIB, XML or CSV")
                        .help(error.to_string()),
                );
                return;
            }
        };
        for kept in &parsed.quarantine {
            self.diagnostics.push(
                Diagnostic::warning(Place::spot(path, kept.line as usize, 1))
                    .found(format!("a record that cannot be read: {}", kept.reason))
                    .expected("a whole record")
                    .help("it is kept aside, verbatim, and counted"),
            );
        }
        let given = RecordIds::of(path, &parsed.records, |id| self.records.contains_key(id));
        self.diagnostics.extend(given.notice(path, &parsed.records));
        let ids = given.ids;
        let mut seen = BTreeSet::new();
        let mut is_known = |id: &String| !seen.insert(id.clone()) || self.records.contains_key(id);
        if let Some((i, id)) = ids.iter().enumerate().find(|(_, id)| is_known(id)) {
            self.unreadable.insert(Kind::Record);
            self.diagnostics.push(
                Diagnostic::error(Place::spot(path, parsed.records[i].line as usize, 1))
                    .found(format!("a record with the id `{id}`, which another record has"))
                    .expected("an id of its own")
                    .help("rename the file: two exports of one name, in two folders, name their records alike"),
            );
            return;
        }
        let event = Event::RecordsImported(ImportedFile {
            database: database.to_owned(),
            path: path.to_owned(),
            sha256: digest(bytes),
            records: ids.clone(),
            quarantined: Printed::from_value(parsed.quarantine.len() as f64),
        });
        let entry = Attributed { who: Who::default(), when: When::default(), value: event };
        match self.state.apply(entry.clone(), Repeat::IsRefused) {
            Ok(()) => {
                self.entries.push(entry);
                self.records.extend(ids.into_iter().zip(parsed.records));
            }
            Err(rejection) => {
                self.unreadable.insert(Kind::Record);
                self.reject(&Row::new(Place::file(path)), entry.value.kind(), rejection);
            }
        }
    }

    fn tables(&mut self) {
        let reviewer = Signature::Columns("reviewer", "time");
        let assessor = Signature::Columns("assessor", "time");
        let extractor = Signature::Columns("entered_by", "entered_at");
        self.csv::<Duplicate>(
            "duplicates.csv",
            &["record", "duplicate_of"],
            reviewer,
            None,
            Event::DuplicateConfirmed,
        );
        self.csv::<PairJudgement>(
            "pairs.csv",
            &["first", "second", "question", "answer"],
            reviewer,
            None,
            Event::PairJudged,
        );
        self.csv::<Screening>(
            "screening.csv",
            &["report", "stage", "decision"],
            reviewer,
            None,
            Event::ReportScreened,
        );
        let study = Some((Kind::Study, "study"));
        self.csv::<Study>("studies.csv", &["study"], Signature::None, study, Event::StudyDescribed);
        let arm = Some((Kind::Arm, "arm"));
        self.csv::<Arm>(
            "arms.csv",
            &["study", "arm", "group"],
            Signature::None,
            arm,
            Event::ArmDescribed,
        );
        self.csv::<ExtractedResult>(
            RESULTS_FILE,
            &["study", "outcome", "arm"],
            extractor,
            None,
            Event::ResultExtracted,
        );
        self.own_tools();
        self.csv::<RobEntry>(
            "risk_of_bias.csv",
            &["study", "question", "answer"],
            assessor,
            None,
            Event::RiskOfBiasAnswered,
        );
        self.csv::<CertaintyEntry>(
            "certainty.csv",
            &["comparison", "outcome", "domain", "rating"],
            assessor,
            None,
            Event::CertaintyRated,
        );
        self.csv::<CheckEntry>(
            "checks.csv",
            &["study", "kind", "answer"],
            reviewer,
            None,
            Event::CheckAnswered,
        );
    }

    /// The risk-of-bias tools of the team.
    fn own_tools(&mut self) {
        let package = self.package;
        for (path, bytes) in &package.files {
            if !path.starts_with(&format!("{TOOLS}/")) {
                continue;
            }
            let Some(text) = decode(path, bytes, &mut self.diagnostics) else { continue };
            match Tool::from_toml(text) {
                Ok(_) => {
                    let mut row = Row::new(Place::file(path));
                    let mut put = |name: &str, text: &str| {
                        row.insert(
                            name,
                            Cell::Text(text.to_owned()),
                            Place::file(path).named(name),
                        );
                    };
                    put("path", path);
                    put("text", text.trim());
                    self.entry::<OwnTool>(row, Signature::None, None, Event::ToolDefined);
                }
                Err(problems) => self.diagnostics.extend(problems.into_iter().map(|it| {
                    Diagnostic::error(Place::spot(path, it.line, it.column))
                        .found(it.found)
                        .expected(it.expected)
                        .help(it.help)
                })),
            }
        }
    }

    fn csv<T: Tabular>(
        &mut self,
        file: &str,
        required: &[&str],
        signature: Signature,
        named: Option<(Kind, &str)>,
        event: impl Fn(T) -> Event,
    ) {
        let Some(bytes) = self.package.files.get(file) else { return };
        let mut known = T::FIELDS.to_vec();
        if let Signature::Columns(who, when) = signature {
            known.extend([who, when]);
        }
        // Other columns of a study, and of an arm, are characteristics.
        let others_allowed = ["studies.csv", "arms.csv"].contains(&file);
        let columns = Columns { required, known: &known, others_allowed };
        match read_table(file, bytes, &columns, &mut self.diagnostics) {
            Some(table) => {
                if let Some((kind, field)) = named {
                    let names = table.torn.into_iter().flat_map(|mut row| row.list(field));
                    self.unsound.extend(names.map(|name| (kind, name)));
                }
                for row in table.rows {
                    self.entry::<T>(row, signature, named, &event);
                }
            }
            None => self.unreadable.extend(named.map(|(kind, _)| kind)),
        }
    }

    /// A subgroup and a moderator must be columns of `studies.csv`, which is read after the analyses.
    fn characteristics_are_columns(&mut self) {
        if self.state.studies.is_empty() || self.is_read_in_part(Kind::Study) {
            return;
        }
        let known = self.state.characteristic_names();
        let arms = self.state.arms.values();
        let of_arms: BTreeSet<&str> =
            arms.flat_map(|it| it.characteristics.keys()).map(String::as_str).collect();
        let named = self.state.analyses.values().flat_map(|it| {
            let moderators = it.moderators.iter().flat_map(Term::columns);
            let moderators = moderators.map(|name| ("moderators", name));
            let subgroup = it.subgroup.as_deref().map(|name| ("subgroup", name));
            let all = subgroup.into_iter().chain(moderators);
            all.map(|(field, name)| (it.id.as_str(), field, name))
        });
        let found: Vec<Diagnostic> = named
            .filter(|(_, field, name)| {
                let is_of_arms = *field == "subgroup" && of_arms.contains(name);
                !known.contains(name) && !is_of_arms
            })
            .map(|(id, field, name)| {
                self.not_among(&known, id, field, name)
                    .expected("a column of studies.csv with a value in at least one row")
                    .or_help(&format!("add the column to studies.csv, or remove `{field}`"))
            })
            .collect();
        self.diagnostics.extend(found);
    }

    /// The groups of a comparison must be those of `arms.csv`, which is read after it.
    fn groups_have_arms(&mut self) {
        if self.state.arms.is_empty() || self.is_read_in_part(Kind::Arm) {
            return;
        }
        let known: IndexSet<&str> = self.state.arms.values().map(|it| it.group.as_str()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        let groups = self.state.comparisons.values().flat_map(|it| {
            [("experimental", &it.experimental), ("comparator", &it.comparator)]
                .map(|(field, group)| (it.id.as_str(), field, group.as_str()))
        });
        let found: Vec<Diagnostic> = groups
            .filter(|(_, _, group)| !known.contains(group))
            .map(|(id, field, group)| {
                let expected = format!("a group of arms.csv: {}", known.join(", "));
                let help = "correct it, here or in arms.csv, if trials of this group were found";
                let finding = self.not_among(&known, id, field, group).expected(expected);
                // Without a near name it may be a comparison of which no trial was found.
                let severity =
                    if finding.help.is_empty() { Severity::Warning } else { Severity::Error };
                Diagnostic { severity, ..finding.or_help(help) }
            })
            .collect();
        self.diagnostics.extend(found);
    }

    /// Whether entries of a kind may be there that could not be read.
    fn is_read_in_part(&self, kind: Kind) -> bool {
        self.unreadable.contains(&kind) || self.unsound.iter().any(|it| it.0 == kind)
    }

    /// A setting of the table with this id names what no file has.
    fn not_among(&self, known: &[&str], id: &str, field: &'static str, name: &str) -> Diagnostic {
        let near = crate::diagnostic::nearest(name, known.iter().copied());
        let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        Diagnostic::error(self.remembered(id, field)).found(format!("`{name}`")).help(help)
    }
}

/// The problems of a row of `results.csv` that kept it from being read.
fn refused(row: &Row, problems: &[Diagnostic]) -> Vec<Refused> {
    let text = |name: &str| row.clone().text(name);
    let errors = problems.iter().filter(|it| it.severity == Severity::Error);
    errors
        .map(|problem| Refused {
            study: text("study").unwrap_or_default(),
            outcome: text("outcome").unwrap_or_default(),
            arm: text("arm"),
            field: problem.place.field.clone().unwrap_or_default(),
            problem: problem.clone(),
        })
        .collect()
}

/// Reads the head of a search file; the rest is the strategy, verbatim.
fn search_row(database: &str, path: &str, text: &str, problems: &mut Vec<Diagnostic>) -> Row {
    let mut row = Row::new(Place::spot(path, 1, 1));
    row.insert("database", Cell::Text(database.to_owned()), Place::file(path));
    let mut notes: Vec<String> = Vec::new();
    let mut strategy_from = 0;
    for (i, line) in text.lines().enumerate() {
        let key_value = line.strip_prefix("# ").and_then(|it| it.split_once(':'));
        let Some((key, value)) = key_value.filter(|(key, _)| key.chars().all(char::is_alphabetic))
        else {
            break;
        };
        let place = Place::spot(path, i + 1, key.len() + 5).named(key);
        match key {
            "note" => notes.push(value.trim().to_owned()),
            "date" | "hits" => row.insert(key, Cell::Text(value.trim().to_owned()), place),
            _ => problems.push(
                Diagnostic::error(place)
                    .found(format!("the unknown key `{key}`"))
                    .expected("`# date: …`, `# hits: …` or `# note: …`")
                    .help("the database's name and platform stand in review.toml"),
            ),
        }
        strategy_from = i + 1;
    }
    let strategy: Vec<&str> = text.lines().skip(strategy_from).collect();
    let strategy = strategy.join("\n").trim().to_owned();
    row.insert("note", Cell::Text(notes.join("\n")), Place::file(path).named("note"));
    row.insert("strategy", Cell::Text(strategy), Place::file(path).named("strategy"));
    row
}
