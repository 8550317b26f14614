//! The frame of Arrow's IPC format: messages, their `FlatBuffers` tables, and bodies of buffers that may be compressed.
//!
//! Arrow columnar format, version 1.5, "Serialization and Interprocess Communication". A file holds the messages of a stream
//! between two marks, with an index at its end. This little reader is here because the `arrow` crates
//! would take half as long to build as all the rest of the program; it follows every offset with a bounds check.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

/// Why a file is no Arrow file, or none that can be read.
#[derive(Debug)]
pub(super) struct Broken(pub(super) String);

impl Broken {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A `FlatBuffers` table: where it stands in a message's metadata.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Table<'a> {
    /// The root table of a buffer.
    pub(super) fn root(bytes: &'a [u8]) -> Result<Self, Broken> {
        let start = Table { bytes, at: 0 };
        Ok(Self { bytes, at: start.unsigned(0)? })
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Broken> {
        let found = at.checked_add(N).and_then(|end| self.bytes.get(at..end));
        found.and_then(|it| it.try_into().ok()).ok_or_else(|| Broken::new("damaged metadata"))
    }

    /// An unsigned 32-bit number at a place.
    fn unsigned(&self, at: usize) -> Result<usize, Broken> {
        Ok(u32::from_le_bytes(self.array(at)?) as usize)
    }

    /// Where field number `field` stands; `None` if it has its default.
    fn field(&self, field: usize) -> Result<Option<usize>, Broken> {
        let back = i32::from_le_bytes(self.array(self.at)?);
        let vtable = i64::try_from(self.at).unwrap_or(0) - i64::from(back);
        let vtable = usize::try_from(vtable).map_err(|_| Broken::new("damaged metadata"))?;
        let size = usize::from(u16::from_le_bytes(self.array(vtable)?));
        let slot = 4 + 2 * field;
        if slot + 2 > size {
            return Ok(None);
        }
        let offset = usize::from(u16::from_le_bytes(self.array(vtable + slot)?));
        Ok((offset != 0).then_some(self.at + offset))
    }

    pub(super) fn byte(&self, field: usize) -> Result<u8, Broken> {
        self.field(field)?.map_or(Ok(0), |at| Ok(self.array::<1>(at)?[0]))
    }

    pub(super) fn short(&self, field: usize) -> Result<i16, Broken> {
        self.field(field)?.map_or(Ok(0), |at| Ok(i16::from_le_bytes(self.array(at)?)))
    }

    pub(super) fn int(&self, field: usize) -> Result<i32, Broken> {
        self.field(field)?.map_or(Ok(0), |at| Ok(i32::from_le_bytes(self.array(at)?)))
    }

    pub(super) fn long(&self, field: usize) -> Result<i64, Broken> {
        self.field(field)?.map_or(Ok(0), |at| Ok(i64::from_le_bytes(self.array(at)?)))
    }

    pub(super) fn table(&self, field: usize) -> Result<Option<Self>, Broken> {
        let Some(at) = self.field(field)? else { return Ok(None) };
        Ok(Some(Self { bytes: self.bytes, at: at + self.unsigned(at)? }))
    }

    pub(super) fn text(&self, field: usize) -> Result<&'a str, Broken> {
        let Some(at) = self.field(field)? else { return Ok("") };
        let start = at + self.unsigned(at)?;
        let size = self.unsigned(start)?;
        let bytes = self.bytes.get(start + 4..start + 4 + size);
        bytes
            .and_then(|it| std::str::from_utf8(it).ok())
            .ok_or_else(|| Broken::new("damaged metadata"))
    }

    /// The tables of a vector.
    pub(super) fn tables(&self, field: usize) -> Result<Vec<Self>, Broken> {
        let Some((start, size)) = self.vector(field)? else { return Ok(Vec::new()) };
        let table = |i: usize| {
            let at = start + 4 * i;
            Ok(Self { bytes: self.bytes, at: at + self.unsigned(at)? })
        };
        (0..size).map(table).collect()
    }

