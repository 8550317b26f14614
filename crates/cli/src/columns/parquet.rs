//! Columns of a Parquet file.

use std::path::Path;

use consilience_review::{Diagnostic, Place};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;

use super::decimal::{decimal, whole};
use super::{Data, Wanted, at_row, cannot_read};

/// Values read at a time.
const BATCH: usize = 1 << 14;

fn open(
    path: &Path,
    name: &str,
) -> Result<SerializedFileReader<impl parquet::file::reader::ChunkReader + 'static>, Diagnostic> {
    let file = fs_err::File::open(path).map_err(|error| cannot_read(name, &error))?;
    SerializedFileReader::new(file.into_file()).map_err(|error| cannot_read(name, &error))
}

pub(super) fn names(path: &Path, name: &str) -> Result<Vec<String>, Diagnostic> {
    let reader = open(path, name)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    Ok(schema.columns().iter().filter(|it| is_flat(it)).map(|it| it.name().to_owned()).collect())
}

/// Whether a column holds one value a row, rather than lists or parts of structures.
fn is_flat(column: &ColumnDescPtr) -> bool {
    column.path().parts().len() == 1 && column.max_rep_level() == 0
}

pub(super) fn read(path: &Path, name: &str, wanted: &Wanted) -> Result<Data, Diagnostic> {
    let reader = open(path, name)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let position = |column: &str| {
        let found = schema.columns().iter().position(|it| is_flat(it) && it.name() == column);
        found.ok_or_else(|| {
            Diagnostic::error(Place::file(name))
                .found(format!("no column `{column}`"))
                .expected("one that the file has")
                .help("correct the name")
        })
    };
    let group = position(wanted.group)?;
    let positions: Vec<usize> =
        wanted.numbers.iter().map(|it| position(it)).collect::<Result<_, _>>()?;
    let mut data = Data::new(positions.len());
    let failed = |error: ParquetError| cannot_read(name, &error);
    for part in 0..reader.num_row_groups() {
        let part = reader.get_row_group(part).map_err(failed)?;
        let before = data.groups.rows();
        for (values, &column) in data.numbers.iter_mut().zip(&positions) {
            let descriptor = schema.column(column);
            check_numeric(name, &descriptor)?;
            let chunk = part.get_column_reader(column).map_err(failed)?;
            numbers(chunk, &descriptor, values).map_err(failed)?;
            let infinite = values[before..].iter().position(|it| it.is_infinite());
            if let Some(row) = infinite {
                return Err(Diagnostic::error(at_row(name, descriptor.name(), before + row + 1))
                    .found("an infinite number")
                    .expected("a finite number, or none")
                    .help("correct it"));
            }
        }
        let chunk = part.get_column_reader(group).map_err(failed)?;
        let descriptor = schema.column(group);
        labels(chunk, &descriptor, &mut data).map_err(failed)?;
    }
    Ok(data)
}

/// Refuses columns whose stored values are not the numbers themselves.
fn check_numeric(name: &str, column: &ColumnDescPtr) -> Result<(), Diagnostic> {
    let is_plain = matches!(column.logical_type_ref(), None | Some(LogicalType::Integer(_)));
    let physical = [Physical::INT32, Physical::INT64, Physical::FLOAT, Physical::DOUBLE];
    let is_number = is_plain && physical.contains(&column.physical_type());
    if is_number || decimals(column).is_some() {
        return Ok(());
    }
    let kind = column.logical_type_ref().map_or_else(
        || format!("{:?}", column.physical_type()),
        |it| format!("{it:?} in {:?}", column.physical_type()),
    );
    Err(Diagnostic::error(Place::file(name).named(column.name()))
        .found(format!("a column of type {kind}"))
        .expected("a column of integers, decimals or floating-point numbers")
        .help("store it as doubles"))
}

/// How many decimals the numbers of a column of decimals have.
fn decimals(column: &ColumnDescPtr) -> Option<i32> {
    match column.logical_type_ref() {
        Some(LogicalType::Decimal(kind)) => Some(kind.scale),
        Some(_) => None,
        None => (column.converted_type() == ConvertedType::DECIMAL).then(|| column.type_scale()),
    }
}

/// Whether integers of the column are without sign.
fn is_unsigned(column: &ColumnDescPtr) -> bool {
    match column.logical_type_ref() {
        Some(LogicalType::Integer(kind)) => !kind.is_signed,
        _ => false,
    }
}

