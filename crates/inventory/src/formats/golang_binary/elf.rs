//! Where an ELF program keeps its Go build information. Only headers are read of a program that has none.

use bounded::{Buffer, clamp_usize};
use memchr::memmem;
use object::elf::{FileHeader32, FileHeader64, PF_W, PF_X, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, ReadCache, ReadRef};

use crate::Error;

/// What the linker left, as text.
#[derive(Debug)]
pub(super) struct Information {
    pub(super) go_version: String,
    /// Lines of module information; empty for a program built without modules.
    pub(super) modules: String,
}

/// The largest piece of data that is read at once; the module information of the largest programs known is below one
/// megabyte.
const MOST: u64 = 8 << 20;
/// How much of a program without sections is searched; its linker puts the information first.
const SEARCHED: u64 = 1 << 20;
/// More headers than a program has; an object file of many more is not searched by section.
const HEADERS: u32 = 8192;
const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGN: u64 = 16;

type Cache<'a> = ReadCache<&'a mut Buffer>;

/// Finds and reads the build information; nothing when the program has none.
pub(super) fn information(content: &mut Buffer) -> Result<Option<Information>, Error> {
    let cache = ReadCache::new(content);
    let class = (&cache).read_bytes_at(4, 1).ok().and_then(|class| class.first());
    match class {
        Some(1) => read::<FileHeader32<Endianness>>(&cache),
        Some(2) => read::<FileHeader64<Endianness>>(&cache),
        _ => Err(invalid("its class is neither 32 nor 64 bits")),
    }
}

fn invalid(why: impl Into<String>) -> Error {
    Error::Format { format: "ELF program", why: why.into() }
}

fn garbled(why: &str) -> Error {
    Error::Format { format: "Go build information", why: why.to_owned() }
}

/// A run of bytes of the file, and where the running program sees it.
#[derive(Clone, Copy, Debug)]
struct Region {
    address: u64,
    offset: u64,
    size: u64,
}

impl Region {
    fn read<'a>(self, cache: &'a Cache<'_>, most: u64) -> Result<&'a [u8], Error> {
        cache
            .read_bytes_at(self.offset, self.size.min(most))
            .map_err(|()| invalid("a section or segment lies outside the file"))
    }

    /// What is left of it from an address on.
    fn from(self, address: u64) -> Option<Self> {
        let passed = address.checked_sub(self.address).filter(|passed| *passed < self.size)?;
        Some(Self { address, offset: self.offset.checked_add(passed)?, size: self.size - passed })
    }
}

/// What of the headers counts.
struct Program {
    segments: Vec<Region>,
    /// The places to search, and how much of them.
    searched: Option<(Region, u64)>,
}

fn read<Elf: FileHeader<Endian = Endianness>>(cache: &Cache<'_>) -> Result<Option<Information>, Error> {
    let program = program::<Elf>(cache).map_err(|error| invalid(error.to_string()))?;
    let Some((region, most)) = program.searched else { return Ok(None) };
    let bytes = region.read(cache, most)?;
    let found = memmem::find_iter(bytes, MAGIC)
        .map(|at| at as u64)
        .find(|at| region.address.wrapping_add(*at).is_multiple_of(ALIGN));
    let Some(found) = found.and_then(|at| region.from(region.address.checked_add(at)?)) else {
        return Ok(None);
    };
    let bytes = found.read(cache, MOST)?;
    let [size, flags] = bytes.get(MAGIC.len()..).and_then(|rest| rest.first_chunk()).ok_or_else(short)?;
    if flags & 2 != 0 {
        return inline(bytes).map(Some);
    }
    let pointers = Pointers { cache, segments: &program.segments, size: *size, big: flags & 1 != 0 };
    pointers.information(bytes).map(Some)
}

fn short() -> Error {
    garbled("it ends too early")
}