    /// Pairs of 64-bit numbers, of which `FieldNode` and `Buffer` consist.
    pub(super) fn pairs(&self, field: usize) -> Result<Vec<(i64, i64)>, Broken> {
        let Some((start, size)) = self.vector(field)? else { return Ok(Vec::new()) };
        let long = |at: usize| Ok(i64::from_le_bytes(self.array(at)?));
        (0..size).map(|i| Ok((long(start + 16 * i)?, long(start + 16 * i + 8)?))).collect()
    }

    pub(super) fn longs(&self, field: usize) -> Result<Vec<i64>, Broken> {
        let Some((start, size)) = self.vector(field)? else { return Ok(Vec::new()) };
        (0..size).map(|i| Ok(i64::from_le_bytes(self.array(start + 8 * i)?))).collect()
    }

    /// Where the messages begin that a footer lists as `Block`s.
    fn blocks(&self, field: usize) -> Result<Vec<u64>, Broken> {
        const BLOCK: usize = 24;
        let Some((start, size)) = self.vector(field)? else { return Ok(Vec::new()) };
        let offset = |i: usize| {
            let offset = i64::from_le_bytes(self.array(start + BLOCK * i)?);
            u64::try_from(offset).map_err(|_| Broken::new("damaged metadata"))
        };
        (0..size).map(offset).collect()
    }

    /// Where a vector's elements begin, and their number, which is no larger than the message.
    fn vector(&self, field: usize) -> Result<Option<(usize, usize)>, Broken> {
        let Some(at) = self.field(field)? else { return Ok(None) };
        let start = at + self.unsigned(at)?;
        let size = self.unsigned(start)?;
        if size > self.bytes.len() {
            return Err(Broken::new("damaged metadata"));
        }
        Ok(Some((start + 4, size)))
    }
}

/// One message: its metadata and its body.
pub(super) struct Message {
    metadata: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// What a message is.
pub(super) enum Header<'a> {
    Schema(Table<'a>),
    DictionaryBatch(Table<'a>),
    RecordBatch(Table<'a>),
    Other,
}

impl Message {
    pub(super) fn header(&self) -> Result<Header<'_>, Broken> {
        let root = Table::root(&self.metadata)?;
        let Some(table) = root.table(2)? else { return Ok(Header::Other) };
        Ok(match root.byte(1)? {
            1 => Header::Schema(table),
            2 => Header::DictionaryBatch(table),
            3 => Header::RecordBatch(table),
            _ => Header::Other,
        })
    }
}

/// The messages of a file or stream, in order.
pub(super) struct Messages<R> {
    reader: R,
    footer: Option<Footer>,
}

/// The index at the end of a file: its metadata holds the schema.
struct Footer {
    metadata: Vec<u8>,
    /// Where the dictionaries and then the record batches begin that have not been read.
    blocks: std::vec::IntoIter<u64>,
}

/// What a file begins and ends with, a stream not.
const MARK: &[u8] = b"ARROW1";

impl<R: Read + Seek> Messages<R> {
    /// `reader` stands at the beginning of a file or stream.
    ///
    /// A file is read by its index: some programs (polars) put no schema before the first message.
    pub(super) fn new(reader: R) -> Result<Self, Broken> {
        let mut messages = Self { reader, footer: None };
        let is_file = messages.bytes(MARK.len() as u64)? == MARK;
        if is_file {
            messages.footer = Some(messages.read_footer()?);
        } else {
            messages.seek(SeekFrom::Start(0))?;
        }
        Ok(messages)
    }

    fn read_footer(&mut self) -> Result<Footer, Broken> {
        let cut = || Broken::new("the file does not end as an Arrow file does");
        let end = self.seek(SeekFrom::End(0))?;
        let tail = 4 + MARK.len() as u64;
        let at = end.checked_sub(tail).ok_or_else(cut)?;
        self.seek(SeekFrom::Start(at))?;
        let size = self.int()?.and_then(|it| u64::try_from(it).ok()).ok_or_else(cut)?;
        if self.bytes(MARK.len() as u64)? != MARK {
            return Err(cut());
        }
        self.seek(SeekFrom::Start(at.checked_sub(size).ok_or_else(cut)?))?;
        let metadata = self.bytes(size)?;
        let root = Table::root(&metadata)?;
        let blocks: Vec<u64> = [root.blocks(2)?, root.blocks(3)?].concat();
        Ok(Footer { metadata, blocks: blocks.into_iter() })
    }

    /// The schema of a file; `None` of a stream, whose first message it is.
    pub(super) fn schema(&self) -> Result<Option<Table<'_>>, Broken> {
        self.footer.as_ref().map_or(Ok(None), |it| Table::root(&it.metadata)?.table(1))
    }

    /// The next message; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Broken> {
        if let Some(footer) = &mut self.footer {
            let Some(block) = footer.blocks.next() else { return Ok(None) };
            self.seek(SeekFrom::Start(block))?;
        }
        let Some(mut size) = self.int()? else { return Ok(None) };
        // Since 2019 a message begins with this mark; before, with its size.
        if size == -1 {
            size = self.int()?.unwrap_or(0);
        }
        let Ok(size) = u64::try_from(size) else { return Err(Broken::new("damaged framing")) };
        if size == 0 {
            return Ok(None);
        }
        let metadata = self.bytes(size)?;
        let body = Table::root(&metadata)?.long(3)?;
        let body = u64::try_from(body).map_err(|_| Broken::new("damaged metadata"))?;
        let body = self.bytes(body)?;
        Ok(Some(Message { metadata, body }))
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64, Broken> {
        self.reader.seek(to).map_err(|error| Broken::new(error.to_string()))
    }

    fn int(&mut self) -> Result<Option<i32>, Broken> {
        let mut bytes = [0; 4];
        match self.reader.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(i32::from_le_bytes(bytes))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Broken::new(error.to_string())),
        }
    }

