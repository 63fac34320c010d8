//! The strings of a version resource.

use std::collections::HashMap;

use bounded::Buffer;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR, IMAGE_NT_OPTIONAL_HDR32_MAGIC, IMAGE_NT_OPTIONAL_HDR64_MAGIC,
    ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64,
};
use object::read::pe::{ImageNtHeaders, ResourceDirectory, ResourceDirectoryTable, optional_header_magic};
use object::{LittleEndian as LE, ReadCache, ReadRef};

use crate::Error;

type Cache<'a> = ReadCache<&'a mut Buffer>;

/// The largest resource table and version resource that are read.
const LARGEST: u32 = 16 << 20;
/// The type of version resources.
const VERSION: u16 = 16;

/// The strings of the version resource of a managed program: none where it has no such resource. Nothing at all for any
/// other file.
///
/// # Errors
/// When the headers or the resource are damaged.
pub(super) fn strings(content: &mut Buffer) -> Result<Option<HashMap<String, String>>, Error> {
    let cache = ReadCache::new(content);
    let read = match optional_header_magic(&cache) {
        Ok(IMAGE_NT_OPTIONAL_HDR32_MAGIC) => read::<ImageNtHeaders32>(&cache),
        Ok(IMAGE_NT_OPTIONAL_HDR64_MAGIC) => read::<ImageNtHeaders64>(&cache),
        Ok(_) => return Ok(None),
        Err(_) if !is_marked(&cache) => return Ok(None),
        Err(error) => Err(error.to_string()),
    };
    read.map_err(|why| Error::Format { format: "PE program", why })
}

fn is_marked(cache: &Cache<'_>) -> bool {
    cache.read_bytes_at(0, 2) == Ok(b"MZ")
}

fn read<Pe: ImageNtHeaders>(cache: &Cache<'_>) -> Result<Option<HashMap<String, String>>, String> {
    let told = |error: object::Error| error.to_string();
    let mut offset = ImageDosHeader::parse(cache).map_err(told)?.nt_headers_offset().into();
    let (headers, directories) = Pe::parse(cache, &mut offset).map_err(told)?;
    let managed = directories.get(IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR);
    if managed.is_none_or(|directory| directory.virtual_address.get(LE) == 0) {
        return Ok(None);
    }
    let sections = headers.sections(cache, offset).map_err(told)?;
    let Some(place) = directories.get(object::pe::IMAGE_DIRECTORY_ENTRY_RESOURCE) else {
        return Ok(Some(HashMap::new()));
    };
    if place.virtual_address.get(LE) == 0 {
        return Ok(Some(HashMap::new()));
    }
    let (start, size) = place.file_range(&sections).map_err(told)?;
    let resources = piece(cache, start, size)?;
    let Some((address, size)) = version_resource(resources).map_err(told)? else {
        return Ok(Some(HashMap::new()));
    };
    let (start, room) =
        sections.pe_file_range_at(address).ok_or("its version resource lies in no section")?;
    let resource = piece(cache, start, size.min(room))?;
    Ok(Some(parse(resource)))
}

fn piece<'a>(cache: &'a Cache<'_>, start: u32, size: u32) -> Result<&'a [u8], String> {
    if size > LARGEST {
        return Err(format!("its resources are larger than {LARGEST} bytes"));
    }
    match cache.read_bytes_at(start.into(), size.into()) {
        Ok(bytes) => Ok(bytes),
        Err(()) => Err("its resources lie outside the file".to_owned()),
    }
}

/// The address and the size of the first version resource: type, name and language are a level each.
fn version_resource(bytes: &[u8]) -> object::Result<Option<(u32, u32)>> {
    let directory = ResourceDirectory::new(bytes);
    let root = directory.root()?;
    let of_type =
        root.entries.iter().find(|entry| !entry.has_name() && entry.name_or_id().id() == Some(VERSION));
    let Some(named) = of_type.map(|entry| entry.data(directory)).transpose()? else { return Ok(None) };
    let first = |table: ResourceDirectoryTable<'_>| table.entries.first().copied();
    let Some(named) = named.table().and_then(first) else { return Ok(None) };
    let Some(language) = named.data(directory)?.table().and_then(first) else { return Ok(None) };
    let data = language.data(directory)?.data();
    Ok(data.map(|data| (data.offset_to_data.get(LE), data.size.get(LE))))
}

/// A block of a version resource: a name, a value, blocks in it.
struct Block<'a> {
    key: String,
    /// All after the name, at a multiple of four bytes.
    body: &'a [u8],
    value_bytes: usize,
}

/// The texts of all languages; the first language holds.
fn parse(bytes: &[u8]) -> HashMap<String, String> {
    let mut strings = HashMap::new();
    let Some(root) = blocks(bytes).next().filter(|root| root.key == "VS_VERSION_INFO") else {
        return strings;
    };
    let inner = root.body.get(align(root.value_bytes)..).unwrap_or_default();
    for table in
        blocks(inner).filter(|block| block.key == "StringFileInfo").flat_map(|info| blocks(info.body))
    {
        for string in blocks(table.body) {
            strings.entry(string.key).or_insert_with(|| text(string.body).0);
        }
    }
    strings
}

/// The blocks that follow one another.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(number(rest, 0)?);
        let value_bytes = usize::from(number(rest, 2)?);
        let block = rest.get(..length)?;
        let (key, key_bytes) = text(block.get(6..)?);
        let body = block.get(align(key_bytes.checked_add(6)?)..).unwrap_or_default();
        rest = rest.get(align(length)..).unwrap_or_default();
        Some(Block { key, body, value_bytes })
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn align(size: usize) -> usize {
    size.next_multiple_of(4)
}

/// Text in UTF-16 up to its end mark, and how many bytes it takes with it.
fn text(bytes: &[u8]) -> (String, usize) {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    (String::from_utf16_lossy(&units), units.len().saturating_add(1).saturating_mul(2))
}
