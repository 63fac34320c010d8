//! Files that an index names, fetched into one tar archive: a document, to those who read it.

use std::fs::File;
use std::io::{self, Seek, Write};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::mirror::{DOCUMENT_BYTES, Fetched, fetch, hex};

/// More files than any publisher has errata.
const FILES: usize = 200_000;
/// The length of a block of a tar archive.
const BLOCK: usize = 512;

/// Fetches the files at these addresses, one a line, unless the list of them is as it was. What the index names and is
/// not there is left out.
///
/// # Errors
/// When a file cannot be fetched, or there are too many.
pub(crate) fn gather(
    client: &net::Client,
    addresses: &str,
    fingerprint: Option<&str>,
) -> Result<Fetched<File>, Error> {
    let print = hex(&Sha256::digest(addresses));
    if fingerprint == Some(&print) {
        return Ok(Fetched::Unchanged);
    }
    if addresses.lines().count() > FILES {
        let (what, why) = ("an index".to_owned(), format!("it names more than {FILES} files"));
        return Err(Error::Format { what, why });
    }
    let spooled =
        |source| Error::Mirror { place: "an index".to_owned(), source: bounded::Error::Spool(source) };
    let mut archive = tempfile::tempfile().map_err(spooled)?;
    for url in addresses.lines() {
        match fetch(client, url, None, DOCUMENT_BYTES) {
            Ok(Fetched::New(body, _)) => append(&mut archive, &name(url), &body).map_err(spooled)?,
            Ok(Fetched::Unchanged) => {}
            Err(Error::Network { source, .. }) if source.status() == Some(404) => {}
            Err(error) => return Err(error),
        }
    }
    archive.write_all(&[0; 2 * BLOCK]).and_then(|()| archive.rewind()).map_err(spooled)?;
    Ok(Fetched::New(archive, Some(print)))
}

/// The file and the folder it is in: `2025/csaf-openeuler-sa-2025-1351.json`.
fn name(url: &str) -> String {
    let mut parts = url.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{folder}/{file}")
}

/// Writes a file as POSIX.1-1988 has it (ustar), its name cut to the 100 bytes there are for it.
fn append(archive: &mut File, name: &str, body: &[u8]) -> io::Result<()> {
    let mut header = [0; BLOCK];
    let size = format!("{:011o}", body.len());
    let name = name.as_bytes();
    let fields: [(usize, &[u8]); 9] = [
        (0, name.get(..100).unwrap_or(name)),
        (100, b"0000644"),
        (108, b"0000000"),
        (116, b"0000000"),
        (124, size.as_bytes()),
        (136, b"00000000000"),
        // The checksum is counted with blanks in its place.
        (148, b"        "),
        (156, b"0"),
        (257, b"ustar\x0000"),
    ];
    for (place, text) in fields {
        put(&mut header, place, text);
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
    archive.write_all(&header)?;
    archive.write_all(body)?;
    let padding = body.len().next_multiple_of(BLOCK).saturating_sub(body.len());
    archive.write_all([0; BLOCK].get(..padding).unwrap_or_default())
}

fn put(header: &mut [u8; BLOCK], place: usize, text: &[u8]) {
    header.iter_mut().skip(place).zip(text).for_each(|(byte, sign)| *byte = *sign);
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};
    use std::net::{Ipv4Addr, TcpListener};

    use bounded::{Limits, tar};

    use super::*;

    /// Serves what is asked for as its own content, and nothing for `gone`.
    fn serve() -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                let path = head.split(' ').nth(1).unwrap_or_default();
                let status = if path.ends_with("gone") { "404 Not Found" } else { "200 OK" };
                let length = path.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{path}"
                )
                .unwrap();
            }
        });
        url
    }

    #[test]
    fn makes_an_archive_of_what_is_there_and_none_where_the_list_is_as_it_was() {
        let options = net::Options { bypass_proxy: true, retries: 0, ..net::Options::default() };
        let client = net::Client::new(&options).unwrap();
        let url = serve();
        let long = "x".repeat(600);
        let addresses = format!("{url}/a/2025/one.json\n{url}/a/2025/gone\n{url}/a/2026/{long}\n");
        let Fetched::New(archive, print) = gather(&client, &addresses, None).unwrap() else {
            panic!("it is new")
        };
        let mut reader = tar::Reader::new(BufReader::new(archive), &Limits::default());
        let mut found = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            found.push((String::from_utf8(entry.path).unwrap(), text));
        }
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], ("2025/one.json".to_owned(), "/a/2025/one.json".to_owned()));
        assert_eq!(found[1].1, format!("/a/2026/{long}"));
        assert!(matches!(gather(&client, &addresses, print.as_deref()).unwrap(), Fetched::Unchanged));
    }
}