    /// So many bytes; memory grows with what is there, not with what is promised.
    fn bytes(&mut self, size: u64) -> Result<Vec<u8>, Broken> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(size).read_to_end(&mut bytes);
        read.map_err(|error| Broken::new(error.to_string()))?;
        if bytes.len() as u64 == size {
            Ok(bytes)
        } else {
            Err(Broken::new("the file ends in the middle of a message"))
        }
    }
}

/// How buffers are compressed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Codec {
    Lz4,
    Zstd,
}

/// A buffer of a body, decompressed where need be.
pub(super) fn buffer(
    body: &[u8],
    (offset, length): (i64, i64),
    codec: Option<Codec>,
) -> Result<Vec<u8>, Broken> {
    let range = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
    let bytes = range
        .and_then(|(start, length)| Some(start..start.checked_add(length)?))
        .and_then(|range| body.get(range))
        .ok_or_else(|| Broken::new("a buffer outside its message"))?;
    let Some(codec) = codec.filter(|_| !bytes.is_empty()) else { return Ok(bytes.to_vec()) };
    let (size, rest) =
        bytes.split_first_chunk().ok_or_else(|| Broken::new("a compressed buffer without size"))?;
    let size = i64::from_le_bytes(*size);
    if size == -1 {
        return Ok(rest.to_vec());
    }
    let size = u64::try_from(size).map_err(|_| Broken::new("a compressed buffer without size"))?;
    let mut whole = Vec::new();
    let read = match codec {
        Codec::Lz4 => lz4_flex::frame::FrameDecoder::new(rest).take(size).read_to_end(&mut whole),
        Codec::Zstd => zstd::stream::read::Decoder::new(rest)
            .and_then(|it| it.take(size).read_to_end(&mut whole)),
    };
    read.map_err(|error| Broken::new(error.to_string()))?;
    if whole.len() as u64 == size { Ok(whole) } else { Err(Broken::new("a buffer cut short")) }
}
