//! Columns of an Arrow file or stream (Feather version 2).

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;

use consilience_review::{Diagnostic, Place};

use super::decimal::{decimal, whole};
use super::ipc::{Broken, Codec, Header, Messages, Table, buffer};
use super::{Data, Wanted, at_row, cannot_read};

/// What a column's buffers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer {
        bytes: usize,
        signed: bool,
    },
    Single,
    Double,
    /// Whole numbers of the last of so many decimals.
    Decimal {
        bytes: usize,
        scale: i32,
    },
    Bool,
    /// Texts with 32-bit offsets.
    Text,
    /// Texts with 64-bit offsets.
    LargeText,
    /// Texts of which short ones stand in the view itself.
    ViewedText,
    /// Anything else.
    Other,
}

/// A column of the schema, and where its buffers are among a batch's.
struct Field {
    name: String,
    kind: Kind,
    /// The dictionary that the numbers refer to, and what they are.
    dictionary: Option<(i64, Kind)>,
    /// The column and its children: what to pass over in a batch.
    layout: Layout,
}

/// How much of a batch a column takes.
#[derive(Debug, Clone, Copy, Default)]
struct Layout {
    nodes: usize,
    buffers: usize,
    /// Columns of views, each with a number of further buffers of its own.
    views: usize,
}

/// Values of one column of one batch.
enum Values {
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
}

pub(super) fn names(path: &Path, name: &str) -> Result<Vec<String>, Diagnostic> {
    let read = || -> Result<Vec<String>, Broken> {
        let mut messages = Messages::new(open(path)?)?;
        let fields = match messages.schema()? {
            Some(schema) => fields(schema)?,
            None => match messages.next()?.ok_or_else(|| Broken::new("no schema"))?.header()? {
                Header::Schema(schema) => fields(schema)?,
                _ => return Err(Broken::new("no schema")),
            },
        };
        Ok(fields.into_iter().map(|it| it.name).collect())
    };
    read().map_err(|error| cannot_read(name, &error.0))
}

pub(super) fn read(path: &Path, name: &str, wanted: &Wanted) -> Result<Data, Diagnostic> {
    let mut data = Data::new(wanted.numbers.len());
    read_into(&mut data, path, wanted).map_err(|Broken(why)| cannot_read(name, &why))?;
    for (values, column) in data.numbers.iter().zip(wanted.numbers) {
        if let Some(row) = values.iter().position(|it| it.is_infinite()) {
            return Err(Diagnostic::error(at_row(name, column, row + 1))
                .found("an infinite number")
                .expected("a finite number, or none")
                .help("correct it"));
        }
    }
    if data.numbers.iter().any(|it| it.len() != data.groups.rows()) {
        return Err(Diagnostic::error(Place::file(name))
            .found("columns of different lengths")
            .expected("a value for each row")
            .help("write the file again"));
    }
    Ok(data)
}

fn open(path: &Path) -> Result<BufReader<fs_err::File>, Broken> {
    let file = fs_err::File::open(path).map_err(|error| Broken::new(error.to_string()))?;
    Ok(BufReader::with_capacity(1 << 18, file))
}

fn read_into(data: &mut Data, path: &Path, wanted: &Wanted) -> Result<(), Broken> {
    let mut messages = Messages::new(open(path)?)?;
    let mut columns = messages.schema()?.map_or(Ok(Vec::new()), fields)?;
    let mut dictionaries: BTreeMap<i64, Values> = BTreeMap::new();
    while let Some(message) = messages.next()? {
        match message.header()? {
            Header::Schema(schema) => columns = fields(schema)?,
            Header::DictionaryBatch(table) => {
                let id = table.long(0)?;
                let field =
                    columns.iter().find(|it: &&Field| it.dictionary.is_some_and(|d| d.0 == id));
                let Some((field, batch)) = field.zip(table.table(1)?) else { continue };
                let batch = Batch::of(batch, &message.body)?;
                let more = batch.values(field.kind, &mut Reached::default())?;
                let is_delta = table.byte(2)? != 0;
                match (dictionaries.get_mut(&id).filter(|_| is_delta), more) {
                    (Some(Values::Texts(old)), Values::Texts(new)) => old.extend(new),
                    (Some(Values::Numbers(old)), Values::Numbers(new)) => old.extend(new),
                    (_, more) => drop(dictionaries.insert(id, more)),
                }
            }
            Header::RecordBatch(table) => {
                let batch = Batch::of(table, &message.body)?;
                read_batch(&batch, &columns, &dictionaries, data, wanted)?;
            }
            Header::Other => {}
        }
    }
    Ok(())
}

