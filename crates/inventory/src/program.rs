//! Pieces of programs. Only headers are read of a program that has no such piece.

use bounded::Buffer;
use object::elf::{FileHeader32, FileHeader64};
use object::pe::{ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64};
use object::read::elf::{FileHeader, SectionHeader};
use object::read::pe::{ImageNtHeaders, optional_header_magic};
use object::{Endianness, ReadCache, ReadRef};

use crate::Error;

/// More sections than a program has; an object file of many more is not searched.
const SECTIONS: u32 = 8192;

type Cache<'a> = ReadCache<&'a mut Buffer>;

/// The bytes of a section, at most `most`, of an ELF or PE program; nothing when there is none, or the file is of
/// another kind.
///
/// # Errors
/// When the headers are damaged or the section lies outside the file.
pub(crate) fn section(content: &mut Buffer, name: &[u8], most: u64) -> Result<Option<Vec<u8>>, Error> {
    let cache = ReadCache::new(content);
    match (&cache).read_bytes_at(0, 5).unwrap_or_default() {
        [0x7f, b'E', b'L', b'F', 1] => elf::<FileHeader32<Endianness>>(&cache, name, most),
        [0x7f, b'E', b'L', b'F', 2] => elf::<FileHeader64<Endianness>>(&cache, name, most),
        [b'M', b'Z', ..] => match optional_header_magic(&cache) {
            Ok(object::pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC) => pe::<ImageNtHeaders32>(&cache, name, most),
            Ok(object::pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC) => pe::<ImageNtHeaders64>(&cache, name, most),
            // A program of DOS, or of another kind that begins so.
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn elf<Elf: FileHeader<Endian = Endianness>>(
    cache: &Cache<'_>,
    name: &[u8],
    most: u64,
) -> Result<Option<Vec<u8>>, Error> {
    let invalid = |error: object::Error| invalid("ELF program", &error.to_string());
    let header = Elf::parse(cache).map_err(invalid)?;
    let endian = header.endian().map_err(invalid)?;
    let count = header.shnum(endian, cache).map_err(invalid)?;
    if count == 0 || count > SECTIONS {
        return Ok(None);
    }
    let sections = header.sections(endian, cache).map_err(invalid)?;
    let is_named = |section: &&Elf::SectionHeader| {
        sections.section_name(endian, *section).is_ok_and(|found| found == name)
    };
    let Some(section) = sections.iter().find(is_named) else { return Ok(None) };
    let Some((offset, size)) = section.file_range(endian) else { return Ok(None) };
    bytes(cache, "ELF program", offset, size, most).map(Some)
}

fn pe<Pe: ImageNtHeaders>(cache: &Cache<'_>, name: &[u8], most: u64) -> Result<Option<Vec<u8>>, Error> {
    let invalid = |error: object::Error| invalid("PE program", &error.to_string());
    let mut offset = ImageDosHeader::parse(cache).map_err(invalid)?.nt_headers_offset().into();
    let (headers, _) = Pe::parse(cache, &mut offset).map_err(invalid)?;
    let sections = headers.sections(cache, offset).map_err(invalid)?;
    let Some(section) = sections.iter().find(|section| section.raw_name() == name) else { return Ok(None) };
    let (offset, size) = section.pe_file_range();
    bytes(cache, "PE program", offset.into(), size.into(), most).map(Some)
}

fn bytes(
    cache: &Cache<'_>,
    format: &'static str,
    offset: u64,
    size: u64,
    most: u64,
) -> Result<Vec<u8>, Error> {
    if size > most {
        return Err(bounded::Error::TooLarge {
            what: "a section".to_owned(),
            limit: format!("{most} bytes"),
        }
        .into());
    }
    match cache.read_bytes_at(offset, size) {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(()) => Err(invalid(format, "a section or segment lies outside the file")),
    }
}

fn invalid(format: &'static str, why: &str) -> Error {
    Error::Format { format, why: why.to_owned() }
}