/// Reads the headers. A program with sections is searched in its `.go.buildinfo` only, one without in its first data
/// segment, as Go does.
fn program<Elf: FileHeader<Endian = Endianness>>(cache: &Cache<'_>) -> object::Result<Program> {
    let header = Elf::parse(cache)?;
    let endian = header.endian()?;
    let mut segments = Vec::new();
    let mut data = None;
    if header.phnum(endian, cache)? <= HEADERS {
        for segment in header.program_headers(endian, cache)? {
            if segment.p_type(endian) != PT_LOAD {
                continue;
            }
            let (offset, size) = segment.file_range(endian);
            let region = Region { address: segment.p_vaddr(endian).into(), offset, size };
            segments.push(region);
            if data.is_none() && size > 0 && segment.p_flags(endian) & (PF_W | PF_X) == PF_W {
                data = Some((region, SEARCHED));
            }
        }
    }
    let count = header.shnum(endian, cache)?;
    if count == 0 || count > HEADERS {
        return Ok(Program { segments, searched: data });
    }
    let sections = header.sections(endian, cache)?;
    for section in sections.iter() {
        if sections.section_name(endian, section).is_ok_and(|name| name == b".go.buildinfo") {
            let found = section.file_range(endian);
            let address = section.sh_addr(endian).into();
            let searched = found.map(|(offset, size)| (Region { address, offset, size }, MOST));
            return Ok(Program { segments, searched });
        }
    }
    Ok(Program { segments, searched: None })
}

/// Go 1.18 and later: two texts with their lengths in front, 32 bytes after the magic.
fn inline(bytes: &[u8]) -> Result<Information, Error> {
    let rest = bytes.get(32..).ok_or_else(short)?;
    let (go_version, rest) = text(rest)?;
    let (modules, _) = text(rest)?;
    Ok(Information { go_version: string(go_version)?, modules: unguarded(modules)? })
}

/// A text after its length, and what follows it.
fn text(bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let mut length = 0_u64;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return bytes
                .get(place + 1..)
                .and_then(|rest| rest.split_at_checked(clamp_usize(length)))
                .ok_or_else(short);
        }
    }
    Err(garbled("a length is too long"))
}

/// The lines between the 16 bytes before and after them.
fn unguarded(modules: &[u8]) -> Result<String, Error> {
    let lines = modules.len().checked_sub(16).and_then(|end| modules.get(16..end));
    match lines.filter(|lines| lines.ends_with(b"\n")) {
        Some(lines) => string(lines),
        None if modules.is_empty() => Ok(String::new()),
        None => Err(garbled("the module information has no marks around it")),
    }
}

fn string(bytes: &[u8]) -> Result<String, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(garbled(&error.to_string())),
    }
}

/// Go before 1.18: pointers to strings, which are a pointer and a length each.
struct Pointers<'a, 'b> {
    cache: &'a Cache<'b>,
    segments: &'a [Region],
    size: u8,
    big: bool,
}

impl Pointers<'_, '_> {
    fn information(&self, bytes: &[u8]) -> Result<Information, Error> {
        if !matches!(self.size, 4 | 8) {
            return Err(garbled("its pointers are neither 4 nor 8 bytes long"));
        }
        let pointers = bytes.get(ALIGN_USIZE..).ok_or_else(short)?;
        let go_version = self.text(self.number(pointers, 0)?)?;
        let modules = self.text(self.number(pointers, 1)?)?;
        if go_version.is_empty() {
            return Err(garbled("it points to no Go version"));
        }
        Ok(Information { go_version: string(go_version)?, modules: unguarded(modules)? })
    }

    /// The number at a place in a row of them.
    fn number(&self, bytes: &[u8], place: usize) -> Result<u64, Error> {
        let size = usize::from(self.size);
        let bytes = bytes.chunks_exact(size).nth(place).ok_or_else(short)?;
        let join = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
        Ok(if self.big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) })
    }

    fn at(&self, address: u64, size: u64) -> Result<&[u8], Error> {
        let found = self.segments.iter().find_map(|segment| segment.from(address));
        let found = found.filter(|found| found.size >= size && size <= MOST);
        let found = found.ok_or_else(|| garbled("a pointer leads out of the program"))?;
        found.read(self.cache, size)
    }

    fn text(&self, header: u64) -> Result<&[u8], Error> {
        if header == 0 {
            return Ok(&[]);
        }
        let header = self.at(header, 2 * u64::from(self.size))?;
        let (data, length) = (self.number(header, 0)?, self.number(header, 1)?);
        if length == 0 { Ok(&[]) } else { self.at(data, length) }
    }
}

/// Where the pointers begin.
const ALIGN_USIZE: usize = 16;