fn read_batch(
    batch: &Batch,
    fields: &[Field],
    dictionaries: &BTreeMap<i64, Values>,
    data: &mut Data,
    wanted: &Wanted,
) -> Result<(), Broken> {
    let mut reached = Reached::default();
    for field in fields {
        let here = reached;
        reached.pass(field.layout, batch)?;
        let slots: Vec<usize> =
            (0..wanted.numbers.len()).filter(|slot| wanted.numbers[*slot] == field.name).collect();
        let is_group = wanted.group == field.name;
        if slots.is_empty() && !is_group {
            continue;
        }
        let values = column(batch, field, here, dictionaries)?;
        for slot in slots {
            let Values::Numbers(numbers) = &values else {
                let name = &field.name;
                return Err(Broken::new(format!("the column `{name}` holds no numbers")));
            };
            data.numbers[slot].extend_from_slice(numbers);
        }
        match &values {
            _ if !is_group => {}
            Values::Texts(texts) => {
                for text in texts {
                    data.groups.push(text.as_deref().unwrap_or_default());
                }
            }
            Values::Numbers(numbers) => {
                for number in numbers {
                    let text = if number.is_nan() { String::new() } else { number.to_string() };
                    data.groups.push(&text);
                }
            }
        }
    }
    Ok(())
}

/// The values of a column, those of a dictionary looked up.
fn column(
    batch: &Batch,
    field: &Field,
    mut place: Reached,
    dictionaries: &BTreeMap<i64, Values>,
) -> Result<Values, Broken> {
    let Some((id, index)) = field.dictionary else {
        return batch
            .values(field.kind, &mut place)
            .map_err(|Broken(why)| Broken::new(format!("the column `{}`: {why}", field.name)));
    };
    let Values::Numbers(positions) = batch.values(index, &mut place)? else {
        return Err(Broken::new("a dictionary without positions"));
    };
    let dictionary = dictionaries.get(&id).ok_or_else(|| Broken::new("a dictionary is missing"))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positions are integers from 0; one that is not finds nothing"
    )]
    let at = |it: &f64| if it.is_nan() { None } else { Some(*it as usize) };
    Ok(match dictionary {
        Values::Texts(texts) => Values::Texts(
            positions
                .iter()
                .map(|it| at(it).and_then(|it| texts.get(it)).cloned().flatten())
                .collect(),
        ),
        Values::Numbers(numbers) => Values::Numbers(
            positions
                .iter()
                .map(|it| at(it).and_then(|it| numbers.get(it)).copied().unwrap_or(f64::NAN))
                .collect(),
        ),
    })
}

/// The columns of a schema.
fn fields(schema: Table) -> Result<Vec<Field>, Broken> {
    if schema.short(0)? != 0 {
        return Err(Broken::new("numbers in big-endian order, which this program does not read"));
    }
    schema.tables(1)?.into_iter().map(Field::of).collect()
}

impl Field {
    fn of(table: Table) -> Result<Self, Broken> {
        let dictionary = table.table(4)?;
        let dictionary = dictionary.map(|it| -> Result<_, Broken> {
            let index = it.table(1)?.map_or(Ok(INT32), |index| integer(&index))?;
            Ok((it.long(0)?, index))
        });
        let dictionary = dictionary.transpose()?;
        let layout = match dictionary {
            Some(_) => Layout { nodes: 1, buffers: 2, views: 0 },
            None => Layout::of(&table, 0)?,
        };
        Ok(Self { name: table.text(0)?.to_owned(), kind: Kind::of(&table)?, dictionary, layout })
    }
}

const INT32: Kind = Kind::Integer { bytes: 4, signed: true };

fn integer(table: &Table) -> Result<Kind, Broken> {
    let bytes = usize::try_from(table.int(0)? / 8).unwrap_or(0);
    Ok(Kind::Integer { bytes, signed: table.byte(1)? != 0 })
}