#[expect(clippy::cast_sign_loss, reason = "the stored bits are those of an unsigned number")]
fn numbers(
    chunk: ColumnReader,
    column: &ColumnDescPtr,
    values: &mut Vec<f64>,
) -> Result<(), ParquetError> {
    if let Some(scale) = decimals(column) {
        return decimal_numbers(chunk, scale, values);
    }
    let unsigned = is_unsigned(column);
    match chunk {
        ColumnReader::DoubleColumnReader(reader) => {
            each(reader, |it| values.push(it.copied().unwrap_or(f64::NAN)))
        }
        ColumnReader::FloatColumnReader(reader) => {
            each(reader, |it| values.push(it.map_or(f64::NAN, |it| f64::from(*it))))
        }
        ColumnReader::Int32ColumnReader(reader) => each(reader, |it| {
            let number = |it: &i32| if unsigned { f64::from(*it as u32) } else { f64::from(*it) };
            values.push(it.map_or(f64::NAN, number));
        }),
        ColumnReader::Int64ColumnReader(reader) => each(reader, |it| {
            let number = |it: &i64| if unsigned { *it as u64 as f64 } else { *it as f64 };
            values.push(it.map_or(f64::NAN, number));
        }),
        _ => Err(ParquetError::General("a column of no numbers".to_owned())),
    }
}

/// Decimals, stored as whole numbers in one of four forms.
fn decimal_numbers(
    chunk: ColumnReader,
    scale: i32,
    values: &mut Vec<f64>,
) -> Result<(), ParquetError> {
    let mut is_too_wide = false;
    let mut of_bytes = |it: Option<&[u8]>| {
        let Some(bytes) = it else { return f64::NAN };
        let digits = whole(bytes.iter().copied());
        is_too_wide |= digits.is_none();
        digits.map_or(f64::NAN, |it| decimal(it, scale))
    };
    match chunk {
        ColumnReader::Int32ColumnReader(reader) => each(reader, |it| {
            values.push(it.map_or(f64::NAN, |it| decimal(i128::from(*it), scale)));
        }),
        ColumnReader::Int64ColumnReader(reader) => each(reader, |it| {
            values.push(it.map_or(f64::NAN, |it| decimal(i128::from(*it), scale)));
        }),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            each(reader, |it| values.push(of_bytes(it.map(|it| it.data()))))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            each(reader, |it| values.push(of_bytes(it.map(ByteArray::data))))
        }
        _ => Err(ParquetError::General("a column of no decimals".to_owned())),
    }?;
    if is_too_wide {
        return Err(ParquetError::General("a decimal number of more than 128 bits".to_owned()));
    }
    Ok(())
}

/// Labels of rows: texts as they are, numbers in their shortest form, nothing as an empty text.
fn labels(
    chunk: ColumnReader,
    column: &ColumnDescPtr,
    data: &mut Data,
) -> Result<(), ParquetError> {
    let groups = &mut data.groups;
    match chunk {
        ColumnReader::ByteArrayColumnReader(reader) => each(reader, |it| match it {
            Some(label) => groups.push(&String::from_utf8_lossy(label.data())),
            None => groups.push(""),
        }),
        ColumnReader::BoolColumnReader(reader) => each(reader, |it| match it {
            Some(true) => groups.push("true"),
            Some(false) => groups.push("false"),
            None => groups.push(""),
        }),
        ColumnReader::Int32ColumnReader(_)
        | ColumnReader::Int64ColumnReader(_)
        | ColumnReader::FloatColumnReader(_)
        | ColumnReader::DoubleColumnReader(_) => {
            let mut values = Vec::new();
            numbers(chunk, column, &mut values)?;
            for value in values {
                if value.is_nan() { groups.push("") } else { groups.push(&value.to_string()) }
            }
            Ok(())
        }
        _ => Err(ParquetError::General(format!(
            "the column `{}` holds neither texts nor numbers",
            column.name()
        ))),
    }
}

/// Hands every value of a chunk on, `None` for nulls.
fn each<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    mut take: impl FnMut(Option<&T::T>),
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    loop {
        values.clear();
        levels.clear();
        let (records, _, _) = reader.read_records(BATCH, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Ok(());
        }
        if levels.is_empty() {
            for value in &values {
                take(Some(value));
            }
            continue;
        }
        let mut rest = values.iter();
        for level in &levels {
            take(if *level > 0 { rest.next() } else { None });
        }
    }
}
