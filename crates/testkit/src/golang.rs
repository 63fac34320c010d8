/// Where the file is mapped; sections lie at this address plus their offset.
const BASE: u64 = 0x40_0000;
/// Where the data section starts in the file, after the headers.
const DATA: u64 = 0x200;
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// What Go puts before and after the module information so that it is found in a running program.
const MODULE_START: [u8; 16] =
    [0x30, 0x77, 0xaf, 0x0c, 0x92, 0x74, 0x08, 0x02, 0x41, 0xe1, 0xc1, 0x07, 0xe6, 0xd6, 0x18, 0xe6];
const MODULE_END: [u8; 16] =
    [0xf9, 0x32, 0x43, 0x31, 0x86, 0x18, 0x20, 0x72, 0x00, 0x82, 0x42, 0x10, 0x41, 0x16, 0xd8, 0xf2];

/// A minimal ELF64 program that tells its Go version and modules as Go 1.18 and later do.
///
/// `modinfo` is lines such as `path\tshop` and `dep\tgolang.org/x/net\tv0.1.0\th1:…`; a missing last line
/// feed is added, as Go always writes one.
pub fn go_binary(go_version: &str, modinfo: &str) -> Vec<u8> {
    let mut info = prefix(2);
    info.resize(32, 0);
    for text in [go_version.as_bytes().to_vec(), guarded(modinfo)] {
        push_varint(&mut info, text.len());
        info.extend_from_slice(&text);
    }
    info.resize(info.len().next_multiple_of(16), 0);
    let size = info.len();
    elf(&info, size)
}

/// The same for Go before 1.18: two pointers to Go strings in the data of the program, little endian.
pub fn go_binary_pointers(go_version: &str, modinfo: &str) -> Vec<u8> {
    let modinfo = guarded(modinfo);
    // 32 bytes of build information, two string headers of 16 bytes, then the two texts.
    let headers = BASE + DATA + 32;
    let texts = headers + 32;
    let mut info = prefix(0);
    for value in [headers, headers + 16, texts, length(go_version.len())] {
        info.extend_from_slice(&value.to_le_bytes());
    }
    for value in [texts + length(go_version.len()), length(modinfo.len())] {
        info.extend_from_slice(&value.to_le_bytes());
    }
    info.extend_from_slice(go_version.as_bytes());
    info.extend_from_slice(&modinfo);
    elf(&info, 32)
}

fn prefix(flags: u8) -> Vec<u8> {
    let mut info = MAGIC.to_vec();
    info.extend_from_slice(&[8, flags]);
    info
}

fn guarded(modinfo: &str) -> Vec<u8> {
    if modinfo.is_empty() {
        return Vec::new();
    }
    let line_feed: &[u8] = if modinfo.ends_with('\n') { b"" } else { b"\n" };
    [&MODULE_START[..], modinfo.as_bytes(), line_feed, &MODULE_END[..]].concat()
}

fn push_varint(bytes: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    while rest >= 0x80 {
        bytes.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).unwrap());
}

fn length(value: usize) -> u64 {
    value.try_into().unwrap()
}

/// A program with one writable segment and the sections `.go.buildinfo`, `.data` and `.shstrtab`.
///
/// The first `info_size` bytes of the data are the build information, the rest belongs to `.data`.
fn elf(data: &[u8], info_size: usize) -> Vec<u8> {
    const NAMES: &[u8] = b"\0.go.buildinfo\0.data\0.shstrtab\0";
    let data_size = length(data.len());
    let names_at = DATA + data_size;
    let sections_at = (names_at + length(NAMES.len())).next_multiple_of(8);
    let info_size = length(info_size);
    let mut file = elf_header(sections_at);
    // PT_LOAD, readable and writable: where Go looks when sections are stripped.
    push_u32(&mut file, &[1, 6]);
    push_u64(&mut file, &[DATA, BASE + DATA, BASE + DATA, data_size, data_size, 16]);
    file.resize(usize::try_from(DATA).unwrap(), 0);
    file.extend_from_slice(data);
    file.extend_from_slice(NAMES);
    file.resize(usize::try_from(sections_at).unwrap(), 0);
    push_section(&mut file, 0, 0, [0; 4], 0);
    push_section(&mut file, 1, 1, [3, BASE + DATA, DATA, info_size], 16);
    let rest = [3, BASE + DATA + info_size, DATA + info_size, data_size - info_size];
    push_section(&mut file, 15, 1, rest, 16);
    push_section(&mut file, 21, 3, [0, 0, names_at, length(NAMES.len())], 1);
    file
}

fn elf_header(sections_at: u64) -> Vec<u8> {
    // 64 bits, little endian, version 1, System V; EXEC, x86-64, version 1.
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    push_u16(&mut file, &[2, 62]);
    push_u32(&mut file, &[1]);
    push_u64(&mut file, &[BASE + DATA, 64, sections_at]);
    push_u32(&mut file, &[0]);
    // Sizes and counts: header 64, one segment of 56, four sections of 64, names in section 3.
    push_u16(&mut file, &[64, 56, 1, 64, 4, 3]);
    file
}

/// `place` holds flags, address, offset and size.
fn push_section(file: &mut Vec<u8>, name: u32, kind: u32, place: [u64; 4], align: u64) {
    push_u32(file, &[name, kind]);
    push_u64(file, &place);
    push_u32(file, &[0, 0]);
    push_u64(file, &[align, 0]);
}

fn push_u16(file: &mut Vec<u8>, values: &[u16]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn push_u32(file: &mut Vec<u8>, values: &[u32]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn push_u64(file: &mut Vec<u8>, values: &[u64]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_information_follows_the_padded_head() {
        let binary = go_binary("go1.19", "path\tshop");
        let info = &binary[0x200..];
        assert_eq!(&info[..16], b"\xff Go buildinf:\x08\x02");
        assert_eq!(info[32], 6);
        assert_eq!(&info[33..39], b"go1.19");
        assert_eq!(usize::from(info[39]), 32 + "path\tshop\n".len());
        assert_eq!(&info[40..56], &MODULE_START);
        assert_eq!(&info[56..66], b"path\tshop\n");
        assert_eq!(&info[66..82], &MODULE_END);
    }

    #[test]
    fn long_texts_have_a_length_of_two_bytes() {
        let mut bytes = Vec::new();
        push_varint(&mut bytes, 300);
        assert_eq!(bytes, [0xac, 0x02]);
    }

    #[test]
    fn pointers_lead_to_the_texts() {
        let binary = go_binary_pointers("go1.16.5", "path\tshop\n");
        let number = |at: usize| u64::from_le_bytes(binary[at..at + 8].try_into().unwrap());
        let string = |at: usize| {
            let header = usize::try_from(number(at) - BASE).unwrap();
            let start = usize::try_from(number(header) - BASE).unwrap();
            let length = usize::try_from(number(header + 8)).unwrap();
            binary[start..start + length].to_vec()
        };
        assert_eq!(string(0x210), b"go1.16.5");
        assert_eq!(string(0x218), guarded("path\tshop\n"));
    }
}