impl Kind {
    fn of(field: &Table) -> Result<Self, Broken> {
        let Some(details) = field.table(3)? else { return Ok(Self::Other) };
        Ok(match field.byte(2)? {
            2 => integer(&details)?,
            3 if details.short(0)? == 1 => Self::Single,
            3 if details.short(0)? == 2 => Self::Double,
            5 => Self::Text,
            6 => Self::Bool,
            7 => {
                // Files from before there was a choice of widths do not name it.
                let bits = match details.int(2)? {
                    0 => 128,
                    bits => bits,
                };
                Self::Decimal {
                    bytes: usize::try_from(bits / 8).unwrap_or(0),
                    scale: details.int(1)?,
                }
            }
            20 => Self::LargeText,
            24 => Self::ViewedText,
            _ => Self::Other,
        })
    }
}

impl Layout {
    /// Nodes and buffers of a field and its children, by the format's table of layouts.
    fn of(field: &Table, depth: usize) -> Result<Self, Broken> {
        if depth > 64 {
            return Err(Broken::new("types nested too deeply"));
        }
        #[expect(clippy::match_same_arms, reason = "a row of the format's table each")]
        let (own, views) = match field.byte(2)? {
            // Null and run-end encoded.
            1 | 22 => (0, 0),
            // Binary and text, short and large.
            4 | 5 | 19 | 20 => (3, 0),
            // Views of binary and text.
            23 | 24 => (2, 1),
            // Struct and list of fixed size.
            13 | 16 => (1, 0),
            // A sparse union has types, a dense one offsets too.
            14 => {
                let dense = field.table(3)?.map_or(Ok(0), |it| it.short(0))? == 1;
                (if dense { 2 } else { 1 }, 0)
            }
            // Views of lists.
            25 | 26 => (3, 0),
            _ => (2, 0),
        };
        let mut layout = Self { nodes: 1, buffers: own, views };
        for child in field.tables(5)? {
            let child = if child.table(4)?.is_some() {
                Self { nodes: 1, buffers: 2, views: 0 }
            } else {
                Self::of(&child, depth + 1)?
            };
            layout.nodes += child.nodes;
            layout.buffers += child.buffers;
            layout.views += child.views;
        }
        Ok(layout)
    }
}

/// A record batch, or the one inside a dictionary batch.
struct Batch<'a> {
    nodes: Vec<(i64, i64)>,
    buffers: Vec<(i64, i64)>,
    view_counts: Vec<i64>,
    codec: Option<Codec>,
    body: &'a [u8],
}

/// How far the columns of a batch have been passed.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    node: usize,
    buffer: usize,
    view: usize,
}

impl Reached {
    fn pass(&mut self, layout: Layout, batch: &Batch) -> Result<(), Broken> {
        for view in self.view..self.view + layout.views {
            self.buffer += batch.view_count(view)?;
        }
        self.node += layout.nodes;
        self.buffer += layout.buffers;
        self.view += layout.views;
        Ok(())
    }
}

impl<'a> Batch<'a> {
    fn of(table: Table, body: &'a [u8]) -> Result<Self, Broken> {
        let codec = match table.table(3)? {
            None => None,
            Some(compression) => match compression.byte(0)? {
                0 => Some(Codec::Lz4),
                1 => Some(Codec::Zstd),
                other => return Err(Broken::new(format!("unknown compression {other}"))),
            },
        };
        Ok(Self {
            nodes: table.pairs(1)?,
            buffers: table.pairs(2)?,
            view_counts: table.longs(4)?,
            codec,
            body,
        })
    }

    fn view_count(&self, view: usize) -> Result<usize, Broken> {
        let count = self.view_counts.get(view).and_then(|it| usize::try_from(*it).ok());
        count.filter(|it| *it <= self.buffers.len()).ok_or_else(|| Broken::new("damaged metadata"))
    }

    fn next_buffer(&self, place: &mut Reached) -> Result<Vec<u8>, Broken> {
        let found =
            self.buffers.get(place.buffer).ok_or_else(|| Broken::new("a missing buffer"))?;
        place.buffer += 1;
        buffer(self.body, *found, self.codec)
    }

