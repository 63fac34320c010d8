//! Programs that hold one piece of data and no code.

/// A minimal ELF64 program with one section of this name, such as `.dep-v0`.
pub fn elf_section(name: &str, data: &[u8]) -> Vec<u8> {
    const DATA: usize = 64;
    let names = format!("\0{name}\0.shstrtab\0");
    let names_at = DATA + data.len();
    let sections_at = (names_at + names.len()).next_multiple_of(8);
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    // An executable for x86-64 of version 1, without an entry and segments.
    put16(&mut file, &[2, 62, 1, 0]);
    put64(&mut file, &[0, 0, sections_at]);
    put16(&mut file, &[0, 0, 64, 56, 0, 64, 3, 2]);
    file.extend_from_slice(data);
    file.extend_from_slice(names.as_bytes());
    file.resize(sections_at + 64, 0);
    for (name, kind, at, size) in [(1, 1, DATA, data.len()), (name.len() + 2, 3, names_at, names.len())] {
        put32(&mut file, &[name, kind]);
        put64(&mut file, &[0, 0, at, size, 0, 1, 0]);
    }
    file
}

/// A minimal 64-bit PE program with one section of this name, at most eight bytes long.
pub fn pe_section(name: &str, data: &[u8]) -> Vec<u8> {
    pe(name, data, &[])
}

/// A .NET assembly that tells these strings in its version resource and has no code.
pub fn assembly(strings: &[(&str, &str)]) -> Vec<u8> {
    let strings: Vec<Vec<u8>> = strings.iter().map(|(key, value)| block(key, &utf16(value), &[])).collect();
    let table = block("000004b0", &[], &strings);
    let root = block("VS_VERSION_INFO", &[0; 52], &[block("StringFileInfo", &[], &[table])]);
    let mut resources = Vec::new();
    // Type 16, name 1, language 0: three tables of one entry each, the first two of which lead to tables.
    for (id, to) in [(16, 24 | 1 << 31), (1, 48 | 1 << 31), (0, 72)] {
        put32(&mut resources, &[0, 0, 0]);
        put16(&mut resources, &[0, 1]);
        put32(&mut resources, &[id, to]);
    }
    put32(&mut resources, &[ADDRESS + 88, root.len(), 0, 0]);
    resources.extend_from_slice(&root);
    let size = resources.len();
    pe(".rsrc", &resources, &[(2, ADDRESS, size), (14, ADDRESS, 72)])
}

/// Where the section of a PE program is mapped.
const ADDRESS: usize = 0x1000;

/// `directories` are places in the table, addresses and sizes.
fn pe(name: &str, data: &[u8], directories: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut file = b"MZ".to_vec();
    file.resize(60, 0);
    put32(&mut file, &[64]);
    file.extend_from_slice(b"PE\0\0");
    // x86-64, one section, 240 bytes of optional header, an executable image.
    put16(&mut file, &[0x8664, 1]);
    put32(&mut file, &[0, 0, 0]);
    put16(&mut file, &[240, 2]);
    let optional = file.len();
    put16(&mut file, &[0x20b]);
    file.resize(optional + 108, 0);
    put32(&mut file, &[16]);
    for place in 0..16 {
        let found = directories.iter().find(|(known, _, _)| *known == place);
        put32(&mut file, &found.map_or([0, 0], |(_, address, size)| [*address, *size]));
    }
    let mut name = name.as_bytes().to_vec();
    name.resize(8, 0);
    file.extend_from_slice(&name);
    put32(&mut file, &[data.len(), ADDRESS, data.len(), 0x200, 0, 0, 0, 0x4000_0040]);
    file.resize(0x200, 0);
    file.extend_from_slice(data);
    file
}

/// A block of a version resource; each begins at a multiple of four bytes.
fn block(key: &str, value: &[u8], children: &[Vec<u8>]) -> Vec<u8> {
    const HEAD: usize = 6;
    let mut body = utf16(key);
    let pad = |body: &mut Vec<u8>| body.resize((HEAD + body.len()).next_multiple_of(4) - HEAD, 0);
    pad(&mut body);
    body.extend_from_slice(value);
    for child in children {
        pad(&mut body);
        body.extend_from_slice(child);
    }
    let mut bytes = Vec::new();
    for size in [HEAD + body.len(), value.len(), 0] {
        put16(&mut bytes, &[u16::try_from(size).unwrap()]);
    }
    bytes.extend(body);
    bytes
}

/// Text with its end mark.
fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn put16(file: &mut Vec<u8>, values: &[u16]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn put32(file: &mut Vec<u8>, values: &[usize]) {
    file.extend(values.iter().flat_map(|value| u32::try_from(*value).unwrap().to_le_bytes()));
}

fn put64(file: &mut Vec<u8>, values: &[usize]) {
    file.extend(values.iter().flat_map(|value| u64::try_from(*value).unwrap().to_le_bytes()));
}