    /// The values of the column at `place`.
    fn values(&self, kind: Kind, place: &mut Reached) -> Result<Values, Broken> {
        let node = self.nodes.get(place.node).ok_or_else(|| Broken::new("a missing column"))?;
        let rows = usize::try_from(node.0).map_err(|_| Broken::new("damaged metadata"))?;
        let validity = self.next_buffer(place)?;
        let there = |row: usize| {
            validity.is_empty() || validity.get(row / 8).is_some_and(|it| it >> (row % 8) & 1 == 1)
        };
        let short = || Broken::new("a buffer shorter than its column");
        let bytes = self.next_buffer(place)?;
        let numbers = |width: usize, number: &dyn Fn(&[u8]) -> f64| {
            let all = bytes.get(..rows * width).ok_or_else(short)?.chunks_exact(width);
            let number = |(row, it): (usize, &[u8])| if there(row) { number(it) } else { f64::NAN };
            Ok(Values::Numbers(all.enumerate().map(number).collect()))
        };
        match kind {
            Kind::Double => numbers(8, &|it| f64::from_bits(bits(it))),
            #[expect(clippy::cast_possible_truncation, reason = "four bytes")]
            Kind::Single => numbers(4, &|it| f64::from(f32::from_bits(bits(it) as u32))),
            Kind::Integer { bytes: width @ (1 | 2 | 4 | 8), signed } => {
                numbers(width, &|it| whole_number(it, signed))
            }
            Kind::Decimal { bytes: width @ (4 | 8 | 16 | 32), scale } => {
                let digits = |it: &[u8]| whole(it.iter().rev().copied());
                if width > 16 {
                    let all = bytes.get(..rows * width).ok_or_else(short)?.chunks_exact(width);
                    if all.enumerate().any(|(row, it)| there(row) && digits(it).is_none()) {
                        return Err(Broken::new("a decimal number of more than 128 bits"));
                    }
                }
                numbers(width, &|it| digits(it).map_or(f64::NAN, |it| decimal(it, scale)))
            }
            Kind::Bool => {
                let bit = |row: usize| {
                    let byte = bytes.get(row / 8).ok_or_else(short)?;
                    Ok(if there(row) { f64::from(byte >> (row % 8) & 1) } else { f64::NAN })
                };
                Ok(Values::Numbers((0..rows).map(bit).collect::<Result<_, _>>()?))
            }
            Kind::Text | Kind::LargeText => {
                let width = if kind == Kind::Text { 4 } else { 8 };
                let texts = self.next_buffer(place)?;
                let offset = |row: usize| {
                    let it = bytes.get(row * width..(row + 1) * width).map(bits);
                    it.and_then(|it| usize::try_from(it).ok()).ok_or_else(short)
                };
                let text = |row: usize| {
                    if !there(row) {
                        return Ok(None);
                    }
                    let found = texts.get(offset(row)?..offset(row + 1)?).ok_or_else(short)?;
                    Ok(Some(String::from_utf8_lossy(found).into_owned()))
                };
                Ok(Values::Texts((0..rows).map(text).collect::<Result<_, _>>()?))
            }
            Kind::ViewedText => {
                let count = self.view_count(place.view)?;
                let data: Vec<Vec<u8>> =
                    (0..count).map(|_| self.next_buffer(place)).collect::<Result<_, _>>()?;
                let text = |row: usize| {
                    let view = bytes.get(row * 16..(row + 1) * 16).ok_or_else(short)?;
                    if !there(row) {
                        return Ok(None);
                    }
                    let found = viewed(view, &data).ok_or_else(short)?;
                    Ok(Some(String::from_utf8_lossy(found).into_owned()))
                };
                Ok(Values::Texts((0..rows).map(text).collect::<Result<_, _>>()?))
            }
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Other => {
                Err(Broken::new("a type that is neither text nor number"))
            }
        }
    }
}

/// Up to eight bytes as a number, the least significant first.
fn bits(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

#[expect(clippy::cast_possible_wrap, reason = "the stored bits are those of a signed number")]
fn whole_number(bytes: &[u8], signed: bool) -> f64 {
    let value = bits(bytes);
    if !signed {
        return value as f64;
    }
    let unused = 64 - 8 * bytes.len();
    ((value << unused) as i64 >> unused) as f64
}

/// The text of a view: within it up to twelve bytes, else at an offset of a data buffer.
fn viewed<'a>(view: &'a [u8], data: &'a [Vec<u8>]) -> Option<&'a [u8]> {
    let part = |range: core::ops::Range<usize>| usize::try_from(bits(view.get(range)?)).ok();
    let size = part(0..4)?;
    if size <= 12 {
        return view.get(4..4 + size);
    }
    let (buffer, offset) = (part(8..12)?, part(12..16)?);
    data.get(buffer)?.get(offset..offset + size)
}
